"""The one table of permission × role, and that the documentation is printed from it."""

from pathlib import Path

import pytest

from canais_app.accounts.roles import (
    PUBLIC,
    ROLES_BY_PERMISSION,
    SYSTEM,
    Actor,
    Grant,
    Permission,
    Role,
    render_roles_markdown,
    require_permission,
)
from canais_app.kit.errors import AuthenticationRequiredError, NotFoundError, PermissionDeniedError

PRINTED = Path(__file__).parents[2] / "docs" / "roles.md"


def _who(role: Role, path: str = "") -> Actor:
    return Actor(1, "Alguém", (Grant(role, path),))


def test_the_documentation_is_what_the_code_prints() -> None:
    assert PRINTED.read_text("utf-8").startswith(render_roles_markdown())


@pytest.mark.parametrize("permission", list(Permission))
@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_what_the_table_says_and_nothing_else(
    permission: Permission, role: Role
) -> None:
    actor = _who(role, "/1/")
    if role in ROLES_BY_PERMISSION[permission]:
        require_permission(actor, permission, "/1/2/")
    else:
        with pytest.raises(PermissionDeniedError):
            require_permission(actor, permission, "/1/2/")


@pytest.mark.parametrize("permission", list(Permission))
def test_the_public_may_do_nothing_of_staff(permission: Permission) -> None:
    with pytest.raises(AuthenticationRequiredError):
        require_permission(PUBLIC, permission)


def test_another_units_things_do_not_exist() -> None:
    graca = _who(Role.CHAMBERS, "/1/24/")
    require_permission(graca, Permission.EDIT_AGENDA, "/1/24/380/")
    for path in ("/1/25/", "/1/2/", "/1/", "/1/240/"):
        with pytest.raises(NotFoundError):
            require_permission(graca, Permission.EDIT_AGENDA, path)


def test_a_scoped_role_without_its_unit_may_do_nothing() -> None:
    with pytest.raises(PermissionDeniedError):
        require_permission(_who(Role.MANAGER, ""), Permission.EDIT_DIRECTORY)


def test_the_systems_own_jobs_may_do_their_work() -> None:
    require_permission(SYSTEM, Permission.MANAGE_STAFF)


def test_a_key_with_fewer_permissions_is_held_to_them() -> None:
    narrow = Actor(
        1, "Alguém", (Grant(Role.ADMIN),), token_permissions=frozenset({Permission.SEE_AUDIT})
    )
    require_permission(narrow, Permission.SEE_AUDIT)
    with pytest.raises(PermissionDeniedError):
        require_permission(narrow, Permission.MANAGE_STAFF)
