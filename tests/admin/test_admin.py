"""What administrators may do, and what nobody else may."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from canais_app.accounts import audit, queries, service
from canais_app.accounts.models import ApiToken, AuditEntry
from canais_app.accounts.roles import PUBLIC, Permission, Role
from canais_app.admin import records, staff
from canais_app.admin.records import AuditFilter
from canais_app.kit.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    NotPermittedError,
    NotSignedInError,
)
from canais_app.outbox import service as outbox
from canais_app.outbox.models import OutboxMessage
from tests.factories import accounts as factory
from tests.factories.outbox import letter
from tests.people import ADMIN, CHAMBERS_A, CORREGEDORIA, MANAGER_A, READER


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


# Each is called with a session, an actor and the time, whether it needs them or not.
CALLS: dict[str, Callable[..., Any]] = {
    "staff_list": lambda s, a, n: staff.staff_list(s, actor=a),
    "units_named": lambda s, a, n: staff.units_named(s, "unidade", actor=a),
    "suspend": lambda s, a, n: staff.suspend(s, 1, actor=a, now=n),
    "restore": lambda s, a, n: staff.restore(s, 1, actor=a, now=n),
    "remove_second_step": lambda s, a, n: staff.remove_second_step(s, 1, "x", actor=a, now=n),
    "open_sessions": lambda s, a, n: staff.open_sessions(s, actor=a, now=n),
    "end_session": lambda s, a, n: staff.end_session(s, 1, actor=a, now=n),
    "tokens": lambda s, a, n: staff.tokens(s, actor=a, now=n),
    "make_token": lambda s, a, n: staff.make_token(s, "x", [], 1, actor=a, now=n),
    "revoke_token": lambda s, a, n: staff.revoke_token(s, 1, actor=a, now=n),
    "set_grants": lambda s, a, n: service.set_grants(s, 1, [(Role.ADMIN, None)], actor=a, now=n),
    "create_staff": lambda s, a, n: service.create_staff(
        s, "x@exemplo.invalid", "X", "frase longa sem dono", [], actor=a, now=n
    ),
    "letters": lambda s, a, n: records.letters(s, actor=a),
    "letter": lambda s, a, n: records.letter(s, 1, actor=a, now=n),
    "retry_letter": lambda s, a, n: records.retry_letter(s, 1, actor=a, now=n),
    "letter_counts": lambda s, a, n: records.letter_counts(s, actor=a, now=n),
    "settings": lambda s, a, n: records.settings_in_force(actor=a),
    "audit_page": lambda s, a, n: records.audit_page(s, AuditFilter(), actor=a),
    "audit_chain": lambda s, a, n: records.audit_chain(s, actor=a),
    "audit_people": lambda s, a, n: records.audit_people(s, actor=a),
    "audit_actions": lambda s, a, n: records.audit_actions(s, actor=a),
    "audit_csv": lambda s, a, n: list(records.audit_csv(s, AuditFilter(), actor=a)),
}


@pytest.mark.parametrize("name", sorted(CALLS))
def test_every_service_refuses_strangers_and_other_roles(
    session: Session, now: datetime, name: str
) -> None:
    with pytest.raises(NotSignedInError):
        CALLS[name](session, PUBLIC, now)
    for person in (READER, CHAMBERS_A, MANAGER_A):
        actor = factory.actor(session, person, now=now)
        with pytest.raises(NotPermittedError):
            CALLS[name](session, actor, now)


def test_the_corregedoria_reads_the_record_and_nothing_else_of_administration(
    session: Session, now: datetime
) -> None:
    celia = factory.actor(session, CORREGEDORIA, now=now)
    assert records.audit_chain(session, actor=celia).holds
    with pytest.raises(NotPermittedError):
        staff.staff_list(session, actor=celia)


def test_suspending_ends_sessions_and_keys_at_once(session: Session, now: datetime) -> None:
    ada = factory.actor(session, ADMIN, now=now)
    factory.staff(session, CORREGEDORIA, now=now)
    cookie = factory.cookie(session, CORREGEDORIA, now=now)
    celia = queries.actor_of_cookie(session, cookie, now=now)
    assert celia.staff_id is not None
    staff.suspend(session, celia.staff_id, actor=ada, now=now)
    assert queries.actor_of_cookie(session, cookie, now=now) == PUBLIC
    staff.restore(session, celia.staff_id, actor=ada, now=now)
    assert service.find_candidate(session, CORREGEDORIA.email).staff_id == celia.staff_id


def test_nobody_suspends_their_own_account(session: Session, now: datetime) -> None:
    ada = factory.actor(session, ADMIN, now=now)
    assert ada.staff_id is not None
    with pytest.raises(ConflictError):
        staff.suspend(session, ada.staff_id, actor=ada, now=now)


def test_a_changed_role_holds_at_the_next_event_and_is_in_the_record(
    session: Session, now: datetime
) -> None:
    ada = factory.actor(session, ADMIN, now=now)
    factory.staff(session, READER, now=now)
    cookie = factory.cookie(session, READER, now=now)
    leo = queries.actor_of_cookie(session, cookie, now=now)
    assert leo.staff_id is not None
    service.set_grants(session, leo.staff_id, [], actor=ada, now=now)
    assert queries.actor_of_cookie(session, cookie, now=now).grants == ()
    row = records.audit_page(session, AuditFilter(acao="mudar perfis"), actor=ada).items[0]
    assert (row.actor, row.changes) == (ADMIN.name, "roles: leitura → nada")


def test_a_key_is_shown_once_and_stored_as_its_hash(session: Session, now: datetime) -> None:
    ada = factory.actor(session, ADMIN, now=now)
    key = staff.make_token(session, "Painel", [Permission.SEE_DASHBOARD], 30, actor=ada, now=now)
    assert session.exec(select(ApiToken)).one().token_hash != key
    assert key not in str(staff.tokens(session, actor=ada, now=now))
    assert key not in str(session.exec(select(AuditEntry)).all())


def test_a_key_may_do_only_what_it_was_made_for(session: Session, now: datetime) -> None:
    ada = factory.actor(session, ADMIN, now=now)
    key = staff.make_token(session, "Painel", [Permission.SEE_DASHBOARD], 30, actor=ada, now=now)
    program = queries.actor_of_token(session, key, now=now)
    assert program.can(Permission.SEE_DASHBOARD)
    assert not program.can(Permission.MANAGE_STAFF)
    with pytest.raises(NotPermittedError):
        staff.staff_list(session, actor=program)


def test_a_key_stops_when_it_expires_or_is_revoked(session: Session, now: datetime) -> None:
    ada = factory.actor(session, ADMIN, now=now)
    key = staff.make_token(session, "Painel", [Permission.SEE_DASHBOARD], 30, actor=ada, now=now)
    with pytest.raises(NotSignedInError):
        queries.actor_of_token(session, key, now=now + timedelta(days=30))
    number = staff.tokens(session, actor=ada, now=now)[0].id
    staff.revoke_token(session, number, actor=ada, now=now)
    with pytest.raises(NotSignedInError):
        queries.actor_of_token(session, key, now=now)


@pytest.mark.parametrize(
    ("name", "permissions", "days", "field"),
    [
        ("", [Permission.SEE_DASHBOARD], 30, "name"),
        ("Painel", [], 30, "permissions"),
        ("Painel", [Permission.OPEN_IDENTITY], 30, "permissions"),
        ("Painel", [Permission.SEE_DASHBOARD], 0, "days"),
        ("Painel", [Permission.SEE_DASHBOARD], 366, "days"),
    ],
)
def test_a_key_without_name_rights_or_end_is_refused(
    session: Session, now: datetime, name: str, permissions: list[Permission], days: int, field: str
) -> None:
    ada = factory.actor(session, ADMIN, now=now)
    with pytest.raises(InvalidError) as refused:
        staff.make_token(session, name, permissions, days, actor=ada, now=now)
    assert field in refused.value.errors


def test_a_letter_is_read_without_its_private_links_and_that_is_recorded(
    session: Session, now: datetime
) -> None:
    ada = factory.actor(session, ADMIN, now=now)
    secret = "k" * 43
    words = f"Crie: http://x/senha/{secret}\nCódigo K7QF-3M9T-XW2H\nVer /agendamento/{secret}"
    made = letter()
    outbox.enqueue(session, replace(made, context={**made.context, "words": words}), now=now)
    row = session.exec(select(OutboxMessage)).one()
    shown = records.letter(session, row.id or 0, actor=ada, now=now).text
    assert secret not in shown
    assert "K7QF" not in shown
    assert "/senha/[oculto]" in shown
    assert records.audit_actions(session, actor=ada) == ["ler mensagem"]


def test_a_failed_letter_goes_back_to_the_queue_and_a_sent_one_does_not(
    session: Session, now: datetime
) -> None:
    ada = factory.actor(session, ADMIN, now=now)
    failed = _letter(session, now, "um")
    sent = _letter(session, now, "dois", "sent")
    records.retry_letter(session, failed.id or 0, actor=ada, now=now)
    assert failed.status == "waiting"
    with pytest.raises(ConflictError):
        records.retry_letter(session, sent.id or 0, actor=ada, now=now)
    with pytest.raises(NotFoundError):
        records.retry_letter(session, 999, actor=ada, now=now)


def test_settings_are_shown_without_secrets(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from canais_app.settings import Settings

    hidden = "segredo-muito-bem-guardado-mesmo"
    made = Settings(
        secret_key=hidden,  # type: ignore[arg-type]
        smtp_url=f"smtp://ana:{hidden}@correio.invalid",  # type: ignore[arg-type]
        database_url=f"postgresql://ana:{hidden}@banco.invalid/canais",
        redis_url=f"redis://:{hidden}@redis.invalid",
    )
    monkeypatch.setattr(records, "settings", lambda: made)
    rows = records.settings_in_force(actor=factory.actor(session, ADMIN, now=now))
    assert hidden not in str(rows)
    assert ("CANAIS_PROFILE", "demo") in [(row.name, row.value) for row in rows]


def test_the_record_is_filtered_paged_and_exported(session: Session, now: datetime) -> None:
    ada = factory.actor(session, ADMIN, now=now)
    for number in range(records.PAGE + 10):
        audit.record(session, ada, "mudar", "unit", number, {"name": ["=1+1", "b"]}, now=now)
    first = records.audit_page(session, AuditFilter(acao="mudar"), actor=ada)
    second = records.audit_page(session, AuditFilter(acao="mudar"), first.next, actor=ada)
    assert (len(first.items), len(second.items), second.next) == (records.PAGE, 10, "")
    assert first.items[-1].id > second.items[0].id
    day = now.date()
    none = AuditFilter(ate=day - timedelta(days=1))
    assert records.audit_page(session, none, actor=ada).items == []
    assert len(records.audit_page(session, AuditFilter(de=day), actor=ada).items) == records.PAGE
    lines = list(records.audit_csv(session, AuditFilter(quem=ada.staff_id), actor=ada))
    assert len(lines) == records.PAGE + 11


def test_an_export_neutralises_formulas(session: Session, now: datetime) -> None:
    ada = factory.actor(session, ADMIN, now=now)
    audit.record(session, ada, "=HYPERLINK(1)", "unit", 1, {}, now=now)
    line = list(records.audit_csv(session, AuditFilter(), actor=ada))[1]
    assert ",'=HYPERLINK(1)," in line
