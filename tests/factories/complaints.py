"""A small court for complaints: one comarca, a secretaria with channels, its staff and reports."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from canais_app.accounts.models import Staff, StaffRole
from canais_app.accounts.roles import Actor, Grant, Role
from canais_app.complaints.schemas import Report
from canais_app.complaints.service import FiledComplaint, file_complaint
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Channel, Comarca, Unit

VALUES = {
    ChannelKind.PHONE: "+556630000147",
    ChannelKind.EMAIL: "secretaria@exemplo.invalid",
    ChannelKind.WHATSAPP: "+556630000148",
    ChannelKind.VIRTUAL_COUNTER: "https://balcao.exemplo.invalid/sinop",
}


@dataclass(frozen=True)
class ComplaintsCourt:
    """What was made: the slugs and paths that tests ask for."""

    comarca: Comarca
    unit: Unit
    other: Unit


def make_unit(session: Session, comarca: Comarca, slug: str, name: str) -> Unit:
    """Store a secretaria with every channel but appointments."""
    unit = Unit(
        code=slug.upper(),
        slug=slug,
        name=name,
        kind="secretaria",
        degree=1,
        comarca_id=comarca.id,
        updated_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    session.add(unit)
    session.flush()
    unit.path = f"/{unit.id}/"
    for kind, value in VALUES.items():
        session.add(Channel(unit_id=unit.id, kind=kind, value=value))
    session.flush()
    return unit


def make_court(session: Session) -> ComplaintsCourt:
    """Store a comarca with two secretarias."""
    comarca = Comarca(
        slug="sinop-teste", name="Sinop", ibge_code="9999999", latitude=-11.8, longitude=-55.5
    )
    session.add(comarca)
    session.flush()
    unit = make_unit(session, comarca, "jecrim-sinop", "Juizado Especial Criminal de Sinop")
    other = make_unit(session, comarca, "1a-vara-sinop", "1ª Vara Cível de Sinop")
    return ComplaintsCourt(comarca, unit, other)


def make_staff(session: Session, role: Role, unit: Unit | None = None, *, login: str = "") -> Actor:
    """Store a person with a role and return them as an actor; `login` tells a second one apart."""
    person = Staff(
        email=f"{login or role}@exemplo.invalid",
        name=f"Pessoa da {role}{f' ({login})' if login else ''}",
        created_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    session.add(person)
    session.flush()
    session.add(StaffRole(staff_id=person.id or 0, role=role, unit_id=unit.id if unit else None))
    session.flush()
    return Actor(person.id, person.name, (Grant(role, unit.path if unit else ""),))


def make_report(court: ComplaintsCourt, **changes: Any) -> Report:
    """Return a report about the Balcão Virtual of the court's first unit."""
    said = {"unit": court.unit.slug, "channel": "balcao_virtual", "kind": "caiu_no_meio"}
    return Report.model_validate({**said, **changes})


def file_report(
    session: Session, court: ComplaintsCourt, now: datetime, **changes: Any
) -> FiledComplaint:
    """File a report."""
    return file_complaint(session, make_report(court, **changes), now=now)


def file_reports(
    session: Session, court: ComplaintsCourt, now: datetime, count: int
) -> list[FiledComplaint]:
    """File `count` reports, one minute apart, the last one now."""
    return [
        file_report(session, court, now, occurred_at=now - timedelta(minutes=count - 1 - number))
        for number in range(count)
    ]
