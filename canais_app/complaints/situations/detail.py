"""Everything the desk shows of one situation, and what stands around the list."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from canais_app.accounts.queries import list_staff_with
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.models import Complaint, PersonReport, VisitHour
from canais_app.complaints.situations import episodes, listing, series
from canais_app.complaints.situations.listing import SituationRow
from canais_app.complaints.situations.models import HandOver, Situation, SituationEvent
from canais_app.complaints.situations.queries import FALSE, Scope, members_of
from canais_app.complaints.situations.series import SeriesPoint
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Channel, Unit, UnitKind
from canais_app.expediente.queries import load_calendar, load_notices_since
from canais_app.expediente.rules import Location, NoticeKind
from canais_app.kit import clock
from canais_app.kit.errors import NotFoundError
from canais_app.kit.personal_data import mask_personal_data

EXCERPTS = 3
MAX_CONTACTS = 12
BUDGET = 3  # false alarms a month that are accepted
TRUE = "verdadeiro"


@dataclass(frozen=True)
class ComplaintGroup:
    """Complaints of one kind in a situation; excerpts are (moment, masked text, protocol)."""

    kind: str
    count: int
    people: int
    excerpts: tuple[tuple[datetime, str, str], ...]
    without_text: int
    protocols: tuple[str, ...]


@dataclass(frozen=True)
class Contact:
    """Whom to call."""

    name: str
    phone: str
    verified_at: datetime | None


@dataclass(frozen=True)
class OtherChannel:
    """Another channel of the unit today: visits and people who reported."""

    channel: str
    visits: int
    people: int


@dataclass(frozen=True)
class Annotation:
    """Something that the chart marks, in words."""

    at: datetime
    words: str


@dataclass(frozen=True)
class Detail:
    """One situation whole."""

    row: SituationRow
    reports: int
    last_message_at: datetime | None
    open_until: datetime | None
    is_open: bool
    points: tuple[SeriesPoint, ...]
    annotations: tuple[Annotation, ...]
    groups: tuple[ComplaintGroup, ...]
    contacts: tuple[Contact, ...]
    others: tuple[OtherChannel, ...]
    events: tuple[SituationEvent, ...]
    units: int
    neighbours: tuple[SituationRow, ...]  # other open ones of the comarca


@dataclass(frozen=True)
class MonthBudget:
    """The month's probable alarms as staff judged them."""

    alarms: int
    true: int
    false: int
    unjudged: tuple[str, ...]  # codes


def load_detail(session: Session, actor: Actor, code: str, *, now: datetime) -> Detail:
    """Return one situation with its chart, complaints, contacts and timeline.

    Raises:
        NotFoundError: there is none.
    """
    require_permission(actor, Permission.SEE_DASHBOARD)
    return build_detail(session, code, now=now)


def build_detail(session: Session, code: str, *, now: datetime) -> Detail:
    """Return one situation for people who were authorised already."""
    found = listing.load_rows(session, now, col(Situation.code) == str(code)[:12])
    if not found:
        raise NotFoundError("Não encontramos esta situação.")
    row = found[0]
    stored = session.get_one(Situation, row.id)
    members = members_of(session, stored)
    units = session.exec(select(Unit).where(col(Unit.id).in_({id_ for id_, _ in members}))).all()
    unit = units[0] if row.unit_id and units else None
    groups = _load_groups(session, row.id)
    is_open, until = _open_until(session, unit, now)
    return Detail(
        row=row,
        reports=sum(group.count for group in groups),
        last_message_at=_last_message(session, row.id),
        open_until=until,
        is_open=is_open,
        points=tuple(series.load_points(session, stored, now)),
        annotations=tuple(_annotations(session, stored, now)),
        groups=groups,
        contacts=tuple(load_contacts(session, units, [row.unit_id] if row.unit_id else [])),
        others=tuple(_other_channels(session, unit, row.channel, now)) if unit else (),
        events=tuple(episodes.load_events(session, row.id)),
        units=len(units),
        neighbours=tuple(_neighbours(session, row, now)),
    )


