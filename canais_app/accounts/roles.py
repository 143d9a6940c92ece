"""Who may do what: one table of permission × role, and the check every service calls."""

from dataclasses import dataclass, field
from enum import StrEnum

from canais_app import routes
from canais_app.kit.errors import AuthenticationRequiredError, NotFoundError, PermissionDeniedError


class Role(StrEnum):
    """The roles of staff. Managers and chambers are scoped to units and what hangs under them."""

    ADMIN = "administrador"
    CORREGEDORIA = "corregedoria"
    MANAGER = "gestor"
    CHAMBERS = "gabinete"
    READER = "leitura"


class Permission(StrEnum):
    """What can be allowed. The value is what the audit and the documentation print."""

    SEE_DASHBOARD = "ver painel"
    TRIAGE_COMPLAINTS = "triar reclamações"
    OPEN_IDENTITY = "abrir identidade"
    ANSWER_COMPLAINTS = "responder reclamações"
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
    Permission.OPEN_IDENTITY: frozenset({Role.CORREGEDORIA}),
    Permission.ANSWER_COMPLAINTS: frozenset({Role.CORREGEDORIA, Role.MANAGER}),
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
# They see and decide most: with CANAIS_SECOND_STEP_REQUIRED, the password alone is not enough.
SECOND_STEP_ROLES = frozenset({Role.ADMIN, Role.CORREGEDORIA})


class SecondStepMissingError(PermissionDeniedError):
    """The password held, and this role may do nothing before its second step is set."""


@dataclass(frozen=True)
class Grant:
    """A role, and the subtree it holds in (`unit_path` is a `Unit.path`; empty: everywhere)."""

    role: Role
    unit_path: str = ""


@dataclass(frozen=True)
class Actor:
    """Who asks, and through which door. An actor without `staff_id` is the public."""

    staff_id: int | None = None
    name: str = ""
    grants: tuple[Grant, ...] = ()
    door: str = "screen"
    # A bearer token may hold fewer permissions than its owner; None: all of them.
    token_permissions: frozenset[Permission] | None = field(default=None)
    session_id: int | None = None
    # Signed in, and may do nothing but set up the second step that the role requires.
    owes_second_step: bool = False
    # The system's own jobs and the operator at the server's command line may do everything.
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
    """Refuse unless the actor may do it; another unit's things do not exist for a scoped role.

    Raises:
        NotSignedInError: nobody is signed in.
        SecondStepMissingError: the role's second step is not set up yet.
        NotFoundError: the role would allow it, but not for this unit.
        NotPermittedError: no role of this person allows it.
    """
    if not actor.is_trusted:
        require_signed_in(actor)
    if actor.can(permission, unit_path):
        return
    if actor.can(permission):
        raise NotFoundError("Não encontramos o que você procura.")
    raise PermissionDeniedError("Seu perfil não permite esta ação.")


def require_signed_in(actor: Actor) -> None:
    """Refuse whoever has not signed in completely.

    Raises:
        NotSignedInError: nobody is signed in.
        SecondStepMissingError: the role's second step is not set up yet.
    """
    if actor.staff_id is None:
        raise AuthenticationRequiredError("Entre com sua conta para continuar.")
    if actor.owes_second_step:
        raise SecondStepMissingError("Configure a segunda etapa para continuar.")


def landing_path(actor: Actor, requested_path: str = "") -> str:
    """Return where signing in ends: where the person was going, else the place of their work."""
    if actor.owes_second_step:
        return routes.ENROL
    if requested_path:
        return requested_path
    held = {grant.role for grant in actor.grants}
    if Role.CORREGEDORIA in held:
        return routes.CORREGEDORIA
    if Role.CHAMBERS in held:
        return routes.CHAMBERS
    return routes.MANAGEMENT if Role.MANAGER in held else routes.STAFF_HOME


def render_roles_markdown() -> str:
    """Return the table of permission × role as `docs/roles.md` prints it."""
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
