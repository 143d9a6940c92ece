"""Invitations and recoveries: one link, one use, a short life."""

import asyncio
import re
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.accounts import password_links, passwords, queries, service
from canais_app.accounts.models import OneTimeLink, Staff
from canais_app.accounts.passwords import hash_password
from canais_app.accounts.roles import PUBLIC, SYSTEM, Role
from canais_app.kit.errors import (
    AuthenticationRequiredError,
    ConflictError,
    InvalidError,
    NotFoundError,
    PermissionDeniedError,
)
from canais_app.outbox.models import OutboxMessage
from tests.factories import accounts as factory
from tests.factories.outbox import payload_of
from tests.people import ADMIN, CHAMBERS_A, PASSWORD, SUSPENDED

NEW = "nova frase que ninguem sabe"


def _token(session: Session) -> str:
    """Return the link in the latest letter."""
    letter = session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id).desc())).first()
    assert letter is not None
    found = re.search(r"/senha/([\w-]+)", payload_of(letter).text)
    assert found is not None
    return found[1]


def _invite(session: Session, now: datetime, email: str = "novo@exemplo.invalid") -> int:
    return password_links.invite_staff(
        session, email, "Novo Servidor", [(Role.READER, None)], actor=SYSTEM, now=now
    )


def test_an_invited_person_sets_a_password_and_can_sign_in(session: Session, now: datetime) -> None:
    number = _invite(session, now)
    assert service.find_sign_in_candidate(session, "novo@exemplo.invalid").staff_id is None
    password_links.redeem_link(session, _token(session), hash_password(NEW), now=now)
    found = service.find_sign_in_candidate(session, "novo@exemplo.invalid")
    assert found.staff_id == number
    assert passwords.verify_password(NEW, found.password_hash)[0]


def test_a_link_is_good_once(session: Session, now: datetime) -> None:
    _invite(session, now)
    token = _token(session)
    password_links.redeem_link(session, token, hash_password(NEW), now=now)
    with pytest.raises(NotFoundError):
        password_links.redeem_link(session, token, hash_password(NEW), now=now)
    with pytest.raises(NotFoundError):
        password_links.load_link(session, token, now=now)


def test_a_refused_password_does_not_use_the_link_up(session: Session, now: datetime) -> None:
    _invite(session, now)
    token = _token(session)
    session.commit()
    with pytest.raises(InvalidError):
        asyncio.run(password_links.set_password(token, "curta", "curta", now=now))
    asyncio.run(password_links.set_password(token, NEW, NEW, now=now))


@pytest.mark.parametrize("later", [timedelta(days=3), timedelta(days=30)])
def test_an_invitation_is_over_after_three_days(
    session: Session, now: datetime, later: timedelta
) -> None:
    _invite(session, now)
    with pytest.raises(NotFoundError):
        password_links.load_link(session, _token(session), now=now + later)


def test_a_second_invitation_ends_the_first(session: Session, now: datetime) -> None:
    number = _invite(session, now)
    first = _token(session)
    password_links.resend_invitation(session, number, actor=SYSTEM, now=now)
    assert _token(session) != first
    with pytest.raises(NotFoundError):
        password_links.load_link(session, first, now=now)


def test_the_link_is_stored_as_its_hash(session: Session, now: datetime) -> None:
    _invite(session, now)
    stored = session.exec(select(OneTimeLink)).one().token_hash
    assert stored != _token(session)
    assert len(stored) == 64


def test_only_administrators_invite(session: Session, now: datetime) -> None:
    graca = factory.make_actor(session, CHAMBERS_A, now=now)
    roles = [(Role.ADMIN, None)]
    for actor, refusal in ((graca, PermissionDeniedError), (PUBLIC, AuthenticationRequiredError)):
        with pytest.raises(refusal):
            password_links.invite_staff(
                session, "x@exemplo.invalid", "X", roles, actor=actor, now=now
            )
    assert session.exec(select(Staff).where(col(Staff.email) == "x@exemplo.invalid")).all() == []


def test_an_address_has_one_account(session: Session, now: datetime) -> None:
    _invite(session, now)
    with pytest.raises(ConflictError):
        _invite(session, now, "NOVO@exemplo.invalid")


def test_a_scoped_role_needs_its_unit(session: Session, now: datetime) -> None:
    with pytest.raises(InvalidError):
        password_links.invite_staff(
            session, "x@exemplo.invalid", "X", [(Role.CHAMBERS, None)], actor=SYSTEM, now=now
        )
    with pytest.raises(NotFoundError):
        password_links.invite_staff(
            session, "y@exemplo.invalid", "Y", [(Role.CHAMBERS, 99)], actor=SYSTEM, now=now
        )


def test_recovery_sets_a_new_password_and_ends_every_session(
    session: Session, now: datetime
) -> None:
    factory.make_staff(session, ADMIN, now=now)
    cookie = factory.open_session(session, ADMIN, now=now)
    password_links.request_recovery(session, f" {ADMIN.email.upper()}", now=now)
    password_links.redeem_link(session, _token(session), hash_password(NEW), now=now)
    assert queries.actor_of_session_token(session, cookie, now=now) == PUBLIC
    stored = service.find_sign_in_candidate(session, ADMIN.email).password_hash
    assert not passwords.verify_password(PASSWORD, stored)[0]


@pytest.mark.parametrize("email", ["ninguem@exemplo.invalid", SUSPENDED.email, ""])
def test_recovery_writes_to_nobody_without_an_open_account(
    session: Session, now: datetime, email: str
) -> None:
    factory.make_staff(session, SUSPENDED, now=now)
    password_links.request_recovery(session, email, now=now)
    assert session.exec(select(OutboxMessage)).all() == []


def test_recovery_does_not_flood_a_mailbox(session: Session, now: datetime) -> None:
    factory.make_staff(session, ADMIN, now=now)
    for second in range(20):
        password_links.request_recovery(session, ADMIN.email, now=now + timedelta(seconds=second))
    assert len(session.exec(select(OutboxMessage)).all()) == 1


def test_a_suspended_person_cannot_come_back_by_an_old_link(
    session: Session, now: datetime
) -> None:
    number = _invite(session, now)
    session.get_one(Staff, number).status = "suspended"
    with pytest.raises(NotFoundError):
        password_links.redeem_link(session, _token(session), hash_password(NEW), now=now)
