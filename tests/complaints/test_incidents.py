"""Incidents and maintenance: declared, followed, closed, reviewed; who is told."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Role
from canais_app.agenda.booking import booking
from canais_app.agenda.models import Agenda, Appointment, AppointmentStatus
from canais_app.complaints import rollups
from canais_app.complaints.situations import (
    appointments,
    incident_detail,
    incident_members,
    incidents,
    listing,
)
from canais_app.complaints.situations.incident_desk.presenter import present_incident
from canais_app.complaints.situations.incident_desk.state import parse_moment
from canais_app.complaints.situations.incident_forms import (
    IncidentForm,
    IncidentStatus,
    ReviewForm,
    UpdateForm,
)
from canais_app.complaints.situations.models import Incident
from canais_app.complaints.situations.queries import current_situation
from canais_app.directory.models import Unit
from canais_app.kit import clock
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError
from canais_app.outbox.messages import decrypt_payload
from canais_app.outbox.models import OutboxMessage
from tests.factories import agenda as make
from tests.factories import complaints as factory
from tests.factories.complaints import ComplaintsCourt
from tests.factories.situations import make_incident, make_situation

HOUR = timedelta(hours=1)
PUBLIC = {"works": "telefone", "next_update_minutes": 30, "text": "O link caiu."}


@pytest.fixture
def court(session: Session) -> ComplaintsCourt:
    return factory.make_court(session)


@pytest.fixture
def staff(session: Session) -> Actor:
    return factory.make_staff(session, Role.CORREGEDORIA)


def _form(**changes: Any) -> IncidentForm:
    return IncidentForm.model_validate({"title": "Fórum sem internet", **PUBLIC, **changes})


def _declare(
    session: Session, staff: Actor, court: ComplaintsCourt, now: datetime, **changes: Any
) -> Incident:
    said = {"units": [court.unit.slug, court.other.slug], "channels": ["whatsapp"], **changes}
    return incidents.declare(session, staff, _form(**said), now=now)


def _levels(session: Session, unit: Unit, now: datetime) -> dict[str, str]:
    here = current_situation(session, unit.id or 0, now)
    return {trouble.channel: trouble.level.value for trouble in here.troubles}


def test_a_situation_becomes_an_incident_of_many_units(
    session: Session, court: ComplaintsCourt, staff: Actor, now: datetime
) -> None:
    alarm = make_situation(session, court.unit, now=now)
    made = _declare(session, staff, court, now, situations=[alarm.code], units=[court.other.slug])
    assert (made.code, made.status) == ("2026-001", "confirmado")
    assert (made.started_at, made.noticed_at) == (alarm.first_report_at, alarm.opened_at)
    assert made.next_update_at == now + HOUR / 2
    assert (alarm.incident_id, alarm.verdict) == (made.id, "verdadeiro")
    for unit in (court.unit, court.other):
        assert _levels(session, unit, now) == {"whatsapp": "confirmada"}
    row = listing.load_incident_row(session, staff, made.code)
    assert (row.units, row.works) == (2, "telefone")
    with pytest.raises(ConflictError, match=alarm.code):
        _declare(session, staff, court, now, situations=[alarm.code])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"works": ""}, "o que funciona"),
        ({"next_update_minutes": None}, "próxima notícia"),
        ({"kind": "manutencao"}, "começa e quando termina"),
    ],
)
def test_a_declaration_says_what_the_public_needs(
    changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        _form(**changes)


def test_an_incident_has_members(session: Session, staff: Actor, now: datetime) -> None:
    with pytest.raises(InvalidError, match="unidade"):
        incidents.declare(session, staff, _form(), now=now)


@pytest.mark.parametrize("year", [1, 9999])
def test_a_moment_that_no_page_can_show_is_refused(year: int) -> None:
    moment = datetime(year, 1, 1, tzinfo=UTC)
    with pytest.raises(ValidationError, match="Escolha um ano"):
        _form(started_at=moment)
    with pytest.raises(ValidationError, match="Escolha um ano"):
        UpdateForm(text="Andando", ends_at=moment)


@pytest.mark.parametrize("sent", ["9999-12-31T23:00", "ontem", [1]])
def test_what_a_browser_sends_as_a_moment_may_be_none(sent: object) -> None:
    with pytest.raises(InvalidError, match="O fim precisa de data e hora"):
        parse_moment(sent, "O fim")
    assert parse_moment("", "O fim") is None
    local = parse_moment("2026-12-01T08:30", "O fim")
    assert local == datetime(2026, 12, 1, 12, 30, tzinfo=UTC)


def test_a_maintenance_is_declared_ahead(
    session: Session, court: ComplaintsCourt, staff: Actor, now: datetime
) -> None:
    _declare(
        session, staff, court, now, kind="manutencao", started_at=now + HOUR, ends_at=now + 2 * HOUR
    )
    assert _levels(session, court.unit, now) == {}
    assert _levels(session, court.unit, now + HOUR) == {"whatsapp": "manutencao"}
    assert _levels(session, court.unit, now + 2 * HOUR) == {}


def test_public_news_promises_the_next_and_the_end_closes_its_situations(
    session: Session, court: ComplaintsCourt, staff: Actor, now: datetime
) -> None:
    alarm = make_situation(session, court.unit, now=now)
    made = _declare(session, staff, court, now, situations=[alarm.code])
    with pytest.raises(InvalidError, match="próxima notícia"):
        incidents.publish(
            session, staff, made.code, 0, UpdateForm(text="Andando", is_public=True), now=now
        )
    repair = UpdateForm(
        text="Operadora no local",
        is_public=True,
        next_update_minutes=60,
        status=IncidentStatus.REPAIR,
    )
    incidents.publish(session, staff, made.code, made.version, repair, now=now)
    assert (made.status, made.next_update_at) == ("em_conserto", now + HOUR)
    (trouble,) = current_situation(session, court.unit.id or 0, now).troubles
    assert trouble.text == "Operadora no local"
    watched = UpdateForm(text="Voltou", status=IncidentStatus.WATCHED)
    incidents.publish(session, staff, made.code, made.version, watched, now=now + HOUR)
    assert made.restored_at == now + HOUR
    with pytest.raises(InvalidError):
        incidents.publish(
            session,
            staff,
            made.code,
            0,
            UpdateForm(text="x", status=IncidentStatus.CONFIRMED),
            now=now,
        )
    end = UpdateForm(text="Encerrado", is_public=True, status=IncidentStatus.CLOSED)
    incidents.publish(session, staff, made.code, made.version, end, now=now + 2 * HOUR)
    assert made.closed_at == alarm.closed_at == now + 2 * HOUR
    assert _levels(session, court.unit, now + 2 * HOUR) == {}
    with pytest.raises(ConflictError, match="já se encerrou"):
        incidents.publish(session, staff, made.code, 0, end, now=now)


def test_units_join_and_leave_and_their_alarms_with_them(
    session: Session, court: ComplaintsCourt, staff: Actor, now: datetime
) -> None:
    made = _declare(session, staff, court, now, units=[court.unit.slug])
    alarm = make_situation(session, court.other, now=now)
    incident_members.include_units(
        session, staff, made.code, made.version, [court.other.slug], ["whatsapp"], now=now
    )
    assert alarm.incident_id == made.id
    incident_members.remove_unit(
        session, staff, made.code, made.version, court.other.id or 0, now=now
    )
    assert alarm.incident_id is None
    assert [m.unit_id for m in incident_members.load_members(session, made.id or 0)] == [
        court.unit.id
    ]
    with pytest.raises(ConflictError, match="Outra pessoa"):
        incident_members.remove_unit(session, staff, made.code, 1, court.unit.id or 0, now=now)


def test_two_incidents_become_one(
    session: Session, court: ComplaintsCourt, staff: Actor, now: datetime
) -> None:
    one = _declare(session, staff, court, now, units=[court.unit.slug])
    alarm = make_situation(session, court.other, now=now, channel="telefone")
    other = _declare(session, staff, court, now, situations=[alarm.code], units=[])
    incidents.merge(session, staff, other.code, other.version, one.code, now=now)
    assert (other.merged_into_id, other.closed_at, alarm.incident_id) == (one.id, now, one.id)
    assert alarm.closed_at is None
    assert len(incident_members.load_members(session, one.id or 0)) == 2


def test_what_was_no_incident_counts_as_false(
    session: Session, court: ComplaintsCourt, staff: Actor, now: datetime
) -> None:
    alarm = make_situation(session, court.unit, now=now)
    made = _declare(session, staff, court, now, situations=[alarm.code])
    with pytest.raises(InvalidError):
        incidents.mark_false(session, staff, made.code, made.version, " ", now=now)
    incidents.mark_false(session, staff, made.code, made.version, "Era um teste", now=now)
    assert (alarm.incident_id, alarm.verdict, alarm.closed_at) == (None, "falso", None)
    assert _levels(session, court.unit, now) == {}


def test_the_review_is_due_within_five_working_days(
    session: Session, court: ComplaintsCourt, staff: Actor, now: datetime
) -> None:
    made = _declare(session, staff, court, now)
    draft = ReviewForm(what="A fibra rompeu")
    incidents.write_review(session, staff, made.code, made.version, draft, now=now)
    assert made.review["what"] == "A fibra rompeu"
    with pytest.raises(InvalidError):
        incidents.write_review(
            session, staff, made.code, 0, ReviewForm(what="x", is_done=True), now=now
        )
    assert incidents.review_due_on(session, made) is None
    made.closed_at = now  # a Monday
    assert incidents.review_due_on(session, made) == date(2026, 11, 30)


def test_units_are_told_once_and_answer_that_they_know(
    session: Session, court: ComplaintsCourt, staff: Actor, now: datetime
) -> None:
    made = _declare(session, staff, court, now)
    manager = factory.make_staff(session, Role.MANAGER, court.unit)
    assert incident_members.tell_units(session, staff, made.code, 0, now=now) == (2, 0)
    assert incident_members.tell_units(session, staff, made.code, 0, now=now) == (0, 0)
    incident_members.acknowledge(session, manager, made.code, court.unit.id or 0, now=now)
    known = [m.acknowledged_at for m in incident_members.load_members(session, made.id or 0)]
    assert known == [now, None]
    with pytest.raises(NotFoundError):
        incident_members.acknowledge(session, manager, made.code, court.other.id or 0, now=now)


def test_who_can_be_called_are_the_telephones_outside_of_the_incident(
    session: Session, court: ComplaintsCourt, staff: Actor, now: datetime
) -> None:
    board = factory.make_unit(session, court.comarca, "foro-sinop", "Diretoria do Foro de Sinop")
    board.kind = "diretoria"
    members = [(court.unit, "whatsapp"), (court.other, "telefone"), (court.other, "whatsapp")]
    made = make_incident(session, *members, now=now)
    detail = incident_detail.load_incident_detail(session, staff, made.code, now=now)
    assert [contact.name for contact in detail.contacts] == [court.unit.name, board.name]


def test_the_chart_counts_the_member_channels_and_marks_the_news(
    session: Session, court: ComplaintsCourt, staff: Actor, now: datetime
) -> None:
    minute = timedelta(minutes=1)
    for n, (unit, channel) in enumerate(
        [(court.unit, "whatsapp"), (court.other, "whatsapp"), (court.other, "telefone")]
    ):
        rollups.count_person(
            session, unit_id=unit.id or 0, channel=channel, mark=f"p{n}", now=now - 20 * minute
        )
    members = [(court.unit, "whatsapp"), (court.other, "whatsapp")]
    made = make_incident(session, *members, now=now)
    sent = UpdateForm.model_validate({"is_public": True, **PUBLIC})
    incidents.publish(session, staff, made.code, made.version, sent, now=now - 10 * minute)
    found = incident_detail.load_incident_detail(session, staff, made.code, now=now)
    assert [point.seen for point in found.points[-3:]] == [0, 2, 2]  # telephone is no member
    assert found.points[-1].at == now
    assert [mark.words for mark in found.annotations][-1] == "Notícia: O link caiu."
    shown = present_incident(found, now)
    assert shown.chart.value == shown.table[-1][1] == "2"
    assert shown.points[-1][0].split(": ")[1].startswith("2 · esperado")
    assert [flag.words for flag in shown.flags][-1] == "Notícia: O link caiu."


def test_a_planned_maintenance_has_no_chart_before_it_begins(
    session: Session, court: ComplaintsCourt, staff: Actor, now: datetime
) -> None:
    made = make_incident(session, (court.unit, "whatsapp"), now=now, started_at=now + HOUR)
    found = incident_detail.load_incident_detail(session, staff, made.code, now=now)
    assert found.points == ()


def _booked(session: Session, now: datetime, **changes: Any) -> tuple[Agenda, Appointment]:
    agenda = make.make_agenda(session)
    start = clock.from_wall_clock(clock.to_local_day(now), 16)
    request = make.make_booking_request(start, **changes)
    booked = booking.book(session, agenda.slug, request, now=now)
    query = select(Appointment).where(col(Appointment.code) == booked.code)
    return agenda, session.exec(query).one()


def test_a_booked_lawyer_is_told_with_what_works_and_three_times(
    session: Session, court: ComplaintsCourt, staff: Actor, now: datetime
) -> None:
    agenda, row = _booked(session, now)
    unit = session.get_one(Unit, agenda.unit_id)
    made = _declare(session, staff, court, now, units=[unit.slug], channels=[])
    (affected,) = appointments.load_affected(session, made, now)
    assert (affected.id, affected.needs_network, affected.told_at) == (row.id, True, None)
    assert appointments.tell_lawyers(session, staff, made.code, now=now) == 1
    letter = session.exec(
        select(OutboxMessage).where(col(OutboxMessage.kind) == "incident_lawyer")
    ).one()
    said, _ = decrypt_payload(letter.sealed)
    assert (said["title"], said["works"]) == ("Fórum sem internet", "telefone")
    assert len(said["alternatives"]) == 3
    (affected,) = appointments.load_affected(session, made, now)
    assert (affected.told_at, affected.offered) == (now, 3)
    assert appointments.tell_lawyers(session, staff, made.code, now=now) == 0
    token = said["alternatives"][0]["url"].rpartition("/")[2]
    booking.confirm_appointment(session, token, now=now)
    assert row.status == AppointmentStatus.CANCELLED
    assert appointments.load_affected(session, made, now) == []


def test_who_comes_after_the_expected_end_is_not_written_to(
    session: Session, court: ComplaintsCourt, staff: Actor, now: datetime
) -> None:
    agenda, row = _booked(session, now)
    unit = session.get_one(Unit, agenda.unit_id)
    made = _declare(session, staff, court, now, units=[unit.slug], channels=[], ends_at=now + HOUR)
    assert appointments.tell_lawyers(session, staff, made.code, [row.id or 0], now=now) == 0
    with pytest.raises(NotFoundError):
        appointments.tell_lawyers(session, staff, made.code, [99999], now=now)
