"""State of the staff page: list, invite, set roles, suspend, remove a second step."""

from dataclasses import asdict
from typing import Annotated, Any

import reflex as rx
from pydantic import BaseModel, StringConstraints

from canais_app.accounts import password_links, reauthentication, service
from canais_app.accounts.roles import SCOPED_ROLES, Actor, Permission, Role
from canais_app.accounts.staff_state import StaffState, read_as_actor, staff_event, write_as_actor
from canais_app.admin import staff
from canais_app.directory.unit_search import describe_found
from canais_app.kit import clock
from canais_app.kit.events import EventResult
from canais_app.kit.forms import RowId, ShortText, parse_form, parse_id


class InviteForm(BaseModel):
    """A person to invite, with a role and its unit."""

    email: ShortText
    name: ShortText
    role: ShortText
    unit: RowId | None = None


class RoleForm(BaseModel):
    """The new role of a person; empty removes every role."""

    role: ShortText = ""
    unit: RowId | None = None


class OwnPasswordForm(BaseModel):
    """The administrator's own password; empty for accounts of the provider."""

    own_password: Annotated[str, StringConstraints(max_length=300)] = ""


class StaffSearchForm(BaseModel):
    """A search text."""

    words: ShortText = ""


def _grants(role: str, unit: int | None) -> list[tuple[Role, int | None]]:
    if not role:
        return []
    chosen = staff.parse_role(role)
    return [(chosen, unit if chosen in SCOPED_ROLES else None)]


class StaffListState(StaffState, rx.State):
    """The list is loaded again after every change."""

    words: str = ""
    rows: list[dict[str, Any]] = []
    units: list[dict[str, Any]] = []
    answer: str = ""  # how many units were found, in words
    chosen: int = 0
    chosen_name: str = ""
    losing: int = 0  # id of the person whose second step is about to be removed

    async def _show(self, actor: Actor) -> None:
        rows = await read_as_actor(staff.list_staff, actor, self.words)
        self.rows = [asdict(row) for row in rows]

    @staff_event(Permission.MANAGE_STAFF)
    async def load(self, actor: Actor) -> None:
        """Show every account."""
        self.reset()
        await self._show(actor)

    @staff_event(Permission.MANAGE_STAFF)
    async def search(self, actor: Actor, form: dict[str, Any]) -> None:
        """Filter the list by name or e-mail."""
        self.words = parse_form(StaffSearchForm, form).words
        await self._show(actor)

    @staff_event(Permission.MANAGE_STAFF)
    async def find_units(self, actor: Actor, words: str) -> None:
        """Offer the units that match, for a role's scope."""
        query = parse_form(StaffSearchForm, {"words": words}).words
        self.units = [asdict(u) for u in await read_as_actor(staff.find_role_units, actor, query)]
        self.answer = describe_found(query, len(self.units))

    @staff_event(Permission.MANAGE_STAFF, temporal=True)
    async def invite(self, actor: Actor, form: dict[str, Any]) -> None:
        """Create an account and send the link that sets its password."""
        sent = parse_form(InviteForm, _without_blanks(form))
        grants = _grants(sent.role, sent.unit)
        await write_as_actor(password_links.invite_staff, actor, sent.email, sent.name, grants)
        self.news = f"Convite enviado para {sent.email}."
        await self._show(actor)

    @staff_event(Permission.MANAGE_STAFF)
    async def open_roles(self, _actor: Actor, person: int) -> None:
        """Open the role form of a person; 0 closes it."""
        wanted = parse_id(person)
        found = next((row for row in self.rows if row["id"] == wanted), None)
        self.chosen, self.losing = wanted if found else 0, 0
        self.chosen_name = found["name"] if found else ""

    @staff_event(Permission.MANAGE_STAFF)
    async def confirm_second_step_removal(self, _actor: Actor, person: int) -> EventResult:
        """Ask for confirmation to remove a second step; 0 closes the question."""
        wanted = parse_id(person)
        found = next((r for r in self.rows if r["id"] == wanted and r["second_step"]), None)
        self.losing, self.chosen = wanted if found else 0, 0
        self.chosen_name = found["name"] if found else ""
        return rx.set_focus("own_password")

    @staff_event(Permission.MANAGE_STAFF, temporal=True)
    async def remove_second_step(self, actor: Actor, form: dict[str, Any]) -> None:
        """Remove a second step, with the administrator's own password."""
        password = parse_form(OwnPasswordForm, form).own_password
        proof = await reauthentication.prove(password, actor=actor, now=clock.now())
        await write_as_actor(staff.remove_second_step, actor, self.losing, proof)
        self.news = f"Segunda etapa de {self.chosen_name} retirada; as sessões terminaram."
        self.losing = 0
        await self._show(actor)

    @staff_event(Permission.MANAGE_STAFF, temporal=True)
    async def give_role(self, actor: Actor, form: dict[str, Any]) -> None:
        """Replace the roles of the chosen person."""
        sent = parse_form(RoleForm, _without_blanks(form))
        await write_as_actor(service.set_grants, actor, self.chosen, _grants(sent.role, sent.unit))
        self.news, self.chosen = f"Perfil de {self.chosen_name} guardado.", 0
        await self._show(actor)

    @staff_event(Permission.MANAGE_STAFF, temporal=True)
    async def resend_invitation(self, actor: Actor, person: int) -> None:
        """Send a new invitation; the old link expires."""
        await write_as_actor(password_links.resend_invitation, actor, parse_id(person))
        self.news = "Novo convite enviado."

    @staff_event(Permission.MANAGE_STAFF, temporal=True)
    async def suspend(self, actor: Actor, person: int) -> None:
        """Suspend an account."""
        await write_as_actor(staff.suspend_staff, actor, parse_id(person))
        self.news = "Conta suspensa; as sessões dela terminaram."
        await self._show(actor)

    @staff_event(Permission.MANAGE_STAFF, temporal=True)
    async def restore(self, actor: Actor, person: int) -> None:
        """Restore a suspended account."""
        await write_as_actor(staff.restore_staff, actor, parse_id(person))
        self.news = "Conta reativada."
        await self._show(actor)


def _without_blanks(form: object) -> object:
    """Return a form without its empty fields."""
    if not isinstance(form, dict):
        return form
    return {key: value for key, value in form.items() if value != ""}
