"""The tree of units: created, moved, retired and restored by administrators."""

from datetime import datetime

import pytest
from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor
from canais_app.directory import hooks, queries, unit_search
from canais_app.directory.editing import history, tree
from canais_app.directory.editing.schemas import MoveUnitForm, NewUnitForm
from canais_app.directory.errors import UnitMovedError
from canais_app.directory.models import Comarca, Unit, UnitChange
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError, PermissionDeniedError
from canais_app.kit.forms import parse_form
from tests.factories import accounts, directory
from tests.people import ADMIN, MANAGER_A


@pytest.fixture
def units(session: Session) -> dict[str, Unit]:
    return directory.make_small_directory(session)


@pytest.fixture
def admin(session: Session, now: datetime) -> Actor:
    return accounts.make_actor(session, ADMIN, now=now)


def place(parent: Unit | None = None, comarca: str = "") -> MoveUnitForm:
    return MoveUnitForm(parent=parent.code if parent else "", comarca=comarca)


def new(**fields: object) -> NewUnitForm:
    return parse_form(
        NewUnitForm, {"name": "Vara Nova", "code": "NOVA-1", "kind": "vara", **fields}
    )


def test_only_administrators_shape_the_tree(
    session: Session, units: dict[str, Unit], now: datetime
) -> None:
    session.add(Unit(code="x", slug="x", name="x", kind="vara", degree=1, updated_at=now))
    manager = accounts.make_actor(session, MANAGER_A, now=now)
    code = units["jec"].code
    for knock in (
        lambda: tree.create_unit(session, new(), actor=manager, now=now),
        lambda: tree.move_unit(session, code, place(), actor=manager, now=now),
        lambda: tree.retire_unit(session, code, units["family"].code, actor=manager, now=now),
        lambda: tree.restore_unit(session, code, actor=manager, now=now),
    ):
        with pytest.raises(PermissionDeniedError):
            knock()


