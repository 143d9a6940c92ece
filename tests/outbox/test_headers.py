"""Headers of e-mails: threading, Reply-To, and no injection."""

import email
from datetime import datetime, timedelta
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses

import pytest
from aiosmtplib.email import flatten_message
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from canais_app.outbox import appointment_messages, messages, queue, service
from canais_app.outbox.delivery import MAIL_POLICY, compose_email
from tests.factories.outbox import make_appointment_context

EVIL = "x\r\nBcc: outro@exemplo.invalid\r\n\r\ncorpo"
TO: dict[messages.Party, str] = {
    "lawyer": "advogada@exemplo.invalid",
    "chambers": "gabinete@exemplo.invalid",
    "registry": "secretaria@exemplo.invalid",
}
OURS = {
    "subject", "from", "to", "reply-to", "date", "message-id", "in-reply-to", "references",
    "auto-submitted", "x-auto-response-suppress", "list-id", "mime-version", "content-type",
}  # fmt: skip


def sent(session: Session, now: datetime, kind: str = messages.BOOKED, **changes: object):  # noqa: ANN201
    """Return each party's mail as its reader parses the bytes."""
    words = make_appointment_context(now + timedelta(days=2), **changes)
    made = appointment_messages.build_appointment_messages(
        kind, words, TO, thread="appointment:5", uid=messages.generate_event_uid(), now=now
    )
    service.enqueue(session, *made, now=now)
    found: dict[str, EmailMessage] = {}
    while (letter := queue.claim_next(session, now=now)) is not None:
        raw = bytes(compose_email(letter, messages.render_message(queue.decrypt_message(letter))))
        found[letter.party] = email.message_from_bytes(raw, policy=default)  # type: ignore[assignment]
    return found


def test_a_reply_reaches_a_person(session: Session, now: datetime) -> None:
    mails = sent(session, now)
    assert {party: str(mail["Reply-To"]) for party, mail in mails.items()} == {
        "lawyer": "gabinete@exemplo.invalid",
        "chambers": "advogada@exemplo.invalid",
        "registry": "gabinete@exemplo.invalid",
    }
    body = mails["lawyer"].get_body(("plain",))
    assert body is not None
    assert "a resposta vai para gabinete@exemplo.invalid" in body.get_content()


def test_the_sender_is_one_address(session: Session, now: datetime) -> None:
    for mail in sent(session, now).values():
        raw = email.message_from_bytes(bytes(mail))  # as programs that know no RFC 6532 read it
        assert getaddresses([str(raw["From"])]) == [
            ("Canais de Atendimento TJMT", "nao-responda@canais.invalid")
        ]


def test_headers_mark_automatic_mail_and_allow_filtering(session: Session, now: datetime) -> None:
    mails = sent(session, now)
    assert all(mail["Auto-Submitted"] == "auto-generated" for mail in mails.values())
    assert mails["lawyer"]["List-Id"] is None
    assert "<agendamentos.canais.invalid>" in str(mails["chambers"]["List-Id"])


def test_the_date_header_is_in_the_courts_zone(session: Session, now: datetime) -> None:
    assert str(sent(session, now)["lawyer"]["Date"]) == "Mon, 23 Nov 2026 14:00:00 -0400"


def test_text_html_and_event_are_alternatives_and_the_event_is_attached(
    session: Session, now: datetime
) -> None:
    mail = sent(session, now)["lawyer"]
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar",
        "application/ics",
    ]  # fmt: skip
    event = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert event.get_param("method") == "REQUEST"
    assert event.get_param("charset") == "utf-8"
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "atendimento.ics"
    assert attached.get_payload(decode=True) == event.get_payload(decode=True)


@pytest.mark.parametrize("field", ["agenda", "unit", "lawyer", "oab", "subject", "code", "where"])
def test_no_field_can_add_a_header(session: Session, now: datetime, field: str) -> None:
    for mail in sent(session, now, **{field: EVIL}).values():
        assert {name.lower() for name in mail} <= OURS
        assert mail["Bcc"] is None
        assert len(str(mail["Subject"])) <= messages.MAX_SUBJECT_LENGTH


# Line ends of every kind, controls, direction marks, letters of many scripts.
@given(words=st.text(max_size=60))
def test_no_agenda_name_can_break_the_headers(words: str) -> None:
    moment = datetime.fromisoformat("2026-11-25T14:00:00-04:00")
    one = appointment_messages.build_appointment_messages(
        messages.BOOKED,
        make_appointment_context(moment, agenda=words, subject=words),
        {"lawyer": "a@exemplo.invalid"},
        thread="appointment:5",
        uid="u@canais.invalid",
        now=moment,
    )[0]
    mail = EmailMessage()
    mail["Subject"] = messages.render_message(one).subject
    mail.set_content("x")
    assert {name.lower() for name in email.message_from_bytes(bytes(mail))} == {
        "subject", "content-type", "content-transfer-encoding", "mime-version",
    }  # fmt: skip


def test_a_message_loads_no_remote_content(session: Session, now: datetime) -> None:
    for kind in (messages.BOOKED, messages.MOVED, messages.CANCELLED, messages.REMINDER):
        for mail in sent(session, now, kind, sequence=len(kind)).values():
            html = mail.get_body(("html",))
            assert html is not None
            words = html.get_content().lower()
            assert not any(w in words for w in ("<img", "src=", "url(", "@import", "<link", "<scr"))


UNITS = (
    "Gabinete da Vara da Fazenda Pública de Várzea Grande",
    "Secretaria do 1º Juizado Especial Cível de Cuiabá",
    "Gabinete da 3ª Vara de Família e Sucessões de Rondonópolis",
    "Núcleo de Justiça 4.0 – Execução Fiscal",
    "Gabinete 1",
)


def make_subjects() -> list[str]:
    """A thousand subjects as the templates write them, most with accents."""
    starts = ("Hoje, {n:02}/11/2026: {n} atendimentos", "Atendimento marcado: {n:02}/12 às 14h20")
    starts += ("Pedido não aceito: {n} às 9h", "Lembrete: atendimento em {n:03}", "Mudou a sala")
    return [
        f"{start.format(n=number)}, {unit}"
        for number in range(40)
        for start in starts
        for unit in UNITS
    ]


def test_a_thousand_subjects_fold_without_a_double_space() -> None:
    subjects = make_subjects()
    assert len(subjects) == 1000
    for subject in subjects:
        mail = EmailMessage(policy=MAIL_POLICY)
        mail["Subject"] = subject
        for raw in (bytes(mail), flatten_message(mail)):  # a file, and what SMTP sends
            assert all(len(line) <= 78 for line in raw.split(b"\r\n"))
            assert email.message_from_bytes(raw, policy=default)["Subject"] == subject
            older = email.message_from_bytes(raw)["Subject"]  # as RFC 2047 joins the words
            assert str(make_header(decode_header(older))) == subject


def test_every_template_has_a_subject_that_a_parser_reads_back(
    session: Session, now: datetime
) -> None:
    kinds = [kind for kind in vars(messages).values() if isinstance(kind, str)]
    tried = [kind for kind in kinds if kind.startswith("appointment_") and kind != messages.CHANGED]
    assert len(tried) >= 8
    for kind in tried:
        changes = {"agenda": UNITS[0], "until": now + timedelta(days=1)}
        for mail in sent(session, now, kind, **changes).values():
            assert "  " not in str(mail["Subject"])
            assert str(mail["Subject"]).endswith(UNITS[0])
        now += timedelta(seconds=1)
