"""An agenda's rules as values: terms, versions, blocks and substitutes, and what loads them.

Versions follow each other in half-open ranges of days. Days are the court's, moments in UTC.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import groupby

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlmodel import Session, col, select

from canais_app.agenda.availability.slots import (
    END_OF_DAY,
    ClockSpan,
    CourtHours,
    SlotRules,
    WeeklyWindow,
    do_overlap,
    hours_of_day,
    is_busy,
    is_inside,
    open_spans_of_day,
    windows_of,
)
from canais_app.agenda.models import (
    MODALITY_NAMES,
    Agenda,
    AgendaBlock,
    AgendaBusy,
    AgendaCacheVersion,
    AgendaSubstitute,
    AgendaVersion,
    Modality,
)
from canais_app.directory.models import Unit
from canais_app.expediente.calendar import Span
from canais_app.kit import cache_version, clock, text
from canais_app.settings import settings

CACHE_SIZE = 4096  # versions kept in memory
CODE_MARK = "{codigo}"  # in a video link: the appointment's code
BUSY_REASON = "ocupado no calendário do gabinete"


@dataclass(frozen=True)
class DayOverride:
    """A day with its own window instead of the weekly ones; without times it is closed."""

    day: date
    starts: time | None = None
    ends: time | None = None

    @property
    def is_closed(self) -> bool:
        """Whether the day has no window."""
        return self.starts is None or self.ends is None


class AttendanceKind(BaseModel):
    """A kind of attendance (motivo). A length of 0, no modalities: the agenda's own.

    `answer_hours` shortens the agenda's clock of requests; 0: the agenda's.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    minutes: int = 0
    modalities: tuple[str, ...] = ()
    instructions: str = ""
    needs_approval: bool = False
    needs_case_number: bool = False
    answer_hours: int = 0


DEFAULT_KIND = AttendanceKind(name="Atendimento")


class Terms(BaseModel):
    """The rules of one version. Lengths, buffers, notices and delays are in minutes.

    `opt_outs` are closed days of the court's calendar on which this gabinete receives lawyers.
    A limit of 0 is no limit. Terms may contradict each other: see `rules/validation.py`.
    """

    model_config = ConfigDict(frozen=True)

    windows: tuple[WeeklyWindow, ...] = ()
    kinds: tuple[AttendanceKind, ...] = ()
    own_days: tuple[DayOverride, ...] = ()
    opt_outs: tuple[date, ...] = ()
    slot_minutes: int = 20
    step_minutes: int = 20
    buffer_before: int = 0
    buffer_after: int = 0
    notice_minutes: int = 120
    horizon_days: int = 28
    horizon_in_business_days: bool = False
    capacity: int = 1
    modalities: tuple[str, ...] = ()  # `Modality`
    place: str = ""
    video_base_url: str = ""
    max_per_day: int = 0
    max_per_oab_per_day: int = 1
    max_per_oab_per_month: int = 0
    max_active_per_oab: int = 3
    max_active_per_case: int = 1
    max_active_per_email: int = 5
    release_delay: int = 30
    cancel_notice: int = 120
    needs_approval: bool = False
    confirms_by_email: bool = Field(default_factory=lambda: settings().is_production)
    accepts_parties: bool = False
    answer_hours: int = 48
    confirm_minutes: int = 30
    offer_minutes: int = 120
    reminder_hours: tuple[int, ...] = (24,)  # before the appointment

    @field_validator("windows", "own_days", mode="before")
    @classmethod
    def _until_midnight(cls, rows: object) -> object:
        """Read an end at `24:00`, which `time` cannot represent, as the end of the day."""
        if not isinstance(rows, list):
            return rows
        return [
            row | {"ends": END_OF_DAY}
            if isinstance(row, dict) and row.get("ends") in ("24:00", "24:00:00")
            else row
            for row in rows
        ]

    @property
    def attendance_kinds(self) -> tuple[AttendanceKind, ...]:
        """The kinds of attendance: at least one."""
        return self.kinds or (DEFAULT_KIND,)

    def approves(self, kind: str) -> bool:
        """Whether the gabinete approves each appointment of a kind."""
        found = self.kind_named(kind)
        return self.needs_approval or (found is not None and found.needs_approval)

    def kind_named(self, name: str) -> AttendanceKind | None:
        """Return a kind by its name, the first for an empty one; None when there is none."""
        kinds = self.attendance_kinds
        return next((kind for kind in kinds if kind.name == name), None) if name else kinds[0]

    def minutes_of(self, kind_name: str) -> int:
        """Return the length of a kind of attendance: the agenda's, unless it has its own."""
        kind = self.kind_named(kind_name)
        return (kind.minutes if kind else 0) or self.slot_minutes

    def modalities_of(self, kind_name: str) -> tuple[str, ...]:
        """Return the modalities that a kind of attendance offers."""
        kind = self.kind_named(kind_name)
        offered = kind.modalities if kind else ()
        return tuple(one for one in self.modalities if not offered or one in offered)

    @property
    def overrides(self) -> dict[date, tuple[ClockSpan, ...]]:
        """The windows of each day that has its own; a closed day has none."""
        found: dict[date, tuple[ClockSpan, ...]] = {}
        for own in self.own_days:
            span = ((own.starts, own.ends),) if own.starts and own.ends else ()
            found[own.day] = (*found.get(own.day, ()), *span)
        return found

    def video_url(self, modality: str, code: str) -> str:
        """Return the room of a video appointment; empty for other modalities.

        The link is used as typed: only one that says `{codigo}` gives each appointment its own.
        """
        return self.video_base_url.replace(CODE_MARK, code.lower()) * (modality == Modality.VIDEO)

    @cached_property
    def rules(self) -> SlotRules:
        """The slot rules of the first kind; the agenda's blocks are not part of the terms."""
        return SlotRules(
            windows=self.windows,
            overrides=self.overrides,
            opt_outs=frozenset(self.opt_outs),
            slot=self.minutes_of(""),
            step=self.step_minutes,
            before=self.buffer_before,
            after=self.buffer_after,
            notice=self.notice_minutes,
            horizon=self.horizon_days,
            in_business_days=self.horizon_in_business_days,
            capacity=self.capacity,
            max_per_day=self.max_per_day,
        )


