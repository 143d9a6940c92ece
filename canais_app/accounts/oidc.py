"""What passes between the portal and an OpenID provider: the way there, and what comes back.

Authorization code flow with PKCE (RFC 6749, RFC 7636) as OpenID Connect Core 1.0 section 3.1
describes it. Nothing of this room's accounts is known here; `federated.py` decides who it is.
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

HTTP_TIMEOUT_SECONDS = 5  # seconds for each answer of the provider
MAX_SUBJECT_LENGTH = 300  # what the column holds; Core 1.0 allows 255 for the subject itself
CLOCK_LEEWAY_SECONDS = 60  # seconds that its clock may be off
METADATA_TTL = timedelta(
    hours=1
)  # its own description and keys; an unknown key is asked for at once
# Signed with the provider's private key: never `none`, never a secret that we hold too.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
PROVIDER_DOWN_TEXT = (
    "O provedor de acesso não respondeu. Tente de novo em instantes, ou use e-mail e senha."
)
SIGN_IN_FAILED_TEXT = "A entrada pelo provedor não se completou. Tente de novo."
log = structlog.get_logger()


class ProviderFailedError(AppError):
    """The provider did not answer, or what it answered proves nothing."""

    status = 502
    title = "Provedor de acesso"


@dataclass(frozen=True)
class AuthRequest:
    """What the browser keeps, out of reach of scripts, while its person is at the provider."""

    state: str
    nonce: str
    verifier: str
    back: str = ""


@dataclass(frozen=True)
class Identity:
    """Whom the provider vouches for. `email` is empty unless the provider has verified it."""

    subject: str
    email: str
    name: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProviderMetadata:
    """A provider's description of itself and its keys, as read at some moment."""

    metadata: Mapping[str, Any]
    keys: KeySet
    read_at: datetime


_metadata_cache: dict[str, ProviderMetadata] = {}


def _client(callback: str = "", method: str = "client_secret_basic") -> Any:  # noqa: ANN401 (Authlib's and httpx2's client in one; it carries no types)
    here = settings()
    return AsyncOAuth2Client(
        client_id=here.oidc_client_id,
        client_secret=here.oidc_client_secret.get_secret_value(),
        token_endpoint_auth_method=method,
        scope=here.oidc_scope,
        redirect_uri=callback,
        code_challenge_method="S256",
        timeout=HTTP_TIMEOUT_SECONDS,
    )


async def _fetch_json(client: Any, url: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 (see above)
    answer = (await client.request("GET", url, **more)).raise_for_status().json()
    if not isinstance(answer, dict):
        raise ValueError(url)  # noqa: TRY004 (a wrong answer, not a wrong call)
    return answer


async def load_metadata(*, now: datetime, anew: bool = False) -> ProviderMetadata:
    """Return the provider's description and keys, read at most once an hour unless `anew`.

    Raises:
        ProviderError: no answer, or one that is not the configured issuer's.
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


def _refused(step: str, wrong: Exception, said: str = SIGN_IN_FAILED_TEXT) -> ProviderFailedError:
    # Its words may carry names and tokens; the kind of the failure is enough to look further.
    log.warning("provider_sign_in_failed", step=step, kind=type(wrong).__name__)
    return ProviderFailedError(said)


async def begin_authorization(
    callback: str, back: str, *, now: datetime
) -> tuple[str, AuthRequest]:
    """Return the provider's address to go to, and what to keep until coming back to `callback`.

    Raises:
        ProviderError: the provider does not answer.
    """
    known = await load_metadata(now=now)
    leaving = AuthRequest(generate_token(32), generate_token(32), generate_token(64), back)
    async with _client(callback) as client:
        address, _ = client.create_authorization_url(
            known.metadata["authorization_endpoint"],
            state=leaving.state,
            nonce=leaving.nonce,
            code_verifier=leaving.verifier,
        )
    return address, leaving


async def complete_callback(
    query: Mapping[str, str], leaving: AuthRequest, callback: str, *, now: datetime
) -> Identity:
    """Return whom the provider vouches for, given the query it sent the browser back with.

    Raises:
        ProviderError: not the answer to this departure, refused, used before or expired; or the
            provider does not answer.
    """
    if not constant_time_equals(query.get("state", ""), leaving.state):
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
                code_verifier=leaving.verifier,
            )
            proven = await _verify_token_answer(token, leaving.nonce, now)
            more = await _fetch_userinfo(client, known, proven)
    except httpx2.HTTPError as wrong:
        raise _refused("token", wrong, PROVIDER_DOWN_TEXT) from None
    except (OAuthError, JoseError, KeyError, ValueError) as wrong:
        raise _refused("token", wrong) from None
    return _identity({**more, **proven})


async def _verify_token_answer(
    token: Mapping[str, Any], nonce: str, now: datetime
) -> Mapping[str, Any]:
    keys = (await load_metadata(now=now)).keys
    try:
        return verify_id_token(token, keys, nonce=nonce, now=now)
    except InvalidKeyIdError:  # the provider has changed its keys meanwhile
        return verify_id_token(
            token, (await load_metadata(now=now, anew=True)).keys, nonce=nonce, now=now
        )


def verify_id_token(
    token: Mapping[str, Any], keys: KeySet, *, nonce: str, now: datetime
) -> Mapping[str, Any]:
    """Check the ID token of a token answer and return its claims (Core 1.0, section 3.1.3.7).

    Raises:
        JoseError: signature, algorithm, issuer, audience, times or nonce do not hold.
        KeyError: there is no ID token.
    """
    here = settings()
    read = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS)
    claims = CodeIDToken(
        read.claims,
        read.header,
        {
            "iss": {"essential": True, "value": here.oidc_issuer},
            "aud": {"essential": True, "value": here.oidc_client_id},
            "sub": {"essential": True},
        },
        {
            "nonce": nonce,
            "client_id": here.oidc_client_id,
            "access_token": token.get("access_token"),
        },
    )
    claims.validate(now=int(now.timestamp()), leeway=CLOCK_LEEWAY_SECONDS)
    return claims


async def _fetch_userinfo(
    client: Any,  # noqa: ANN401 (see above)
    known: ProviderMetadata,
    proven: Mapping[str, Any],
) -> Mapping[str, Any]:
    """Return what the provider says beside the ID token; it must speak of the same person."""
    address = known.metadata.get("userinfo_endpoint")
    if not address:
        return {}
    told = await _fetch_json(client, address)
    _require_claim(told.get("sub") == proven["sub"], "sub")  # Core 1.0, section 5.3.2
    return told


def _require_claim(holds: bool, what: str) -> None:  # noqa: FBT001 (reads as a sentence)
    if not holds:
        raise ValueError(what)


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
        groups=tuple(one for one in groups if isinstance(one, str)),
    )


async def logout_url(back: str, *, now: datetime) -> str:
    """Return the provider's address that ends its own session, leading to `back`; or nothing.

    RP-Initiated Logout 1.0: we name ourselves by `client_id`, so that no ID token is stored.
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
