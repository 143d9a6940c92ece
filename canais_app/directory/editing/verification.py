"""Counts contacts by the age of their verification, and reminds units to verify them.

Only administrators see all contacts (`require_permission`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel
from sqlalchemy import CursorResult, case, update
from sqlmodel import Session, col, func, or_, select

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.directory import labels
from canais_app.directory.cards import FRESH
from canais_app.directory.channels import UNVERIFIED_KINDS, ChannelKind
from canais_app.directory.editing import service as editing
from canais_app.directory.editing.schemas import Line80
from canais_app.directory.models import Channel, Comarca, Unit
from canais_app.kit import clock, export
from canais_app.kit.text import format_date
from canais_app.outbox import service as outbox
from canais_app.outbox.messages import CONTACTS_REMINDER, Message
from canais_app.settings import settings

AGEING = timedelta(days=180)


@dataclass(frozen=True)
class VerificationAge:
    """The age of a verification in words, and the tone of its tag."""

    words: str
    tone: str


def verification_age(rows: Sequence[Channel], now: datetime) -> VerificationAge:
    """Return the age of the oldest verification of some channels."""
    if not rows:
        return VerificationAge("sem contatos", "off")
    known = [row.verified_at for row in rows if row.verified_at is not None]
    if len(known) < len(rows):
        return VerificationAge("nunca verificado", "bad")
    oldest = min(known)
    since = now - oldest
    tone = "ok" if since <= FRESH else "warn" if since <= AGEING else "bad"
    return VerificationAge(f"verificado em {format_date(clock.to_local_day(oldest))}", tone)


REMINDER_INTERVAL = FRESH  # a unit is reminded once in this time
MAX_REMINDERS_PER_NIGHT = 200  # many units become due on the same day
AGE_BANDS = {
    "ate-90": "até 90 dias",
    "91-180": "91 a 180 dias",
    "mais-de-180": "mais de 180 dias",
    "nunca": "nunca",
}
NO_COMARCA = "sem-comarca"


class AgeFilter(BaseModel):
    """The filter of the contacts in the page's address; empty parts select all."""

    comarca: Line80 = ""
    idade: Literal["", "ate-90", "91-180", "mais-de-180", "nunca"] = ""


@dataclass(frozen=True)
class FreshnessRow:
    """A comarca's contacts by the age of their verification, in the order of `AGE_BANDS`."""

    slug: str
    name: str
    counts: list[int]
    total: int
    fresh_share: str


@dataclass(frozen=True)
class StaleContact:
    """A contact in the list behind the table."""

    unit_code: str
    unit: str
    comarca: str
    channel: str
    value: str
    verified: str
    by: str
    tone: str


def load_age_table(session: Session, *, actor: Actor, now: datetime) -> list[FreshnessRow]:
    """Return each comarca with its counts, those with most unverified contacts first."""
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    age = _age_band(now).label("age")
    found = session.exec(
        select(Comarca.slug, Comarca.name, age, func.count())
        .select_from(Channel)
        .join(Unit, col(Unit.id) == col(Channel.unit_id))
        .join(Comarca, col(Comarca.id) == col(Unit.comarca_id), isouter=True)
        .where(_in_use())
        .group_by(col(Comarca.slug), col(Comarca.name), age)
    ).all()
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for slug, name, bucket, count in found:
        key = (slug or NO_COMARCA, name or "2º grau e sem comarca")
        counts.setdefault(key, {})[bucket] = count
    rows = [_row(slug, name, by_age) for (slug, name), by_age in counts.items()]
    return sorted(rows, key=lambda row: (-(row.total - row.counts[0]), row.name))


def _row(slug: str, name: str, by_age: dict[str, int]) -> FreshnessRow:
    counts = [by_age.get(age, 0) for age in AGE_BANDS]
    total = sum(counts)
    return FreshnessRow(slug, name, counts, total, f"{round(100 * counts[0] / total)}%")


def _age_band(now: datetime):  # noqa: ANN202 (a SQL expression)
    at = col(Channel.verified_at)
    fresh, ageing, old, never = AGE_BANDS
    return case(
        (at.is_(None), never), (at >= now - FRESH, fresh), (at >= now - AGEING, ageing), else_=old
    )


def _in_use():  # noqa: ANN202 (a SQL expression)
    return (
        col(Unit.active)
        & col(Channel.retired_at).is_(None)
        & col(Channel.kind).not_in(UNVERIFIED_KINDS)
    )


