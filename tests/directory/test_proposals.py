"""“Informação errada? Avise”: what a visitor says, how it reaches the unit, what comes of it."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import Actor
from canais_app.directory.editing import corrections
from canais_app.directory.editing import service as editing
from canais_app.directory.editing.change_log import ChangeContext
from canais_app.directory.editing.schemas import CorrectionForm
from canais_app.directory.models import Channel, ContactProposal
from canais_app.kit import limits
from canais_app.kit.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    PermissionDeniedError,
    TooManyRequestsError,
)
from canais_app.kit.forms import parse_form
from canais_app.outbox.models import OutboxMessage
from canais_app.settings import settings
from tests.factories import accounts
from tests.people import ADMIN, MANAGER_A, MANAGER_B, READER

OLD, RIGHT = "+556530000001", "(65) 3000-0002"


@pytest.fixture
def manager(session: Session, now: datetime) -> Actor:
    accounts.make_unit(session, "a", now=now)
    accounts.make_unit(session, "b", now=now)
    return accounts.make_actor(session, MANAGER_A, now=now)


@pytest.fixture
def channel(session: Session, manager: Actor, now: datetime) -> Channel:
    unit_id = accounts.make_unit(session, "a", now=now).id or 0
    row = Channel(unit_id=unit_id, kind="telefone", value=OLD)
    session.add(row)
    session.flush()
    return row


def propose(session: Session, row: Channel, now: datetime, **sent: object) -> None:
    given = {"channel": row.id, "wrong": "valor", "value": RIGHT, **sent}
    draft = parse_form(CorrectionForm, given)
    corrections.propose_correction(session, "unidade-a", draft, address="198.51.100.7", now=now)


def letters(session: Session) -> list[OutboxMessage]:
    return list(session.exec(select(OutboxMessage).order_by("id")))


def only(session: Session) -> ContactProposal:
    return session.exec(select(ContactProposal)).one()


def test_the_units_desk_sees_both_values_side_by_side(
    session: Session, manager: Actor, channel: Channel, now: datetime
) -> None:
    propose(session, channel, now, note="Toca até cair")
    row = corrections.list_open_corrections(session, actor=manager)[0]
    assert (row.channel, row.current, row.proposed) == ("Telefone", "(65) 3000-0001", RIGHT)
    assert row.note == "Toca até cair"
    admin = accounts.make_actor(session, ADMIN, now=now)
    assert len(corrections.list_open_corrections(session, actor=admin)) == 1
    assert (
        corrections.list_open_corrections(
            session, actor=accounts.make_actor(session, MANAGER_B, now=now)
        )
        == []
    )
    with pytest.raises(PermissionDeniedError):
        corrections.list_open_corrections(
            session, actor=accounts.make_actor(session, READER, now=now)
        )


def test_accepting_changes_verifies_and_tells(
    session: Session, manager: Actor, channel: Channel, now: datetime
) -> None:
    propose(session, channel, now, email="ana@exemplo.invalid")
    said = corrections.accept_correction(session, only(session).id or 0, actor=manager, now=now)
    assert said == "Telefone corrigido: (65) 3000-0002."
    assert (channel.value, channel.verified_by) == ("+556530000002", manager.name)
    assert session.exec(select(AuditEntry.action)).all() == ["aceitar correção"]
    row = only(session)
    assert (row.status, row.settled_by, row.emails) == ("aceita", manager.name, [])
    assert [letter.recipient for letter in letters(session)] == ["ana@exemplo.invalid"]


def test_refusing_needs_a_reason_that_its_author_reads(
    session: Session, manager: Actor, channel: Channel, now: datetime
) -> None:
    propose(session, channel, now, email="ana@exemplo.invalid")
    number = only(session).id or 0
    with pytest.raises(InvalidError):
        corrections.refuse_correction(session, number, " ", actor=manager, now=now)
    corrections.refuse_correction(session, number, "Este é o da portaria", actor=manager, now=now)
    assert channel.value == OLD
    assert only(session).status == "recusada"
    assert letters(session)[0].kind == "correction_settled"
    with pytest.raises(ConflictError, match="já foi recusada por Mauro"):
        corrections.accept_correction(session, number, actor=manager, now=now)


def test_a_channel_that_is_no_more_is_retired(
    session: Session, manager: Actor, channel: Channel, now: datetime
) -> None:
    propose(session, channel, now, wrong="extinto", value="")
    propose(session, channel, now)
    gone = session.exec(select(ContactProposal.id).where(ContactProposal.wrong == "extinto")).one()
    corrections.accept_correction(session, gone or 0, actor=manager, now=now)
    assert channel.retired_at is not None
    other = session.exec(select(ContactProposal).where(ContactProposal.wrong == "valor")).one()
    assert (other.status, other.reason) == ("recusada", "o canal deixou de existir")


def test_the_same_said_twice_is_one_proposal_of_two(
    session: Session, manager: Actor, channel: Channel, now: datetime
) -> None:
    propose(session, channel, now, email="ana@exemplo.invalid")
    propose(session, channel, now, email="bia@exemplo.invalid", value="65 3000 0002")
    assert corrections.list_open_corrections(session, actor=manager)[0].people == "2"
    corrections.accept_correction(session, only(session).id or 0, actor=manager, now=now)
    assert {letter.recipient for letter in letters(session)} == {
        "ana@exemplo.invalid",
        "bia@exemplo.invalid",
    }
    assert len({letter.message_id for letter in letters(session)}) == 2


def test_a_correction_made_by_hand_answers_who_proposed_it(
    session: Session, manager: Actor, channel: Channel, now: datetime
) -> None:
    propose(session, channel, now, email="ana@exemplo.invalid")
    editing.correct_channel(
        session, channel, {"value": "+556530000002"}, "editar canal", ChangeContext(manager, now)
    )
    assert only(session).status == "aceita"
    assert len(letters(session)) == 1


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"value": "3000-0002"}, "value"),
        ({"value": ""}, "value"),
        ({"value": "(65) 3000-0001"}, "value"),
        ({"email": "ana@"}, "email"),
        ({"wrong": "feio"}, "wrong"),
        ({"note": "x" * 301}, "note"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    session: Session, channel: Channel, now: datetime, sent: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        propose(session, channel, now, **sent)
    assert set(refused.value.errors) == {field}
    assert session.exec(select(ContactProposal)).all() == []


def test_only_a_published_channel_of_the_unit_can_be_wrong(
    session: Session, channel: Channel, now: datetime
) -> None:
    with pytest.raises(NotFoundError):
        propose(session, channel, now, channel=999)
    channel.retired_at = now
    session.flush()
    with pytest.raises(NotFoundError):
        propose(session, channel, now)


def test_another_units_manager_settles_nothing(
    session: Session, channel: Channel, now: datetime
) -> None:
    propose(session, channel, now)
    stranger = accounts.make_actor(session, MANAGER_B, now=now)
    for knock in (
        lambda: corrections.accept_correction(
            session, only(session).id or 0, actor=stranger, now=now
        ),
        lambda: corrections.refuse_correction(
            session, only(session).id or 0, "não é", actor=stranger, now=now
        ),
    ):
        with pytest.raises(NotFoundError):
            knock()


def test_one_address_proposes_ten_times_an_hour(
    session: Session, channel: Channel, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        limits, "settings", lambda: settings().model_copy(update={"rate_limits": "on"})
    )
    limits.counters.cache_clear()
    for number in range(10):
        propose(session, channel, now, value=f"(65) 3000-10{number:02d}")
    with pytest.raises(TooManyRequestsError):
        propose(session, channel, now)


def test_addresses_of_those_who_wait_too_long_are_forgotten(
    session: Session, channel: Channel, now: datetime
) -> None:
    propose(session, channel, now - timedelta(days=200), email="ana@exemplo.invalid")
    assert corrections.anonymise_corrections(session, before=now - timedelta(days=180)) == 1
    assert only(session).emails == []
    assert corrections.anonymise_corrections(session, before=now - timedelta(days=180)) == 0