def test_a_new_unit_hangs_where_it_was_put(
    session: Session, units: dict[str, Unit], admin: Actor, now: datetime
) -> None:
    parent = units["jec"]
    unit = tree.create_unit(session, new(parent=parent.code, kind="cejusc"), actor=admin, now=now)
    assert unit.path == f"{parent.path}{unit.id}/"
    assert unit.comarca_id == parent.comarca_id
    assert queries.load_unit_card(session, "vara-nova", now=now).comarca == "Sinop"
    root = tree.create_unit(
        session, new(name="Vara Nova", code="NOVA-2", comarca="vera"), actor=admin, now=now
    )
    assert (root.slug, root.path) == ("vara-nova-2", f"/{root.id}/")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"code": "vara-unica-de-vera".upper()}, "code"),
        ({"parent": "NADA"}, "parent"),
        ({"comarca": "atlantida"}, "comarca"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(
    session: Session,
    units: dict[str, Unit],
    admin: Actor,
    now: datetime,
    fields: dict[str, str],
    field: str,
) -> None:
    with pytest.raises(InvalidError) as refused:
        tree.create_unit(session, new(**fields), actor=admin, now=now)
    assert set(refused.value.errors) == {field}


def test_a_move_takes_the_subtree_its_comarca_and_its_degree_along(
    session: Session, units: dict[str, Unit], admin: Actor, now: datetime
) -> None:
    jec, registry, family = units["jec"], units["registry"], units["family"]
    tree.move_unit(session, jec.code, place(family), actor=admin, now=now)
    session.expire_all()
    assert jec.path == f"{family.path}{jec.id}/"
    assert registry.path == f"{family.path}{jec.id}/{registry.id}/"
    assert registry.comarca_id == family.comarca_id
    assert queries.load_unit_card(session, registry.slug, now=now).comarca == "Cuiabá"
    tree.move_unit(session, jec.code, place(comarca="vera"), actor=admin, now=now)
    session.expire_all()
    assert registry.path == f"/{jec.id}/{registry.id}/"
    assert session.get_one(Comarca, registry.comarca_id).name == "Vera"


def test_no_unit_hangs_under_itself(
    session: Session, units: dict[str, Unit], admin: Actor, now: datetime
) -> None:
    for below in ("jec", "registry"):
        with pytest.raises(InvalidError) as refused:
            tree.move_unit(session, units["jec"].code, place(units[below]), actor=admin, now=now)
        assert "abaixo de si mesma" in refused.value.errors["parent"]


def test_a_move_can_be_undone(
    session: Session, units: dict[str, Unit], admin: Actor, now: datetime
) -> None:
    jec, registry = units["jec"], units["registry"]
    before = registry.path, registry.comarca_id
    tree.move_unit(session, jec.code, place(units["family"]), actor=admin, now=now)
    row = history.load_history(session, jec, limit=20).rows[0]
    assert (row.what, row.before) == ("Lugar", "raiz (Sinop)")
    history.undo_change(session, row.id, actor=admin, now=now)
    session.expire_all()
    assert (registry.path, registry.comarca_id) == before


def test_a_move_is_not_undone_when_the_place_it_came_from_now_hangs_under_it(
    session: Session, units: dict[str, Unit], admin: Actor, now: datetime
) -> None:
    jec, registry, family = units["jec"], units["registry"], units["family"]
    tree.move_unit(session, registry.code, place(family), actor=admin, now=now)
    moved = session.exec(select(UnitChange.id).where(UnitChange.field == "place")).one()
    tree.move_unit(session, jec.code, place(registry), actor=admin, now=now)
    with pytest.raises(InvalidError):
        history.undo_change(session, moved or 0, actor=admin, now=now)


def test_a_retired_unit_leads_to_its_successor_and_is_in_no_list(
    session: Session, units: dict[str, Unit], admin: Actor, now: datetime
) -> None:
    sole, porto, family = units["sole"], units["porto"], units["family"]
    tree.retire_unit(session, sole.code, porto.code, actor=admin, now=now)
    with pytest.raises(UnitMovedError) as moved:
        queries.load_unit_card(session, sole.slug, now=now)
    assert moved.value.slug == porto.slug
    found = unit_search.find_units(session, "Vara Única de Vera", now=now)
    assert sole.slug not in {card.slug for card in found.items}
    assert routes_of(session) == routes_of(session) - {f"/unidade/{sole.slug}"}
    tree.retire_unit(session, porto.code, family.code, actor=admin, now=now)
    with pytest.raises(UnitMovedError) as moved:
        queries.load_unit_card(session, sole.slug, now=now)
    assert moved.value.slug == family.slug


def routes_of(session: Session) -> set[str]:
    return set(queries.list_unit_paths(session))


def test_a_report_about_a_retired_unit_reaches_its_successor(
    session: Session, units: dict[str, Unit], admin: Actor, now: datetime
) -> None:
    tree.retire_unit(session, units["sole"].code, units["porto"].code, actor=admin, now=now)
    assert queries.load_unit_ref(session, units["sole"].slug).slug == units["porto"].slug


def test_what_ties_a_unit_is_named(
    session: Session,
    units: dict[str, Unit],
    admin: Actor,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ConflictError, match="2 unidades estão abaixo dela: Juizado"):
        tree.retire_unit(session, units["jec"].code, units["family"].code, actor=admin, now=now)
    monkeypatch.setattr(
        hooks.hooks, "retirement_blockers", [lambda *_: ["A agenda está publicada."]]
    )
    with pytest.raises(ConflictError, match="A agenda está publicada"):
        tree.retire_unit(session, units["sole"].code, units["family"].code, actor=admin, now=now)


@pytest.mark.parametrize("successor", ["", "NADA", "VARA-UNICA-DE-VERA"])
def test_somebody_else_in_use_must_succeed(
    session: Session, units: dict[str, Unit], admin: Actor, now: datetime, successor: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        tree.retire_unit(session, units["sole"].code, successor, actor=admin, now=now)
    assert "successor" in refused.value.errors


def test_a_restored_unit_is_found_again(
    session: Session, units: dict[str, Unit], admin: Actor, now: datetime
) -> None:
    sole = units["sole"]
    tree.retire_unit(session, sole.code, units["porto"].code, actor=admin, now=now)
    change = session.exec(
        select(UnitChange.id).where(UnitChange.field == "retired").order_by(col(UnitChange.id))
    ).one()
    history.undo_change(session, change or 0, actor=admin, now=now)
    assert queries.load_unit_card(session, sole.slug, now=now).name == sole.name
    with pytest.raises(ConflictError, match="já está em uso"):
        tree.restore_unit(session, sole.code, actor=admin, now=now)


def test_a_unit_is_not_restored_under_a_retired_one(
    session: Session, units: dict[str, Unit], admin: Actor, now: datetime
) -> None:
    jec, family = units["jec"], units["family"]
    for name in ("registry", "chambers"):
        tree.retire_unit(session, units[name].code, family.code, actor=admin, now=now)
    tree.retire_unit(session, jec.code, family.code, actor=admin, now=now)
    with pytest.raises(ConflictError, match="Restaure antes a unidade acima"):
        tree.restore_unit(session, units["registry"].code, actor=admin, now=now)


def test_an_unknown_unit_is_not_found(
    session: Session, units: dict[str, Unit], admin: Actor, now: datetime
) -> None:
    with pytest.raises(NotFoundError):
        tree.move_unit(session, "NADA", place(), actor=admin, now=now)


def test_a_second_unit_of_one_name_beside_the_first_is_refused(
    session: Session, units: dict[str, Unit], admin: Actor, now: datetime
) -> None:
    first = units["jec"]
    comarca = session.get_one(Comarca, first.comarca_id)
    form = new(name=first.name.upper(), degree=1, comarca=comarca.slug)
    with pytest.raises(InvalidError) as refused:
        tree.create_unit(session, form, actor=admin, now=now)
    assert first.code in refused.value.errors["name"]
