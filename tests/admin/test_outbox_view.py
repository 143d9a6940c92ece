"""The letters of the outbox as administrators read them and send them again."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlmodel import Session, select

from canais_app.admin import audit_queries, outbox_view
from canais_app.kit.errors import ConflictError, NotFoundError
from canais_app.outbox import service as outbox
from canais_app.outbox.models import OutboxMessage
from tests.factories import accounts as factory
from tests.factories.outbox import make_message
from tests.people import ADMIN


def _letter(session: Session, now: datetime, text: str, status: str = "failed") -> OutboxMessage:
    row = OutboxMessage(
        message_id=f"<{text[:20]}@teste>",
        thread="staff:1",
        party="staff",
        kind="staff_invitation",
        recipient="novo@exemplo.invalid",
        subject="Seu acesso",
        text=text,
        status=status,
        created_at=now,
        due_at=now,
    )
    session.add(row)
    session.flush()
    return row


def test_a_message_is_read_without_private_links_and_audited(
    session: Session, now: datetime
) -> None:
    ada = factory.make_actor(session, ADMIN, now=now)
    secret = "k" * 43
    words = f"Crie: http://x/senha/{secret}\nCódigo K7QF-3M9T-XW2H\nVer /agendamento/{secret}"
    made = make_message()
    outbox.enqueue(session, replace(made, context={**made.context, "words": words}), now=now)
    row = session.exec(select(OutboxMessage)).one()
    shown = outbox_view.read_message(session, row.id or 0, actor=ada, now=now).text
    assert secret not in shown
    assert "K7QF" not in shown
    assert "/senha/[oculto]" in shown
    assert audit_queries.list_actions(session, actor=ada) == ["ler mensagem"]


def test_only_a_failed_message_can_be_retried(session: Session, now: datetime) -> None:
    ada = factory.make_actor(session, ADMIN, now=now)
    failed = _letter(session, now, "um")
    sent = _letter(session, now, "dois", "sent")
    outbox_view.retry_failed_message(session, failed.id or 0, actor=ada, now=now)
    assert failed.status == "waiting"
    with pytest.raises(ConflictError):
        outbox_view.retry_failed_message(session, sent.id or 0, actor=ada, now=now)
    with pytest.raises(NotFoundError):
        outbox_view.retry_failed_message(session, 999, actor=ada, now=now)
