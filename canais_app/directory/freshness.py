"""How old the contacts' verification is, comarca by comarca; and asking the units to look again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel
from sqlalchemy import CursorResult, case, update
from sqlmodel import Session, col, func, or_, select

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission, require
from canais_app.directory import contacts, said
from canais_app.directory.ages import AGEING, FRESH, age_of
from canais_app.directory.channels import UNVERIFIED_KINDS, ChannelKind
from canais_app.directory.drafts import Line80
from canais_app.directory.models import Channel, Comarca, Unit
from canais_app.kit import clock, export
from canais_app.kit.text import date_words
from canais_app.outbox import service as outbox
from canais_app.outbox.messages import CONTACTS_REMINDER, Letter
from canais_app.settings import settings

PERIOD = FRESH  # a unit is asked once in this time
MOST_A_NIGHT = 200  # letters: many units become due on the same day
AGES = {
    "ate-90": "até 90 dias",
    "91-180": "91 a 180 dias",
    "mais-de-180": "mais de 180 dias",
    "nunca": "nunca",
}
NO_COMARCA = "sem-comarca"


class Figure(BaseModel):
    """A figure of the table, as an address names it; empty parts want all."""

    comarca: Line80 = ""
    idade: Literal["", "ate-90", "91-180", "mais-de-180", "nunca"] = ""


@dataclass(frozen=True)
class FreshnessRow:
    """A comarca's contacts by the age of their verification, in the order of `AGES`."""

    slug: str
    name: str
    counts: list[int]
    total: int
    fresh_share: str


@dataclass(frozen=True)
class StaleContact:
    """A contact behind a figure of the table."""

    unit_code: str
    unit: str
    comarca: str
    channel: str
    value: str
    verified: str
    by: str
    tone: str


def table(session: Session, *, actor: Actor, now: datetime) -> list[FreshnessRow]:
    """Return each comarca with its counts, those with most unverified contacts first.

    Raises:
        NotPermittedError: only administrators see all of them.
    """
    require(actor, Permission.SHAPE_DIRECTORY)
    age = _age(now).label("age")
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
    counts = [by_age.get(age, 0) for age in AGES]
    total = sum(counts)
    return FreshnessRow(slug, name, counts, total, f"{round(100 * counts[0] / total)}%")


def _age(now: datetime):  # noqa: ANN202 (a SQL expression)
    at = col(Channel.verified_at)
    fresh, ageing, old, never = AGES
    return case(
        (at.is_(None), never), (at >= now - FRESH, fresh), (at >= now - AGEING, ageing), else_=old
    )


def _in_use():  # noqa: ANN202 (a SQL expression)
    return (
        col(Unit.active)
        & col(Channel.retired_at).is_(None)
        & col(Channel.kind).not_in(UNVERIFIED_KINDS)
    )


def behind(  # noqa: PLR0913 (which, for whom and when)
    session: Session, comarca: str, age: str, *, actor: Actor, now: datetime, most: int = 200
) -> list[StaleContact]:
    """Return the contacts behind a figure, the longest unverified first; empty parts want all.

    Raises:
        NotPermittedError: only administrators see all of them.
    """
    require(actor, Permission.SHAPE_DIRECTORY)
    asked = (
        select(Channel, Unit, Comarca)
        .join(Unit, col(Unit.id) == col(Channel.unit_id))
        .join(Comarca, col(Comarca.id) == col(Unit.comarca_id), isouter=True)
        .where(_in_use())
    )
    if age:
        asked = asked.where(_age(now) == age)
    if comarca:
        slug = col(Comarca.slug)
        asked = asked.where(slug.is_(None) if comarca == NO_COMARCA else slug == comarca)
    first = col(Channel.verified_at).is_not(None), col(Channel.verified_at)
    rows = session.exec(asked.order_by(*first, col(Channel.id)).limit(most)).all()
    return [_contact(channel, unit, place, now) for channel, unit, place in rows]


