"""Who books, for whom, what came of it and how it is proved: whole journeys through the API."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from canais_app.accounts.roles import OPERATOR, SYSTEM
from canais_app.agenda import oversight_queries, slot_queries
from canais_app.agenda.availability.rule_values import AttendanceKind
from canais_app.agenda.booking import booking, request_clock
from canais_app.agenda.chambers import chambers_desk, staff_bookings
from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.agenda.schemas import BookingRequest
from canais_app.complaints.models import Complaint
from canais_app.kit import clock, db
from canais_app.kit.errors import InvalidError
from canais_app.kit.forms import parse_form
from canais_app.outbox.models import OutboxMessage
from canais_app.webhooks.models import Webhook, WebhookDelivery
from tests.factories import agenda as make
from tests.factories.outbox import payload_of
from tests.portal import shared_app

DEFENDER = {
    "requester": "defensoria",
    "name": "Defensora de demonstração",
    "institution": "Defensoria Pública de Mato Grosso",
    "registration": "00123",
    "oab_uf": "MT",
    "oab_number": "",
    "email": "defensora@exemplo.invalid",
}
COLLEAGUE = {"booked_by_name": "Colega", "booked_by_email": "colega@exemplo.invalid"}


@pytest.fixture
def api(database: object) -> Iterator[TestClient]:
    with TestClient(shared_app(), raise_server_exceptions=True) as client:
        yield client


def _agenda(**terms: Any) -> str:
    def prepare(session: Session) -> str:
        return make.make_agenda(session, [make.make_window(d) for d in range(7)], **terms).slug

    return db.write_sync(prepare)


def _starts(api: TestClient, slug: str, **query: str) -> list[str]:
    tomorrow = clock.to_local_day(clock.now()) + timedelta(days=1)
    found = api.get(f"/api/v1/agendas/{slug}/slots", params={"from": str(tomorrow), **query})
    return [item["start"] for item in found.json()["items"]]


def _book(api: TestClient, slug: str, start: str, **fields: object) -> Any:
    sent = make.make_booking_form(datetime.fromisoformat(start), **fields)
    return api.post(f"/api/v1/agendas/{slug}/appointments", json=sent)


def _messages() -> list[tuple[str, str, str]]:
    def read(session: Session) -> list[tuple[str, str, str]]:
        rows = session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id)))
        return [(row.kind, row.party, row.recipient) for row in rows]

    return db.read_sync(read)


def _set(token_code: str, **values: object) -> None:
    def change(session: Session) -> None:
        row = session.exec(select(Appointment).where(Appointment.code == token_code)).one()
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)

    db.write_sync(change)


def test_a_public_defender_books_and_the_colleague_who_booked_is_told(api: TestClient) -> None:
    slug = _agenda()
    start = _starts(api, slug)[0]
    needs = {"preferences": ["idoso"], "access_needs": ["libras"]}
    booked = _book(api, slug, start, **DEFENDER, **COLLEAGUE, **needs)
    assert booked.status_code == 201
    seen = api.get(f"/api/v1/appointments/{booked.json()['token']}").json()
    assert seen["registration"] == "Defensoria Pública de Mato Grosso, matrícula 123 (MT)"
    assert (seen["oab"], seen["booked_by"], seen["access_needs"]) == ("", "Colega", ["libras"])
    told = {(party, to) for _, party, to in _messages()}
    assert {("lawyer", DEFENDER["email"]), ("booker", COLLEAGUE["booked_by_email"])} <= told

    def needs_in_letters(session: Session) -> dict[str, str]:
        rows = session.exec(select(OutboxMessage))
        return {row.party: payload_of(row).text for row in rows}

    letters = db.read_sync(needs_in_letters)
    assert "Intérprete de Libras" in letters["chambers"]
    assert not any("Libras" in letters[party] for party in ("registry", "booker"))
    assert "Marcado por: Colega" in letters["lawyer"]


def test_an_institution_needs_its_name_and_registration(api: TestClient) -> None:
    slug = _agenda()
    fields = DEFENDER | {"institution": "", "registration": ""}
    refused = _book(api, slug, _starts(api, slug)[0], **fields)
    assert refused.status_code == 422
    assert set(refused.json()["errors"]) == {"institution", "registration"}


@pytest.mark.parametrize("accepts", [True, False])
def test_a_party_books_only_where_the_agenda_allows_it(api: TestClient, accepts: bool) -> None:  # noqa: FBT001
    slug = _agenda(accepts_parties=accepts, max_active_per_oab=1)
    starts = _starts(api, slug)
    party = {"requester": "parte", "oab_number": "", "oab_uf": "", "email": "p@exemplo.invalid"}
    first = _book(api, slug, starts[0], **party)
    assert first.status_code == (201 if accepts else 422)
    if not accepts:
        assert "requester" in first.json()["errors"]
        return
    assert _book(api, slug, starts[1], **party).json()["errors"].keys() == {"email"}
    assert _book(api, slug, starts[1], **party | {"email": "q@exemplo.invalid"}).status_code == 201


@pytest.mark.parametrize("accepts", [True, False])
def test_a_defender_waits_in_line_and_a_party_where_the_agenda_allows_it(
    api: TestClient,
    accepts: bool,  # noqa: FBT001
) -> None:
    slug = _agenda(accepts_parties=accepts)
    sent = make.make_booking_form(clock.now()) | DEFENDER
    assert api.post(f"/api/v1/agendas/{slug}/waitlist", json=sent).status_code == 201
    again = api.post(f"/api/v1/agendas/{slug}/waitlist", json=sent)
    assert (again.status_code, "Esta inscrição" in again.json()["detail"]) == (409, True)
    party = sent | {"requester": "parte", "oab_uf": "", "email": "p@exemplo.invalid"}
    answer = api.post(f"/api/v1/agendas/{slug}/waitlist", json=party)
    assert answer.status_code == (201 if accepts else 422)
    assert accepts or answer.json()["errors"].keys() == {"requester"}


def test_a_kind_of_attendance_has_its_own_length_and_case_number(api: TestClient) -> None:
    long = AttendanceKind(name="Despacho longo", minutes=60, needs_case_number=True)
    slug = _agenda(kinds=(AttendanceKind(name="Atendimento"), long))
    short, hours = _starts(api, slug), _starts(api, slug, kind="Despacho longo")
    assert len(hours) < len(short)
    refused = _book(api, slug, hours[0], kind="Despacho longo", case_number="")
    assert refused.json()["errors"].keys() == {"case_number"}
    case = "Processo nº 0000001‑49.2026.8.11.0015"
    booked = _book(api, slug, hours[0], kind="Despacho longo", case_number=case).json()
    lasts = datetime.fromisoformat(booked["end"]) - datetime.fromisoformat(booked["start"])
    assert lasts == timedelta(hours=1)
    assert set(short[:3]) & set(_starts(api, slug)) == set()
    unknown = _book(api, slug, short[4], kind="Outro")
    assert unknown.json()["errors"].keys() == {"kind"}


def test_a_stranger_verifies_a_proof_that_names_nobody(api: TestClient) -> None:
    slug = _agenda()
    booked = _book(api, slug, _starts(api, slug)[0], name="Maria Secreta", oab_number="777").json()
    issue = f"/api/v1/appointments/{booked['token']}/proofs"
    code = api.post(issue, json={"kind": "agendamento"}).json()["code"]
    assert api.post(issue, json={"kind": "agendamento"}).json()["code"] == code
    assert api.post(issue, json={"kind": "recusa"}).status_code == 422
    facts = api.get(f"/api/v1/verify/{code.lower()}")
    assert facts.json()["kind"] == "agendamento"
    page = api.get(f"/comprovante/{code}")
    assert "Comprovante autêntico" in page.text
    for words in (facts.text, page.text):
        assert not any(own in words for own in ("Maria", "777", booked["token"]))
    assert api.get("/comprovante/ABCD-ABCD-ABCD").status_code == 404
    private = api.get(f"{issue}/{code}.pdf")
    assert private.content.startswith(b"%PDF")
    assert api.get(f"/api/v1/verify/{code}/pdf").content.startswith(b"%PDF")
    other = _book(api, slug, _starts(api, slug)[0], oab_number="778").json()["token"]
    assert api.get(f"/api/v1/appointments/{other}/proofs/{code}.pdf").status_code == 404


def test_no_free_time_is_proved_only_when_there_is_none(api: TestClient) -> None:
    slug = _agenda()
    path = f"/api/v1/agendas/{slug}/no-free-time-proofs"
    assert api.post(path).status_code == 422
    full = _agenda(max_per_day=0, horizon_days=1, notice_minutes=60 * 24 * 3)
    code = api.post(f"/api/v1/agendas/{full}/no-free-time-proofs").json()["code"]
    assert api.get(f"/api/v1/verify/{code}").json()["title"] == "Agenda sem horário livre"


def test_nobody_came_is_stored_beside_the_gabinetes_mark_and_is_a_complaint(
    api: TestClient,
) -> None:
    slug = _agenda()
    booked = _book(api, slug, _starts(api, slug)[0]).json()
    say = f"/api/v1/appointments/{booked['token']}/not-attended"
    early = api.post(say)
    assert early.status_code == 422
    before = clock.now() - timedelta(minutes=30)
    begun = {"starts_at": before, "ends_at": before + timedelta(minutes=20)}
    _set(booked["code"], **begun, status=AppointmentStatus.ATTENDED)
    said = api.post(say).json()
    assert said["lawyer_outcome"] == "not_attended"
    assert api.post(say).json() == said

    def complaints(session: Session) -> list[tuple[str, str, str]]:
        rows = session.exec(select(Complaint))
        return [(row.protocol, row.kind, row.channel) for row in rows]

    filed = db.read_sync(complaints)
    assert filed == [(said["complaint_protocol"], "nao_fui_atendido", "agendamento")]
    seen = api.get(f"/api/v1/appointments/{booked['token']}").json()
    assert (seen["status"], seen["lawyer_outcome"]) == ("attended", "not_attended")
    assert "nao_atendimento" in seen["proofs"]

    def at_corregedoria(session: Session) -> list[str]:
        now = clock.now()
        found = oversight_queries.list_disagreements(session, actor=SYSTEM, now=now)
        return [one.code for one in found]

    assert db.read_sync(at_corregedoria) == [booked["code"]]

    def at_desk(session: Session) -> list[str]:
        row = session.exec(select(Appointment)).one()
        desk = chambers_desk.load_desk_by_id(session, row.agenda_id, now=before)
        return [item.lawyer_says for day in desk.days for item in day.people]

    assert db.read_sync(at_desk) == ["Quem marcou diz: ninguém atendeu"]


def test_an_unanswered_request_escalates_once_and_counts_as_late(session: Session) -> None:
    now = datetime(2026, 11, 30, 14, tzinfo=clock.TZ)
    agenda = make.make_agenda(session, needs_approval=True)
    asked = datetime(2026, 12, 10, 14, tzinfo=clock.TZ)
    request = make.make_booking_request(asked)
    booking.book(session, agenda.slug, request, now=now)
    row = session.exec(select(Appointment)).one()
    assert row.answer_due_at == now + timedelta(hours=48)
    assert request_clock.escalate_overdue(session, now=now + timedelta(hours=47)) == 0
    late = now + timedelta(hours=48, minutes=1)
    assert request_clock.escalate_overdue(session, now=late) == 1
    assert request_clock.escalate_overdue(session, now=late) == 0
    kinds = [m.kind for m in session.exec(select(OutboxMessage)) if m.party == "chambers"]
    assert kinds == ["appointment_pending", "appointment_overdue"]
    at_corregedoria = oversight_queries.list_overdue_requests(session, actor=SYSTEM, now=late)
    assert [one.code for one in at_corregedoria] == [row.code]
    waiting = chambers_desk.load_desk_by_id(session, agenda.id or 0, now=late).requests
    assert "Prazo vencido" in waiting[0].people[0].warning


def test_a_term_that_ends_on_a_closed_day_ends_on_the_next_open_one(session: Session) -> None:
    friday = datetime(2026, 12, 4, 15, tzinfo=clock.TZ)
    agenda = make.make_agenda(session, needs_approval=True)
    asked = datetime(2026, 12, 11, 14, tzinfo=clock.TZ)
    booking.book(session, agenda.slug, make.make_booking_request(asked), now=friday)
    row = session.exec(select(Appointment)).one()
    assert row.answer_due_at == datetime(2026, 12, 7, 15, tzinfo=clock.TZ)


def test_one_address_holds_few_times_and_cannot_empty_an_agenda(
    api: TestClient, configure: Callable[..., None]
) -> None:
    configure(RATE_LIMITS="on", HOLDS_PER_ADDRESS="3", BOOKINGS_PER_ADDRESS="4")
    slug = _agenda()
    starts = _starts(api, slug)
    path = f"/api/v1/agendas/{slug}/holds"
    held = [api.post(path, json={"start": start}) for start in starts[:10]]
    assert [answer.status_code for answer in held] == [201] * 3 + [429] * 7
    assert "horários guardados" in held[3].json()["detail"]
    assert int(held[3].headers["Retry-After"]) <= 300
    tokens = [answer.json()["hold_token"] for answer in held[:3]]
    for token in tokens:
        api.delete(f"{path}/{token}")
    booked = [
        _book(api, slug, start, oab_number=str(number), email=f"e{number}@exemplo.invalid")
        for number, start in enumerate(starts[:8], start=1)
    ]
    assert [answer.status_code for answer in booked] == [201] * 4 + [429] * 4
    assert len(_starts(api, slug)) == len(starts) - 4


def test_an_email_has_a_limit_of_its_own(api: TestClient) -> None:
    slug = _agenda(max_active_per_email=2)
    starts = _starts(api, slug)
    answers = [_book(api, slug, s, oab_number=str(n)) for n, s in enumerate(starts[:3], start=1)]
    assert [answer.status_code for answer in answers] == [201, 201, 422]
    assert answers[2].json()["errors"].keys() == {"email"}


def test_whoever_meets_a_strangers_use_of_a_registration_has_a_way(api: TestClient) -> None:
    slug = _agenda(max_active_per_oab=1)
    starts = _starts(api, slug)
    stranger = _book(api, slug, starts[0], email="outro@exemplo.invalid").json()
    refused = _book(api, slug, starts[1])
    assert "Não fui eu" in refused.json()["detail"]
    path = f"/api/v1/agendas/{slug}/disputes"
    said = api.post(path, json={"oab_number": "OAB/MT 1"})
    unused = api.post(path, json={"oab_number": "OAB/MT 999"})
    assert (said.status_code, said.json()) == (202, unused.json())
    disputed = [(p, to) for kind, p, to in _messages() if kind == "appointment_disputed"]
    assert disputed[0] == ("lawyer", "outro@exemplo.invalid")
    assert disputed[1][0] == "chambers"
    assert api.get(f"/api/v1/appointments/{stranger['token']}").json()["status"] == "confirmed"


def test_other_systems_are_told_of_appointments_without_anybodys_data(api: TestClient) -> None:
    def listen(session: Session) -> None:
        made = Webhook(url="https://exemplo.invalid", sealed_secret="x", created_at=clock.now())
        session.add(made)

    db.write_sync(listen)
    slug = _agenda()
    booked = _book(api, slug, _starts(api, slug)[0], name="Maria Secreta").json()
    api.delete(f"/api/v1/appointments/{booked['token']}")

    def sent(session: Session) -> list[tuple[str, dict[str, Any]]]:
        rows = session.exec(select(WebhookDelivery).order_by(col(WebhookDelivery.id)))
        return [(row.event, row.payload) for row in rows]

    events = db.read_sync(sent)
    assert [event for event, _ in events] == ["appointment.booked", "appointment.cancelled"]
    assert events[0][1]["code"] == booked["code"]
    assert "Maria" not in str(events)


@pytest.mark.parametrize(
    ("number", "section", "field"),
    [("OAB/SP 12", "MT", "oab_number"), ("12", "", "oab_uf"), ("", "MT", "oab_number")],
)
def test_a_wrong_registration_is_an_error_of_its_field(
    number: str, section: str, field: str
) -> None:
    sent = make.make_booking_form(clock.now(), oab_number=number, oab_uf=section)
    with pytest.raises(InvalidError) as refusal:
        parse_form(BookingRequest, sent)
    assert refusal.value.errors.keys() == {field}


@pytest.mark.parametrize(
    "pasted",
    [
        "OAB/MT 1.234",
        "MT1234",
        "nº 1234",
        "0001234",
        "1234/O",
        "1.234-MT",
        "OAB MT nº 1234",
        "1234",
    ],
)
def test_a_pasted_registration_is_understood(pasted: str) -> None:
    sent = make.make_booking_form(clock.now(), oab_number=pasted, oab_uf="MT")
    assert parse_form(BookingRequest, sent).oab == "MT001234"


@pytest.mark.parametrize("dash", "-‐‑‒–—−")
def test_a_case_number_is_understood_with_any_dash_and_a_word_before(dash: str) -> None:
    number = f"Processo nº 0000001{dash}49.2026.8.11.0015"
    sent = make.make_booking_form(clock.now(), case_number=number)
    assert parse_form(BookingRequest, sent).case_number == "00000014920268110015"


def test_the_gabinetes_programs_read_its_bookings(api: TestClient) -> None:
    slug = _agenda()
    start = _starts(api, slug)[0]
    code = _book(api, slug, start, **DEFENDER, preferences=["pcd"]).json()["code"]
    refused = api.get(f"/api/v1/agendas/{slug}/bookings")
    assert refused.status_code == 401

    def read(session: Session) -> list[tuple[str, str, list[str]]]:
        now = clock.now()
        span = slot_queries.parse_time_range("", "", now=now)
        found = staff_bookings.list_bookings(session, OPERATOR, slug, span, now=now)
        return [(one.code, one.requester, one.preferences) for one in found]

    assert db.read_sync(read) == [(code, "defensoria", ["pcd"])]
