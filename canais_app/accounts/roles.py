"""Roles, permissions, the table that joins them, and the check that every service calls."""

from dataclasses import dataclass, field
from enum import StrEnum

from canais_app import routes
from canais_app.kit.errors import AuthenticationRequiredError, NotFoundError, PermissionDeniedError


class Role(StrEnum):
    """The roles of staff; managers and chambers are scoped to a unit and its subtree."""

    ADMIN = "administrador"
    CORREGEDORIA = "corregedoria"
    MANAGER = "gestor"
    CHAMBERS = "gabinete"
    READER = "leitura"


class Permission(StrEnum):
    """The permissions; the values are printed in the audit log and the documentation."""

    SEE_DASHBOARD = "ver painel"
    TRIAGE_COMPLAINTS = "triar reclamações"
    HANDLE_SITUATIONS = "tratar situações e incidentes"
    OPEN_IDENTITY = "abrir identidade"
    ANSWER_COMPLAINTS = "responder reclamações"
    EDIT_TEMPLATES = "editar modelos de resposta"
    EDIT_DIRECTORY = "editar diretório"
    SHAPE_DIRECTORY = "criar, mover e extinguir unidades"
    EDIT_CALENDAR = "editar calendário"
    SEE_AGENDA_DESK = "ver mesa da agenda"
    EDIT_AGENDA = "editar agenda"
    MANAGE_STAFF = "administrar pessoal"
    SEE_AUDIT = "ver auditoria"
    SEE_OUTBOX = "ver fila de mensagens"
    SEE_SETTINGS = "ver configuração"


ROLES_BY_PERMISSION: dict[Permission, frozenset[Role]] = {
    Permission.SEE_DASHBOARD: frozenset({Role.ADMIN, Role.CORREGEDORIA, Role.READER}),
    Permission.TRIAGE_COMPLAINTS: frozenset({Role.CORREGEDORIA}),
    Permission.HANDLE_SITUATIONS: frozenset({Role.CORREGEDORIA}),
    Permission.OPEN_IDENTITY: frozenset({Role.CORREGEDORIA}),
    Permission.ANSWER_COMPLAINTS: frozenset({Role.CORREGEDORIA, Role.MANAGER}),
    Permission.EDIT_TEMPLATES: frozenset({Role.ADMIN, Role.CORREGEDORIA}),
    Permission.EDIT_DIRECTORY: frozenset({Role.ADMIN, Role.MANAGER}),
    Permission.SHAPE_DIRECTORY: frozenset({Role.ADMIN}),
    Permission.EDIT_CALENDAR: frozenset({Role.ADMIN}),
    Permission.SEE_AGENDA_DESK: frozenset({Role.CHAMBERS}),
    Permission.EDIT_AGENDA: frozenset({Role.CHAMBERS}),
    Permission.MANAGE_STAFF: frozenset({Role.ADMIN}),
    Permission.SEE_AUDIT: frozenset({Role.ADMIN, Role.CORREGEDORIA}),
    Permission.SEE_OUTBOX: frozenset({Role.ADMIN}),
    Permission.SEE_SETTINGS: frozenset({Role.ADMIN}),
}
SCOPED_ROLES = frozenset({Role.MANAGER, Role.CHAMBERS})
# With CANAIS_SECOND_STEP_REQUIRED these roles need a second step.
SECOND_STEP_ROLES = frozenset({Role.ADMIN, Role.CORREGEDORIA})


class SecondStepMissingError(PermissionDeniedError):
    """A role of this person requires a second step that is not set up yet."""


@dataclass(frozen=True)
class Grant:
    """A role and its scope (`unit_path` is a `Unit.path`; empty: everywhere)."""

    role: Role
    unit_path: str = ""


@dataclass(frozen=True)
class Actor:
    """The person or program that acts; without `staff_id` it is the public."""

    staff_id: int | None = None
    name: str = ""
    grants: tuple[Grant, ...] = ()
    door: str = "screen"
    # Of a bearer token; None: all of the owner's permissions.
    token_permissions: frozenset[Permission] | None = field(default=None)
    session_id: int | None = None
    owes_second_step: bool = False
    # Jobs and the server's command line: every permission.
    is_trusted: bool = False

    def can(self, permission: Permission, unit_path: str = "") -> bool:
        """Whether a role of this person allows it, for the unit at `unit_path` when given."""
        if self.is_trusted:
            return True
        if self.token_permissions is not None and permission not in self.token_permissions:
            return False
        return any(
            grant.role in ROLES_BY_PERMISSION[permission]
            and (grant.role not in SCOPED_ROLES or _is_in_scope(grant.unit_path, unit_path))
            for grant in self.grants
        )


PUBLIC = Actor()
SYSTEM = Actor(name="sistema", door="job", is_trusted=True)
OPERATOR = Actor(name="operador do servidor", door="cli", is_trusted=True)


def _is_in_scope(scope: str, unit_path: str) -> bool:
    return bool(scope) and (not unit_path or unit_path.startswith(scope))


def require_permission(actor: Actor, permission: Permission, unit_path: str = "") -> None:
    """Raise unless the actor has the permission, for the unit at `unit_path` when given.

    Raises:
        AuthenticationRequiredError: nobody is signed in.
        SecondStepMissingError: the role's second step is not set up yet.
        NotFoundError: the role would allow it, but not for this unit.
        PermissionDeniedError: no role of this person allows it.
    """
    if not actor.is_trusted:
        require_signed_in(actor)
    if actor.can(permission, unit_path):
        return
    if actor.can(permission):
        raise NotFoundError("Não encontramos o que você procura.")
    raise PermissionDeniedError("Seu perfil não permite esta ação.")


def require_signed_in(actor: Actor) -> None:
    """Raise unless the actor has signed in completely.

    Raises:
        AuthenticationRequiredError: nobody is signed in.
        SecondStepMissingError: the role's second step is not set up yet.
    """
    if actor.staff_id is None:
        raise AuthenticationRequiredError("Entre com sua conta para continuar.")
    if actor.owes_second_step:
        raise SecondStepMissingError("Configure a segunda etapa para continuar.")


def landing_path(actor: Actor, requested_path: str = "") -> str:
    """Return the page after signing in: the requested one, else the one of the role."""
    if actor.owes_second_step:
        return routes.ENROL
    if requested_path:
        return requested_path
    held = {grant.role for grant in actor.grants}
    if Role.CORREGEDORIA in held:
        return routes.CORREGEDORIA_SITUATIONS
    if Role.CHAMBERS in held:
        return routes.CHAMBERS
    return routes.MANAGEMENT if Role.MANAGER in held else routes.STAFF_HOME


def render_roles_markdown() -> str:
    """Return the table of permissions and roles for `docs/roles.md`."""
    lines = [
        "# Quem pode o quê",
        "",
        "Impresso de `canais_app/accounts/roles.py`; um teste compara. Os perfis com * valem só",
        "na unidade dada e no que está abaixo dela: as coisas de outra unidade não existem (404).",
        "",
        "| Permissão | " + " | ".join(f"{r.value}{'*' * (r in SCOPED_ROLES)}" for r in Role) + " |",
        "|---|" + ":-:|" * len(Role),
    ]
    for permission in Permission:
        marks = ("sim" if role in ROLES_BY_PERMISSION[permission] else "" for role in Role)
        lines.append(f"| {permission.value} | " + " | ".join(marks) + " |")
    return "\n".join(lines) + "\n"
