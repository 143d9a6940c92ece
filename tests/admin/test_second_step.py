"""Who lost their second step is let in again by an administrator who proves who they are."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.accounts import queries
from canais_app.accounts.models import AuditEntry, Staff
from canais_app.accounts.roles import PUBLIC, Actor
from canais_app.admin import staff
from canais_app.kit.encryption import encrypt
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError
from canais_app.outbox.models import OutboxMessage
from tests.factories import accounts as factory
from tests.factories.outbox import payload_of
from tests.people import ADMIN, CORREGEDORIA


def _lost(session: Session, now: datetime) -> Staff:
    row = factory.make_staff(session, CORREGEDORIA, now=now)
    row.totp_sealed, row.recovery_codes = encrypt("JBSWY3DPEHPK3PXP"), ["x"]
    session.add(row)
    session.flush()
    return row


@pytest.fixture
def admin(session: Session, now: datetime) -> Actor:
    factory.make_staff(session, ADMIN, now=now)
    return queries.actor_of_session_token(
        session, factory.open_session(session, ADMIN, now=now), now=now
    )


def test_removal_is_mailed_audited_and_ends_every_session(
    session: Session, now: datetime, admin: Actor
) -> None:
    lost = _lost(session, now)
    theirs = factory.open_session(session, CORREGEDORIA, now=now)
    staff.remove_second_step(
        session, lost.id or 0, factory.proof(session, admin), actor=admin, now=now
    )
    assert (lost.totp_sealed, lost.recovery_codes) == ("", [])
    assert queries.actor_of_session_token(session, theirs, now=now) == PUBLIC
    letter = session.exec(select(OutboxMessage)).one()
    assert letter.recipient == CORREGEDORIA.email
    assert "avise já a administração" in payload_of(letter).text
    entry = session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc())).first()
    assert entry is not None
    assert (entry.action, entry.actor_id) == ("retirar segunda etapa", admin.staff_id)


def test_a_wrong_password_changes_nothing(session: Session, now: datetime, admin: Actor) -> None:
    lost = _lost(session, now)
    with pytest.raises(InvalidError) as refusal:
        staff.remove_second_step(
            session, lost.id or 0, factory.proof(session, admin, "outra"), actor=admin, now=now
        )
    assert set(refusal.value.errors) == {"own_password"}
    assert lost.totp_sealed
    assert session.exec(select(OutboxMessage)).all() == []


def test_an_administrator_of_the_provider_needs_a_recent_sign_in(
    session: Session, now: datetime, admin: Actor
) -> None:
    lost = _lost(session, now)
    session.get_one(Staff, admin.staff_id).password_hash = ""
    for later, by in (
        (timedelta(minutes=11), admin),
        (timedelta(), replace(admin, session_id=None)),
    ):
        with pytest.raises(ConflictError, match="entre de novo"):
            staff.remove_second_step(
                session, lost.id or 0, factory.proof(session, by, ""), actor=by, now=now + later
            )
    soon = now + timedelta(minutes=9)
    staff.remove_second_step(
        session, lost.id or 0, factory.proof(session, admin, ""), actor=admin, now=soon
    )
    assert not lost.totp_sealed


def test_ones_own_or_none_at_all_is_refused(session: Session, now: datetime, admin: Actor) -> None:
    without = factory.make_staff(session, CORREGEDORIA, now=now)
    for person, wrong in (
        (admin.staff_id, ConflictError),
        (without.id, ConflictError),
        (9999, NotFoundError),
    ):
        with pytest.raises(wrong):
            staff.remove_second_step(
                session, person or 0, factory.proof(session, admin), actor=admin, now=now
            )
