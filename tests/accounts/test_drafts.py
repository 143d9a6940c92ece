"""What staff type is kept for them alone, and is gone once it was sent."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError
from sqlmodel import Session

from canais_app import routes
from canais_app.accounts import cookies, drafts
from canais_app.accounts.drafts import DraftForm, SavedDraft
from canais_app.accounts.roles import PUBLIC, Actor
from canais_app.kit import clock, db
from canais_app.kit.errors import AuthenticationRequiredError, TooManyRequestsError
from tests.factories import accounts as factory
from tests.people import ADMIN, CORREGEDORIA
from tests.portal import shared_app

KEY = "resposta:2026-004183"


@pytest.fixture
def actor(session: Session, now: datetime) -> Actor:
    """A person of the Corregedoria."""
    return factory.make_actor(session, CORREGEDORIA, now=now)


def _save(session: Session, actor: Actor, text: str, typed_at: datetime, now: datetime) -> None:
    drafts.save_draft(
        session, DraftForm(key=KEY, text=text, typed_at=typed_at), actor=actor, now=now
    )


def _text(session: Session, actor: Actor) -> str:
    return drafts.load_draft(session, KEY, actor=actor).text


def test_a_draft_is_read_back_by_its_writer_only(
    session: Session, actor: Actor, now: datetime
) -> None:
    other = factory.make_actor(session, ADMIN, now=now)
    _save(session, actor, "O aparelho foi trocado.", now, now)
    assert _text(session, actor) == "O aparelho foi trocado."
    assert _text(session, other) == ""
    with pytest.raises(AuthenticationRequiredError):
        _text(session, PUBLIC)


def test_a_save_that_arrives_late_restores_nothing_that_was_sent(
    session: Session, actor: Actor, now: datetime
) -> None:
    _save(session, actor, "primeira", now, now)
    sent_at = now + timedelta(seconds=3)
    drafts.discard_draft(session, KEY, actor=actor, now=sent_at)
    _save(session, actor, "primeira versão", now + timedelta(seconds=2), sent_at)
    assert drafts.load_draft(session, KEY, actor=actor) == SavedDraft("", sent_at)
    _save(session, actor, "nova", now + timedelta(seconds=9), now + timedelta(seconds=10))
    assert _text(session, actor) == "nova"


def test_a_clock_that_is_ahead_does_not_block_later_drafts(
    session: Session, actor: Actor, now: datetime
) -> None:
    _save(session, actor, "adiantada", now + timedelta(hours=3), now)
    _save(session, actor, "depois", now + timedelta(seconds=5), now + timedelta(seconds=5))
    assert _text(session, actor) == "depois"


@pytest.mark.sqlite
def test_the_database_holds_no_readable_draft(database: Path, now: datetime) -> None:
    with db.write_transaction() as session:
        actor = factory.make_actor(session, CORREGEDORIA, now=now)
        _save(session, actor, "Maria ligou do 3000", clock.now(), clock.now())
    with sqlite3.connect(database) as connection:
        assert not [line for line in connection.iterdump() if "Maria" in line]
    connection.close()


def test_the_number_of_drafts_is_limited(
    session: Session, actor: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "MAX_DRAFTS", 1)
    _save(session, actor, "a", now, now)
    _save(session, actor, "b", now, now)
    with pytest.raises(TooManyRequestsError):
        drafts.save_draft(session, DraftForm(key="outra", text="c"), actor=actor, now=now)


def test_old_drafts_are_deleted(session: Session, actor: Actor, now: datetime) -> None:
    _save(session, actor, "velha", now, now)
    drafts.delete_old_drafts(session, now=now + drafts.RETENTION)
    assert _text(session, actor) == "velha"
    drafts.delete_old_drafts(session, now=now + drafts.RETENTION + timedelta(seconds=1))
    session.expire_all()
    assert _text(session, actor) == ""


@pytest.mark.parametrize("key", ["", "a b", "x" * 81, "5001-22/2026"])
def test_a_key_names_a_field(key: str) -> None:
    with pytest.raises(ValidationError):
        DraftForm(key=key)


@pytest.mark.parametrize("body", [b"[" * 60_000, b"\xff", b"[]"])
def test_a_body_that_is_no_form_is_refused(database: Path, body: bytes) -> None:
    with db.write_transaction() as session:
        factory.make_staff(session, ADMIN, now=clock.now())
        token = factory.open_session(session, ADMIN)
    client = TestClient(shared_app(), cookies={cookies.SESSION_COOKIE: token})
    assert client.post(routes.DRAFT, content=body).status_code == 422
