"""OpenID Connect client: authorization request, callback, ID token, logout.

Authorization code flow with PKCE (RFC 6749, RFC 7636; OpenID Connect Core 1.0, section 3.1).
`oidc_accounts.py` maps the identity to an account.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx2
import structlog
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from canais_app.kit.errors import AppError
from canais_app.kit.text import constant_time_equals
from canais_app.settings import settings

HTTP_TIMEOUT_SECONDS = 5
MAX_SUBJECT_LENGTH = 300  # of the column; Core 1.0 allows 255 for the subject alone
CLOCK_LEEWAY_SECONDS = 60
METADATA_TTL = timedelta(hours=1)  # an unknown key refreshes it at once
# Signatures by the provider's private key only: no `none`, no shared secret.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
PROVIDER_DOWN_TEXT = (
    "O provedor de acesso não respondeu. Tente de novo em instantes, ou use e-mail e senha."
)
SIGN_IN_FAILED_TEXT = "A entrada pelo provedor não se completou. Tente de novo."
log = structlog.get_logger()


class ProviderFailedError(AppError):
    """The provider did not answer, or its answer is not valid."""

    status = 502
    title = "Provedor de acesso"


@dataclass(frozen=True)
class AuthRequest:
    """What an HttpOnly cookie keeps until the provider's callback."""

    state: str
    nonce: str
    verifier: str
    back: str = ""


@dataclass(frozen=True)
class Identity:
    """An authenticated person; `email` is empty unless the provider has verified it."""

    subject: str
    email: str
    name: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProviderMetadata:
    """The provider's discovery document and keys, with the time they were read."""

    metadata: Mapping[str, Any]
    keys: KeySet
    read_at: datetime


_metadata_cache: dict[str, ProviderMetadata] = {}


def _client(callback: str = "", method: str = "client_secret_basic") -> Any:  # noqa: ANN401 (Authlib's client carries no types)
    configured = settings()
    return AsyncOAuth2Client(
        client_id=configured.oidc_client_id,
        client_secret=configured.oidc_client_secret.get_secret_value(),
        token_endpoint_auth_method=method,
        scope=configured.oidc_scope,
        redirect_uri=callback,
        code_challenge_method="S256",
        timeout=HTTP_TIMEOUT_SECONDS,
    )


async def _fetch_json(client: Any, url: str, **options: Any) -> dict[str, Any]:  # noqa: ANN401 (see above)
    answer = (await client.request("GET", url, **options)).raise_for_status().json()
    if not isinstance(answer, dict):
        raise ValueError(url)  # noqa: TRY004 (wrong data, not a wrong call)
    return answer


async def load_metadata(*, now: datetime, anew: bool = False) -> ProviderMetadata:
    """Return the provider's metadata and keys, cached for an hour unless `anew`.

    Raises:
        ProviderFailedError: no answer, or not the configured issuer's.
    """
    issuer = settings().oidc_issuer
    found = _metadata_cache.get(issuer)
    if found and not anew and now - found.read_at < METADATA_TTL:
        return found
    try:
        async with _client() as client:
            address = issuer.rstrip("/") + "/.well-known/openid-configuration"
            metadata = await _fetch_json(client, address, withhold_token=True)
            _require_claim(metadata["issuer"] == issuer, "issuer")  # Discovery 1.0, section 4.3
            jwks: Any = await _fetch_json(client, metadata["jwks_uri"], withhold_token=True)
            keys = KeySet.import_key_set(jwks)
    except (httpx2.HTTPError, JoseError, KeyError, ValueError) as wrong:
        raise _refused("discovery", wrong, PROVIDER_DOWN_TEXT) from None
    _metadata_cache[issuer] = ProviderMetadata(metadata, keys, now)
    return _metadata_cache[issuer]


def _refused(step: str, wrong: Exception, text: str = SIGN_IN_FAILED_TEXT) -> ProviderFailedError:
    # The exception's message may contain names and tokens.
    log.warning("provider_sign_in_failed", step=step, kind=type(wrong).__name__)
    return ProviderFailedError(text)


async def begin_authorization(
    callback: str, back: str, *, now: datetime
) -> tuple[str, AuthRequest]:
    """Return the provider's authorization URL, and what to keep until the callback.

    Raises:
        ProviderFailedError: the provider does not answer.
    """
    known = await load_metadata(now=now)
    request = AuthRequest(generate_token(32), generate_token(32), generate_token(64), back)
    async with _client(callback) as client:
        address, _ = client.create_authorization_url(
            known.metadata["authorization_endpoint"],
            state=request.state,
            nonce=request.nonce,
            code_verifier=request.verifier,
        )
    return address, request


