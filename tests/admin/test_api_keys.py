"""A key of a program: shown once, no more than its maker may, for a time."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from canais_app.accounts import queries
from canais_app.accounts.models import ApiToken, AuditEntry
from canais_app.accounts.roles import Permission
from canais_app.admin import api_keys, staff
from canais_app.kit.errors import AuthenticationRequiredError, InvalidError, PermissionDeniedError
from tests.factories import accounts as factory
from tests.people import ADMIN


def test_a_key_is_shown_once_and_stored_as_its_hash(session: Session, now: datetime) -> None:
    ada = factory.make_actor(session, ADMIN, now=now)
    key = api_keys.create_api_key(
        session, "Painel", [Permission.SEE_DASHBOARD], 30, actor=ada, now=now
    )
    assert session.exec(select(ApiToken)).one().token_hash != key
    assert key not in str(api_keys.list_api_keys(session, actor=ada, now=now))
    assert key not in str(session.exec(select(AuditEntry)).all())


def test_a_key_has_only_its_own_permissions(session: Session, now: datetime) -> None:
    ada = factory.make_actor(session, ADMIN, now=now)
    key = api_keys.create_api_key(
        session, "Painel", [Permission.SEE_DASHBOARD], 30, actor=ada, now=now
    )
    program = queries.actor_of_token(session, key, now=now)
    assert program.can(Permission.SEE_DASHBOARD)
    assert not program.can(Permission.MANAGE_STAFF)
    with pytest.raises(PermissionDeniedError):
        staff.list_staff(session, actor=program)


def test_a_key_stops_when_it_expires_or_is_revoked(session: Session, now: datetime) -> None:
    ada = factory.make_actor(session, ADMIN, now=now)
    key = api_keys.create_api_key(
        session, "Painel", [Permission.SEE_DASHBOARD], 30, actor=ada, now=now
    )
    with pytest.raises(AuthenticationRequiredError):
        queries.actor_of_token(session, key, now=now + timedelta(days=30))
    number = api_keys.list_api_keys(session, actor=ada, now=now)[0].id
    api_keys.revoke_api_key(session, number, actor=ada, now=now)
    with pytest.raises(AuthenticationRequiredError):
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
    ada = factory.make_actor(session, ADMIN, now=now)
    with pytest.raises(InvalidError) as refused:
        api_keys.create_api_key(session, name, permissions, days, actor=ada, now=now)
    assert field in refused.value.errors
