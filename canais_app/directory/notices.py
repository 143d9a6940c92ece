"""List the notices in force or announced, with their text, scope and dates; announce changes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlmodel import Session, col, select

from canais_app.directory import snapshot
from canais_app.directory.channels import type_of
from canais_app.directory.models import Channel, Comarca, Unit
from canais_app.directory.views import NoticeView
from canais_app.expediente.calendar import DAY, moment_at
from canais_app.expediente.posting import NOTICE_KIND_NAMES
from canais_app.expediente.queries import NoticeRecord, load_calendar, load_notices_since
from canais_app.expediente.rules import DayRule, Effect, NoticeKind
from canais_app.kit import clock
from canais_app.kit.last_shown import LastShown
from canais_app.kit.text import format_date, format_datetime, format_hour, pluralise

ANNOUNCED_AHEAD = timedelta(days=45)  # how early a future notice is shown
FEED_HISTORY = timedelta(days=30)  # how long feeds list ended notices
WARNING_KINDS = frozenset({NoticeKind.CLOSED, NoticeKind.MAINTENANCE})
WHOLE_STATE_TEXT = "Todo o Estado"
# Long periods of the calendar that are shown as notices; cards show holidays.
RULE_SENTENCES = {
    Effect.RECESS: "{name}: atendimento só em plantão, com prazos suspensos.",
    Effect.DEADLINES_SUSPENDED: "{name}: o atendimento segue normal.",
}


@dataclass(frozen=True)
class ScopedNotice:
    """A notice's text and scope: the state, a comarca, or a unit's subtree."""

    words: str
    comarca_id: int | None
    unit_id: int | None
    channel_kind: str = ""

    def applies_to(self, unit: Unit, channels: Collection[str]) -> bool:
        """Whether the notice applies to a unit with these kinds of channel."""
        if self.channel_kind and self.channel_kind not in channels:
            return False
        if self.unit_id is not None:
            return unit.id == self.unit_id or f"/{self.unit_id}/" in unit.path
        return self.comarca_id in (None, unit.comarca_id)


@dataclass(frozen=True)
class _Names:
    """The comarcas and units of some notices."""

    comarcas: Mapping[int, Comarca]
    units: Mapping[int, Unit]


def list_in_force(session: Session, now: datetime) -> list[ScopedNotice]:
    """Return the notices in force, as sentences for cards."""
    return [scope_notice(row) for row in load_notices_since(session, now) if row.is_in_force(now)]


def list_current_and_announced(
    session: Session, now: datetime, unit: Unit | None = None
) -> list[NoticeView]:
    """Return notices in force or announced; only those of `unit` when given."""
    rows = [
        row for row in load_notices_since(session, now) if row.starts_at <= now + ANNOUNCED_AHEAD
    ]
    rows += _calendar_notices(session, now)
    if unit is not None:
        kinds = _channels_of(session, unit) if any(row.channel_kind for row in rows) else ()
        rows = [row for row in rows if scope_notice(row).applies_to(unit, kinds)]
    return build_notice_views(session, rows, now)


def list_for_place(
    session: Session, *, now: datetime, comarca: str = "", unit: str = ""
) -> list[NoticeView]:
    """Return current and announced notices, of a comarca or a unit by its slug when given.

    Raises:
        NotFoundError: no such comarca or unit.
    """
    here = snapshot.load_snapshot(session)
    row = here.find_unit(unit) if unit else None
    found = list_current_and_announced(session, now, row)
    if comarca:
        here.find_comarca(comarca)
        found = [view for view in found if view.concerns_comarca(comarca)]
    return found


def list_published(session: Session, *, now: datetime, comarca: str = "") -> list[NoticeView]:
    """Return the notices of a feed, newest first: all published ones, and lately ended ones."""
    rows = [*load_notices_since(session, now - FEED_HISTORY), *_calendar_notices(session, now)]
    views = build_notice_views(session, rows, now)
    found = [view for view in views if not comarca or view.concerns_comarca(comarca)]
    return sorted(found, key=lambda notice: notice.updated_at, reverse=True)


def build_notice_views(
    session: Session, rows: Collection[NoticeRecord], now: datetime
) -> list[NoticeView]:
    """Return notices as views: those in force first, then by start."""
    names = _names(session, rows)
    found = [_view(row, names, now) for row in rows]
    return sorted(found, key=lambda notice: (not notice.in_force, notice.starts_at))


def scope_notice(row: NoticeRecord) -> ScopedNotice:
    """Return a notice as a sentence for cards, with its scope."""
    channel = f"{type_of(row.channel_kind).name}: " if row.channel_kind else ""
    words = _sentence(f"{channel}{row.text}", row.alternative, row.act)
    return ScopedNotice(words, row.comarca_id, row.unit_id, row.channel_kind)


def _calendar_notices(session: Session, now: datetime) -> Iterator[NoticeRecord]:
    today, latest = clock.to_local_day(now), clock.to_local_day(now + ANNOUNCED_AHEAD)
    for rule in load_calendar(session).days:
        if rule.effect in RULE_SENTENCES and rule.first <= latest and rule.last >= today:
            yield _notice_of_rule(rule)


def _notice_of_rule(rule: DayRule) -> NoticeRecord:
    starts = moment_at(rule.first, 0)
    return NoticeRecord(
        uid=str(uuid5(NAMESPACE_URL, f"{rule.effect}/{rule.first}/{rule.comarca_id or ''}")),
        kind=NoticeKind.DEADLINES,
        text=RULE_SENTENCES[Effect(rule.effect)].format(name=rule.name),
        act="",
        act_url="",
        alternative="",
        comarca_id=rule.comarca_id,
        unit_id=None,
        channel_kind="",
        starts_at=starts,
        ends_at=moment_at(rule.last + DAY, 0),
        published_at=starts - ANNOUNCED_AHEAD,
        updated_at=starts - ANNOUNCED_AHEAD,
    )


def _channels_of(session: Session, unit: Unit) -> Collection[str]:
    return session.exec(select(Channel.kind).where(col(Channel.unit_id) == unit.id)).all()


def _names(session: Session, rows: Collection[NoticeRecord]) -> _Names:
    ids = {row.unit_id for row in rows if row.unit_id}
    units = session.exec(select(Unit).where(col(Unit.id).in_(ids))).all() if ids else []
    wanted = {row.comarca_id for row in rows} | {unit.comarca_id for unit in units}
    found = select(Comarca).where(col(Comarca.id).in_(wanted - {None}))
    comarcas = session.exec(found).all() if wanted - {None} else []
    return _Names({row.id or 0: row for row in comarcas}, {row.id or 0: row for row in units})


def _view(row: NoticeRecord, names: _Names, now: datetime) -> NoticeView:
    unit = names.units.get(row.unit_id or 0)
    comarca = names.comarcas.get((unit.comarca_id if unit else row.comarca_id) or 0)
    channel = type_of(row.channel_kind).name if row.channel_kind else ""
    where = unit.name if unit else comarca.name if comarca else WHOLE_STATE_TEXT
    return NoticeView(
        uid=row.uid,
        scope=f"{where} · {channel}" if channel else where,
        tone="warn" if row.kind in WARNING_KINDS else "info",
        kind=row.kind,
        kind_name=NOTICE_KIND_NAMES[NoticeKind(row.kind)],
        text=_end_with_stop(row.text),
        act=row.act,
        act_url=row.act_url,
        alternative=_end_with_stop(row.alternative),
        when=format_notice_span(row.starts_at, row.ends_at),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        in_force=row.is_in_force(now),
        is_over=row.is_over(now),
        comarca=comarca.slug if comarca else "",
        unit=unit.slug if unit else "",
        channel=row.channel_kind,
        published_at=row.published_at,
        updated_at=row.updated_at,
    )


def _end_with_stop(words: str) -> str:
    """Return a text with a full stop."""
    return words if not words or words.endswith((".", "!", "?")) else f"{words}."


def format_notice_span(start: datetime, end: datetime | None) -> str:
    """Return `De 24/11/2026, 9h, a 25/11/2026, 12h`, days for whole days, or an open end."""
    if end is None:
        return f"Desde {format_datetime(start)}, sem previsão de fim"
    if _is_midnight(start) and _is_midnight(end):
        first, last = clock.to_local_day(start), clock.to_local_day(end) - DAY
        return (
            f"Em {format_date(first)}"
            if first == last
            else f"De {format_date(first)} a {format_date(last)}"
        )
    if clock.to_local_day(start) == clock.to_local_day(end):
        day = format_date(clock.to_local_day(start))
        return f"Em {day}, das {format_hour(start)} às {format_hour(end)}"
    return f"De {format_datetime(start)}, a {format_datetime(end)}"


def _is_midnight(moment: datetime) -> bool:
    return clock.to_local(moment).time() == time.min


def _sentence(*parts: str) -> str:
    return " ".join(_end_with_stop(part) for part in parts if part)


class NoticeAnnouncer:
    """The notices that each room last showed."""

    def __init__(self) -> None:
        self._shown = LastShown[dict[str, NoticeView]]()

    def announce_changes(self, room: str, notices: Sequence[NoticeView]) -> str:
        """Store the notices that a room shows now; return an announcement of the changes.

        An unknown room is compared with the notices of its topic, `finder:all`.
        """
        after = {notice.uid: notice for notice in notices}
        before = self._shown.get(room, self._shown.get(room.partition("#")[0], after))
        self._shown.swap(room, after)
        changed = [notice for notice in notices if before.get(notice.uid) != notice]
        gone = [notice for uid, notice in before.items() if uid not in after]
        return _describe_changes(changed, gone)


def _describe_changes(changed: Sequence[NoticeView], gone: Sequence[NoticeView]) -> str:
    if len(changed) + len(gone) > 1:
        return f"{pluralise(len(changed) + len(gone), 'aviso mudou', 'avisos mudaram')}."
    for notice in changed:
        return f"Aviso: {notice.kind_name}, {notice.scope}. {notice.text}"
    for notice in gone:
        return f"Aviso encerrado: {notice.kind_name}, {notice.scope}."
    return ""


notice_announcer = NoticeAnnouncer()
