"""Read the court's calendar and its notices from a cache that each process keeps."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import URL, and_, select
from sqlmodel import Session, col

from canais_app.expediente import places
from canais_app.expediente.calendar import CourtCalendar
from canais_app.expediente.models import CalendarDay, CalendarVersion, Notice
from canais_app.expediente.rules import NOTICE_EFFECTS, ClosureRule, DayRule, NoticeKind
from canais_app.kit import cache_version

TOPIC = "calendar:all"
VERSION = cache_version.CacheVersion(CalendarVersion, (CalendarDay, Notice))
VERSIONS = (cache_version.version_table("calendar_version"), places.DIRECTORY_VERSION)


@dataclass(frozen=True)
class CalendarDayView:
    """A row of the calendar for the administration and the API."""

    id: int
    first_day: date
    last_day: date
    effect: str
    opens_at: str
    name: str
    act: str
    comarca_id: int | None


@dataclass(frozen=True)
class NoticeRecord:
    """A stored notice, detached from the session."""

    uid: str
    kind: str
    text: str
    act: str
    act_url: str
    alternative: str
    comarca_id: int | None
    unit_id: int | None
    channel_kind: str
    starts_at: datetime
    ends_at: datetime | None
    published_at: datetime
    updated_at: datetime

    def is_in_force(self, moment: datetime) -> bool:
        """Whether the notice is in force at a moment."""
        return self.starts_at <= moment and not self.is_over(moment)

    def is_over(self, moment: datetime) -> bool:
        """Whether the notice has ended."""
        return self.ends_at is not None and self.ends_at <= moment


@dataclass(frozen=True)
class _CacheEntry:
    url: URL | None = None
    token: str = ""
    tree: str = ""  # only if closures cover units below a closed one
    calendar: CourtCalendar = field(default_factory=CourtCalendar)
    open_ended: tuple[NoticeRecord, ...] = ()
    ending: tuple[NoticeRecord, ...] = ()  # by their end


class _CalendarCache:
    entry = _CacheEntry()


def load_calendar(session: Session, tokens: Sequence[str] = ()) -> CourtCalendar:
    """Return the calendar in force, cached until it changes.

    `tokens`: those of `VERSIONS`, if the caller has just read them.
    """
    return _load(session, tokens).calendar


def load_notices_since(session: Session, moment: datetime) -> Sequence[NoticeRecord]:
    """Return the notices not over at a moment, future ones included, earliest first."""
    entry = _load(session)
    at = bisect_right(entry.ending, moment, key=lambda row: row.ends_at or moment)
    return sorted((*entry.ending[at:], *entry.open_ended), key=lambda row: row.starts_at)


def _load(session: Session, tokens: Sequence[str] = ()) -> _CacheEntry:
    url, entry = session.get_bind().engine.url, _CalendarCache.entry
    token, tree = tokens or cache_version.read_tokens(session, *VERSIONS)
    # Without a token a stale entry cannot be recognised.
    if not token or (url, token) != (entry.url, entry.token) or entry.tree not in ("", tree):
        entry = _CalendarCache.entry = _read(session, url, token, tree)
    return entry


def _read(session: Session, url: URL, token: str, tree: str) -> _CacheEntry:
    days = session.scalars(select(CalendarDay).order_by(col(CalendarDay.first_day)))
    rows = [
        NoticeRecord(**row.model_dump(exclude={"id"}))
        for row in session.scalars(select(Notice).order_by(col(Notice.starts_at), col(Notice.id)))
    ]
    # A notice about one channel does not close the unit.
    closing = [row for row in rows if row.kind in NOTICE_EFFECTS and not row.channel_kind]
    below = _subtree_ids(session, {row.unit_id for row in closing if row.unit_id})
    ending = [row for row in rows if row.ends_at]
    return _CacheEntry(
        url=url,
        token=token,
        tree=tree if below else "",
        calendar=CourtCalendar(
            tuple(_day_rule(row) for row in days), tuple(_rule(row, below) for row in closing)
        ),
        open_ended=tuple(row for row in rows if row.ends_at is None),
        ending=tuple(sorted(ending, key=lambda row: row.ends_at or row.starts_at)),
    )


def _day_rule(row: CalendarDay) -> DayRule:
    return DayRule(row.first_day, row.last_day, row.effect, row.name, row.opens_at, row.comarca_id)


def _rule(row: NoticeRecord, below: Mapping[int, set[int]]) -> ClosureRule:
    return ClosureRule(
        row.starts_at,
        row.ends_at,
        row.text,
        row.act,
        row.comarca_id,
        row.unit_id,
        frozenset(below.get(row.unit_id or 0, ())),
        NOTICE_EFFECTS[NoticeKind(row.kind)],
    )


def _subtree_ids(session: Session, closed: set[int]) -> dict[int, set[int]]:
    """Return the ids of units below each closed unit: a vara closes with its secretaria."""
    found: dict[int, set[int]] = {id_: set() for id_ in closed}
    if closed:
        for id_, path in places.load_unit_paths(session).items():
            for above in closed & {int(part) for part in path.split("/") if part} - {id_}:
                found[above].add(id_)
    return found


def load_calendar_rows(session: Session, first: date, last: date) -> list[CalendarDayView]:
    """List the rows of the calendar that touch `first` to `last`, both included."""
    rows = session.scalars(
        select(CalendarDay)
        .where(and_(col(CalendarDay.first_day) <= last, col(CalendarDay.last_day) >= first))
        .order_by(col(CalendarDay.first_day), col(CalendarDay.id))
    )
    return [
        CalendarDayView(
            **row.model_dump(exclude={"opens_at", "source"}),
            opens_at=row.opens_at.strftime("%H:%M") if row.opens_at else "",
        )
        for row in rows
    ]