@lru_cache(maxsize=CACHE_SIZE)
def parse_terms(stored: str) -> Terms:
    """Parse stored terms (JSON); cached by the text.

    Without modalities it is in person, which needs no further data, so that listed slots can be
    booked.
    """
    found = Terms.model_validate_json(stored)
    in_person = {"modalities": (Modality.IN_PERSON.value,)}
    return found if found.modalities else found.model_copy(update=in_person)


def serialize_terms(terms: Terms) -> str:
    """Return terms as stored JSON."""
    return terms.model_dump_json()


@dataclass(frozen=True)
class TermsVersion:
    """Terms in force in `[starts_on, ends_on)`, days of the court; no end: until changed."""

    number: int
    starts_on: date
    ends_on: date | None
    terms: Terms
    blocks: tuple[Span, ...] = ()
    busy: tuple[Span, ...] = ()  # `SlotRules.busy`

    def is_in_force(self, day: date) -> bool:
        """Whether the version is in force on a day."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    @property
    def last_day(self) -> date:
        """The last day on which it is in force."""
        return self.ends_on - timedelta(days=1) if self.ends_on else date.max

    @cached_property
    def rules(self) -> SlotRules:
        """Its slot rules with the agenda's blocks and busy times."""
        if not self.blocks and not self.busy:
            return self.terms.rules
        return replace(self.terms.rules, blocks=self.blocks, busy=self.busy)

    def rules_of(self, kind_name: str) -> SlotRules:
        """Return its slot rules with the length of a kind of attendance."""
        minutes = self.terms.minutes_of(kind_name)
        return self.rules if minutes == self.rules.slot else replace(self.rules, slot=minutes)


