"""Walk-ins: order of arrival, urgent ones first, transitions, permissions and retention."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import PUBLIC, Actor
from canais_app.agenda.chambers import walk_ins
from canais_app.agenda.chambers.walk_ins import WalkInForm, WalkInStatus
from canais_app.agenda.models import WalkIn
from canais_app.kit.errors import (
    AppError,
    AuthenticationRequiredError,
    ConflictError,
    InvalidError,
    NotFoundError,
    PermissionDeniedError,
)
from canais_app.kit.forms import parse_form
from tests.factories import accounts
from tests.factories import agenda as factory
from tests.people import CHAMBERS_A, CHAMBERS_B, CORREGEDORIA

MINUTE = timedelta(minutes=1)


@pytest.fixture
def graca(session: Session, now: datetime) -> Actor:
    return accounts.make_actor(session, CHAMBERS_A, now=now)


@pytest.fixture
def agenda_id(session: Session, now: datetime) -> int:
    return (
        factory.make_agenda(session, unit_id=accounts.make_unit(session, "a", now=now).id).id or 0
    )


def arrival(number: int, **more: object) -> WalkInForm:
    sent = {"name": f"Pessoa {'abcdefgh'[number]}", "oab_number": str(number + 1), "oab_uf": "MT"}
    return parse_form(WalkInForm, sent | more)


def test_people_are_called_by_order_of_arrival_and_urgent_ones_first(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    for number, urgent in enumerate((False, False, True, False, True)):
        walk_ins.add_walk_in(
            session, graca, agenda_id, arrival(number, urgent=urgent), now=now + number * MINUTE
        )
    found = walk_ins.list_walk_ins(session, agenda_id, now=now + timedelta(hours=1))
    assert [(one.name[-1], one.place, one.is_urgent) for one in found] == [
        ("c", 1, True),
        ("e", 2, True),
        ("a", 1, False),
        ("b", 2, False),
        ("d", 3, False),
    ]
    assert found[0].words == "chegou às 14h02, aguarda"


def test_attended_and_left_walk_ins_leave_the_list(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    first, second, third = (
        walk_ins.add_walk_in(session, graca, agenda_id, arrival(n), now=now) for n in range(3)
    )
    walk_ins.set_walk_in_status(session, graca, first, WalkInStatus.CALLED, now=now)
    walk_ins.set_walk_in_status(session, graca, first, WalkInStatus.ATTENDED, now=now)
    walk_ins.set_walk_in_status(session, graca, second, WalkInStatus.LEFT, now=now)
    assert [one.id for one in walk_ins.list_walk_ins(session, agenda_id, now=now)] == [third]
    with pytest.raises(ConflictError):
        walk_ins.set_walk_in_status(session, graca, first, WalkInStatus.WAITING, now=now)


def test_a_call_can_be_reverted(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    one = walk_ins.add_walk_in(session, graca, agenda_id, arrival(0), now=now)
    walk_ins.set_walk_in_status(session, graca, one, WalkInStatus.CALLED, now=now)
    assert walk_ins.list_walk_ins(session, agenda_id, now=now)[0].is_called
    walk_ins.set_walk_in_status(session, graca, one, WalkInStatus.WAITING, now=now)
    assert not walk_ins.list_walk_ins(session, agenda_id, now=now)[0].is_called


def test_an_oab_waits_once_a_day(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    one = walk_ins.add_walk_in(session, graca, agenda_id, arrival(0), now=now)
    with pytest.raises(ConflictError) as refusal:
        walk_ins.add_walk_in(session, graca, agenda_id, arrival(0), now=now)
    assert "oab_number" in refusal.value.errors
    walk_ins.set_walk_in_status(session, graca, one, WalkInStatus.LEFT, now=now)
    walk_ins.add_walk_in(session, graca, agenda_id, arrival(0), now=now + MINUTE)


def test_the_list_is_per_day(session: Session, graca: Actor, agenda_id: int, now: datetime) -> None:
    walk_ins.add_walk_in(session, graca, agenda_id, arrival(0), now=now)
    assert walk_ins.list_walk_ins(session, agenda_id, now=now + timedelta(days=1)) == []
    walk_ins.add_walk_in(session, graca, agenda_id, arrival(0), now=now + timedelta(days=1))


def test_another_gabinetes_list_does_not_exist(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    gil = accounts.make_actor(session, CHAMBERS_B, now=now)
    one = walk_ins.add_walk_in(session, graca, agenda_id, arrival(0), now=now)
    with pytest.raises(NotFoundError):
        walk_ins.add_walk_in(session, gil, agenda_id, arrival(1), now=now)
    with pytest.raises(NotFoundError):
        walk_ins.set_walk_in_status(session, gil, one, WalkInStatus.CALLED, now=now)


def test_other_roles_are_refused(session: Session, agenda_id: int, now: datetime) -> None:
    celia = accounts.make_actor(session, CORREGEDORIA, now=now)
    for actor, refusal in ((celia, PermissionDeniedError), (PUBLIC, AuthenticationRequiredError)):
        with pytest.raises(refusal):
            walk_ins.add_walk_in(session, actor, agenda_id, arrival(0), now=now)
        with pytest.raises(refusal):
            walk_ins.set_walk_in_status(session, actor, 999, WalkInStatus.CALLED, now=now)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"oab_number": "12x4"}, "oab_number"),
        ({"oab_uf": "XX"}, "oab_uf"),
        ({"name": "?"}, "name"),
        ({"subject": "x" * 201}, "subject"),
    ],
)
def test_a_wrong_field_gets_an_error(sent: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidError) as refusal:
        arrival(0, **sent)
    assert list(refusal.value.errors) == [field]


def test_every_change_is_audited_without_personal_data(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    one = walk_ins.add_walk_in(session, graca, agenda_id, arrival(0), now=now)
    walk_ins.set_walk_in_status(session, graca, one, WalkInStatus.CALLED, now=now)
    entries = session.exec(
        select(AuditEntry).where(AuditEntry.entity == "walk_in").order_by(col(AuditEntry.id))
    ).all()
    assert [entry.changes for entry in entries] == [
        {"status": ["", "waiting"]},
        {"status": ["waiting", "called"]},
    ]


def test_walk_ins_are_deleted_after_thirty_days(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    walk_ins.add_walk_in(session, graca, agenda_id, arrival(0), now=now - timedelta(days=31))
    walk_ins.add_walk_in(session, graca, agenda_id, arrival(1), now=now - timedelta(days=29))
    assert walk_ins.delete_old_walk_ins(session, now=now) == 1
    assert [row.oab for row in session.exec(select(WalkIn))] == ["MT000002"]


@pytest.mark.parametrize("status", ["", "rei", None, 3, {"a": 1}])
def test_an_invalid_transition_is_refused(
    session: Session, graca: Actor, agenda_id: int, now: datetime, status: object
) -> None:
    one = walk_ins.add_walk_in(session, graca, agenda_id, arrival(0), now=now)
    with pytest.raises(AppError):
        walk_ins.set_walk_in_status(session, graca, one, status, now=now)
