"""How old contacts are, and the letters that ask units to look at them."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from canais_app.accounts.roles import Actor
from canais_app.directory.editing import service as editing
from canais_app.directory.editing import verification
from canais_app.directory.models import Channel, Unit
from canais_app.kit.errors import InvalidError, PermissionDeniedError
from canais_app.kit.forms import parse_form
from canais_app.outbox.models import OutboxMessage
from tests.factories import accounts, directory
from tests.factories.outbox import payload_of
from tests.people import ADMIN, MANAGER_A


@pytest.fixture
def admin(session: Session, now: datetime) -> Actor:
    return accounts.make_actor(session, ADMIN, now=now)


def aged(session: Session, name: str, days: int | None, now: datetime, **more: object) -> Unit:
    """Store a unit whose two contacts were verified so many days ago (never when None)."""
    unit = directory.make_unit(session, name, **more)
    for row in session.exec(select(Channel).where(Channel.unit_id == unit.id)):
        row.verified_at = None if days is None else now - timedelta(days=days)
    session.flush()
    return unit


def letters(session: Session) -> list[OutboxMessage]:
    return list(session.exec(select(OutboxMessage)))


def test_each_contact_is_counted_once_by_its_age(
    session: Session, admin: Actor, now: datetime
) -> None:
    for name, days in (("Um", 90), ("Dois", 91), ("Três", 181), ("Quatro", None)):
        aged(session, name, days, now)
    aged(session, "Cinco", 1, now, place="Vera")
    aged(session, "Seis", None, now, active=False)
    rows = verification.load_age_table(session, actor=admin, now=now)
    assert [(row.name, row.counts, row.total) for row in rows] == [
        ("Sinop", [2, 2, 2, 2], 8),
        ("Vera", [2, 0, 0, 0], 2),
    ]
    assert rows[0].fresh_share == "25%"


def test_each_figure_opens_the_contacts_behind_it(
    session: Session, admin: Actor, now: datetime
) -> None:
    for name, days in (("Um", 10), ("Dois", 100), ("Três", None)):
        aged(session, name, days, now)
    for row in verification.load_age_table(session, actor=admin, now=now):
        for age, count in zip(verification.AGE_BANDS, row.counts, strict=True):
            behind = verification.list_stale_contacts(session, row.slug, age, actor=admin, now=now)
            assert len(behind) == count
    everything = verification.list_stale_contacts(session, "", "", actor=admin, now=now)
    assert [row.unit for row in everything][:2] == ["Três", "Três"]
    with pytest.raises(InvalidError):
        parse_form(verification.AgeFilter, {"idade": "ontem"})


def test_the_table_and_what_is_behind_it_are_files(
    session: Session, admin: Actor, now: datetime
) -> None:
    aged(session, "=cmd()", None, now)
    lines = "".join(verification.export_age_table_csv(session, actor=admin, now=now)).split("\r\n")
    assert lines[0] == "\ufeffcomarca;até 90 dias;91 a 180 dias;mais de 180 dias;nunca;total"
    assert lines[1] == "Sinop;0;0;0;2;2"
    behind = verification.export_stale_contacts_csv(session, "sinop", "nunca", actor=admin, now=now)
    assert ";'=cmd();" in "".join(behind)


def test_managers_do_not_see_the_whole_state(session: Session, now: datetime) -> None:
    accounts.make_unit(session, "a", now=now)
    manager = accounts.make_actor(session, MANAGER_A, now=now)
    with pytest.raises(PermissionDeniedError):
        verification.load_age_table(session, actor=manager, now=now)


def test_a_unit_is_asked_once_in_ninety_days(session: Session, now: datetime) -> None:
    aged(session, "Um", 90, now)
    aged(session, "Dois", 89, now)
    assert verification.send_verification_reminders(session, now=now) == 1
    assert verification.send_verification_reminders(session, now=now + timedelta(hours=1)) == 0
    assert [letter.recipient for letter in letters(session)] == ["um@exemplo.invalid"]
    assert verification.send_verification_reminders(session, now=now + timedelta(days=1)) == 1
    assert verification.send_verification_reminders(session, now=now + timedelta(days=90)) == 1


def test_the_letter_says_what_is_published_and_where_to_confirm(
    session: Session, now: datetime
) -> None:
    unit = aged(session, "Um", None, now)
    phone = session.exec(select(Channel).where(Channel.unit_id == unit.id)).first()
    verification.send_verification_reminders(session, now=now)
    letter = letters(session)[0]
    assert phone is not None
    assert payload_of(letter).subject == "Confira os contatos de Um"


def test_a_unit_that_confirmed_is_left_in_peace(
    session: Session, admin: Actor, now: datetime
) -> None:
    unit = aged(session, "Um", 200, now)
    editing.confirm_contacts(session, unit.code, actor=admin, now=now)
    assert verification.send_verification_reminders(session, now=now) == 0


def test_many_units_due_at_once_are_spread_over_nights(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "MAX_REMINDERS_PER_NIGHT", 2)
    for number in range(5):
        aged(session, f"Vara {number}", None, now)
    sent = [
        verification.send_verification_reminders(session, now=now + timedelta(days=day))
        for day in range(4)
    ]
    assert sent == [2, 2, 1, 0]


def test_a_unit_without_an_email_is_not_asked(session: Session, now: datetime) -> None:
    unit = aged(session, "Um", None, now)
    rows = session.exec(select(Channel).where(Channel.unit_id == unit.id)).all()
    rows[1].retired_at = now
    session.flush()
    assert verification.send_verification_reminders(session, now=now) == 0
