"""Notices: published, changed, ended; a closure is one of them and closes the calendar."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import PUBLIC, Actor, Grant, Role
from canais_app.directory.models import Unit
from canais_app.expediente import posting
from canais_app.expediente.models import Notice
from canais_app.expediente.posting import NoticeForm
from canais_app.expediente.queries import load_calendar, load_notices_since
from canais_app.expediente.rules import Location, NoticeKind
from canais_app.kit import clock
from canais_app.kit.errors import (
    AuthenticationRequiredError,
    ConflictError,
    InvalidError,
    NotFoundError,
    PermissionDeniedError,
)
from canais_app.kit.forms import parse_form
from tests.factories import accounts as people
from tests.factories import directory as make
from tests.people import ADMIN, CHAMBERS_A, CORREGEDORIA, MANAGER_A, MANAGER_B, READER

Units = dict[str, Unit]
HOUR = timedelta(hours=1)


@pytest.fixture
def units(session: Session) -> Units:
    return make.make_small_directory(session)


@pytest.fixture
def ada(session: Session, now: datetime) -> Actor:
    return people.make_actor(session, ADMIN, now=now)


def notice_form(now: datetime, **more: Any) -> NoticeForm:
    sent = {"kind": "fechada", "text": "Sem energia elétrica", "starts_at": now, **more}
    return parse_form(NoticeForm, sent)


def place(unit: Unit) -> Location:
    return Location(unit.comarca_id, unit.id)


def test_a_closure_closes_a_unit_and_the_units_below_until_it_is_ended(
    session: Session, now: datetime, units: Units, ada: Actor
) -> None:
    closed = notice_form(now - HOUR, unit_id=units["jec"].id, act="Portaria 9/2026")
    uid = posting.publish_notice(session, ada, closed, now=now).uid
    for name in ("jec", "registry", "chambers"):
        state = load_calendar(session).open_state_at(now, place(units[name]))
        assert state.reason == "Sem energia elétrica (Portaria 9/2026)"
        assert state.next_change is None
    assert load_calendar(session).open_state_at(now, place(units["forum"])).is_open
    posting.end_notice(session, ada, uid, now=now + HOUR)
    session.flush()
    calendar = load_calendar(session)
    assert calendar.open_state_at(now + HOUR, place(units["registry"])).is_open
    assert not calendar.open_state_at(now, place(units["registry"])).is_open
    with pytest.raises(ConflictError):
        posting.end_notice(session, ada, uid, now=now + 2 * HOUR)


def test_a_unit_that_moves_under_a_closed_one_closes_with_it(
    session: Session, now: datetime, units: Units, ada: Actor
) -> None:
    posting.publish_notice(session, ada, notice_form(now, unit_id=units["jec"].id), now=now)
    assert load_calendar(session).open_state_at(now, place(units["sole"])).is_open
    units["sole"].path = f"{units['jec'].path}{units['sole'].id}/"
    session.add(units["sole"])
    session.flush()
    assert not load_calendar(session).open_state_at(now, place(units["sole"])).is_open


def test_a_suspension_of_deadlines_leaves_the_comarca_open(
    session: Session, now: datetime, units: Units, ada: Actor
) -> None:
    sinop = units["jec"].comarca_id
    posting.publish_notice(session, ada, notice_form(now, kind="prazos", comarca_id=sinop), now=now)
    calendar = load_calendar(session)
    here, there = (
        calendar.open_state_on(clock.to_local_day(now), place(units[n])) for n in ("jec", "civil")
    )
    assert (here.is_open, here.deadlines_suspended) == (True, True)
    assert (there.is_open, there.deadlines_suspended) == (True, False)


@pytest.mark.parametrize("kind", [NoticeKind.CHANGED, NoticeKind.MAINTENANCE])
def test_other_notices_close_nothing(
    session: Session, now: datetime, units: Units, ada: Actor, kind: str
) -> None:
    posting.publish_notice(
        session, ada, notice_form(now, kind=kind, unit_id=units["jec"].id), now=now
    )
    state = load_calendar(session).open_state_at(now, place(units["jec"]))
    assert (state.is_open, state.deadlines_suspended) == (True, False)


def test_every_change_is_audited_by_field(
    session: Session, now: datetime, units: Units, ada: Actor
) -> None:
    uid = posting.publish_notice(
        session, ada, notice_form(now, unit_id=units["jec"].id), now=now
    ).uid
    later = notice_form(now, unit_id=units["jec"].id, ends_at=now + 2 * HOUR, act="Portaria 9/2026")
    for _ in range(2):  # the same again changes nothing, and says nothing
        posting.edit_notice(session, ada, uid, later, now=now)
    posting.end_notice(session, ada, uid, now=now + HOUR)
    entries = session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all()
    assert [entry.action for entry in entries] == [
        "publicar aviso",
        "alterar aviso",
        "encerrar aviso",
    ]
    assert {entry.entity_id for entry in entries} == {uid}
    assert entries[0].changes["onde"] == ["", "Juizado Especial Cível de Sinop"]
    assert entries[1].changes == {
        "fim": ["sem previsão", "23/11/2026, 16h"],
        "ato": ["", "Portaria 9/2026"],
    }
    assert entries[2].changes == {"fim": ["23/11/2026, 16h", "23/11/2026, 15h"]}


def test_ending_a_future_notice_deletes_it(session: Session, now: datetime, ada: Actor) -> None:
    uid = posting.publish_notice(session, ada, notice_form(now + HOUR), now=now).uid
    posting.end_notice(session, ada, uid, now=now)
    session.flush()
    assert session.exec(select(Notice)).all() == []
    assert session.exec(select(AuditEntry.action)).all() == ["publicar aviso", "retirar aviso"]


def test_editing_an_older_version_conflicts(session: Session, now: datetime, ada: Actor) -> None:
    row = posting.publish_notice(session, ada, notice_form(now), now=now)
    first = row.updated_at
    posting.edit_notice(
        session, ada, row.uid, notice_form(now, text="Obras"), seen=first, now=now + HOUR
    )
    with pytest.raises(ConflictError):
        posting.edit_notice(
            session, ada, row.uid, notice_form(now, text="Luz"), seen=first, now=now + HOUR
        )
    assert row.text == "Obras"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("kind", {"kind": "feriado"}),
        ("text", {"text": ""}),
        ("text", {"text": "x" * 301}),
        ("act_url", {"act_url": "http://exemplo.invalid/1"}),
        ("act_url", {"act_url": "javascript:alert(1)"}),
        ("act_url", {"act_url": "https://"}),
        ("act_url", {"act_url": "https://exemplo.invalid/ 1"}),
        ("act_url", {"act_url": "https://[::1"}),
        ("unit_id", {"unit_id": 1, "comarca_id": 1}),
        ("channel_kind", {"channel_kind": "whatsapp"}),
        ("ends_at", {"ends_at": datetime(2026, 11, 23, tzinfo=clock.TZ)}),
        ("ends_at", {"ends_at": datetime(2090, 1, 1, tzinfo=clock.TZ)}),
        ("starts_at", {"starts_at": "2026-11-23T12:00"}),
    ],
)
def test_an_invalid_notice_gets_an_error_at_its_field(
    now: datetime, field: str, wrong: dict[str, Any]
) -> None:
    with pytest.raises(InvalidError) as refused:
        notice_form(now, **wrong)
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        (
            "ends_at",
            {
                "starts_at": datetime(2026, 1, 1, tzinfo=clock.TZ),
                "ends_at": datetime(2026, 1, 2, tzinfo=clock.TZ),
            },
        ),
        ("starts_at", {"starts_at": datetime(2090, 1, 1, tzinfo=clock.TZ)}),
        ("comarca_id", {"comarca_id": 9999}),
    ],
)
def test_a_past_notice_or_unknown_unit_is_refused(
    session: Session, now: datetime, ada: Actor, field: str, wrong: dict[str, Any]
) -> None:
    with pytest.raises(InvalidError) as refused:
        posting.publish_notice(session, ada, notice_form(**{"now": now, **wrong}), now=now)
    assert list(refused.value.errors) == [field]


def test_a_unit_manager_publishes_for_the_own_unit_but_closes_nothing(
    session: Session, now: datetime
) -> None:
    mauro = people.make_actor(session, MANAGER_A, now=now)
    unit = people.make_unit(session, "a", now=now)
    form = notice_form(now, kind="alterado", unit_id=unit.id)
    uid = posting.publish_notice(session, mauro, form, now=now).uid
    posting.edit_notice(
        session, mauro, uid, notice_form(now, kind="manutencao", unit_id=unit.id), now=now
    )
    with pytest.raises(PermissionDeniedError):
        posting.publish_notice(session, mauro, notice_form(now, unit_id=unit.id), now=now)
    with pytest.raises(PermissionDeniedError):
        posting.edit_notice(session, mauro, uid, notice_form(now, unit_id=unit.id), now=now)
    posting.end_notice(session, mauro, uid, now=now + HOUR)


def test_a_manager_cannot_find_another_units_notices(
    session: Session, now: datetime, ada: Actor
) -> None:
    bruna = people.make_actor(session, MANAGER_B, now=now)
    unit = people.make_unit(session, "a", now=now)
    form = notice_form(now, kind="alterado", unit_id=unit.id)
    uid = posting.publish_notice(session, ada, form, now=now).uid
    statewide = posting.publish_notice(session, ada, notice_form(now, kind="alterado"), now=now).uid
    refused = (
        lambda: posting.publish_notice(session, bruna, form, now=now),
        lambda: posting.publish_notice(session, bruna, notice_form(now, kind="alterado"), now=now),
        lambda: posting.publish_notice(
            session, bruna, notice_form(now, kind="alterado", comarca_id=1), now=now
        ),
        lambda: posting.publish_notice(
            session, bruna, notice_form(now, kind="alterado", unit_id=9999), now=now
        ),
        lambda: posting.edit_notice(session, bruna, uid, form, now=now),
        lambda: posting.end_notice(session, bruna, uid, now=now),
        lambda: posting.end_notice(session, bruna, statewide, now=now),
    )
    for attempt in refused:
        with pytest.raises(NotFoundError):
            attempt()


@pytest.mark.parametrize("person", [CORREGEDORIA, CHAMBERS_A, READER])
def test_publishing_needs_the_permission(
    session: Session, now: datetime, ada: Actor, person: Any
) -> None:
    uid = posting.publish_notice(session, ada, notice_form(now), now=now).uid
    actor = people.make_actor(session, person, now=now)
    for attempt in (
        lambda: posting.publish_notice(session, actor, notice_form(now, kind="alterado"), now=now),
        lambda: posting.end_notice(session, actor, uid, now=now),
        lambda: posting.edit_notice(session, actor, uid, notice_form(now), now=now),
    ):
        with pytest.raises(PermissionDeniedError):
            attempt()
    with pytest.raises(AuthenticationRequiredError):
        posting.publish_notice(session, PUBLIC, notice_form(now), now=now)


def test_notices_since_omits_ended_ones(session: Session, now: datetime) -> None:
    make.make_unit(session, "Vara")
    for text, start, end in (
        ("passado", now - 3 * HOUR, now - HOUR),
        ("agora mesmo", now - HOUR, now),
        ("em vigor", now - 2 * HOUR, now + HOUR),
        ("aberto", now - 4 * HOUR, None),
        ("futuro", now + HOUR, now + 2 * HOUR),
    ):
        make.make_notice(session, text, starts_at=start, ends_at=end)
    assert [row.text for row in load_notices_since(session, now)] == [
        "aberto",
        "em vigor",
        "futuro",
    ]


def test_a_manager_of_another_unit_is_refused_even_with_an_empty_path(
    session: Session, now: datetime
) -> None:
    """A unit without a place in the tree belongs to nobody's scope."""
    unit = make.make_unit(session, "Vara perdida")
    unit.path = ""
    session.flush()
    scoped = Actor(7, "Gestora", (Grant(Role.MANAGER, "/77/"),))
    with pytest.raises(NotFoundError):
        posting.publish_notice(
            session, scoped, notice_form(now, kind="alterado", unit_id=unit.id), now=now
        )


def test_a_closure_of_one_day_has_its_reopening_as_next_change(
    session: Session, now: datetime, units: Units, ada: Actor
) -> None:
    day = date(2026, 11, 24)
    closed = notice_form(
        clock.from_wall_clock(day, 0), ends_at=clock.from_wall_clock(date(2026, 11, 25), 0)
    )
    posting.publish_notice(session, ada, closed, now=now)
    state = load_calendar(session).open_state_at(
        clock.from_wall_clock(day, 14), place(units["jec"])
    )
    assert state.next_change == clock.from_wall_clock(date(2026, 11, 25), 12)