def list_stale_contacts(  # noqa: PLR0913 (filter, actor and time)
    session: Session, comarca: str, age: str, *, actor: Actor, now: datetime, limit: int = 200
) -> list[StaleContact]:
    """Return contacts, the longest unverified first; empty filters select all."""
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    asked = (
        select(Channel, Unit, Comarca)
        .join(Unit, col(Unit.id) == col(Channel.unit_id))
        .join(Comarca, col(Comarca.id) == col(Unit.comarca_id), isouter=True)
        .where(_in_use())
    )
    if age:
        asked = asked.where(_age_band(now) == age)
    if comarca:
        slug = col(Comarca.slug)
        asked = asked.where(slug.is_(None) if comarca == NO_COMARCA else slug == comarca)
    first = col(Channel.verified_at).is_not(None), col(Channel.verified_at)
    rows = session.exec(asked.order_by(*first, col(Channel.id)).limit(limit)).all()
    return [_contact(*row, now) for row in rows]


def _contact(channel: Channel, unit: Unit, comarca: Comarca | None, now: datetime) -> StaleContact:
    return StaleContact(
        unit_code=unit.code,
        unit=unit.name,
        comarca=comarca.name if comarca else "",
        channel=labels.channel_label(channel.kind),
        value=labels.value_label("value", channel.value),
        verified=format_date(clock.to_local_day(channel.verified_at))
        if channel.verified_at
        else "",
        by=channel.verified_by,
        tone=verification_age([channel], now).tone,
    )


def export_age_table_csv(session: Session, *, actor: Actor, now: datetime) -> Iterator[str]:
    """Yield the table as CSV."""
    rows = load_age_table(session, actor=actor, now=now)
    return export.csv_chunks(
        ((row.name, *row.counts, row.total) for row in rows),
        ("comarca", *AGE_BANDS.values(), "total"),
    )


def export_stale_contacts_csv(
    session: Session, comarca: str, age: str, *, actor: Actor, now: datetime
) -> Iterator[str]:
    """Yield all contacts of the filter as CSV."""
    rows = list_stale_contacts(session, comarca, age, actor=actor, now=now, limit=1_000_000)
    return export.csv_chunks(
        ((r.unit_code, r.unit, r.comarca, r.channel, r.value, r.verified, r.by) for r in rows),
        ("código", "unidade", "comarca", "canal", "contato", "verificado em", "verificado por"),
    )


def send_verification_reminders(session: Session, *, now: datetime) -> int:
    """Remind units whose contacts were not verified for 90 days; return how many.

    A conditional update reminds each unit once a period, even when two processes run this.
    """
    sent = 0
    for unit_id in _units_to_remind(session, now):
        claimed: CursorResult[tuple[()]] = session.connection().execute(
            update(Unit)
            .where(col(Unit.id) == unit_id, _is_due(col(Unit.reminded_at), now))
            .values(reminded_at=now)
        )
        if claimed.rowcount:
            sent += _send_reminder(session, session.get_one(Unit, unit_id), now)
    return sent


def _is_due(at: Any, now: datetime):  # noqa: ANN202, ANN401 (SQL expressions)
    return or_(at.is_(None), at <= now - REMINDER_INTERVAL)


def _has_channel(*conditions: Any):  # noqa: ANN202, ANN401 (SQL expressions)
    in_use = (col(Channel.unit_id) == col(Unit.id), col(Channel.retired_at).is_(None))
    return select(Channel.id).where(*in_use, *conditions).exists()


def _units_to_remind(session: Session, now: datetime) -> list[int]:
    """Return the due units that have an e-mail, those reminded longest ago first."""
    asked = select(Unit.id).where(
        col(Unit.active),
        _is_due(col(Unit.reminded_at), now),
        _has_channel(col(Channel.kind) == ChannelKind.EMAIL),
        _has_channel(
            col(Channel.kind).not_in(UNVERIFIED_KINDS), _is_due(col(Channel.verified_at), now)
        ),
    )
    order = col(Unit.reminded_at).is_not(None), col(Unit.reminded_at), col(Unit.id)
    return [
        id_ for id_ in session.exec(asked.order_by(*order).limit(MAX_REMINDERS_PER_NIGHT)) if id_
    ]


def _send_reminder(session: Session, unit: Unit, now: datetime) -> int:
    rows = editing.list_channels_to_verify(session, unit.id or 0)
    address = next(row.value for row in rows if row.kind == ChannelKind.EMAIL)
    context = {
        "unit": unit.name,
        "contacts": [
            {
                "name": labels.channel_label(row.kind),
                "value": labels.value_label("value", row.value),
                "verified": verification_age([row], now).words,
            }
            for row in rows
        ],
        "page_url": settings().base_url + routes.MANAGEMENT,
        "sequence": clock.to_local_day(now).isoformat(),
    }
    message = Message(CONTACTS_REMINDER, f"unit:{unit.id}", "unit", address, context)
    outbox.enqueue(session, message, now=now)
    return 1
