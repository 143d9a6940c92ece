"""Filing a report: what is stored, counted, sent and refused."""

import re
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import Session, col, func, select

from canais_app.complaints import service
from canais_app.complaints.models import (
    Complaint,
    ComplaintEvent,
    ComplaintHour,
    PeopleHour,
    PersonReport,
)
from canais_app.complaints.schemas import parse_report
from canais_app.complaints.service import (
    FiledComplaint,
    count_me_too,
    file_complaint,
    forget_marks,
    reporter_fingerprint,
)
from canais_app.complaints.situations import engine
from canais_app.expediente.models import CalendarDay
from canais_app.kit import clock, db
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError, TooManyRequestsError
from canais_app.outbox.models import OutboxMessage
from tests.factories.complaints import file_report, make_court, make_report
from tests.factories.outbox import payload_of


def count(session: Session, table: type) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def test_a_protocol_has_the_year_and_a_number_that_is_not_sequential(
    session: Session, now: datetime
) -> None:
    court = make_court(session)
    first, second = (file_report(session, court, now).protocol for _ in range(2))
    assert re.fullmatch(r"2026-\d{8}", first)
    assert int(second[5:]) != int(first[5:]) + 1
    january = datetime(2027, 1, 7, 14, 0, tzinfo=clock.TZ)
    assert file_report(session, court, january).protocol.startswith("2027-")


def test_the_secret_is_stored_only_as_a_hash(session: Session, now: datetime) -> None:
    court = make_court(session)
    given = file_report(session, court, now)
    row = session.exec(select(Complaint)).one()
    assert len(given.secret) == 14
    assert given.secret not in str(row.model_dump())


def test_the_hour_of_the_failure_is_counted_not_the_hour_of_filing(
    session: Session, now: datetime
) -> None:
    court = make_court(session)
    earlier = now - timedelta(hours=3, minutes=20)
    file_report(session, court, now, occurred_at=earlier)
    file_report(session, court, now, occurred_at=earlier + timedelta(minutes=5))
    file_report(session, court, now)
    rows = session.exec(select(ComplaintHour).order_by(col(ComplaintHour.hour))).all()
    assert [(row.hour, row.count) for row in rows] == [
        (clock.hour_number(datetime(2026, 11, 23, 14, 0, tzinfo=UTC)), 2),
        (clock.hour_number(datetime(2026, 11, 23, 18, 0, tzinfo=UTC)), 1),
    ]


def test_an_anonymous_report_sends_nothing(session: Session, now: datetime) -> None:
    file_report(session, make_court(session), now)
    assert count(session, OutboxMessage) == 0


def test_an_identified_report_gets_a_receipt_with_both_codes(
    session: Session, now: datetime
) -> None:
    given = file_report(session, make_court(session), now, email="pessoa@exemplo.invalid")
    letter = session.exec(select(OutboxMessage)).one()
    assert letter.party == "reporter"
    assert given.protocol in payload_of(letter).text
    assert given.secret in payload_of(letter).text


def test_the_answer_is_due_on_an_open_day(session: Session, now: datetime) -> None:
    court = make_court(session)
    recess = CalendarDay(
        first_day=date(2026, 12, 20), last_day=date(2027, 1, 6), effect="closed", name="Recesso"
    )
    session.add(recess)
    session.flush()
    due = file_report(session, court, now).due_at  # 30 days on is 23 December
    assert clock.to_local(due).strftime("%Y-%m-%d %H:%M") == "2027-01-07 23:59"


def test_the_answer_is_due_thirty_days_on(session: Session) -> None:
    filed_at = datetime(2026, 11, 4, 23, 50, tzinfo=clock.TZ)
    due = file_report(session, make_court(session), filed_at).due_at
    assert clock.to_local(due).strftime("%Y-%m-%d %H:%M") == "2026-12-04 23:59"


def test_a_repeated_idempotency_key_stores_one_report(session: Session, now: datetime) -> None:
    court = make_court(session)
    first = file_report(session, court, now, idempotency_key="c0ffee-1")
    assert file_report(session, court, now, idempotency_key="c0ffee-1") == first
    assert count(session, Complaint) == 1
    assert count(session, ComplaintEvent) == 1


