"""One unit as a whole: series, kinds, alarms and incidents, deadlines, contacts, answers."""

from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.complaints.lifecycle import CLOSED_STATUSES, COMPLAINT_STATUS_NAMES, ComplaintStatus
from canais_app.complaints.models import Complaint
from canais_app.complaints.situations.models import Incident, IncidentMember
from canais_app.complaints.statistics import counts, questions
from canais_app.complaints.statistics.figures import Analysis
from canais_app.complaints.statistics.tables import Cell, Table
from canais_app.directory.labels import channel_label
from canais_app.directory.models import Channel
from canais_app.kit import clock, text
from canais_app.kit.errors import InvalidError

SHOWN_DEADLINES = 50
STALE_DAYS = 180  # since a contact was verified
METHOD = (
    "Esperado: a média dos mesmos dias da semana abertos antes. Faixa: nove de dez dias normais "
    "caem nela. Por mil acessos: relatos divididos pelo uso dos botões do canal. No prazo: "
    "primeira resposta até o fim do prazo. Alarmes contam pessoas, não relatos."
)


@dataclass(frozen=True)
class Dossier:
    """An analysis of one unit, and what else is known of it."""

    analysis: Analysis
    alarms: Table
    incidents: Table
    deadlines: Table
    contacts: Table


def build_dossier(session: Session, analysis: Analysis) -> Dossier:
    """Return the dossier of the unit of an analysis.

    Raises:
        InvalidError: the analysis is not of one unit.
    """
    if analysis.unit is None:
        raise InvalidError("Escolha a unidade do dossiê.")
    scope = counts.resolve_scope(session, analysis.filters)
    return Dossier(
        analysis=analysis,
        alarms=questions.alarm_history(session, analysis),
        incidents=_incidents(session, scope, analysis),
        deadlines=_deadlines(session, scope, analysis),
        contacts=_contacts(session, scope, analysis),
    )


def _incidents(session: Session, scope: counts.DashboardScope, analysis: Analysis) -> Table:
    start = clock.from_wall_clock(analysis.period.dates[0], 0)
    query = (
        select(Incident)
        .join(IncidentMember, col(IncidentMember.incident_id) == col(Incident.id))
        .where(col(IncidentMember.unit_id).in_(counts.select_units(scope)))
        .where(col(Incident.closed_at).is_(None) | (col(Incident.closed_at) >= start))
        .order_by(col(Incident.started_at).desc())
        .distinct()
    )
    found = session.exec(query).all()
    return Table(
        "incidentes",
        text.pluralise(len(found), "incidente no período", "incidentes no período")
        if found
        else "Nenhum incidente no período",
        "Declarados por pessoas, com esta unidade entre as atingidas",
        ("incidente", "título", "desde", "encerrado"),
        [
            (
                row.code,
                row.title,
                text.format_datetime(row.started_at),
                text.format_datetime(row.closed_at) if row.closed_at else "em curso",
            )
            for row in found
        ],
        [routes.incident(row.code) for row in found],
    )


def _deadlines(session: Session, scope: counts.DashboardScope, analysis: Analysis) -> Table:
    done = [*(str(status) for status in CLOSED_STATUSES), str(ComplaintStatus.ANSWERED)]
    where = (col(Complaint.status).not_in(done), *counts.scope_conditions(scope, Complaint))
    today = clock.to_local_day(analysis.at)
    is_late = col(Complaint.due_at) < clock.from_wall_clock(today, 0)
    total, late = session.exec(
        select(func.count(), func.count().filter(is_late)).select_from(Complaint).where(*where)
    ).one()
    by_deadline = (col(Complaint.due_at), col(Complaint.id))
    query = select(Complaint).where(*where).order_by(*by_deadline).limit(SHOWN_DEADLINES)
    found = session.exec(query).all()
    days = [(clock.to_local_day(row.due_at) - today).days for row in found]
    waiting = text.pluralise(total, "reclamação espera", "reclamações esperam")
    overdue = text.pluralise(late, "prazo venceu", "prazos venceram") if late else "nenhum venceu"
    return Table(
        "prazos",
        f"{waiting} resposta; {overdue}" if found else "Nenhuma reclamação espera resposta",
        "Por prazo, as mais urgentes primeiro",
        ("protocolo", "canal", "situação", "prazo", "dias que faltam"),
        [
            (
                row.protocol,
                channel_label(row.channel),
                COMPLAINT_STATUS_NAMES[ComplaintStatus(row.status)],
                text.format_date(clock.to_local_day(row.due_at)),
                left,
            )
            for row, left in zip(found, days, strict=True)
        ],
        [routes.complaint(row.protocol) for row in found],
    )


def _contacts(session: Session, scope: counts.DashboardScope, analysis: Analysis) -> Table:
    query = (
        select(Channel)
        .where(col(Channel.unit_id).in_(counts.select_units(scope)))
        .order_by(col(Channel.position), col(Channel.id))
    )
    rows: list[tuple[Cell, ...]] = []
    stale = 0
    for channel in session.exec(query):
        days = (analysis.at - channel.verified_at).days if channel.verified_at else None
        stale += days is None or days > STALE_DAYS
        when = ""
        if channel.verified_at:
            when = text.format_date(clock.to_local_day(channel.verified_at))
        rows.append((channel_label(channel.kind), channel.value, when or "nunca", days))
    words = text.pluralise(stale, "contato não é conferido", "contatos não são conferidos")
    return Table(
        "contatos",
        f"{words} há mais de {STALE_DAYS} dias" if stale else "Todos os contatos foram conferidos",
        "O que o diretório publica",
        ("canal", "contato", "conferido em", "dias desde então"),
        rows,
    )
