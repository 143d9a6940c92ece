"""Every kind of letter, for each of its parties, as a mail program reads it."""

import email
import re
from datetime import datetime, timedelta
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sqlmodel import Session

import canais_app.outbox
from canais_app.kit import text
from canais_app.kit.clock import TZ
from canais_app.outbox import messages, queue, service
from canais_app.outbox.delivery import compose_email
from canais_app.outbox.messages import Message
from tests.calendars import read_with_ical_js, read_with_icalendar
from tests.factories.letters import list_letters

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=TZ)
LETTERS = list(list_letters(NOW))
EACH = pytest.mark.parametrize("letter", LETTERS, ids=lambda one: f"{one.kind}-{one.party}")
ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:)]")
DATE = re.compile(r"até \w+-?\w*, (\d{1,2})º? de (\w+) de (\d{4}), às (\d{1,2})h(\d{2})?")


class Words(HTMLParser):
    """The words and links of an HTML part, and its elements that are not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: set[str] = set()
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links |= {value for name, value in attrs if name == "href" and value}
        if tag not in {"br", "meta"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def parse(session: Session, letter: Message) -> tuple[EmailMessage, bytes]:
    """Return the only letter that waits as a program reads the bytes, and these."""
    service.enqueue(session, letter, now=NOW)
    claimed = queue.claim_next(session, now=letter.due_at or NOW)
    assert claimed is not None
    written = messages.render_message(queue.decrypt_message(claimed))
    raw = bytes(compose_email(claimed, written))
    return email.message_from_bytes(raw, policy=default), raw  # type: ignore[return-value]


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return body.get_content()


def test_no_kind_is_missing() -> None:
    folder = Path(canais_app.outbox.__file__).parent / "templates"
    kinds = {path.name.partition(".")[0] for path in folder.glob("[a-z]*.txt.j2")}
    assert {letter.kind for letter in LETTERS} == kinds
    assert len(LETTERS) >= 47


@EACH
def test_it_reads_the_same_as_text_and_as_html(session: Session, letter: Message) -> None:
    mail, raw = parse(session, letter)
    plain, html = part(mail, "plain"), part(mail, "html")
    page = Words(html)
    assert page.open == []
    shown = " ".join(" ".join(page.said).split())
    assert set(ADDRESS.findall(plain)) == page.links
    for words in (plain, shown, str(mail["Subject"])):
        assert not re.search(r"None|Undefined|\{[{%]|\$moment", words)
        assert "  " not in words.replace("\n  ", "\n")
    assert 'lang="pt-BR"' in html
    assert all(len(line) <= 998 for line in raw.splitlines())
    older = email.message_from_bytes(raw)["Subject"]  # as RFC 2047 joins the words
    assert str(make_header(decode_header(older))) == mail["Subject"]


@EACH
def test_it_states_no_deadline_that_has_passed(letter: Message) -> None:
    for later in (NOW, NOW + timedelta(hours=41), NOW + timedelta(days=2, hours=23)):
        if letter.sent_until is not None and letter.sent_until <= later:
            continue  # it is not sent any more
        if letter.kind == messages.OVERDUE:
            continue  # about a term of the gabinete's that has passed
        _, plain = messages.render_plain_text(messages.drop_passed_deadlines(letter, later))
        for day, month, year, hour, minute in DATE.findall(plain.replace("\n", " ")):
            number = text.MONTH_NAMES.index(month) + 1
            until = datetime(int(year), number, int(day), int(hour), int(minute or 0), tzinfo=TZ)
            assert until > later, plain


@EACH
def test_its_event_is_one_for_both_parsers(session: Session, letter: Message) -> None:
    if letter.event is None:
        return
    mail, _ = parse(session, letter)
    attached = [
        one.get_content().decode()
        for one in mail.iter_attachments()
        if one.get_content_type() == "application/ics"
    ]
    assert len(attached) == 1
    ours, theirs = read_with_icalendar(attached), read_with_ical_js(attached)
    assert ours == theirs
    (event,) = ours[0]["events"]
    cancelled = letter.kind == messages.CANCELLED
    assert event["method"] == ("CANCEL" if cancelled else "REQUEST")
