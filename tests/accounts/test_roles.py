"""The one table of permission × role, and that the documentation is printed from it."""

from pathlib import Path

import pytest

from canais_app.accounts.roles import (
    PUBLIC,
    SYSTEM,
    TABLE,
    Actor,
    Grant,
    Permission,
    Role,
    as_markdown,
    require,
)
from canais_app.kit.errors import NotFoundError, NotPermittedError, NotSignedInError

PRINTED = Path(__file__).parents[2] / "docs" / "roles.md"


def _who(role: Role, path: str = "") -> Actor:
    return Actor(1, "Alguém", (Grant(role, path),))


def test_the_documentation_is_what_the_code_prints() -> None:
    assert PRINTED.read_text("utf-8").startswith(as_markdown())


@pytest.mark.parametrize("permission", list(Permission))
@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_what_the_table_says_and_nothing_else(
    permission: Permission, role: Role
) -> None:
    actor = _who(role, "/1/")
    if role in TABLE[permission]:
        require(actor, permission, "/1/2/")
    else:
        with pytest.raises(NotPermittedError):
            require(actor, permission, "/1/2/")


@pytest.mark.parametrize("permission", list(Permission))
def test_the_public_may_do_nothing_of_staff(permission: Permission) -> None:
    with pytest.raises(NotSignedInError):
        require(PUBLIC, permission)


def test_another_units_things_do_not_exist() -> None:
    graca = _who(Role.CHAMBERS, "/1/24/")
    require(graca, Permission.EDIT_AGENDA, "/1/24/380/")
    for path in ("/1/25/", "/1/2/", "/1/", "/1/240/"):
        with pytest.raises(NotFoundError):
            require(graca, Permission.EDIT_AGENDA, path)


def test_a_scoped_role_without_its_unit_may_do_nothing() -> None:
    with pytest.raises(NotPermittedError):
        require(_who(Role.MANAGER, ""), Permission.EDIT_DIRECTORY)


def test_the_systems_own_jobs_may_do_their_work() -> None:
    require(SYSTEM, Permission.MANAGE_STAFF)


def test_a_key_with_fewer_permissions_is_held_to_them() -> None:
    narrow = Actor(1, "Alguém", (Grant(Role.ADMIN),), only=frozenset({Permission.SEE_AUDIT}))
    require(narrow, Permission.SEE_AUDIT)
    with pytest.raises(NotPermittedError):
        require(narrow, Permission.MANAGE_STAFF)
