"""Who may do what: one table of permission × role, and the check every service calls."""

from dataclasses import dataclass, field
from enum import StrEnum

from canais_app import routes
from canais_app.kit.errors import NotFoundError, NotPermittedError, NotSignedInError


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


TABLE: dict[Permission, frozenset[Role]] = {
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
SCOPED = frozenset({Role.MANAGER, Role.CHAMBERS})
# They see and decide most: with CANAIS_SECOND_STEP_REQUIRED, the password alone is not enough.
SECOND_STEP = frozenset({Role.ADMIN, Role.CORREGEDORIA})


class SecondStepMissingError(NotPermittedError):
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
    only: frozenset[Permission] | None = field(default=None)
    session_id: int | None = None
    # Signed in, and may do nothing but set up the second step that the role requires.
    owes_second_step: bool = False
    # The system's own jobs and the operator at the server's command line may do everything.
    trusted: bool = False

    def can(self, permission: Permission, unit_path: str = "") -> bool:
        """Whether a role of this person allows it, for the unit at `unit_path` when given."""
        if self.trusted:
            return True
        if self.only is not None and permission not in self.only:
            return False
        return any(
            grant.role in TABLE[permission]
            and (grant.role not in SCOPED or _covers(grant.unit_path, unit_path))
            for grant in self.grants
        )


PUBLIC = Actor()
SYSTEM = Actor(name="sistema", door="job", trusted=True)
OPERATOR = Actor(name="operador do servidor", door="cli", trusted=True)


def _covers(scope: str, unit_path: str) -> bool:
    return bool(scope) and (not unit_path or unit_path.startswith(scope))


def require(actor: Actor, permission: Permission, unit_path: str = "") -> None:
    """Refuse unless the actor may do it; another unit's things do not exist for a scoped role.

    Raises:
        NotSignedInError: nobody is signed in.
        SecondStepMissingError: the role's second step is not set up yet.
        NotFoundError: the role would allow it, but not for this unit.
        NotPermittedError: no role of this person allows it.
    """
    if not actor.trusted:
        require_person(actor)
    if actor.can(permission, unit_path):
        return
    if actor.can(permission):
        raise NotFoundError("Não encontramos o que você procura.")
    raise NotPermittedError("Seu perfil não permite esta ação.")


def require_person(actor: Actor) -> None:
    """Refuse whoever has not signed in completely.

    Raises:
        NotSignedInError: nobody is signed in.
        SecondStepMissingError: the role's second step is not set up yet.
    """
    if actor.staff_id is None:
        raise NotSignedInError("Entre com sua conta para continuar.")
    if actor.owes_second_step:
        raise SecondStepMissingError("Configure a segunda etapa para continuar.")


def landing(actor: Actor, wanted: str = "") -> str:
    """Return where signing in ends: where the person was going, else the place of their work."""
    if actor.owes_second_step:
        return routes.ENROL
    if wanted:
        return wanted
    held = {grant.role for grant in actor.grants}
    if Role.CORREGEDORIA in held:
        return routes.CORREGEDORIA
    if Role.CHAMBERS in held:
        return routes.CHAMBERS
    return routes.MANAGEMENT if Role.MANAGER in held else routes.DESK


def as_markdown() -> str:
    """Return the table of permission × role as `docs/roles.md` prints it."""
    lines = [
        "# Quem pode o quê",
        "",
        "Impresso de `canais_app/accounts/roles.py`; um teste compara. Os perfis com * valem só",
        "na unidade dada e no que está abaixo dela: as coisas de outra unidade não existem (404).",
        "",
        "| Permissão | " + " | ".join(f"{r.value}{'*' * (r in SCOPED)}" for r in Role) + " |",
        "|---|" + ":-:|" * len(Role),
    ]
    for permission in Permission:
        marks = ("sim" if role in TABLE[permission] else "" for role in Role)
        lines.append(f"| {permission.value} | " + " | ".join(marks) + " |")
    return "\n".join(lines) + "\n"
