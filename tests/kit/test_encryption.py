"""Encryption and digests under the secret key of the settings."""

import hmac

import pytest

from canais_app.kit.encryption import DecryptionError, decrypt, encrypt, keyed_digest
from canais_app.settings import settings


def test_text_round_trips_and_each_encryption_differs() -> None:
    words = "https://portal.invalid/agendamento/segredo · ç"
    one, other = encrypt(words), encrypt(words)
    assert one != other
    assert "segredo" not in one
    assert decrypt(one) == decrypt(other) == words


def test_another_secret_key_decrypts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = encrypt("segredo")
    monkeypatch.setenv("CANAIS_SECRET_KEY", "outra-chave-ao-acaso-de-32-letras!")
    settings.cache_clear()
    try:
        with pytest.raises(DecryptionError):
            decrypt(sealed)
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_altered_ciphertext_is_refused() -> None:
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
