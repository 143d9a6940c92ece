"""The content of each message for each party."""

from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from sqlmodel import Session

from canais_app.outbox import appointment_messages, messages, service
from canais_app.outbox.appointment_messages import Alternative, WaitlistContext
from canais_app.outbox.messages import Message, make_message_id, render_message
from tests.factories.outbox import CASE_NUMBER, make_appointment_context, make_message

KINDS = (messages.BOOKED, messages.MOVED, messages.CANCELLED, messages.REMINDER)
ASKING = (messages.TO_CONFIRM, messages.PENDING, messages.REFUSED, messages.OFFERED)


def letters(kind: str, now: datetime, **changes: object) -> dict[str, Message]:
    made = appointment_messages.build_appointment_messages(
        kind,
        make_appointment_context(now + timedelta(days=2), **changes),
        {
            "lawyer": "advogada@exemplo.invalid",
            "chambers": "gabinete@exemplo.invalid",
            "registry": "secretaria@exemplo.invalid",
        },
        thread="appointment:12",
        uid=messages.generate_event_uid(),
        now=now,
    )
    return {one.party: one for one in made}


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_lawyer_and_the_chambers_read_the_case_number(kind: str, now: datetime) -> None:
    for party, one in letters(kind, now).items():
        words = render_message(one)
        everything = words.subject + words.text + words.html + words.ics.replace("\r\n ", "")
        assert (CASE_NUMBER in everything) == (party != "registry")


def test_the_secretaria_gets_only_name_and_time(now: datetime) -> None:
    one = letters(messages.BOOKED, now)["registry"]
    everything = repr(render_message(one)) + render_message(one).ics.replace("\r\n ", "")
    assert "Advogada de Demonstração" in everything
    for private in ("Despacho urgente", "advogada@exemplo", "3000-0001", "video.invalid"):
        assert private not in everything


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_lawyer_gets_the_private_page(kind: str, now: datetime) -> None:
    for party, one in letters(kind, now).items():
        words = render_message(one)
        everything = words.subject + words.text + words.html + words.ics.replace("\r\n ", "")
        wanted = party == "lawyer" and kind != messages.CANCELLED
        assert ("agendamento/segredo" in words.text) == wanted
        assert ("agendamento/segredo" in everything) == (party == "lawyer")


def test_a_party_without_an_address_gets_no_message(now: datetime) -> None:
    made = appointment_messages.build_appointment_messages(
        messages.BOOKED,
        make_appointment_context(now),
        {"lawyer": "advogada@exemplo.invalid", "registry": ""},
        thread="appointment:12",
        uid=messages.generate_event_uid(),
        now=now,
    )
    assert [one.party for one in made] == ["lawyer"]


def test_times_are_in_the_zone_of_cuiaba(now: datetime) -> None:
    words = render_message(letters(messages.BOOKED, now)["lawyer"])
    assert (
        "quarta-feira, 25 de novembro de 2026\ndas 14h às 14h20 (horário de Cuiabá)" in words.text
    )
    assert words.subject == (
        "Atendimento marcado: 25/11/2026 às 14h, Gabinete da 1ª Vara Cível de Sinop"
    )


def test_input_cannot_become_markup_or_a_header(now: datetime) -> None:
    one = letters(messages.BOOKED, now, agenda="<b>Gabinete</b>\r\nBcc: x@exemplo.invalid")
    words = render_message(one["lawyer"])
    assert "<b>Gabinete" not in words.html
    assert "\n" not in words.subject
    assert "\r" not in words.subject


def test_a_cancellation_has_the_reason_and_the_alternatives(now: datetime) -> None:
    other = Alternative(now + timedelta(days=3), "https://portal.invalid/agendamento/outro")
    until = now + timedelta(days=2)
    given = {"cancelled_by": "chambers", "cancel_reason": "Sessão extraordinária; remarque, sim?"}
    one = letters(messages.CANCELLED, now, alternatives=(other,), until=until, **given)
    words = render_message(one["lawyer"])
    assert "Motivo: Sessão extraordinária; remarque, sim?" in words.text
    assert "- quinta-feira, 26 de novembro de 2026, às 14h (horário de Cuiabá)" in words.text
    assert "  https://portal.invalid/agendamento/outro" in words.text
    assert "até quarta-feira, 25 de novembro de 2026, às 14h" in words.text
    assert 'href="https://portal.invalid/agendamento/outro"' in words.html
    chambers = render_message(one["chambers"])
    assert "agendamento/outro" not in chambers.text + chambers.html


