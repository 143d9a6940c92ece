"""What is sealed opens with the settings' secret key, and with nothing else."""

import pytest

from canais_app.kit.seal import SealBrokenError, seal, unseal
from canais_app.settings import settings


def test_sealed_words_come_back_and_never_look_the_same_twice() -> None:
    words = "https://portal.invalid/agendamento/segredo · ç"
    one, other = seal(words), seal(words)
    assert one != other
    assert "segredo" not in one
    assert unseal(one) == unseal(other) == words


def test_another_secret_key_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = seal("segredo")
    monkeypatch.setenv("CANAIS_SECRET_KEY", "outra-chave-ao-acaso-de-32-letras!")
    settings.cache_clear()
    try:
        with pytest.raises(SealBrokenError):
            unseal(sealed)
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_changed_words_are_refused() -> None:
    sealed = seal("segredo")
    with pytest.raises(SealBrokenError):
        unseal(sealed[:-6] + "AAAA==")
    with pytest.raises(SealBrokenError):
        unseal("")
