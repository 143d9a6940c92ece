"""Tables of situations, incidents and those who asked to be told."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from canais_app.kit.db import partial_index
from canais_app.kit.models import Table


class Situation(Table, table=True):
    """One alarm episode: of a unit's channel, or of several units at once.

    `scope` is `unit`, `comarca` or `channel` (the whole state); the fields it does not name are
    empty. At most one episode of a series is open.
    """

    __table_args__ = (
        partial_index(
            "uq_situation_open", "scope", "place_id", "channel", where="closed_at IS NULL"
        ),
        Index("ix_situation_opened", "opened_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=12)  # 2026-0412
    scope: str = Field(max_length=12)
    place_id: int = 0  # the unit or the comarca; 0: the state
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    comarca_id: int | None = Field(default=None, foreign_key="comarca.id", index=True)
    channel: str = Field(default="", max_length=24)
    kind: str = Field(default="", max_length=24)  # the most frequent
    level: str = Field(max_length=12)  # possivel, provavel
    # At the last judgement, in the window with the smallest probability.
    seen: int = 0
    expected: float = 0
    upper: int = 0  # the highest count that is no alarm
    probability: float = 1
    people: int = 0
    first_report_at: datetime
    opened_at: datetime
    probable_at: datetime | None = None  # public since, with at least three people
    judged_at: datetime
    quiet_since: datetime | None = None
    closed_at: datetime | None = Field(default=None, index=True)
    # Work.
    owner_id: int | None = Field(default=None, foreign_key="staff.id", index=True)
    assumed_at: datetime | None = None
    unit_told_at: datetime | None = None
    confirmed_at: datetime | None = None
    confirmed_by: str = Field(default="", max_length=120)
    verdict: str = Field(default="", max_length=12)  # verdadeiro, falso
    verdict_reason: str = Field(default="", max_length=300)
    incident_id: int | None = Field(default=None, foreign_key="incident.id", index=True)
    muted_by_id: int | None = Field(default=None, foreign_key="situation.id")
    version: int = 1


class SituationEvent(Table, table=True):
    """What happened in a situation or was done about it. Without `staff_id`: by the portal."""

    id: int | None = Field(default=None, primary_key=True)
    situation_id: int = Field(foreign_key="situation.id", index=True)
    at: datetime
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    who: str = Field(default="", max_length=120)
    kind: str = Field(max_length=24)
    text: str = Field(default="", max_length=1000)


class Incident(Table, table=True):
    """A failure of many units and channels, or a maintenance, that a person declared."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=12)  # 2026-018
    title: str = Field(max_length=120)
    kind: str = Field(default="incidente", max_length=12)  # incidente, manutencao
    status: str = Field(max_length=16)  # confirmado, em_conserto, em_observacao, encerrado
    works: str = Field(default="", max_length=200)  # what still works, in public words
    is_public: bool = True
    comarca_id: int | None = Field(default=None, foreign_key="comarca.id", index=True)
    owner_id: int | None = Field(default=None, foreign_key="staff.id")
    started_at: datetime
    noticed_at: datetime
    confirmed_at: datetime | None = None
    ends_at: datetime | None = None  # expected; of a maintenance: declared
    next_update_at: datetime | None = None  # promised to the public
    restored_at: datetime | None = None
    closed_at: datetime | None = Field(default=None, index=True)
    merged_into_id: int | None = Field(default=None, foreign_key="incident.id")
    false_reason: str = Field(default="", max_length=300)
    review: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  # the post-mortem
    version: int = 1


class IncidentMember(Table, table=True):
    """A unit's channel in an incident; `left_at` when it was taken out."""

    __table_args__ = (Index("ix_incident_member_unit", "unit_id", "channel"),)

    incident_id: int = Field(foreign_key="incident.id", primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", primary_key=True)
    channel: str = Field(primary_key=True, max_length=24)
    joined_at: datetime
    left_at: datetime | None = None
    told_at: datetime | None = None
    acknowledged_at: datetime | None = None


class IncidentUpdate(Table, table=True):
    """News of an incident for the public, or an internal note."""

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    at: datetime
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    who: str = Field(default="", max_length=120)
    status: str = Field(default="", max_length=16)
    is_public: bool
    text: str = Field(max_length=280)


class HandOver(Table, table=True):
    """A note from one shift to the next."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    staff_id: int = Field(foreign_key="staff.id")
    who: str = Field(max_length=120)
    text: str = Field(max_length=500)


class AlarmRule(Table, table=True):
    """What a person of the staff wants to be told by e-mail."""

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    comarca_id: int | None = Field(default=None, foreign_key="comarca.id")
    channel: str = Field(default="", max_length=24)
    level: str = Field(default="provavel", max_length=12)


class StatusSubscription(Table, table=True):
    """An address that gets news of the state, a comarca or a unit once it is confirmed."""

    __table_args__ = (Index("uq_status_subscription", "email", "place", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    email: str = Field(max_length=200)
    place: str = Field(index=True, max_length=170)  # estado, comarca:sinop, unidade:1a-vara
    token_hash: str = Field(unique=True, max_length=64)
    sealed_token: str = Field(default="", max_length=200)
    created_at: datetime
    confirmed_at: datetime | None = None
