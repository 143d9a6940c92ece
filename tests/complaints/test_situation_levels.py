"""What the public may know of a channel: reported, confirmed, in maintenance, working."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from canais_app.complaints import rollups
from canais_app.complaints.situations.queries import PublicLevel, current_situation
from canais_app.directory.models import Channel, Unit
from tests.factories import figures as factory
from tests.factories.directory import make_notice
from tests.factories.situations import make_incident, make_situation

MINUTE = timedelta(minutes=1)


@pytest.fixture
def unit(session: Session, now: datetime) -> Unit:
    """A secretaria in Sinop with WhatsApp and telephone."""
    made = factory.make_unit(session, "Secretaria", factory.make_comarca(session), now=now)
    for kind in ("whatsapp", "telefone"):
        session.add(Channel(unit_id=made.id or 0, kind=kind, value=f"+55653000{len(kind)}"))
    session.flush()
    return made


def _levels(session: Session, unit: Unit, now: datetime) -> dict[str, str]:
    here = current_situation(session, unit.id or 0, now)
    return {trouble.channel: trouble.level.value for trouble in here.troubles}


def test_a_probable_situation_is_reported_by_users(
    session: Session, unit: Unit, now: datetime
) -> None:
    made = make_situation(session, unit, now=now)
    (trouble,) = current_situation(session, unit.id or 0, now).troubles
    assert (trouble.level, trouble.code) == (PublicLevel.REPORTED, made.code)
    assert trouble.words == "Instabilidade relatada por usuários: WhatsApp, desde 13h30."


@pytest.mark.parametrize(
    "changes",
    [{"probable_at": None}, {"people": 2}, {"verdict": "falso"}, {"closed_at": "now"}],
    ids=["possible", "two people", "false", "closed"],
)
def test_what_is_not_public(
    session: Session, unit: Unit, now: datetime, changes: dict[str, object]
) -> None:
    make_situation(
        session, unit, now=now, **{k: now if v == "now" else v for k, v in changes.items()}
    )
    assert _levels(session, unit, now) == {}


def test_only_a_person_confirms(session: Session, unit: Unit, now: datetime) -> None:
    make_situation(session, unit, now=now, confirmed_at=now, confirmed_by="Servidor(a) 3")
    assert _levels(session, unit, now) == {"whatsapp": "confirmada"}


def test_maintenance_hides_what_is_reported_until_it_ends(
    session: Session, unit: Unit, now: datetime
) -> None:
    make_situation(session, unit, now=now)
    make_notice(
        session,
        "Troca da central",
        kind="manutencao",
        unit_id=unit.id,
        channel_kind="whatsapp",
        starts_at=now - MINUTE,
        ends_at=now + MINUTE,
    )
    assert _levels(session, unit, now) == {"whatsapp": "manutencao"}
    assert _levels(session, unit, now + MINUTE) == {"whatsapp": "relatada"}


def test_a_public_incident_confirms_its_members(
    session: Session, unit: Unit, now: datetime
) -> None:
    made = make_incident(session, (unit, "telefone"), now=now)
    (trouble,) = current_situation(session, unit.id or 0, now).troubles
    assert (trouble.level, trouble.title) == (PublicLevel.CONFIRMED, "Fórum sem internet")
    made.is_public = False
    assert _levels(session, unit, now) == {}


def test_a_planned_maintenance_is_in_force_in_its_window_only(
    session: Session, unit: Unit, now: datetime
) -> None:
    make_incident(
        session,
        (unit, "telefone"),
        now=now,
        kind="manutencao",
        started_at=now,
        ends_at=now + MINUTE,
    )
    assert _levels(session, unit, now - MINUTE) == {}
    assert _levels(session, unit, now) == {"telefone": "manutencao"}
    assert _levels(session, unit, now + MINUTE) == {}


def test_only_used_channels_without_reports_are_said_to_work(
    session: Session, unit: Unit, now: datetime
) -> None:
    id_ = unit.id or 0
    assert current_situation(session, id_, now).working == ()
    for channel in ("telefone", "whatsapp", "email"):
        rollups.count_visit(session, unit_id=id_, channel=channel, now=now - MINUTE)
    assert current_situation(session, id_, now).working == ("telefone", "whatsapp")
    rollups.count_person(session, unit_id=id_, channel="whatsapp", mark="x", now=now)
    assert current_situation(session, id_, now).working == ("telefone",)
    assert current_situation(session, id_, now + timedelta(hours=6)).working == ()