@dataclass(frozen=True)
class TermsVersions:
    """An agenda's versions, earliest first; of two in force, the one that began last counts."""

    versions: tuple[TermsVersion, ...] = ()

    def version_on(self, day: date) -> TermsVersion | None:
        """Return the version in force on a day; None before the first."""
        return next((one for one in reversed(self.versions) if one.is_in_force(day)), None)

    def rules_on(self, day: date, kind: str = "") -> SlotRules:
        """Return the day's rules for a kind; without a version there is no window."""
        version = self.version_on(day)
        return version.rules_of(kind) if version else SlotRules()

    def terms_on(self, day: date) -> Terms:
        """Return the day's terms; before the first version, those of the first."""
        version = self.version_on(day) or next(iter(self.versions), None)
        return version.terms if version else Terms()

    def group_by_rules(
        self, days: Iterable[date], kind: str = ""
    ) -> Iterator[tuple[SlotRules, list[date]]]:
        """Split days into runs under the same rules, so that each run is planned at once."""
        for version, run in groupby(days, key=self.version_on):
            yield version.rules_of(kind) if version else SlotRules(), list(run)

    def with_version(
        self, terms: Terms, first: date, blocks: tuple[Span, ...], busy: tuple[Span, ...] = ()
    ) -> "TermsVersions":
        """Return a copy with a further version from `first` on, as if it were published."""
        cut, ends_on = self.find_superseded(first)
        others = (replace(one, ends_on=first) if one is cut else one for one in self.versions)
        new = TermsVersion(0, first, ends_on, terms, blocks, busy)
        return TermsVersions(tuple(sorted((*others, new), key=lambda one: one.starts_on)))

    def find_superseded(self, first: date) -> tuple[TermsVersion | None, date | None]:
        """Return the version that a new one from `first` on cuts short, and the new one's end."""
        cut = self.version_on(first)
        later = (one.starts_on for one in self.versions if one.starts_on > first)
        return cut, cut.ends_on if cut else min(later, default=None)


def load_versions(
    session: Session,
    agenda_ids: Sequence[int],
    blocks: Mapping[int, Sequence[Span]],
    busy: Mapping[int, tuple[Span, ...]],
    *,
    since: date,
) -> dict[int, TermsVersions]:
    """Return the versions in force on `since` or later, by agenda, in one query."""
    of = AgendaVersion
    ends_on = col(of.ends_on)
    # A version that was replaced before it began is in force on no day.
    in_force = ends_on.is_(None) | (ends_on > since) & (ends_on > col(of.starts_on))
    asked = (
        sa.select(*map(col, (of.agenda_id, of.number, of.starts_on, of.ends_on, of.terms)))
        .where(col(of.agenda_id).in_(agenda_ids), in_force)
        .order_by(col(of.starts_on), col(of.number))
    )
    found: defaultdict[int, list[TermsVersion]] = defaultdict(list)
    for agenda_id, number, starts_on, ends_on, stored in session.execute(asked):
        closed = tuple(blocks.get(agenda_id, ())), busy.get(agenda_id, ())
        version = TermsVersion(number, starts_on, ends_on, parse_terms(stored), *closed)
        found[agenda_id].append(version)
    return {agenda_id: TermsVersions(tuple(found[agenda_id])) for agenda_id in agenda_ids}


def conflict_reason(span: Span, modality: str, versions: TermsVersions, court: CourtHours) -> str:
    """Return why the rules do not allow an appointment at `span` (UTC); empty: they do."""
    day = clock.to_local_day(span[0])
    version = versions.version_on(day)
    if version is None:
        return "sem regras nesse dia"
    windows = windows_of(day, version.rules)
    if not is_inside(span, open_spans_of_day(day, windows, version.rules, court)):
        closed = court.change_reason(day, hours_of_day(day, windows)) if windows else ""
        return closed or "fora das janelas"
    if any(do_overlap(span, block) for block in version.rules.blocks):
        return "em período bloqueado"
    if is_busy(span, version.rules.busy):
        return BUSY_REASON
    if modality in set(Modality) and modality not in version.terms.modalities:
        return f"{MODALITY_NAMES[Modality(modality)].lower()} não é mais oferecido"
    return ""


