"""Preview the impact of a notice or a calendar day, and list the notices to edit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, true
from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.agenda.models import Agenda, Appointment, AppointmentStatus
from canais_app.directory import cards, notices, snapshot
from canais_app.directory.models import Unit
from canais_app.directory.snapshot import DirectorySnapshot
from canais_app.directory.unit_search import choose_units
from canais_app.directory.views import NamedChoice, NoticeView, UnitCard
from canais_app.expediente import posting
from canais_app.expediente.calendar import CourtCalendar, moment_at
from canais_app.expediente.models import Notice
from canais_app.expediente.posting import NoticeForm
from canais_app.expediente.queries import NoticeRecord, load_calendar
from canais_app.expediente.rules import NOTICE_EFFECTS, ClosureRule, Effect, NoticeKind
from canais_app.expediente.service import CalendarDayForm
from canais_app.kit import db
from canais_app.kit.errors import NotFoundError
from canais_app.kit.text import pluralise

MAX_UNITS = 20
RECENTLY_OVER = timedelta(days=60)  # the list shows ended notices for this long


@dataclass(frozen=True)
class NoticeLine:
    """A notice of the admin list."""

    view: NoticeView
    may_change: bool


@dataclass(frozen=True)
class ImpactPreview:
    """The card and notice as the public would see them, and the impact as a sentence."""

    card: UnitCard
    notice: NoticeView
    words: str


def find_scope_units(session: Session, query: str, *, actor: Actor) -> list[NamedChoice]:
    """Return the first units that match and that the actor may edit."""
    require_permission(actor, Permission.EDIT_DIRECTORY)
    return choose_units(
        session,
        query,
        is_allowed=lambda unit: actor.can(Permission.EDIT_DIRECTORY, unit.path or "/"),
        limit=MAX_UNITS,
    )


def list_editable_notices(session: Session, *, actor: Actor, now: datetime) -> list[NoticeLine]:
    """Return the notices in the actor's scope: in force, to come and recently ended."""
    require_permission(actor, Permission.EDIT_DIRECTORY)
    recent = col(Notice.ends_at).is_(None) | (col(Notice.ends_at) > now - RECENTLY_OVER)
    stored = session.exec(select(Notice).where(recent)).all()
    paths = _paths(session, stored)
    path_of = {row.uid: paths.get(row.unit_id or 0, "/") for row in stored}
    rows = [
        NoticeRecord(**row.model_dump(exclude={"id"}))
        for row in stored
        if actor.can(Permission.EDIT_DIRECTORY, path_of[row.uid])
    ]
    return [
        NoticeLine(view, posting.can_post_notice(actor, NoticeKind(view.kind), path_of[view.uid]))
        for view in notices.build_notice_views(session, rows, now)
    ]


def load_editable_notice(session: Session, uid: str, *, actor: Actor) -> Notice:
    """Return a notice that the actor may change.

    Raises:
        NotFoundError: there is none, or the actor may not change it.
    """
    require_permission(actor, Permission.EDIT_DIRECTORY)
    row = session.exec(select(Notice).where(col(Notice.uid) == uid)).first()
    path = _paths(session, [row]).get(row.unit_id or 0, "/") if row else ""
    if row is None or not posting.can_post_notice(actor, NoticeKind(row.kind), path):
        raise NotFoundError("Este aviso não existe.")
    return row


def _paths(session: Session, rows: Sequence[Notice]) -> dict[int, str]:
    ids = {row.unit_id for row in rows if row.unit_id}
    found = select(Unit.id, Unit.path).where(col(Unit.id).in_(ids))
    return {id_ or 0: path or "/" for id_, path in session.exec(found)} if ids else {}


def preview_notice(
    session: Session, form: NoticeForm, *, actor: Actor, now: datetime
) -> ImpactPreview:
    """Return the impact of a notice at the time it begins.

    Raises:
        NotFoundError: its unit does not exist or is out of the actor's scope.
    """
    path = _path(session, form.unit_id)
    require_permission(actor, Permission.EDIT_DIRECTORY, path)
    at = max(now, form.starts_at)
    row = NoticeRecord(uid="", published_at=now, updated_at=now, **form.model_dump())
    return ImpactPreview(
        card=_card(session, row, at),
        notice=notices.build_notice_views(session, [row], now)[0],
        words=_notice_impact_text(session, form, now),
    )


