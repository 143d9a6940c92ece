"""What an ID token must hold to prove anything (OpenID Connect Core 1.0, section 3.1.3.7)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from canais_app.accounts import oidc

ISSUER = "https://provedor.invalid"
CLIENT = "portal"
KEY = RSAKey.generate_key(2048, {"kid": "um"})
KEYS = KeySet([RSAKey.import_key(KEY.as_dict(private=False))])


@pytest.fixture(autouse=True)
def _portal(configure: Callable[..., None]) -> None:
    """The portal of this client."""
    configure(OIDC_ISSUER=ISSUER, OIDC_CLIENT_ID=CLIENT, OIDC_CLIENT_SECRET="segredo")


def claims(now: datetime, **more: Any) -> dict[str, Any]:
    second = int(now.timestamp())
    usual = {"iss": ISSUER, "aud": CLIENT, "sub": "ana", "nonce": "n" * 43, "iat": second}
    made = {**usual, "exp": second + 300, **more}
    return {name: value for name, value in made.items() if value is not None}


def signed(body: dict[str, Any], key: Any = KEY, alg: str = "RS256", kid: str = "um") -> str:
    return jwt.encode({"alg": alg, "kid": kid}, body, key, algorithms=[alg])


def packed(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def prove(token: str, now: datetime) -> Any:
    return oidc.verify_id_token({"id_token": token}, KEYS, nonce="n" * 43, now=now)


def test_a_token_of_the_provider_for_this_portal_is_believed(now: datetime) -> None:
    assert prove(signed(claims(now)), now)["sub"] == "ana"


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://outro.invalid"},
        {"iss": None},
        {"aud": "outro-portal"},
        {"aud": None},
        {"aud": [CLIENT, "outro"]},  # without saying to whom it was issued
        {"aud": [CLIENT, "outro"], "azp": "outro"},
        {"azp": "outro"},
        {"sub": None},
        {"nonce": "m" * 43},
        {"nonce": None},
        {"exp": None},
        {"iat": None},
        {"exp": 1},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
    ],
    ids=str,
)
def test_a_claim_that_does_not_hold_proves_nothing(now: datetime, wrong: dict[str, Any]) -> None:
    with pytest.raises(JoseError):
        prove(signed(claims(now, **wrong)), now)


def test_a_token_of_another_access_token_proves_nothing(now: datetime) -> None:
    token = {"id_token": signed(claims(now, at_hash="x" * 22)), "access_token": "outro"}
    with pytest.raises(JoseError):
        oidc.verify_id_token(token, KEYS, nonce="n" * 43, now=now)


def test_an_unsigned_token_proves_nothing(now: datetime) -> None:
    for signature in ("", "AAAA"):
        with pytest.raises(JoseError):
            prove(f"{packed({'alg': 'none'})}.{packed(claims(now))}.{signature}", now)


def test_the_providers_public_key_is_no_secret_to_sign_with(now: datetime) -> None:
    head = packed({"alg": "HS256", "kid": "um"}) + "." + packed(claims(now))
    made = hmac.new(KEY.as_pem(private=False), head.encode(), hashlib.sha256).digest()
    signature = base64.urlsafe_b64encode(made).decode().rstrip("=")
    with pytest.raises(JoseError):
        prove(f"{head}.{signature}", now)


def test_another_key_proves_nothing(now: datetime) -> None:
    other = RSAKey.generate_key(2048, {"kid": "um"})
    with pytest.raises(JoseError):
        prove(signed(claims(now), other), now)
    curve = ECKey.generate_key("P-256", {"kid": "dois"})
    with pytest.raises(JoseError):
        prove(signed(claims(now), curve, "ES256", "dois"), now)


def test_a_changed_token_proves_nothing(now: datetime) -> None:
    head, _, signature = signed(claims(now)).split(".")
    with pytest.raises(JoseError):
        prove(f"{head}.{packed(claims(now, sub='outra'))}.{signature}", now)