@pytest.mark.parametrize("kind", ASKING)
def test_unconfirmed_appointments_have_no_calendar_event(kind: str, now: datetime) -> None:
    made = letters(kind, now, until=now + timedelta(hours=2), cancel_reason="Férias")
    assert set(made) == ({"lawyer", "chambers"} if kind == messages.PENDING else {"lawyer"})
    for party, one in made.items():
        words = render_message(one)
        assert not words.ics
        assert ("agendamento/segredo" in words.text + words.html) == (
            party == "lawyer" and kind != messages.REFUSED
        )


def test_a_reserved_slot_has_its_deadline(now: datetime) -> None:
    until = now + timedelta(hours=2)
    for kind in (messages.TO_CONFIRM, messages.OFFERED):
        words = render_message(letters(kind, now, until=until)["lawyer"])
        assert "segunda-feira, 23 de novembro de 2026, às 16h (horário de Cuiabá)" in words.text


def test_a_waitlist_message_has_the_days_and_the_private_page(now: datetime) -> None:
    said = WaitlistContext(
        agenda="Gabinete",
        unit="1ª Vara",
        lawyer="Advogada",
        oab="OAB/MT 123",
        first_day=now.date(),
        last_day=now.date() + timedelta(days=4),
        page_url="https://portal.invalid/fila/segredo",
    )
    one = Message(messages.WAITLISTED, "waitlist:1", "lawyer", "a@exemplo.invalid", asdict(said))
    words = render_message(one)
    assert "entre 23/11/2026 e 27/11/2026" in words.text
    assert "Ver ou sair da fila:\nhttps://portal.invalid/fila/segredo" in words.text


def test_a_missing_template_value_is_an_error(now: datetime) -> None:
    with pytest.raises(UndefinedError):
        render_message(Message(messages.BOOKED, "appointment:1", "lawyer", "a@exemplo.invalid", {}))


def test_every_kind_has_both_templates() -> None:
    folder = Path(messages.__file__).parent / "templates"
    plain = {p.name.removesuffix(".txt.j2") for p in folder.glob("[a-z]*.txt.j2")}
    html = {p.name.removesuffix(".html.j2") for p in folder.glob("[a-z]*.html.j2")}
    assert plain == html
    for name in plain:
        first = (folder / f"{name}.txt.j2").read_text("utf-8").split("\n")[0]
        assert first.startswith(messages.SUBJECT_PREFIX), name


def test_a_message_id_depends_on_the_message_and_its_sequence(now: datetime) -> None:
    one = letters(messages.MOVED, now, sequence=1)["lawyer"]
    assert make_message_id(one) == make_message_id(
        letters(messages.MOVED, now, sequence=1)["lawyer"]
    )
    assert make_message_id(one) != make_message_id(
        letters(messages.MOVED, now, sequence=2)["lawyer"]
    )
    assert make_message_id(one) != make_message_id(
        letters(messages.MOVED, now, sequence=1)["chambers"]
    )


def test_a_message_enqueued_twice_is_stored_once(session: Session, now: datetime) -> None:
    service.enqueue(session, make_message(), now=now)
    service.enqueue(session, make_message(), make_message(), now=now)
    assert service.count_messages(session, now=now).waiting == 1


def test_a_stored_phone_is_shown_in_national_format(now: datetime) -> None:
    words = render_message(letters(messages.BOOKED, now, phone="+556530000001")["chambers"])
    assert "Telefone: (65) 3000-0001" in words.text
    assert "(65) 3000-0001" in words.html


def test_requests_for_an_answer_expire(now: datetime) -> None:
    until = now + timedelta(hours=1)
    for kind in (messages.OFFERED, messages.TO_CONFIRM):
        assert letters(kind, now, until=until)["lawyer"].until == until
    assert letters(messages.REMINDER, now)["lawyer"].until == now + timedelta(days=2)
    assert letters(messages.BOOKED, now)["lawyer"].until is None
