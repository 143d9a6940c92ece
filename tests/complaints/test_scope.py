"""One scope governs every screen of the Corregedoria, and the numbers beside menu and tabs."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from canais_app.accounts.models import Staff
from canais_app.accounts.roles import Actor, Grant, Role
from canais_app.complaints.kinds import CauseGroup, kinds_of_group
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.models import Complaint
from canais_app.complaints.situations.models import Incident, IncidentMember, Situation
from canais_app.complaints.statistics.counts import read_scope
from canais_app.complaints.statistics.filters import QueueFilter, Scope, parse_scope
from canais_app.complaints.triage import menu_counts
from canais_app.directory.models import Unit
from canais_app.kit.errors import InvalidError
from canais_app.kit.forms import parse_form
from tests.factories import figures as factory

INSPECTOR = Actor(7, "Inspetora", (Grant(Role.CORREGEDORIA),))
READER = Actor(8, "Leitora", (Grant(Role.READER),))


def _manager(unit: Unit) -> Actor:
    return Actor(9, "Gestora", (Grant(Role.MANAGER, unit.path),))


@pytest.fixture
def unit(session: Session, now: datetime) -> Unit:
    """A secretaria in Sinop."""
    return factory.make_unit(session, "1ª Vara", factory.make_comarca(session), now=now)


@pytest.fixture
def other(session: Session, now: datetime) -> Unit:
    """A secretaria in Cuiabá."""
    place = factory.make_comarca(session, "Cuiabá")
    return factory.make_unit(session, "2ª Vara", place, now=now)


def _complain(session: Session, unit: Unit, now: datetime, **changes: object) -> Complaint:
    row = factory.make_complaint(session, now, unit.id or 0)
    for name, value in changes.items():
        setattr(row, name, value)
    session.flush()
    return row


def test_an_unset_period_is_the_screens_own_and_stays_out_of_links(now: datetime) -> None:
    scope = parse_scope({"comarca": "sinop"}, now=now)
    assert scope.with_default("28d").period == "28d"
    assert scope.to_query() == "comarca=sinop"
    assert parse_scope({"p": "hoje"}, now=now).with_default("28d").period == "hoje"


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31"])
def test_a_day_without_a_calendar_is_refused(day: str, now: datetime) -> None:
    with pytest.raises(InvalidError) as refused:
        parse_scope({"de": day, "ate": day}, now=now)
    assert refused.value.errors["de"] == "Escolha um dia entre 2000 e 2100."
    with pytest.raises(InvalidError):
        parse_form(QueueFilter, {"ate": day})


def test_today_begins_at_midnight_in_the_courts_zone(now: datetime) -> None:
    today = parse_scope({"p": "hoje"}, now=now).period_start(now)
    month = parse_scope({"p": "28d"}, now=now).period_start(now)
    assert today - month == timedelta(days=27)


def test_a_cause_group_means_all_its_kinds(now: datetime) -> None:
    scope = parse_scope({"tipo": "tecnica"}, now=now)
    assert scope.kinds == kinds_of_group(CauseGroup.TECHNICAL)
    assert parse_scope({"tipo": "outro"}, now=now).kinds == ("outro",)
    assert parse_scope({}, now=now).kinds == ()


def test_an_invalid_address_shows_everything_and_says_why(session: Session, now: datetime) -> None:
    for sent, field in (({"comarca": "nenhuma"}, "comarca"), ({"p": "1y"}, "período")):
        scope, problem = read_scope(session, sent, now=now)
        assert scope == Scope("")
        assert field in problem


def test_the_menu_counts_open_mine_due_and_unread(
    session: Session, unit: Unit, now: datetime
) -> None:
    session.add(Staff(id=7, email="i@exemplo.invalid", name="Inspetora", created_at=now))
    session.flush()
    later = now + timedelta(days=5)
    _complain(session, unit, now, due_at=later)
    _complain(session, unit, now, due_at=now, owner_id=INSPECTOR.staff_id)
    _complain(session, unit, now, due_at=later, is_unread=True)
    _complain(session, unit, now, status=ComplaintStatus.SOLVED, owner_id=INSPECTOR.staff_id)
    found = menu_counts.read_counts(session, INSPECTOR, now)
    assert (found["complaints"], found["mine"]) == (3, 1)
    assert (found["due_today"], found["unread"]) == (1, 1)


def test_a_reader_gets_no_number_of_the_triage(session: Session, now: datetime) -> None:
    assert set(menu_counts.read_counts(session, READER, now)) == {"situations", "incidents"}


def test_a_manager_counts_the_inbox_of_their_units_only(
    session: Session, unit: Unit, other: Unit, now: datetime
) -> None:
    _complain(session, unit, now, status=ComplaintStatus.FORWARDED)
    _complain(session, unit, now, status=ComplaintStatus.FORWARDED, unit_answered_at=now)
    assert menu_counts.read_counts(session, _manager(unit), now) == {"unit_work": 1}
    assert menu_counts.read_counts(session, _manager(other), now) == {"unit_work": 0}


def _situation(session: Session, unit: Unit, now: datetime, **changes: object) -> None:
    values = {"channel": "whatsapp", "kind": "sem_resposta", "level": "provavel"} | changes
    number = len(session.exec(select(Situation)).all())
    session.add(
        Situation(
            code=f"2026-{number:04}",
            scope="unit",
            place_id=unit.id or 0,
            unit_id=unit.id,
            first_report_at=now,
            opened_at=now,
            judged_at=now,
            **values,
        )
    )
    session.flush()


def test_tabs_count_within_the_scope(
    session: Session, unit: Unit, other: Unit, now: datetime
) -> None:
    _complain(session, unit, now)
    _complain(session, other, now)
    _situation(session, unit, now)
    _situation(session, other, now)
    _situation(session, other, now, channel="email", closed_at=now)
    incident = Incident(
        code="2026-001", title="Sem rede", status="confirmado", started_at=now, noticed_at=now
    )
    session.add(incident)
    session.flush()
    session.add(
        IncidentMember(
            incident_id=incident.id or 0, unit_id=other.id or 0, channel="email", joined_at=now
        )
    )
    session.flush()
    count = menu_counts.read_tab_counts
    assert count(session, INSPECTOR, Scope(""), now) == {}
    in_sinop = count(session, INSPECTOR, Scope("", unit=unit.slug), now)
    assert in_sinop == {"situations": "1", "incidents": "0", "complaints": "1"}
    by_mail = count(session, READER, Scope("", unit=other.slug, channel="email"), now)
    assert by_mail == {"situations": "0", "incidents": "1"}
