"""Sealing words that must be read again, so that a copy of the database alone opens nothing.

Fernet (AES-128-CBC and HMAC-SHA256) under a key derived from `CANAIS_SECRET_KEY`: who has the
rows and not the settings has no usable link. Another secret key opens nothing sealed before.
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from canais_app.settings import settings


class SealBrokenError(Exception):
    """What was sealed cannot be opened: another secret key sealed it, or it was changed."""


def seal(words: str) -> str:
    """Return the words sealed, about a third longer; the same words never look the same twice."""
    return _box(settings().secret_key.get_secret_value()).encrypt(words.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the words that were sealed.

    Raises:
        SealBrokenError: they cannot be read.
    """
    try:
        return _box(settings().secret_key.get_secret_value()).decrypt(sealed).decode()
    except InvalidToken:
        raise SealBrokenError from None


@lru_cache(maxsize=2)
def _box(secret: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"canais: seal").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