def _load_groups(session: Session, situation_id: int) -> tuple[ComplaintGroup, ...]:
    rows = session.exec(
        select(Complaint)
        .where(col(Complaint.situation_id) == situation_id)
        .order_by(col(Complaint.created_at).desc(), col(Complaint.id).desc())
        .limit(500)
    ).all()
    people = Counter(
        session.exec(
            select(Complaint.kind)
            .join(PersonReport, col(PersonReport.complaint_id) == col(Complaint.id))
            .where(col(Complaint.situation_id) == situation_id)
        )
    )
    by_kind: dict[str, list[Complaint]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    groups = [
        ComplaintGroup(
            kind=kind,
            count=len(mine),
            people=people[kind],
            excerpts=tuple(
                (row.created_at, mask_personal_data(row.text), row.protocol)
                for row in mine
                if row.text
            )[:EXCERPTS],
            without_text=sum(not row.text for row in mine),
            protocols=tuple(row.protocol for row in mine),
        )
        for kind, mine in by_kind.items()
    ]
    return tuple(sorted(groups, key=lambda group: -group.count))


def _last_message(session: Session, situation_id: int) -> datetime | None:
    newest = select(func.max(Complaint.created_at)).where(
        col(Complaint.situation_id) == situation_id
    )
    return session.exec(newest).one()


def _open_until(session: Session, unit: Unit | None, now: datetime) -> tuple[bool, datetime | None]:
    if unit is None:
        return False, None
    here = Location(unit.comarca_id, unit.id)
    state = load_calendar(session).open_state_at(now, here, unit.hours)
    return state.is_open, state.next_change


def _annotations(session: Session, row: Situation, now: datetime) -> list[Annotation]:
    marks = [Annotation(row.first_report_at, "Primeiro relato desta situação")]
    if row.probable_at:
        marks.append(Annotation(row.probable_at, "Provável: visível ao público"))
    if row.unit_told_at:
        marks.append(Annotation(row.unit_told_at, "Unidade avisada"))
    if row.confirmed_at:
        marks.append(Annotation(row.confirmed_at, "Confirmada por uma pessoa"))
    if row.quiet_since:
        marks.append(Annotation(row.quiet_since, "Voltou à faixa normal"))
    unit = session.get(Unit, row.unit_id) if row.unit_id else None
    for notice in load_notices_since(session, now - series.MOST):
        if notice.kind != NoticeKind.MAINTENANCE or notice.starts_at > now or unit is None:
            continue
        covers = notice.unit_id == unit.id or (
            notice.unit_id is None and notice.comarca_id in (None, unit.comarca_id)
        )
        if covers and notice.channel_kind in ("", row.channel):
            marks.append(Annotation(notice.starts_at, "Manutenção declarada, não alarma"))
    return sorted(marks, key=lambda mark: mark.at)


def load_contacts(session: Session, units: Sequence[Unit], own: Sequence[int]) -> list[Contact]:
    """Return telephones: those of the units `own`, and the forum's board when one comarca fails."""
    wanted: list[int | None] = [*own]
    comarcas = {unit.comarca_id for unit in units}
    if len(comarcas) == 1:
        board = select(Unit.id).where(
            col(Unit.comarca_id).in_(comarcas),
            col(Unit.kind) == UnitKind.FORUM_BOARD,
            col(Unit.active),
        )
        wanted += list(session.exec(board))
    found = session.exec(
        select(Unit.name, Channel.value, Channel.verified_at)
        .join(Channel, col(Channel.unit_id) == col(Unit.id))
        .where(
            col(Unit.id).in_(wanted),
            col(Channel.kind) == ChannelKind.PHONE,
            col(Channel.retired_at).is_(None),
        )
        .order_by(col(Unit.id).not_in(own), col(Unit.name), col(Channel.position))
        .limit(MAX_CONTACTS)
    ).all()
    return [Contact(name, phone, verified) for name, phone, verified in found]


def _other_channels(
    session: Session, unit: Unit, channel: str, now: datetime
) -> list[OtherChannel]:
    day = clock.from_wall_clock(clock.to_local_day(now), 0)
    kinds = session.exec(
        select(Channel.kind)
        .where(col(Channel.unit_id) == unit.id, col(Channel.retired_at).is_(None))
        .distinct()
        .order_by(col(Channel.kind))
    ).all()
    visits = dict(
        session.exec(
            select(VisitHour.channel, func.sum(VisitHour.visits))
            .where(col(VisitHour.unit_id) == unit.id, col(VisitHour.hour) >= clock.hour_number(day))
            .group_by(col(VisitHour.channel))
        ).all()
    )
    people = dict(
        session.exec(
            select(PersonReport.channel, func.count())
            .where(col(PersonReport.unit_id) == unit.id, col(PersonReport.received_at) >= day)
            .group_by(col(PersonReport.channel))
        ).all()
    )
    return [
        OtherChannel(kind, int(visits.get(kind, 0)), people.get(kind, 0))
        for kind in kinds
        if kind != channel
    ]


def _neighbours(session: Session, row: SituationRow, now: datetime) -> list[SituationRow]:
    if not row.comarca:
        return []
    stored = session.get_one(Situation, row.id)
    rows = listing.load_rows(
        session,
        now,
        (col(Situation.comarca_id) == stored.comarca_id)
        & col(Situation.closed_at).is_(None)
        & col(Situation.incident_id).is_(None)
        & (col(Situation.id) != row.id),
    )
    return [each for each in rows if each.scope == Scope.UNIT and each.verdict != FALSE]


def load_budget(session: Session, now: datetime) -> MonthBudget:
    """Return how the probable alarms of this month were judged."""
    today = clock.to_local_day(now)
    first = clock.from_wall_clock(today.replace(day=1), 0)
    rows = session.exec(
        select(Situation.code, Situation.verdict, Situation.closed_at)
        .where(col(Situation.probable_at) >= first)
        .order_by(col(Situation.id))
    ).all()
    return MonthBudget(
        alarms=len(rows),
        true=sum(verdict == TRUE for _, verdict, _ in rows),
        false=sum(verdict == FALSE for _, verdict, _ in rows),
        unjudged=tuple(code for code, verdict, closed in rows if not verdict and closed),
    )


def load_hand_over(session: Session) -> HandOver | None:
    """Return the newest note to the next shift."""
    return session.exec(select(HandOver).order_by(col(HandOver.id).desc()).limit(1)).first()


def load_news_since(
    session: Session, since: datetime, *, limit: int = 6
) -> list[tuple[SituationEvent, str]]:
    """Return what happened since a visit, newest first, with each situation's code."""
    since = max(since, clock.now() - timedelta(days=2))
    rows = session.exec(
        select(SituationEvent, Situation.code)
        .join(Situation, col(Situation.id) == col(SituationEvent.situation_id))
        .where(col(SituationEvent.at) > since)
        .order_by(col(SituationEvent.id).desc())
        .limit(limit)
    ).all()
    return [(event, code) for event, code in rows]


def list_handlers(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Return who may own a situation."""
    require_permission(actor, Permission.HANDLE_SITUATIONS)
    people = list_staff_with(session, Permission.HANDLE_SITUATIONS)
    return [(person.id or 0, person.name) for person in people]
