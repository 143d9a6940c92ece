"""What is sealed opens with the settings' secret key, and with nothing else."""

import hmac

import pytest

from canais_app.kit.encryption import DecryptionError, decrypt, encrypt, keyed_digest
from canais_app.settings import settings


def test_sealed_words_come_back_and_never_look_the_same_twice() -> None:
    words = "https://portal.invalid/agendamento/segredo · ç"
    one, other = encrypt(words), encrypt(words)
    assert one != other
    assert "segredo" not in one
    assert decrypt(one) == decrypt(other) == words


def test_another_secret_key_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = encrypt("segredo")
    monkeypatch.setenv("CANAIS_SECRET_KEY", "outra-chave-ao-acaso-de-32-letras!")
    settings.cache_clear()
    try:
        with pytest.raises(DecryptionError):
            decrypt(sealed)
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_changed_words_are_refused() -> None:
    sealed = encrypt("segredo")
    with pytest.raises(DecryptionError):
        decrypt(sealed[:-6] + "AAAA==")
    with pytest.raises(DecryptionError):
        decrypt("")


@pytest.mark.parametrize(
    ("purpose", "parts", "said"),
    [
        ("complaint chave", (), "complaint chave"),
        ("appointment", (7, "{}"), "appointment|7|{}"),
        ("confirm", ("abc",), "confirm|abc"),
    ],
)
def test_digests_of_stored_tokens_and_codes_never_change(
    purpose: str, parts: tuple[object, ...], said: str
) -> None:
    secret = settings().secret_key.get_secret_value().encode()
    assert keyed_digest(purpose, *parts) == hmac.digest(secret, said.encode(), "sha256")