def overbooked_reasons(spans: Sequence[Span], versions: TermsVersions) -> dict[Span, str]:
    """Return the spans at which more people are booked than there are seats, with how many.

    `spans` are those of all the agenda's appointments that take a seat.
    """
    by_day: defaultdict[date, list[Span]] = defaultdict(list)
    for span in spans:
        by_day[clock.to_local_day(span[0])].append(span)
    found: dict[Span, str] = {}
    for day, its_spans in by_day.items():
        seats = versions.terms_on(day).capacity
        for span in set(its_spans):
            near = [other for other in its_spans if do_overlap(span, other)]
            moments = (max(span[0], other[0]) for other in near)
            most = max(sum(a <= at < b for a, b in near) for at in moments)
            if most > seats:
                people = f"{most} pessoas marcadas para "
                found[span] = people + text.pluralise(seats, "lugar", "lugares")
    return found


VERSION = cache_version.CacheVersion(
    AgendaCacheVersion, (Agenda, AgendaVersion, AgendaBlock, AgendaBusy, AgendaSubstitute)
)
CACHE_VERSION_TABLE = cache_version.version_table("rules_version")


@dataclass(frozen=True)
class Substitute:
    """A gabinete that substitutes an agenda's own from `first_day` to `last_day`, included."""

    id: int
    unit_id: int
    name: str
    first_day: date
    last_day: date

    def covers(self, day: date) -> bool:
        """Whether it works the agenda on a day."""
        return self.first_day <= day <= self.last_day

    @property
    def period_text(self) -> str:
        """Return `de 1º a 15 de dezembro`."""
        return text.format_period(self.first_day, self.last_day)

    @property
    def public_text(self) -> str:
        """Return `De 1º a 15 de dezembro atende o Gabinete da 2ª Vara.`."""
        article = "o " if self.name.startswith("Gabinete") else ""
        return f"{self.period_text.capitalize()} atende {article}{self.name}."


def load_substitutes(
    session: Session, agenda_ids: Sequence[int], *, since: date
) -> dict[int, tuple[Substitute, ...]]:
    """Return the substitutes of `since` and later by agenda, earliest first, in one query."""
    asked = (
        select(AgendaSubstitute, Unit.name)
        .join(Unit, col(Unit.id) == col(AgendaSubstitute.unit_id))
        .where(
            col(AgendaSubstitute.agenda_id).in_(agenda_ids), col(AgendaSubstitute.last_day) >= since
        )
        .order_by(col(AgendaSubstitute.first_day))
    )
    found: defaultdict[int, list[Substitute]] = defaultdict(list)
    for row, name in session.exec(asked):
        substitute = Substitute(row.id or 0, row.unit_id, name, row.first_day, row.last_day)
        found[row.agenda_id].append(substitute)
    return {agenda_id: tuple(found[agenda_id]) for agenda_id in agenda_ids}


@dataclass(frozen=True)
class RulesInForce:
    """An agenda's versions, blocks, busy times and substitutes of today and later."""

    versions: TermsVersions
    blocks: tuple[Span, ...]
    busy: tuple[Span, ...]
    substitutes: tuple[Substitute, ...]


def load_rules_in_force(
    session: Session, ids: Sequence[int], *, now: datetime
) -> dict[int, RulesInForce]:
    """Return the rules of agendas, in a number of queries that does not grow with theirs."""
    today = clock.to_local_day(now)
    blocks: defaultdict[int, list[Span]] = defaultdict(list)
    asked = select(AgendaBlock).where(
        col(AgendaBlock.agenda_id).in_(ids),
        col(AgendaBlock.ends_at) > clock.from_wall_clock(today, 0),
    )
    for row in session.exec(asked):
        blocks[row.agenda_id].append((row.starts_at, row.ends_at))
    busy = load_busy(session, ids)
    versions = load_versions(session, ids, blocks, busy, since=today)
    substitutes = load_substitutes(session, ids, since=today)
    return {
        one: RulesInForce(versions[one], tuple(blocks[one]), busy.get(one, ()), substitutes[one])
        for one in ids
    }


def load_busy(session: Session, agenda_ids: Sequence[int]) -> dict[int, tuple[Span, ...]]:
    """Return the busy times of the agendas whose gabinete's calendar is read."""
    asked = select(AgendaBusy).where(col(AgendaBusy.agenda_id).in_(agenda_ids))
    return {
        row.agenda_id: tuple(
            (datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in row.spans
        )
        for row in session.exec(asked)
    }
