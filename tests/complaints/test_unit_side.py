"""What a unit sees of its own failures, and what it says of them to the Corregedoria."""

from datetime import datetime

import pytest
from sqlmodel import Session, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import Actor, Role
from canais_app.complaints.situations import episodes, incident_members, unit_side
from canais_app.complaints.situations.models import Situation
from canais_app.kit.errors import NotFoundError, PermissionDeniedError
from tests.factories.complaints import ComplaintsCourt, make_court, make_staff
from tests.factories.situations import make_incident, make_situation


@pytest.fixture
def court(session: Session) -> ComplaintsCourt:
    return make_court(session)


@pytest.fixture
def manager(session: Session, court: ComplaintsCourt) -> Actor:
    return make_staff(session, Role.MANAGER, court.unit)


def _codes(session: Session, actor: Actor, now: datetime) -> list[str]:
    return [each.code for each in unit_side.list_own_failures(session, actor=actor, now=now)]


def test_a_unit_sees_what_fails_at_its_own_channels(
    session: Session, court: ComplaintsCourt, manager: Actor, now: datetime
) -> None:
    assert _codes(session, manager, now) == []
    own = make_situation(session, court.unit, now=now)
    make_situation(session, court.other, now=now)
    make_situation(session, court.unit, now=now, channel="telefone", people=2, level="possivel")
    make_situation(session, court.unit, now=now, channel="email", verdict="falso")
    (seen,) = unit_side.list_own_failures(session, actor=manager, now=now)
    assert (seen.code, seen.unit_id, seen.said) == (own.code, court.unit.id, "")
    assert seen.finding == "WhatsApp: 5 pessoas relataram falha desde 13h30."
    assert "instabilidade relatada" in seen.public
    reader = make_staff(session, Role.READER)
    with pytest.raises(PermissionDeniedError):
        unit_side.list_own_failures(session, actor=reader, now=now)


def test_a_unit_that_was_told_sees_what_the_public_does_not(
    session: Session, court: ComplaintsCourt, manager: Actor, now: datetime
) -> None:
    told = make_situation(
        session, court.unit, now=now, people=2, level="possivel", probable_at=None, unit_told_at=now
    )
    (seen,) = unit_side.list_own_failures(session, actor=manager, now=now)
    assert (seen.code, "ainda não vê" in seen.public) == (told.code, True)


def test_the_answer_of_a_unit_is_in_the_timeline_and_audited(
    session: Session, court: ComplaintsCourt, manager: Actor, now: datetime
) -> None:
    row = make_situation(session, court.unit, now=now)
    unit_id = court.unit.id or 0
    unit_side.say(session, row.code, unit_id, "ainda_nao", "hoje às 16h", actor=manager, now=now)
    unit_side.say(session, row.code, unit_id, "voltou", actor=manager, now=now)
    timeline = [(e.who, e.text) for e in episodes.load_events(session, row.id or 0)]
    name = court.unit.name
    assert timeline == [
        (manager.name, f"disse por {name}: voltou a funcionar."),
        (manager.name, f"disse por {name}: ainda não voltou: “hoje às 16h”."),
    ]
    (seen,) = unit_side.list_own_failures(session, actor=manager, now=now)
    assert seen.said == "voltou a funcionar, às 14h"
    actions = session.exec(select(AuditEntry.action)).all()
    assert list(actions) == ["respondeu, pela unidade"] * 2
    assert "situations:all" in session.info["topics"]
    assert session.get_one(Situation, row.id).closed_at is None, "the reports decide"


def test_a_unit_speaks_only_of_its_own_failures(
    session: Session, court: ComplaintsCourt, manager: Actor, now: datetime
) -> None:
    row = make_situation(session, court.other, now=now)
    for unit, answer in ((court.other, "voltou"), (court.unit, "voltou"), (court.unit, "x")):
        with pytest.raises(NotFoundError):
            unit_side.say(session, row.code, unit.id or 0, answer, actor=manager, now=now)


def test_a_unit_knows_of_an_incident_and_answers_in_a_note(
    session: Session, court: ComplaintsCourt, manager: Actor, now: datetime
) -> None:
    made = make_incident(session, (court.unit, "whatsapp"), (court.other, "whatsapp"), now=now)
    (seen,) = unit_side.list_own_failures(session, actor=manager, now=now)
    assert (seen.is_incident, seen.is_known) == (True, False)
    unit_id = court.unit.id or 0
    unit_side.say(session, made.code, unit_id, "ciente", actor=manager, now=now)
    unit_side.say(session, made.code, unit_id, "voltou", actor=manager, now=now)
    (seen,) = unit_side.list_own_failures(session, actor=manager, now=now)
    assert (seen.is_known, seen.said) == (True, "voltou a funcionar, às 14h")
    (note,) = incident_members.load_updates(session, made.id or 0)
    assert not note.is_public
    known = [m.acknowledged_at for m in incident_members.load_members(session, made.id or 0)]
    assert sorted(known, key=str) == sorted([now, None], key=str)
