"""Encrypt words and make keyed digests with the portal's secret key.

Fernet (AES-128-CBC and HMAC-SHA256) under a key derived from `CANAIS_SECRET_KEY`: who has the
rows and not the settings has no usable link. Another secret key opens nothing sealed before.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from canais_app.settings import settings


class DecryptionError(Exception):
    """What was sealed cannot be opened: another secret key sealed it, or it was changed."""


def encrypt(plaintext: str) -> str:
    """Return the words sealed, about a third longer; the same words never look the same twice."""
    return _fernet(settings().secret_key.get_secret_value()).encrypt(plaintext.encode()).decode()


def decrypt(sealed: str) -> str:
    """Return the words that were sealed.

    Raises:
        SealBrokenError: they cannot be read.
    """
    try:
        return _fernet(settings().secret_key.get_secret_value()).decrypt(sealed).decode()
    except InvalidToken:
        raise DecryptionError from None


def keyed_digest(purpose: str, *parts: object) -> bytes:
    """Return HMAC-SHA256 of `purpose|part|…` under the secret key: 32 bytes, the same for the same.

    `purpose` keeps the digests of different uses apart; only the last part may contain a `|`.
    Tokens of appointments and codes of complaints are made of it: changing what is digested
    invalidates them. Keys of sign-in throttling and reporters live for a day at most.
    """
    secret = settings().secret_key.get_secret_value().encode()
    return hmac.new(secret, "|".join(map(str, (purpose, *parts))).encode(), hashlib.sha256).digest()


@lru_cache(maxsize=2)
def _fernet(secret: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"canais: seal").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
