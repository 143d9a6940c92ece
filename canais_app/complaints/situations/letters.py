"""Letters about situations and incidents to units: their e-mail channel and their managers."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, or_, select

from canais_app import routes
from canais_app.accounts.models import Staff, StaffRole
from canais_app.accounts.roles import Role
from canais_app.complaints.kinds import COMPLAINT_KIND_NAMES, ComplaintKindCode
from canais_app.complaints.situations.models import Incident, Situation
from canais_app.directory.channels import ChannelKind
from canais_app.directory.labels import channel_label
from canais_app.directory.models import Channel, Unit
from canais_app.outbox import service as outbox
from canais_app.outbox.messages import INCIDENT_UNIT, SITUATION_UNIT, Message
from canais_app.settings import settings


def tell_unit(session: Session, unit: Unit, row: Situation, words: str, *, now: datetime) -> int:
    """Queue the letter of a situation; return to how many addresses."""
    context = {
        "unit": unit.name,
        "channel": channel_label(row.channel) if row.channel else "vários canais",
        "kind": COMPLAINT_KIND_NAMES[ComplaintKindCode(row.kind)] if row.kind else "",
        "people": row.people,
        "since": row.first_report_at,
        "is_public": row.probable_at is not None,
        "words": words,
        "page_url": settings().base_url + routes.MANAGEMENT,
    }
    return _send(session, SITUATION_UNIT, f"situation:{row.id}", unit, context, now=now)


def tell_unit_of_incident(
    session: Session, unit: Unit, incident: Incident, words: str, *, now: datetime
) -> int:
    """Queue the letter of an incident; return to how many addresses."""
    context = {
        "unit": unit.name,
        "title": incident.title,
        "is_planned": incident.kind == "manutencao",
        "started_at": incident.started_at,
        "ends_at": incident.ends_at,
        "words": words,
        "works": incident.works,
        "page_url": settings().base_url + routes.MANAGEMENT,
    }
    return _send(session, INCIDENT_UNIT, f"incident:{incident.id}", unit, context, now=now)


def unit_addresses(session: Session, unit: Unit) -> list[str]:
    """Return the unit's published e-mail and those of its active managers, without repeats."""
    published = session.exec(
        select(Channel.value)
        .where(
            col(Channel.unit_id) == unit.id,
            col(Channel.kind) == ChannelKind.EMAIL,
            col(Channel.retired_at).is_(None),
        )
        .order_by(col(Channel.position), col(Channel.id))
    ).all()
    above = [int(part) for part in unit.path.split("/") if part]
    managers = session.exec(
        select(Staff.email)
        .join(StaffRole, col(StaffRole.staff_id) == col(Staff.id))
        .where(
            col(StaffRole.role) == Role.MANAGER,
            col(Staff.status) == "active",
            or_(*(col(StaffRole.unit_id) == id_ for id_ in above or [unit.id])),
        )
        .order_by(col(Staff.id))
    ).all()
    return list(dict.fromkeys((*published[:1], *managers)))


def _send(  # noqa: PLR0913 (a letter has that many parts)
    session: Session,
    kind: str,
    thread: str,
    unit: Unit,
    context: Mapping[str, object],
    *,
    now: datetime,
) -> int:
    found = unit_addresses(session, unit)
    stamp = f"{unit.id}-{int(now.timestamp())}"
    outbox.enqueue(
        session,
        *(
            Message(kind, thread, "unit", email, {**context, "sequence": f"{stamp}-{number}"})
            for number, email in enumerate(found)
        ),
        now=now,
    )
    return len(found)
