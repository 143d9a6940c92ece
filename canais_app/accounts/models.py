"""Tables of staff, their roles, sessions and tokens, and of the audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from canais_app.kit.db import partial_index
from canais_app.kit.models import Table


class Staff(Table, table=True):
    """A person who signs in."""

    __table_args__ = (
        partial_index("uq_staff_oidc_subject", "oidc_subject", where="oidc_subject != ''"),
    )

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(unique=True, max_length=200)
    name: str = Field(max_length=120)
    password_hash: str = Field(default="", max_length=300)
    status: str = Field(default="active", max_length=16)  # invited, active, suspended
    totp_sealed: str = Field(default="", max_length=200)  # empty: no second step
    totp_last_step: int = 0  # each code is accepted once
    recovery_codes: list[str] = Field(default_factory=list, sa_type=JSON)  # hashes of the unused
    oidc_subject: str = Field(default="", max_length=300)  # issuer|subject at the provider
    created_at: datetime


class StaffRole(Table, table=True):
    """A role of a person; `unit_id` scopes it to that unit and its subtree."""

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    role: str = Field(max_length=24)
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    source: str = Field(default="portal", max_length=12)  # portal, provider (by the role map)


class LoginSession(Table, table=True):
    """A signed-in browser; the cookie holds the token, the row its hash."""

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    browser: str = Field(default="", max_length=120)
    stage: str = Field(default="full", max_length=16)  # full, code (the second step is missing)
    by_provider: bool = False  # then the second step is the provider's affair


class SignInBackoff(Table, table=True):
    """Recent attempts for one account or one address, and until when it is blocked.

    The key is an HMAC; accounts that do not exist have rows too, so that answers do not differ.
    """

    key: str = Field(primary_key=True, max_length=64)
    tries: int
    tried_at: datetime = Field(index=True)
    blocked_until: datetime | None = None


class OneTimeLink(Table, table=True):
    """A link of an invitation or a password recovery, for one use."""

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    purpose: str = Field(max_length=16)  # invitation, recovery
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class ApiToken(Table, table=True):
    """A bearer token for programs, shown once, stored as its hash."""

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    name: str = Field(max_length=120)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    permissions: list[str] = Field(default_factory=list, sa_type=JSON)
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


class AuditEntry(Table, table=True):
    """One action of an actor; `hash` covers the entry and the previous hash."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    actor_id: int | None = Field(default=None, index=True)  # None: the system, the public
    actor: str = Field(max_length=120)
    door: str = Field(max_length=24)  # screen, api, cli, job
    action: str = Field(max_length=60, index=True)
    entity: str = Field(max_length=40, index=True)
    entity_id: str = Field(max_length=60)
    changes: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64, unique=True)


class Draft(Table, table=True):
    """What a person of the staff typed and has not sent, encrypted; `key` names the field.

    An empty `sealed` marks when it was sent, so that a browser does not restore it.
    """

    staff_id: int = Field(foreign_key="staff.id", primary_key=True)
    key: str = Field(primary_key=True, max_length=80)
    sealed: str
    saved_at: datetime