def _path(session: Session, unit_id: int | None) -> str:
    if unit_id is None:
        return "/"
    unit = db.get_or_404(session, Unit, unit_id, "Não encontramos esta unidade.")
    return unit.path or "/"


def _card(session: Session, row: NoticeRecord, at: datetime) -> UnitCard:
    directory = snapshot.load_snapshot(session)
    affected = (u for u in directory.units.values() if _affects_unit(row, u, directory))
    unit = directory.units.get(row.unit_id or 0) or next(affected, None)
    if unit is None:
        return UnitCard(name="Nenhuma unidade")
    calendar = _with_notice(load_calendar(session), row)
    context = cards.load_card_context(session, directory, [unit.id or 0], at, calendar)
    return cards.build_card(
        unit, replace(context, notices=[*context.notices, notices.scope_notice(row)])
    )


def _affects_unit(row: NoticeRecord, unit: Unit, directory: DirectorySnapshot) -> bool:
    kinds = {channel.kind for channel in directory.channels.get(unit.id or 0, ())}
    return notices.scope_notice(row).applies_to(unit, kinds)


def _with_notice(calendar: CourtCalendar, row: NoticeRecord) -> CourtCalendar:
    effect = NOTICE_EFFECTS.get(NoticeKind(row.kind))
    if effect is None:
        return calendar
    where = (row.comarca_id, row.unit_id, frozenset[int](), effect)
    rule = ClosureRule(row.starts_at, row.ends_at, row.text, row.act, *where)
    return CourtCalendar(calendar.days, (*calendar.closures, rule))


def _notice_impact_text(session: Session, form: NoticeForm, now: datetime) -> str:
    where = _affected_units(session, form.comarca_id, form.unit_id)
    units = pluralise(_count(session, where), "unidade", "unidades")
    if form.kind == NoticeKind.DEADLINES:
        return f"Suspende os prazos em {units}; o atendimento segue normal."
    if form.kind != NoticeKind.CLOSED:
        return f"Aparece em até {units}."
    booked = _count_booked(session, where, max(now, form.starts_at), form.ends_at)
    return f"Fecha {units}; {booked}."


def preview_day(session: Session, form: CalendarDayForm, *, actor: Actor, now: datetime) -> str:
    """Return the impact of a calendar day as a sentence."""
    require_permission(actor, Permission.EDIT_CALENDAR)
    where = _affected_units(session, form.comarca_id, None)
    units = pluralise(_count(session, where), "unidade", "unidades")
    days = pluralise((form.last_day - form.first_day).days + 1, "dia", "dias")
    if form.effect == Effect.DEADLINES_SUSPENDED:
        return f"Suspende os prazos em {units}, por {days}; o atendimento segue normal."
    verb = "Abre mais tarde em" if form.effect == Effect.OPENS_LATE else "Fecha"
    start = max(now, moment_at(form.first_day, 0))
    end = moment_at(form.last_day + timedelta(days=1), 0)
    return f"{verb} {units}, por {days}; {_count_booked(session, where, start, end)}."


def _affected_units(
    session: Session, comarca_id: int | None, unit_id: int | None
) -> ColumnElement[bool]:
    if unit_id is not None:
        unit = session.get(Unit, unit_id)
        path = unit.path if unit else ""
        in_subtree = col(Unit.path).startswith(path, autoescape=True)
        return and_(col(Unit.active), in_subtree if path else col(Unit.id) == unit_id)
    in_comarca = true() if comarca_id is None else col(Unit.comarca_id) == comarca_id
    return and_(col(Unit.active), in_comarca)


def _count(session: Session, where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Unit).where(where)) or 0


def _count_booked(
    session: Session, where: ColumnElement[bool], start: datetime, end: datetime | None
) -> str:
    statement = (
        select(func.count(func.distinct(col(Agenda.id))), func.count())
        .select_from(Appointment)
        .join(Agenda, col(Agenda.id) == col(Appointment.agenda_id))
        .join(Unit, col(Unit.id) == col(Agenda.unit_id))
        .where(where, col(Appointment.status) == AppointmentStatus.CONFIRMED)
        .where(col(Appointment.starts_at) >= start)
    )
    if end is not None:
        statement = statement.where(col(Appointment.starts_at) < end)
    agendas, booked = session.exec(statement).one()
    if not booked:
        return "nenhum horário marcado no período"
    times = pluralise(booked, "horário marcado", "horários marcados")
    in_agendas = pluralise(agendas, "agenda", "agendas")
    return f"{in_agendas} com {times}: quem marcou é avisado e recebe outros horários"