async def complete_callback(
    query: Mapping[str, str], request: AuthRequest, callback: str, *, now: datetime
) -> Identity:
    """Redeem the callback's code and return the identity.

    Raises:
        ProviderFailedError: not the answer to this request, refused, used before or expired; or
            the provider does not answer.
    """
    if not constant_time_equals(query.get("state", ""), request.state):
        raise _refused("state", ValueError())
    if query.get("iss", settings().oidc_issuer) != settings().oidc_issuer:  # RFC 9207
        raise _refused("issuer", ValueError())
    if not query.get("code"):
        raise _refused("authorization", ValueError())
    known = await load_metadata(now=now)
    basic = "client_secret_basic" in known.metadata.get(
        "token_endpoint_auth_methods_supported", ["client_secret_basic"]
    )
    method = "client_secret_basic" if basic else "client_secret_post"
    try:
        async with _client(callback, method) as client:
            token = await client.fetch_token(
                known.metadata["token_endpoint"],
                grant_type="authorization_code",
                code=query["code"],
                code_verifier=request.verifier,
            )
            claims = await _verify_token_answer(token, request.nonce, now)
            userinfo = await _fetch_userinfo(client, known, claims)
    except httpx2.HTTPError as wrong:
        raise _refused("token", wrong, PROVIDER_DOWN_TEXT) from None
    except (OAuthError, JoseError, KeyError, ValueError) as wrong:
        raise _refused("token", wrong) from None
    return _identity({**userinfo, **claims})


async def _verify_token_answer(
    token: Mapping[str, Any], nonce: str, now: datetime
) -> Mapping[str, Any]:
    keys = (await load_metadata(now=now)).keys
    try:
        return verify_id_token(token, keys, nonce=nonce, now=now)
    except InvalidKeyIdError:  # the provider has rotated its keys
        keys = (await load_metadata(now=now, anew=True)).keys
        return verify_id_token(token, keys, nonce=nonce, now=now)


def verify_id_token(
    token: Mapping[str, Any], keys: KeySet, *, nonce: str, now: datetime
) -> Mapping[str, Any]:
    """Check the ID token of a token response and return its claims (Core 1.0, section 3.1.3.7).

    Raises:
        JoseError: signature, algorithm, issuer, audience, times or nonce do not hold.
        KeyError: there is no ID token.
    """
    configured = settings()
    read = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS)
    claims = CodeIDToken(
        read.claims,
        read.header,
        {
            "iss": {"essential": True, "value": configured.oidc_issuer},
            "aud": {"essential": True, "value": configured.oidc_client_id},
            "sub": {"essential": True},
        },
        {
            "nonce": nonce,
            "client_id": configured.oidc_client_id,
            "access_token": token.get("access_token"),
        },
    )
    claims.validate(now=int(now.timestamp()), leeway=CLOCK_LEEWAY_SECONDS)
    return claims


async def _fetch_userinfo(
    client: Any,  # noqa: ANN401 (see above)
    known: ProviderMetadata,
    claims: Mapping[str, Any],
) -> Mapping[str, Any]:
    """Return the provider's userinfo, which must be about the same subject."""
    address = known.metadata.get("userinfo_endpoint")
    if not address:
        return {}
    userinfo = await _fetch_json(client, address)
    _require_claim(userinfo.get("sub") == claims["sub"], "sub")  # Core 1.0, section 5.3.2
    return userinfo


def _require_claim(is_valid: bool, claim: str) -> None:  # noqa: FBT001 (a check)
    if not is_valid:
        raise ValueError(claim)


def _identity(claims: Mapping[str, Any]) -> Identity:
    sent = claims.get(settings().oidc_roles_claim)
    groups = [sent] if isinstance(sent, str) else sent if isinstance(sent, list) else []
    verified = claims.get("email_verified") is True
    subject = f"{settings().oidc_issuer}|{claims['sub']}"
    if len(subject) > MAX_SUBJECT_LENGTH:
        raise _refused("subject", ValueError())
    return Identity(
        subject=subject,
        email=str(claims.get("email") or "").strip().casefold()[:200] if verified else "",
        name=str(claims.get("name") or claims.get("preferred_username") or "").strip()[:120],
        groups=tuple(group for group in groups if isinstance(group, str)),
    )


async def logout_url(back: str, *, now: datetime) -> str:
    """Return the provider's logout URL (RP-Initiated Logout 1.0); empty without one.

    It carries `client_id` in place of `id_token_hint`, so that no ID token is stored.
    """
    try:
        known = await load_metadata(now=now)
    except ProviderFailedError:
        return ""
    address = known.metadata.get("end_session_endpoint")
    if not address:
        return ""
    query = {"client_id": settings().oidc_client_id, "post_logout_redirect_uri": back}
    return str(httpx2.URL(address).copy_merge_params(query))
