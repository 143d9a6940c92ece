"""Encrypt text and compute keyed digests with the portal's secret key.

Fernet (AES-128-CBC and HMAC-SHA256) under a key derived from `CANAIS_SECRET_KEY`: a copy of the
database without the settings reveals no link. After a change of the key nothing can be decrypted.
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
    """The text was encrypted with another secret key, or was altered."""


def encrypt(plaintext: str) -> str:
    """Encrypt text; the result is about a third longer and differs each time."""
    return _fernet(settings().secret_key.get_secret_value()).encrypt(plaintext.encode()).decode()


def decrypt(sealed: str) -> str:
    """Decrypt text.

    Raises:
        DecryptionError: it was encrypted with another key, or altered.
    """
    try:
        return _fernet(settings().secret_key.get_secret_value()).decrypt(sealed).decode()
    except InvalidToken:
        raise DecryptionError from None


def keyed_digest(purpose: str, *parts: object) -> bytes:
    """Return HMAC-SHA256 of `purpose|part|…` under the secret key: 32 bytes.

    `purpose` separates different uses; only the last part may contain a `|`. Tokens of
    appointments and codes of complaints derive from it: a change of the input invalidates them.
    """
    secret = settings().secret_key.get_secret_value().encode()
    return hmac.new(secret, "|".join(map(str, (purpose, *parts))).encode(), hashlib.sha256).digest()


@lru_cache(maxsize=2)
def _fernet(secret: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"canais: seal").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
