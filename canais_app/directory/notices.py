"""Notices in force or announced: what they say, where they hold, since when, until when."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlmodel import Session, col, select

from canais_app.directory import kept
from canais_app.directory.channels import CHANNEL_NAMES, ChannelKind
from canais_app.directory.models import Channel, Comarca, Unit
from canais_app.directory.views import NoticeView
from canais_app.expediente.posting import KIND_NAMES
from canais_app.expediente.queries import NoticeRow, load_calendar, notices_since
from canais_app.expediente.rules import DayRule, Effect, NoticeKind
from canais_app.expediente.times import DAY, moment_of
from canais_app.kit import clock
from canais_app.kit.text import date_words, hour_words, moment_words

AHEAD = timedelta(days=45)  # how early an announced notice is shown
REMEMBERED = timedelta(days=30)  # how long a feed says that a notice is over
WARN_KINDS = frozenset({NoticeKind.CLOSED, NoticeKind.MAINTENANCE})
EVERYWHERE = "Todo o Estado"
# Long spans of the calendar itself that visitors must know of; holidays stand on the cards.
ANNOUNCED = {
    Effect.RECESS: "{name}: atendimento só em plantão, com prazos suspensos.",
    Effect.DEADLINES_SUSPENDED: "{name}: o atendimento segue normal.",
}


@dataclass(frozen=True)
class Scoped:
    """A notice's sentence and whom it concerns: the state, a comarca, or a unit's subtree."""

    words: str
    comarca_id: int | None
    unit_id: int | None
    channel_kind: str = ""

    def concerns(self, unit: Unit, channels: Collection[str]) -> bool:
        """Whether the notice holds for a unit that has these kinds of channel."""
        if self.channel_kind and self.channel_kind not in channels:
            return False
        if self.unit_id is not None:
            return unit.id == self.unit_id or f"/{self.unit_id}/" in unit.path
        return self.comarca_id in (None, unit.comarca_id)


@dataclass(frozen=True)
class _Names:
    """The comarcas and units that some notices are about."""

    comarcas: Mapping[int, Comarca]
    units: Mapping[int, Unit]


def in_force(session: Session, now: datetime) -> list[Scoped]:
    """Return the notices that hold now, as sentences for cards."""
    return [scoped(row) for row in notices_since(session, now) if row.in_force(now)]


def shown(session: Session, now: datetime, unit: Unit | None = None) -> list[NoticeView]:
    """Return notices in force or announced for the weeks to come; those of a unit when given."""
    rows = [row for row in notices_since(session, now) if row.starts_at <= now + AHEAD]
    rows += _of_calendar(session, now)
    if unit is not None:
        kinds = _channels_of(session, unit) if any(row.channel_kind for row in rows) else ()
        rows = [row for row in rows if scoped(row).concerns(unit, kinds)]
    return views(session, rows, now)


def listed(
    session: Session, *, now: datetime, comarca: str = "", unit: str = ""
) -> list[NoticeView]:
    """Return what `shown` returns, for the slugs of a comarca or a unit when given.

    Raises:
        NotFoundError: no such comarca or unit.
    """
    here = kept.load(session)
    row = here.find(unit) if unit else None
    found = shown(session, now, row)
    return [one for one in found if not comarca or one.concerns_comarca(here.comarca(comarca).slug)]


def published(session: Session, *, now: datetime, comarca: str = "") -> list[NoticeView]:
    """Return what a feed holds: all that is published, and for a month what is over."""
    rows = [*notices_since(session, now - REMEMBERED), *_of_calendar(session, now)]
    found = [v for v in views(session, rows, now) if not comarca or v.concerns_comarca(comarca)]
    return sorted(found, key=lambda notice: notice.updated_at, reverse=True)


def views(session: Session, rows: Collection[NoticeRow], now: datetime) -> list[NoticeView]:
    """Return notices with their words: those in force first, then by their beginning."""
    names = _names(session, rows)
    found = [_view(row, names, now) for row in rows]
    return sorted(found, key=lambda notice: (not notice.in_force, notice.starts_at))


def scoped(row: NoticeRow) -> Scoped:
    """Return a notice as a sentence for cards, with whom it concerns."""
    text = (
        f"{CHANNEL_NAMES[ChannelKind(row.channel_kind)]}: {row.text}"
        if row.channel_kind
        else row.text
    )
    words = _sentence(text, row.alternative, row.act)
    return Scoped(words, row.comarca_id, row.unit_id, row.channel_kind)


def _of_calendar(session: Session, now: datetime) -> Iterator[NoticeRow]:
    today, latest = clock.local_day(now), clock.local_day(now + AHEAD)
    for rule in load_calendar(session).days:
        if rule.effect in ANNOUNCED and rule.first <= latest and rule.last >= today:
            yield _of_rule(rule)


def _of_rule(rule: DayRule) -> NoticeRow:
    starts = moment_of(rule.first, 0)
    return NoticeRow(
        uid=str(uuid5(NAMESPACE_URL, f"{rule.effect}/{rule.first}/{rule.comarca_id or ''}")),
        kind=NoticeKind.DEADLINES,
        text=ANNOUNCED[Effect(rule.effect)].format(name=rule.name),
        act="",
        act_url="",
        alternative="",
        comarca_id=rule.comarca_id,
        unit_id=None,
        channel_kind="",
        starts_at=starts,
        ends_at=moment_of(rule.last + DAY, 0),
        published_at=starts - AHEAD,
        updated_at=starts - AHEAD,
    )


def _channels_of(session: Session, unit: Unit) -> Collection[str]:
    return session.exec(select(Channel.kind).where(col(Channel.unit_id) == unit.id)).all()


def _names(session: Session, rows: Collection[NoticeRow]) -> _Names:
    ids = {row.unit_id for row in rows if row.unit_id}
    units = session.exec(select(Unit).where(col(Unit.id).in_(ids))).all() if ids else []
    wanted = {row.comarca_id for row in rows} | {unit.comarca_id for unit in units}
    found = select(Comarca).where(col(Comarca.id).in_(wanted - {None}))
    comarcas = session.exec(found).all() if wanted - {None} else []
    return _Names({row.id or 0: row for row in comarcas}, {row.id or 0: row for row in units})


def _view(row: NoticeRow, names: _Names, now: datetime) -> NoticeView:
    unit = names.units.get(row.unit_id or 0)
    comarca = names.comarcas.get((unit.comarca_id if unit else row.comarca_id) or 0)
    channel = CHANNEL_NAMES[ChannelKind(row.channel_kind)] if row.channel_kind else ""
    where = unit.name if unit else comarca.name if comarca else EVERYWHERE
    return NoticeView(
        uid=row.uid,
        scope=f"{where} · {channel}" if channel else where,
        tone="warn" if row.kind in WARN_KINDS else "info",
        kind=row.kind,
        kind_name=KIND_NAMES[NoticeKind(row.kind)],
        text=_stopped(row.text),
        act=row.act,
        act_url=row.act_url,
        alternative=_stopped(row.alternative),
        when=span_words(row.starts_at, row.ends_at),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        in_force=row.in_force(now),
        is_over=row.is_over(now),
        comarca=comarca.slug if comarca else "",
        unit=unit.slug if unit else "",
        channel=row.channel_kind,
        published_at=row.published_at,
        updated_at=row.updated_at,
    )


def _stopped(words: str) -> str:
    """Return the words as a sentence that another may follow."""
    return words if not words or words.endswith((".", "!", "?")) else f"{words}."


def span_words(start: datetime, end: datetime | None) -> str:
    """Return `De 24/11/2026, 9h, a 25/11/2026, 12h`, whole days as days, or no end foreseen."""
    if end is None:
        return f"Desde {moment_words(start)}, sem previsão de fim"
    if _is_midnight(start) and _is_midnight(end):
        first, last = clock.local_day(start), clock.local_day(end) - DAY
        return (
            f"Em {date_words(first)}"
            if first == last
            else f"De {date_words(first)} a {date_words(last)}"
        )
    if clock.local_day(start) == clock.local_day(end):
        return (
            f"Em {date_words(clock.local_day(start))}, das {hour_words(start)} às {hour_words(end)}"
        )
    return f"De {moment_words(start)}, a {moment_words(end)}"


def _is_midnight(moment: datetime) -> bool:
    return clock.local(moment).time() == clock.local(moment).time().min


def _sentence(*parts: str) -> str:
    return " ".join(_stopped(part) for part in parts if part)
