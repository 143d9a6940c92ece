"""Units and channels edited by people: who may, what is kept, what is refused, what is undone."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import Actor
from canais_app.directory.editing import history, locks, verification, views
from canais_app.directory.editing import service as editing
from canais_app.directory.editing.schemas import BaseVersion, ChannelForm, UnitForm
from canais_app.directory.errors import StaleVersionError, UnitMovedError
from canais_app.directory.models import Channel, DirectoryVersion, FormerSlug, Unit, UnitChange
from canais_app.directory.queries import load_unit_card
from canais_app.kit.errors import (
    AuthenticationRequiredError,
    ConflictError,
    InvalidError,
    NotFoundError,
    PermissionDeniedError,
)
from canais_app.kit.forms import parse_form
from tests.factories import accounts, directory
from tests.people import ADMIN, CHAMBERS_A, MANAGER_A, MANAGER_B, READER

CODE = "TEST-a"


@pytest.fixture
def manager(session: Session, now: datetime) -> Actor:
    accounts.make_unit(session, "a", now=now)
    accounts.make_unit(session, "b", now=now)
    return accounts.make_actor(session, MANAGER_A, now=now)


def unit_of(session: Session, code: str = CODE) -> Unit:
    return session.exec(select(Unit).where(Unit.code == code)).one()


def draft(session: Session, **changed: str) -> UnitForm:
    return parse_form(UnitForm, {**views.unit_form_values(unit_of(session)), **changed})


def basis(row: Unit | Channel, seen: int = 0) -> BaseVersion:
    return BaseVersion(version=row.version, seen=seen or row.version)


def phone(session: Session, value: str = "(65) 3000-0001", **more: str) -> ChannelForm:
    return parse_form(ChannelForm, {"kind": "telefone", "value": value, **more})


def add_phone(session: Session, actor: Actor, now: datetime, value: str = "6530000001") -> Channel:
    return editing.add_channel(session, CODE, phone(session, value), actor=actor, now=now)


# --- who ----------------------------------------------------------------------------------


def test_a_manager_edits_their_unit_and_another_units_does_not_exist_for_them(
    session: Session, manager: Actor, now: datetime
) -> None:
    saved = editing.save_unit(
        session, CODE, draft(session, room="12"), basis(unit_of(session)), actor=manager, now=now
    )
    assert saved.room == "12"
    stranger = accounts.make_actor(session, MANAGER_B, now=now)
    with pytest.raises(NotFoundError):
        editing.save_unit(
            session, CODE, draft(session), basis(unit_of(session)), actor=stranger, now=now
        )


def test_nobody_else_edits_units(session: Session, manager: Actor, now: datetime) -> None:
    for person in (CHAMBERS_A, READER):
        actor = accounts.make_actor(session, person, now=now)
        with pytest.raises(PermissionDeniedError):
            add_phone(session, actor, now)
    with pytest.raises(AuthenticationRequiredError):
        add_phone(session, Actor(), now)


# --- what is kept --------------------------------------------------------------------------


def test_each_field_is_kept_with_what_it_was(
    session: Session, manager: Actor, now: datetime
) -> None:
    sent = draft(
        session, address="Praça 1", day0="8h às 14h", has_rampa="sim", note_rampa="lateral"
    )
    unit = editing.save_unit(session, CODE, sent, basis(unit_of(session)), actor=manager, now=now)
    kept = {row.field: row for row in session.exec(select(UnitChange))}
    assert set(kept) == {"address", "hours", "accessibility"}
    assert (kept["address"].before, kept["address"].after) == ("", "Praça 1")
    assert kept["address"].actor == manager.name
    assert unit.version == 2
    assert unit.hours["0"] == [["08:00", "14:00"]]
    entry = session.exec(select(AuditEntry)).one()
    assert entry.action == "editar unidade"
    assert entry.changes["Endereço"] == ["nada", "Praça 1"]
    assert entry.changes["Acessibilidade"][1] == "Rampa de acesso: sim (lateral)"


def test_a_change_renews_the_directory_and_reaches_open_pages(
    session: Session, manager: Actor, now: datetime
) -> None:
    before = session.get_one(DirectoryVersion, 1).token
    add_phone(session, manager, now)
    assert session.get_one(DirectoryVersion, 1, populate_existing=True).token != before
    assert {"directory:all", "contacts:all", f"editor:{unit_of(session).id}"} <= session.info[
        "topics"
    ]


def test_saving_without_a_change_leaves_no_trace(
    session: Session, manager: Actor, now: datetime
) -> None:
    unit = unit_of(session)
    editing.save_unit(session, CODE, draft(session), basis(unit), actor=manager, now=now)
    assert unit.version == 1
    assert session.exec(select(UnitChange)).all() == []


def test_a_corrected_contact_is_verified_by_who_corrected_it(
    session: Session, manager: Actor, now: datetime
) -> None:
    channel = add_phone(session, manager, now)
    channel.verified_at, channel.verified_by = None, ""
    later = now + timedelta(minutes=1)
    sent = phone(session, "0800 647 1420", note="só à tarde")
    editing.save_channel(
        session, CODE, channel.id or 0, sent, basis(channel), actor=manager, now=later
    )
    assert channel.value == "+558006471420"
    assert (channel.verified_at, channel.verified_by) == (later, manager.name)


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("telefone", "3000-0001", "DDD"),
        ("whatsapp", "abc", "telefone"),
        ("email", "secretaria", "e-mail"),
        ("balcao_virtual", "http://a.com.br", "https"),
        ("fax", "6530000001", "opções"),
    ],
)
def test_a_contact_must_be_one_of_its_kind(kind: str, value: str, words: str) -> None:
    with pytest.raises(InvalidError) as refused:
        parse_form(ChannelForm, {"kind": kind, "value": value})
    assert words in " ".join(refused.value.errors.values())


def test_each_wrong_field_has_one_sentence() -> None:
    sent = {"name": "x", "kind": "castelo", "day1": "19-12", "day2": "de manhã", "room": "y" * 99}
    with pytest.raises(InvalidError) as refused:
        parse_form(UnitForm, sent)
    assert set(refused.value.errors) == {"name", "kind", "day1", "day2", "room"}
    assert all(one.endswith(".") for one in refused.value.errors.values())


def test_a_unit_has_each_contact_once(session: Session, manager: Actor, now: datetime) -> None:
    add_phone(session, manager, now)
    with pytest.raises(InvalidError, match="1 campo") as refused:
        add_phone(session, manager, now)
    assert "já tem este contato" in refused.value.errors["value"]


def test_a_retired_channel_leaves_the_card_and_stays_in_the_history(
    session: Session, manager: Actor, now: datetime
) -> None:
    channel = add_phone(session, manager, now)
    assert "3000-0001" in load_unit_card(session, "unidade-a", now=now).channels[0].value
    editing.retire_channel(session, CODE, channel.id or 0, actor=manager, now=now)
    assert load_unit_card(session, "unidade-a", now=now).channels == []
    rows = history.load_history(session, unit_of(session), limit=20).rows
    assert [row.what for row in rows] == ["Telefone · Situação", "Telefone · Criação"]


def test_channels_of_a_kind_change_places(session: Session, manager: Actor, now: datetime) -> None:
    for number in range(1, 4):
        last = add_phone(session, manager, now, f"653000000{number}")
    for _ in range(5):
        editing.reorder_channel(session, CODE, last.id or 0, up=True, actor=manager, now=now)
    rows = editing.list_channels_of_kind(session, last.unit_id, "telefone")
    assert [row.value[-1] for row in rows] == ["3", "1", "2"]


def test_confirming_verifies_every_contact_at_once(
    session: Session, manager: Actor, now: datetime
) -> None:
    for number in (1, 2):
        add_phone(session, manager, now - timedelta(days=200), f"653000000{number}")
    unit = unit_of(session)
    assert (
        verification.verification_age(editing.list_channels_in_use(session, unit.id or 0), now).tone
        == "bad"
    )
    assert editing.confirm_contacts(session, CODE, actor=manager, now=now) == 2
    assert (
        verification.verification_age(editing.list_channels_in_use(session, unit.id or 0), now).tone
        == "ok"
    )
    entry = session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc())).first()
    assert entry is not None
    assert entry.action == "confirmar contatos"


# --- names --------------------------------------------------------------------------------


def rename(session: Session, actor: Actor, name: str, now: datetime) -> Unit:
    sent = draft(session, name=name)
    return editing.save_unit(session, CODE, sent, basis(unit_of(session)), actor=actor, now=now)


def test_a_renamed_unit_is_found_at_its_former_address(
    session: Session, manager: Actor, now: datetime
) -> None:
    unit = rename(session, manager, "Vara da Infância", now)
    assert (unit.slug, unit.former_names) == ("vara-da-infancia", ["Unidade A"])
    with pytest.raises(UnitMovedError) as moved:
        load_unit_card(session, "unidade-a", now=now)
    assert moved.value.slug == "vara-da-infancia"


def test_a_former_address_is_never_given_to_another_unit(
    session: Session, manager: Actor, now: datetime
) -> None:
    rename(session, manager, "Vara da Infância", now)
    other = accounts.make_actor(session, MANAGER_B, now=now)
    sent = parse_form(UnitForm, {"name": "Unidade A", "kind": "gabinete"})
    row = editing.save_unit(
        session, "TEST-b", sent, basis(unit_of(session, "TEST-b")), actor=other, now=now
    )
    assert row.slug == "unidade-a-2"


def test_a_name_taken_up_again_takes_its_address_back(
    session: Session, manager: Actor, now: datetime
) -> None:
    rename(session, manager, "Vara da Infância", now)
    unit = rename(session, manager, "Unidade A", now)
    assert (unit.slug, unit.former_names) == ("unidade-a", ["Vara da Infância"])
    session.flush()
    assert [row.slug for row in session.exec(select(FormerSlug))] == ["vara-da-infancia"]


# --- the lock ------------------------------------------------------------------------------


def test_the_lock_lasts_fifteen_minutes_and_is_renewed_by_its_holder(
    session: Session, manager: Actor, now: datetime
) -> None:
    admin = accounts.make_actor(session, ADMIN, now=now)
    locks.acquire(session, CODE, actor=manager, now=now)
    with pytest.raises(
        ConflictError, match="Mauro, gestor de A está editando esta unidade até 14h15"
    ):
        locks.acquire(session, CODE, actor=admin, now=now + timedelta(minutes=14))
    held = locks.acquire(session, CODE, actor=manager, now=now + timedelta(minutes=14))
    assert held.until == "14h29"
    taken = locks.acquire(session, CODE, actor=admin, now=now + timedelta(minutes=29))
    assert taken.name == admin.name


def test_nobody_saves_into_what_another_is_editing(
    session: Session, manager: Actor, now: datetime
) -> None:
    admin = accounts.make_actor(session, ADMIN, now=now)
    locks.acquire(session, CODE, actor=admin, now=now)
    with pytest.raises(ConflictError, match="continua aqui"):
        add_phone(session, manager, now)
    locks.release(session, CODE, actor=admin)
    assert add_phone(session, manager, now).id


def test_only_the_holder_gives_the_lock_back(
    session: Session, manager: Actor, now: datetime
) -> None:
    admin = accounts.make_actor(session, ADMIN, now=now)
    locks.acquire(session, CODE, actor=manager, now=now)
    locks.release(session, CODE, actor=admin)
    assert locks.load_holder(session, unit_of(session).id or 0, now=now).name == manager.name


# --- what two people change ----------------------------------------------------------------


def test_a_stale_save_is_refused_with_both_values(
    session: Session, manager: Actor, now: datetime
) -> None:
    read = basis(unit_of(session))
    mine, theirs = draft(session, room="1"), draft(session, room="2")
    editing.save_unit(session, CODE, theirs, read, actor=manager, now=now)
    with pytest.raises(StaleVersionError) as refused:
        editing.save_unit(session, CODE, mine, read, actor=manager, now=now)
    clash = refused.value.clashes[0]
    assert (clash.name, clash.theirs, clash.yours, clash.who) == ("Sala", "2", "1", manager.name)
    assert unit_of(session).room == "2"


def test_whoever_saw_both_values_may_still_decide(
    session: Session, manager: Actor, now: datetime
) -> None:
    read = basis(unit_of(session))
    mine = draft(session, room="1")
    editing.save_unit(session, CODE, draft(session, room="2"), read, actor=manager, now=now)
    seen = BaseVersion(version=read.version, seen=unit_of(session).version)
    editing.save_unit(session, CODE, mine, seen, actor=manager, now=now)
    assert unit_of(session).room == "1"


def test_fields_that_only_one_of_two_changed_both_stay(
    session: Session, manager: Actor, now: datetime
) -> None:
    read = basis(unit_of(session))
    mine = draft(session, address="Praça 1")
    editing.save_unit(session, CODE, draft(session, room="2"), read, actor=manager, now=now)
    editing.save_unit(session, CODE, mine, read, actor=manager, now=now)
    unit = unit_of(session)
    assert (unit.address, unit.room) == ("Praça 1", "2")


def test_a_stale_channel_is_refused_too(session: Session, manager: Actor, now: datetime) -> None:
    channel = add_phone(session, manager, now)
    read = basis(channel)
    for value in ("6530000002", "6530000003"):
        sent = phone(session, value)
        if value.endswith("3"):
            with pytest.raises(StaleVersionError):
                editing.save_channel(
                    session, CODE, channel.id or 0, sent, read, actor=manager, now=now
                )
        else:
            editing.save_channel(session, CODE, channel.id or 0, sent, read, actor=manager, now=now)
    assert channel.value.endswith("2")


# --- undo ----------------------------------------------------------------------------------


def last_change(session: Session, field: str) -> int:
    asked = select(UnitChange.id).where(UnitChange.field == field)
    return session.exec(asked.order_by(col(UnitChange.id).desc())).first() or 0


def test_a_change_is_taken_back_and_that_is_a_change(
    session: Session, manager: Actor, now: datetime
) -> None:
    channel = add_phone(session, manager, now)
    editing.save_channel(
        session, CODE, channel.id or 0, phone(session, "6530000002"), basis(channel),
        actor=manager, now=now,
    )  # fmt: skip
    history.undo_change(session, last_change(session, "value"), actor=manager, now=now)
    assert channel.value == "+556530000001"
    rows = history.load_history(session, unit_of(session), limit=20).rows
    assert rows[0].what == "Telefone · Contato (desfeito)"
    assert rows[1].undone
    assert not rows[1].can_undo
    with pytest.raises(ConflictError, match="já foi desfeita"):
        history.undo_change(session, rows[1].id, actor=manager, now=now)


def test_an_undo_is_refused_when_the_field_changed_since(
    session: Session, manager: Actor, now: datetime
) -> None:
    for room in ("1", "2"):
        sent = draft(session, room=room)
        editing.save_unit(session, CODE, sent, basis(unit_of(session)), actor=manager, now=now)
    first = history.load_history(session, unit_of(session), limit=20).rows[-1]
    with pytest.raises(ConflictError, match="Sala mudou depois: hoje é 2") as refused:
        history.undo_change(session, first.id, actor=manager, now=now)
    assert manager.name in refused.value.message
    assert unit_of(session).room == "2"


def test_undoing_a_new_channel_retires_it_and_undoing_that_brings_it_back(
    session: Session, manager: Actor, now: datetime
) -> None:
    channel = add_phone(session, manager, now)
    history.undo_change(session, last_change(session, "created"), actor=manager, now=now)
    assert channel.retired_at is not None
    history.undo_change(session, last_change(session, "retired"), actor=manager, now=now)
    assert channel.retired_at is None


def test_undoing_a_name_takes_back_its_address_and_leaves_no_false_former_name(
    session: Session, manager: Actor, now: datetime
) -> None:
    rename(session, manager, "Vara da Infancia", now)
    history.undo_change(session, last_change(session, "name"), actor=manager, now=now)
    unit = unit_of(session)
    assert (unit.name, unit.slug, unit.former_names) == ("Unidade A", "unidade-a", [])


def test_a_manager_does_not_undo_another_units_change(
    session: Session, manager: Actor, now: datetime
) -> None:
    add_phone(session, manager, now)
    stranger = accounts.make_actor(session, MANAGER_B, now=now)
    with pytest.raises(NotFoundError):
        history.undo_change(session, last_change(session, "created"), actor=stranger, now=now)


def test_the_list_of_all_units_is_the_administrators(session: Session, now: datetime) -> None:
    directory.make_small_directory(session)
    admin = accounts.make_actor(session, ADMIN, now=now)
    found = views.list_units(session, views.UnitFilter("juizado sinop"), actor=admin, now=now)
    assert found.items[0].name == "Juizado Especial Cível de Sinop"
    listed = views.list_units(
        session, views.UnitFilter(comarca="cuiaba"), actor=admin, now=now
    ).items
    assert [line.comarca for line in listed] == ["Cuiabá"]
    manager = accounts.make_actor(session, MANAGER_A, now=now)
    with pytest.raises(PermissionDeniedError):
        views.list_units(session, views.UnitFilter(), actor=manager, now=now)


def test_a_manager_sees_their_own_units_with_what_hangs_under_them(
    session: Session, manager: Actor, now: datetime
) -> None:
    above = unit_of(session)
    directory.make_unit(session, "Secretaria da Unidade A", parent=above)
    mine = views.list_managed_units(session, actor=manager, now=now)
    assert [unit.name for unit in mine] == ["Unidade A", "Secretaria da Unidade A"]
    assert len(mine[1].channels) == 2
