"""Complaints by the hour, for the figures."""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from canais_app.complaints import rollups
from canais_app.complaints.kinds import ComplaintKindCode
from canais_app.complaints.models import Complaint
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Comarca, Unit
from canais_app.kit import text


def make_comarca(session: Session, name: str = "Sinop") -> Comarca:
    """Store a comarca."""
    slug = text.slugify(name)
    made = Comarca(slug=slug, name=name, ibge_code=slug[:7], latitude=-11.8, longitude=-55.5)
    session.add(made)
    session.flush()
    return made


def make_unit(session: Session, name: str, place: Comarca, *, now: datetime) -> Unit:
    """Store a secretaria of a comarca."""
    slug = text.slugify(name)
    made = Unit(
        code=slug[:40],
        slug=slug,
        name=name,
        kind="secretaria",
        degree=1,
        comarca_id=place.id,
        updated_at=now,
    )
    session.add(made)
    session.flush()
    made.path = f"/{made.id}/"
    session.flush()
    return made


def make_complaint(
    session: Session,
    at: datetime,
    unit_id: int,
    *,
    channel: str = ChannelKind.WHATSAPP,
    kind: str = ComplaintKindCode.NO_ANSWER,
    status: str = "recebida",
    due_in: timedelta = timedelta(days=30),
) -> Complaint:
    """Store a complaint and its place in the rollup."""
    number = len(session.exec(select(Complaint.id)).all()) + 1
    made = Complaint(
        protocol=f"2026-{number:06d}",
        secret_hash=f"{number:064d}",
        unit_id=unit_id,
        channel=channel,
        kind=kind,
        status=status,
        occurred_at=at,
        created_at=at,
        due_at=at + due_in,
    )
    session.add(made)
    session.flush()
    rollups.count_complaint(session, made)
    rollups.count_person(
        session, unit_id=unit_id, channel=channel, mark="", now=at, complaint_id=made.id
    )
    return made


def make_daily_complaints(
    session: Session, unit_id: int, *, now: datetime, days: int = 60, hour: int = 9
) -> None:
    """Store one complaint a day, at the same hour of Cuiabá, before today."""
    for back in range(1, days + 1):
        day = (now - timedelta(days=back)).replace(hour=hour, minute=30)
        make_complaint(session, day, unit_id)