def test_another_report_with_the_same_key_is_refused(session: Session, now: datetime) -> None:
    court = make_court(session)
    file_report(session, court, now, idempotency_key="c0ffee-1")
    with pytest.raises(ConflictError):
        file_report(session, court, now, idempotency_key="c0ffee-1", text="Outra coisa")
    assert count(session, Complaint) == 1


def test_a_taken_protocol_is_drawn_again(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    court = make_court(session)
    taken = file_report(session, court, now).protocol
    drawn = iter([int(taken[5:]) - 10_000_000, 7])
    monkeypatch.setattr(secrets, "randbelow", lambda _below: next(drawn))
    assert file_report(session, court, now).protocol == "2026-10000007"


def test_emoji_stay_whole_and_changes_of_direction_go(now: datetime) -> None:
    said = parse_report({"unit": "x", "kind": "outro", "text": "👩🏽‍⚖️ \u202etxet\x00 🏴󠁢󠁲󠁭󠁴󠁿"}, now=now)
    assert said.text == "👩🏽‍⚖️ txet 🏴󠁢󠁲󠁭󠁴󠁿"


def test_all_errors_are_told_at_once_with_plain_keys(now: datetime) -> None:
    sent = {
        "unit": "",
        "kind": "caiu_no_meio",
        "text": "a" * 2001,
        "email": "x",
        "occurred_at": "2020-01-01T00:00:00Z",
        "site": "http://anuncio.invalid",
    }
    with pytest.raises(InvalidError) as refused:
        parse_report(sent, now=now)
    assert set(refused.value.errors) == {"unit", "channel", "text", "email", "site"}
    assert refused.value.errors["text"] == "Use até 2000 letras."
    with pytest.raises(InvalidError) as refused:
        parse_report({"unit": "x", "channel": "fax", "kind": "demora"}, now=now)
    assert set(refused.value.errors) == {"channel", "kind"}


def test_twenty_reports_and_me_too_of_one_address_are_one_person(
    session: Session, now: datetime
) -> None:
    court = make_court(session)
    mark = reporter_fingerprint("192.0.2.1", now=now)
    report = make_report(court, channel="telefone", kind="nao_atende")
    for _ in range(20):
        file_complaint(session, report, now=now, reporter=mark)
    assert not count_me_too(session, court.unit.slug, "telefone", now=now, reporter=mark)
    assert (count(session, Complaint), count(session, PersonReport)) == (20, 1)
    assert session.exec(select(PeopleHour.people)).one() == 1
    other = reporter_fingerprint("192.0.2.2", now=now)
    assert count_me_too(session, court.unit.slug, "telefone", now=now, reporter=other)
    assert session.exec(select(PeopleHour.people)).one() == 2


def test_a_failure_of_this_morning_counts_a_person_at_its_receipt(
    session: Session, now: datetime
) -> None:
    court = make_court(session)
    file_report(session, court, now, occurred_at=now - timedelta(hours=2))
    assert session.exec(select(PersonReport.received_at)).one() == now


def test_a_person_counts_for_as_long_as_alarms_look_back() -> None:
    assert service.PRESENT == engine.LONGEST


def test_a_failure_of_another_day_counts_nobody_for_the_alarms(
    session: Session, now: datetime
) -> None:
    court = make_court(session)
    mark = reporter_fingerprint("192.0.2.1", now=now)
    report = make_report(court, occurred_at=now - timedelta(days=20))
    file_complaint(session, report, now=now, reporter=mark)
    assert count(session, PersonReport) == 0
    assert count_me_too(session, court.unit.slug, "balcao_virtual", now=now, reporter=mark)


def test_a_person_counts_again_at_another_channel_or_day(session: Session, now: datetime) -> None:
    court = make_court(session)
    slug = court.unit.slug

    def count_at(channel: str, at: datetime) -> bool:
        mark = reporter_fingerprint("192.0.2.1", now=at)
        return count_me_too(session, slug, channel, now=at, reporter=mark)

    assert [count_at("telefone", now), count_at("telefone", now + timedelta(hours=1))] == [1, 0]
    assert count_at("whatsapp", now)
    assert count_at("telefone", now + timedelta(days=1))
    with pytest.raises(InvalidError):
        count_at("agendamento", now)


def test_marks_are_forgotten_after_48_hours_and_counts_stay(
    session: Session, now: datetime
) -> None:
    court = make_court(session)
    for address in ("192.0.2.1", "192.0.2.2"):
        mark = reporter_fingerprint(address, now=now)
        count_me_too(session, court.unit.slug, "telefone", now=now, reporter=mark)
    assert forget_marks(session, now=now + timedelta(hours=47)) == 0
    assert forget_marks(session, now=now + timedelta(hours=49)) == 2
    assert session.exec(select(PersonReport.mark)).all() == [None, None]
    assert session.exec(select(PeopleHour.people)).one() == 2


def test_a_channel_has_its_own_limit_per_person(
    session: Session, now: datetime, configure: Callable[..., None]
) -> None:
    court = make_court(session)
    configure(RATE_LIMITS="on")
    mark = reporter_fingerprint(f"192.0.2.{secrets.token_hex(4)}", now=now)
    for _ in range(6):
        file_complaint(session, make_report(court), now=now, reporter=mark)
    with pytest.raises(TooManyRequestsError):
        file_complaint(session, make_report(court), now=now, reporter=mark)
    report = make_report(court, channel="telefone", kind="nao_atende")
    assert file_complaint(session, report, now=now, reporter=mark).protocol


@pytest.mark.parametrize(
    ("ago", "sentence"),
    [
        (timedelta(hours=-1), "A falha precisa já ter acontecido."),
        (timedelta(days=31), "Relate falhas dos últimos 30 dias; as mais antigas, à Ouvidoria."),
    ],
)
def test_future_and_old_failures_are_refused(
    session: Session, now: datetime, ago: timedelta, sentence: str
) -> None:
    court = make_court(session)
    with pytest.raises(InvalidError) as refused:
        file_report(session, court, now, occurred_at=now - ago)
    assert refused.value.errors == {"occurred_at": sentence}
    assert count(session, Complaint) == 0


def test_an_unpublished_channel_is_refused(session: Session, now: datetime) -> None:
    court = make_court(session)
    with pytest.raises(InvalidError) as refused:
        file_report(session, court, now, channel="agendamento")
    assert "channel" in refused.value.errors


def test_a_wrong_contact_may_name_an_unpublished_channel(session: Session, now: datetime) -> None:
    court = make_court(session)
    assert file_report(session, court, now, channel="agendamento", kind="contato_errado").protocol


def test_an_unknown_unit_is_refused(session: Session, now: datetime) -> None:
    court = make_court(session)
    with pytest.raises(NotFoundError):
        file_report(session, court, now, unit="nao-existe")


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "a" * 2001},
        {"kind": "demora"},
        {"channel": "fax"},
        {"email": "sem arroba"},
        {"occurred_at": "2026-11-23T10:00:00"},
        {"unit": {}},
    ],
)
def test_invalid_fields_are_refused(
    session: Session, now: datetime, changes: dict[str, Any]
) -> None:
    court = make_court(session)
    with pytest.raises(ValidationError):
        make_report(court, **changes)


def test_a_reporters_fingerprint_changes_each_day(now: datetime) -> None:
    today = reporter_fingerprint("192.0.2.1", now=now)
    assert today == reporter_fingerprint("192.0.2.1", now=now)
    assert today != reporter_fingerprint("192.0.2.1", now=now + timedelta(days=1))
    assert today != reporter_fingerprint("192.0.2.2", now=now)
    assert "192.0.2.1" not in today


def test_concurrent_reports_get_distinct_protocols_and_an_exact_count(
    database: object, now: datetime
) -> None:
    court = db.write_sync(make_court)
    given: list[FiledComplaint] = []

    def file_five() -> None:
        given.extend(db.write_sync(file_complaint, make_report(court), now=now) for _ in range(5))

    rivals = [threading.Thread(target=file_five) for _ in range(8)]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()
    assert len({g.protocol for g in given}) == 40
    with db.read_transaction() as session:
        assert session.exec(select(ComplaintHour.count)).all() == [40]
