"""API keys: list, create, revoke."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.models import ApiToken, Staff
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.kit import db
from canais_app.kit.errors import InvalidError
from canais_app.kit.text import format_datetime, generate_token, hash_token

API_TOKEN_MAX_LIFETIME = timedelta(days=365)


@dataclass(frozen=True)
class KeyRow:
    """An API key in the list, without the token."""

    id: int
    name: str
    owner: str
    permissions: str
    expires: str
    state: str


def list_api_keys(session: Session, *, actor: Actor, now: datetime) -> list[KeyRow]:
    """Return every key, the newest first."""
    require_permission(actor, Permission.MANAGE_STAFF)
    rows = session.exec(
        select(ApiToken, Staff)
        .join(Staff, col(Staff.id) == col(ApiToken.staff_id))
        .order_by(col(ApiToken.id).desc())
    )
    return [
        KeyRow(
            key.id or 0,
            key.name,
            staff.name,
            ", ".join(key.permissions),
            format_datetime(key.expires_at),
            _key_state(key, now),
        )
        for key, staff in rows
    ]


def _key_state(key: ApiToken, now: datetime) -> str:
    if key.revoked_at is not None:
        return "revogada"
    return "em vigor" if now < key.expires_at else "vencida"


def create_api_key(  # noqa: PLR0913 (the parts of a key)
    session: Session,
    name: str,
    permissions: Sequence[Permission],
    days: int,
    *,
    actor: Actor,
    now: datetime,
) -> str:
    """Create a key that acts for its creator, and return the token, which is not stored.

    Raises:
        InvalidError: no name, no permission, one that the creator lacks, or a wrong lifetime.
    """
    require_permission(actor, Permission.MANAGE_STAFF)
    if not name.strip():
        raise InvalidError("Falta o nome.", {"name": "Diga qual programa usará a chave."})
    if not permissions:
        raise InvalidError("Faltam permissões.", {"permissions": "Escolha ao menos uma."})
    if not all(actor.can(permission) for permission in permissions):
        raise InvalidError(
            "Permissão que você não tem.",
            {"permissions": "Uma chave não pode mais do que quem a cria."},
        )
    if not 1 <= days <= API_TOKEN_MAX_LIFETIME.days:
        raise InvalidError("Validade fora do permitido.", {"days": "De 1 a 365 dias."})
    token = generate_token()
    key = ApiToken(
        token_hash=hash_token(token),
        name=name.strip()[:120],
        staff_id=actor.staff_id or 0,
        permissions=[permission.value for permission in dict.fromkeys(permissions)],
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(key)
    session.flush()
    change = {"name": ["", key.name], "permissions": [[], key.permissions]}
    audit.record_entry(session, actor, "criar chave", "api_token", key.id, change, now=now)
    return token


def revoke_api_key(session: Session, key_id: int, *, actor: Actor, now: datetime) -> None:
    """Revoke a key.

    Raises:
        NotFoundError: no such key.
    """
    require_permission(actor, Permission.MANAGE_STAFF)
    key = db.get_or_404(session, ApiToken, key_id, "Esta chave não existe.")
    if key.revoked_at is not None:
        return
    key.revoked_at = now
    change = {"revoked_at": ["", now.isoformat()]}
    audit.record_entry(session, actor, "revogar chave", "api_token", key_id, change, now=now)