def _contact(channel: Channel, unit: Unit, comarca: Comarca | None, now: datetime) -> StaleContact:
    return StaleContact(
        unit_code=unit.code,
        unit=unit.name,
        comarca=comarca.name if comarca else "",
        channel=said.channel_name(channel.kind),
        value=said.value("value", channel.value),
        verified=date_words(clock.local_day(channel.verified_at)) if channel.verified_at else "",
        by=channel.verified_by,
        tone=age_of([channel], now).tone,
    )


def table_csv(session: Session, *, actor: Actor, now: datetime) -> Iterator[str]:
    """Yield the table as CSV."""
    rows = table(session, actor=actor, now=now)
    return export.csv_chunks(
        ((row.name, *row.counts, row.total) for row in rows), ("comarca", *AGES.values(), "total")
    )


def behind_csv(
    session: Session, comarca: str, age: str, *, actor: Actor, now: datetime
) -> Iterator[str]:
    """Yield the contacts behind a figure as CSV, all of them."""
    rows = behind(session, comarca, age, actor=actor, now=now, most=1_000_000)
    return export.csv_chunks(
        ((r.unit_code, r.unit, r.comarca, r.channel, r.value, r.verified, r.by) for r in rows),
        ("código", "unidade", "comarca", "canal", "contato", "verificado em", "verificado por"),
    )


def remind(session: Session, *, now: datetime) -> int:
    """Ask units whose contacts nobody confirmed for 90 days to look at them; return how many.

    A unit is asked once a period, by a conditional update: two nights at once send one letter.
    """
    sent = 0
    for unit_id in _due(session, now):
        asked: CursorResult[tuple[()]] = session.connection().execute(
            update(Unit).where(col(Unit.id) == unit_id, _not_asked(now)).values(reminded_at=now)
        )
        if asked.rowcount:
            sent += _ask(session, session.get_one(Unit, unit_id), now)
    return sent


def _not_asked(now: datetime):  # noqa: ANN202 (a SQL expression)
    return or_(col(Unit.reminded_at).is_(None), col(Unit.reminded_at) <= now - PERIOD)


def _due(session: Session, now: datetime) -> list[int]:
    """Return the units to ask, those asked longest ago first; only those with an e-mail."""
    has_email = (
        select(Channel.id)
        .where(
            col(Channel.unit_id) == col(Unit.id),
            col(Channel.kind) == ChannelKind.EMAIL,
            col(Channel.retired_at).is_(None),
        )
        .exists()
    )
    old = (
        select(Channel.id)
        .where(
            col(Channel.unit_id) == col(Unit.id),
            col(Channel.kind).not_in(UNVERIFIED_KINDS),
            col(Channel.retired_at).is_(None),
            or_(col(Channel.verified_at).is_(None), col(Channel.verified_at) <= now - PERIOD),
        )
        .exists()
    )
    asked = select(Unit.id).where(col(Unit.active), _not_asked(now), has_email, old)
    order = col(Unit.reminded_at).is_not(None), col(Unit.reminded_at), col(Unit.id)
    return [id_ for id_ in session.exec(asked.order_by(*order).limit(MOST_A_NIGHT)) if id_]


def _ask(session: Session, unit: Unit, now: datetime) -> int:
    rows = contacts.to_verify(session, unit.id or 0)
    address = next(row.value for row in rows if row.kind == ChannelKind.EMAIL)
    context = {
        "unit": unit.name,
        "contacts": [
            {
                "name": said.channel_name(row.kind),
                "value": said.value("value", row.value),
                "verified": age_of([row], now).words,
            }
            for row in rows
        ],
        "page_url": settings().base_url + routes.MANAGEMENT,
        "sequence": clock.local_day(now).isoformat(),
    }
    letter = Letter(CONTACTS_REMINDER, f"unit:{unit.id}", "unit", address, context)
    outbox.enqueue(session, letter, now=now)
    return 1
