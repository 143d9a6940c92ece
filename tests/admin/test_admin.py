"""What administrators may do, and what nobody else may."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from pydantic import BaseModel
from sqlmodel import Session

from canais_app.accounts import queries, service
from canais_app.accounts.reauthentication import Proof
from canais_app.accounts.roles import PUBLIC, Role
from canais_app.admin import (
    api_keys,
    audit_queries,
    open_sessions,
    outbox_view,
    settings_view,
    staff,
)
from canais_app.admin.audit_queries import AuditFilter
from canais_app.admin.people.state import InviteForm, RoleForm
from canais_app.expediente.posting import NoticeForm
from canais_app.expediente.service import CalendarDayForm
from canais_app.kit.errors import (
    AuthenticationRequiredError,
    ConflictError,
    InvalidError,
    PermissionDeniedError,
)
from canais_app.kit.forms import parse_form
from tests.factories import accounts as factory
from tests.people import ADMIN, CHAMBERS_A, CORREGEDORIA, MANAGER_A, READER

# Each is called with a session, an actor and the time, whether it needs them or not.
CALLS: dict[str, Callable[..., Any]] = {
    "staff_list": lambda s, a, n: staff.list_staff(s, actor=a),
    "units_named": lambda s, a, n: staff.find_role_units(s, "unidade", actor=a),
    "suspend": lambda s, a, n: staff.suspend_staff(s, 1, actor=a, now=n),
    "restore": lambda s, a, n: staff.restore_staff(s, 1, actor=a, now=n),
    "remove_second_step": lambda s, a, n: staff.remove_second_step(
        s, 1, Proof("", is_valid=False), actor=a, now=n
    ),
    "open_sessions": lambda s, a, n: open_sessions.list_open_sessions(s, actor=a, now=n),
    "end_session": lambda s, a, n: open_sessions.end_any_session(s, 1, actor=a, now=n),
    "tokens": lambda s, a, n: api_keys.list_api_keys(s, actor=a, now=n),
    "make_token": lambda s, a, n: api_keys.create_api_key(s, "x", [], 1, actor=a, now=n),
    "revoke_token": lambda s, a, n: api_keys.revoke_api_key(s, 1, actor=a, now=n),
    "set_grants": lambda s, a, n: service.set_grants(s, 1, [(Role.ADMIN, None)], actor=a, now=n),
    "letters": lambda s, a, n: outbox_view.list_messages(s, actor=a),
    "letter": lambda s, a, n: outbox_view.read_message(s, 1, actor=a, now=n),
    "retry_letter": lambda s, a, n: outbox_view.retry_failed_message(s, 1, actor=a, now=n),
    "letter_counts": lambda s, a, n: outbox_view.count_by_status(s, actor=a, now=n),
    "settings": lambda s, a, n: settings_view.list_settings(actor=a),
    "audit_page": lambda s, a, n: audit_queries.list_entries(s, AuditFilter(), actor=a),
    "audit_chain": lambda s, a, n: audit_queries.verify_chain_view(s, actor=a),
    "audit_people": lambda s, a, n: audit_queries.list_actors(s, actor=a),
    "audit_actions": lambda s, a, n: audit_queries.list_actions(s, actor=a),
    "audit_csv": lambda s, a, n: list(audit_queries.csv_chunks(s, AuditFilter(), actor=a)),
}


@pytest.mark.parametrize("name", sorted(CALLS))
def test_every_service_refuses_anonymous_and_other_roles(
    session: Session, now: datetime, name: str
) -> None:
    with pytest.raises(AuthenticationRequiredError):
        CALLS[name](session, PUBLIC, now)
    for person in (READER, CHAMBERS_A, MANAGER_A):
        actor = factory.make_actor(session, person, now=now)
        with pytest.raises(PermissionDeniedError):
            CALLS[name](session, actor, now)


def test_suspending_ends_sessions_and_keys_at_once(session: Session, now: datetime) -> None:
    ada = factory.make_actor(session, ADMIN, now=now)
    factory.make_staff(session, CORREGEDORIA, now=now)
    cookie = factory.open_session(session, CORREGEDORIA, now=now)
    celia = queries.actor_of_session_token(session, cookie, now=now)
    assert celia.staff_id is not None
    staff.suspend_staff(session, celia.staff_id, actor=ada, now=now)
    assert queries.actor_of_session_token(session, cookie, now=now) == PUBLIC
    staff.restore_staff(session, celia.staff_id, actor=ada, now=now)
    assert service.find_sign_in_candidate(session, CORREGEDORIA.email).staff_id == celia.staff_id


def test_nobody_suspends_their_own_account(session: Session, now: datetime) -> None:
    ada = factory.make_actor(session, ADMIN, now=now)
    assert ada.staff_id is not None
    with pytest.raises(ConflictError):
        staff.suspend_staff(session, ada.staff_id, actor=ada, now=now)


def test_a_changed_role_applies_at_the_next_event_and_is_audited(
    session: Session, now: datetime
) -> None:
    ada = factory.make_actor(session, ADMIN, now=now)
    factory.make_staff(session, READER, now=now)
    cookie = factory.open_session(session, READER, now=now)
    leo = queries.actor_of_session_token(session, cookie, now=now)
    assert leo.staff_id is not None
    service.set_grants(session, leo.staff_id, [], actor=ada, now=now)
    assert queries.actor_of_session_token(session, cookie, now=now).grants == ()
    row = audit_queries.list_entries(session, AuditFilter(acao="mudar perfis"), actor=ada).items[0]
    assert (row.actor, row.changes) == (ADMIN.name, "perfis: leitura → nada")


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (InviteForm, "unit"),
        (RoleForm, "unit"),
        (NoticeForm, "unit_id"),
        (NoticeForm, "comarca_id"),
        (CalendarDayForm, "comarca_id"),
    ],
)
def test_an_id_that_no_database_holds_is_refused(model: type[BaseModel], field: str) -> None:
    with pytest.raises(InvalidError) as refusal:
        parse_form(model, {field: str(10**20)})
    assert field in refusal.value.errors
