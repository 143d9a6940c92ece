"""Create demonstration situations: the planted outages as judged, an incident, a false alarm."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.accounts.models import Staff, StaffRole
from canais_app.accounts.roles import Actor, Grant, Role
from canais_app.complaints.situations import episodes, incidents, service
from canais_app.complaints.situations.engine import judge_now
from canais_app.complaints.situations.incident_forms import IncidentForm, IncidentStatus, UpdateForm
from canais_app.complaints.situations.models import Situation
from canais_app.complaints.situations.queries import Scope
from canais_app.directory.models import Channel, Comarca, Unit

# Moments before now at which the planted outages are judged, so that they have a history.
JUDGED = (120, 90, 60, 45, 30, 15, 0)  # minutes
MINUTE = timedelta(minutes=1)
INCIDENT_COMARCA = "Cáceres"


def judge_outages(session: Session, now: datetime) -> None:
    """Open the situations of the planted outages as the live judgement does."""
    for minutes in JUDGED:
        judge_now(session, now - minutes * MINUTE)


def create_situations(session: Session, now: datetime) -> None:
    """Store a closed false alarm, an owner, and an open incident of a comarca."""
    actor = _corregedoria(session)
    if actor is None:
        return
    _create_false_alarm(session, actor, now - timedelta(days=4))
    rows = session.exec(
        select(Situation)
        .where(col(Situation.closed_at).is_(None), col(Situation.probable_at).is_not(None))
        .order_by(col(Situation.id))
    ).all()
    if len(rows) > 1:
        service.assume(session, actor, rows[0].code, 0, now=now - 20 * MINUTE)
    _create_incident(session, actor, now)


def _corregedoria(session: Session) -> Actor | None:
    person = session.exec(
        select(Staff)
        .join(StaffRole, col(StaffRole.staff_id) == col(Staff.id))
        .where(col(StaffRole.role) == Role.CORREGEDORIA)
        .order_by(col(Staff.id))
    ).first()
    return person and Actor(person.id, person.name, (Grant(Role.CORREGEDORIA),))


def _create_false_alarm(session: Session, actor: Actor, at: datetime) -> None:
    found = session.exec(
        select(Unit, Channel.kind)
        .join(Channel, col(Channel.unit_id) == col(Unit.id))
        .where(col(Channel.kind) == "telefone", col(Unit.kind) == "secretaria")
        .order_by(col(Unit.id))
    ).first()
    if found is None:
        return
    unit, channel = found
    row = Situation(
        code=episodes.draw_code(session, at),
        scope=Scope.UNIT,
        place_id=unit.id or 0,
        unit_id=unit.id,
        comarca_id=unit.comarca_id,
        channel=channel,
        kind="nao_atende",
        level=episodes.PROBABLE,
        seen=3,
        expected=0.3,
        upper=2,
        probability=8e-5,
        people=3,
        first_report_at=at - 40 * MINUTE,
        opened_at=at - 20 * MINUTE,
        probable_at=at - 20 * MINUTE,
        judged_at=at,
        quiet_since=at,
    )
    session.add(row)
    session.flush()
    service.dismiss(
        session, actor, row.code, 0, "A secretaria atendia; três pessoas da mesma fila", now=at
    )
    episodes.close(session, row, "Encerrada: duas horas dentro do normal.", now=at + 120 * MINUTE)


def _create_incident(session: Session, actor: Actor, now: datetime) -> None:
    place = session.exec(select(Comarca).where(col(Comarca.name) == INCIDENT_COMARCA)).first()
    if place is None:
        return
    form = IncidentForm(
        title=f"Comarca de {INCIDENT_COMARCA}: fórum sem internet",
        text="Fórum sem internet. Ligue: os telefones funcionam.",
        works="telefone e atendimento no fórum",
        next_update_minutes=60,
        started_at=now - 100 * MINUTE,
        ends_at=now + 60 * MINUTE,
        comarca=place.slug,
        channels=["balcao_virtual", "whatsapp"],  # pyright: ignore[reportArgumentType]
    )
    made = incidents.declare(session, actor, form, now=now - 80 * MINUTE)
    news = UpdateForm(
        text="A operadora localizou o rompimento na rua.",
        is_public=True,
        next_update_minutes=40,
        status=IncidentStatus.REPAIR,
    )
    incidents.publish(session, actor, made.code, made.version, news, now=now - 25 * MINUTE)
