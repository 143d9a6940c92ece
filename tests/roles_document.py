"""The table of handlers and routes by role, from `handler_access.py` and `roles.py`.

`python -m tests.roles_document` writes docs/roles.md.
"""

from collections import defaultdict
from pathlib import Path

from canais_app.accounts.roles import (
    ROLES_BY_PERMISSION,
    SCOPED_ROLES,
    Permission,
    Role,
    render_roles_markdown,
)
from tests.handler_access import COOKIE_ROUTES, STAFF, TOKEN_ROUTES

PRINTED = Path(__file__).parents[1] / "docs" / "roles.md"
SIGNED_IN_TEXT = "quem entrou, o que é seu"


def is_allowed(role: Role | None, permission: Permission | None) -> bool:
    """Whether a role has a permission; without a permission every signed-in person is allowed."""
    return permission is None or (role is not None and role in ROLES_BY_PERMISSION[permission])


def list_doors() -> dict[str, Permission | None]:
    """Return every staff handler and route with its permission."""
    return {**STAFF, **COOKIE_ROUTES, **TOKEN_ROUTES}


def _rows() -> dict[tuple[str, Permission | None], list[str]]:
    """Group the handlers of a State by permission."""
    rows: dict[tuple[str, Permission | None], list[str]] = defaultdict(list)
    for door, permission in list_doors().items():
        place, dot, event = door.partition(".")
        if dot and " " not in place:
            rows[place, permission].append(event)
        else:
            rows[door, permission] = []
    return dict(sorted(rows.items(), key=lambda row: (row[0][0], str(row[0][1]))))


def render_roles_document() -> str:
    """Return the text of docs/roles.md."""
    lines = [
        render_roles_markdown(),
        "## Portas",
        "",
        "Cada evento de página (`Página`: eventos) e cada rota de quem trabalha no Tribunal; as",
        "públicas, com o motivo, estão em `tests/handler_access.py`. Os testes batem em",
        "todas com a sessão de cada perfil. Impresso por `python -m tests.roles_document`.",
        "",
        "| Porta | Permissão | "
        + " | ".join(f"{r.value}{'*' * (r in SCOPED_ROLES)}" for r in Role)
        + " |",
        "|---|---|" + ":-:|" * len(Role),
    ]
    for (place, permission), events in _rows().items():
        door = f"`{place}`" + (f": {', '.join(sorted(events))}" if events else "")
        marks = " | ".join("abre" if is_allowed(role, permission) else "" for role in Role)
        lines.append(f"| {door} | {permission.value if permission else SIGNED_IN_TEXT} | {marks} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PRINTED.write_text(render_roles_document(), "utf-8")
