"""Staff: the list, inviting, roles, suspending."""

from dataclasses import asdict
from typing import Annotated, Any, ClassVar

import reflex as rx
from pydantic import BaseModel, StringConstraints

from canais_app.accounts import links, proof, service
from canais_app.accounts.guarded import Choice, Guarded, read, write
from canais_app.accounts.roles import SCOPED, Actor, Permission, Role
from canais_app.admin import staff
from canais_app.kit.forms import ShortText, parse


class InviteForm(BaseModel):
    """Whom to invite, as what, where."""

    email: ShortText
    name: ShortText
    role: ShortText
    unit: int | None = None


class RoleForm(BaseModel):
    """Which role a person shall hold from now on; empty takes every role away."""

    role: ShortText = ""
    unit: int | None = None


class ProofForm(BaseModel):
    """The administrator's own password, asked again; none where the provider vouches for them."""

    own_password: Annotated[str, StringConstraints(max_length=300)] = ""


class Words(BaseModel):
    """What is typed into a search box."""

    words: ShortText = ""


def _grants(role: str, unit: int | None) -> list[tuple[Role, int | None]]:
    if not role:
        return []
    chosen = staff.role_of(role)
    return [(chosen, unit if chosen in SCOPED else None)]


class People(Guarded, rx.State):
    """Rebuilt from the database at every change."""

    _needs: ClassVar[Permission] = Permission.MANAGE_STAFF

    words: str = ""
    rows: list[dict[str, Any]] = []
    units: list[dict[str, Any]] = []
    chosen: int = 0
    chosen_name: str = ""
    losing: int = 0  # whose second step is about to be removed

    async def _show(self, actor: Actor) -> None:
        rows = await read(staff.staff_list, actor, self.words)
        self.rows = [asdict(row) for row in rows]

    @rx.event
    async def load(self):  # noqa: ANN201 (Reflex's own event type)
        """Show everybody with an account."""
        self.reset()
        return await self._run(self._show)

    @rx.event
    async def search(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own)
        """Narrow the list by name or address."""

        async def look(actor: Actor) -> None:
            self.words = parse(Words, form).words
            await self._show(actor)

        return await self._run(look)

    @rx.event
    async def find_units(self, words: str):  # noqa: ANN201 (Reflex's own)
        """Offer the units of this name for a role's scope."""

        async def look(actor: Actor) -> None:
            typed = parse(Words, {"words": words}).words
            self.units = [asdict(u) for u in await read(staff.units_named, actor, typed)]

        return await self._run(look)

    @rx.event(temporal=True)
    async def invite(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own)
        """Send somebody a link to set their password."""

        async def work(actor: Actor) -> None:
            sent = parse(InviteForm, _without_blanks(form))
            grants = _grants(sent.role, sent.unit)
            await write(links.invite, actor, sent.email, sent.name, grants)
            self.news = f"Convite enviado para {sent.email}."

        return await self._run(work, self._show)

    @rx.event
    async def choose(self, person: int):  # noqa: ANN201 (Reflex's own)
        """Open the roles of a person."""

        async def look(_actor: Actor) -> None:
            wanted = parse(Choice, {"id": person}).id
            found = next((row for row in self.rows if row["id"] == wanted), None)
            self.chosen, self.losing = wanted if found else 0, 0
            self.chosen_name = found["name"] if found else ""

        return await self._run(look)

    @rx.event
    async def choose_second_step(self, person: int):  # noqa: ANN201 (Reflex's own)
        """Ask whether a person's second step is to be removed; 0 asks nothing."""

        async def look(_actor: Actor) -> None:
            wanted = parse(Choice, {"id": person}).id
            found = next((r for r in self.rows if r["id"] == wanted and r["second_step"]), None)
            self.losing, self.chosen = wanted if found else 0, 0
            self.chosen_name = found["name"] if found else ""

        return await self._run(look) or rx.set_focus("own_password")

    @rx.event(temporal=True)
    async def remove_second_step(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own)
        """Let somebody in again who lost theirs; the administrator's password is asked again."""

        async def work(actor: Actor) -> None:
            password = parse(ProofForm, form).own_password
            await write(proof.take_try, actor)
            await write(staff.remove_second_step, actor, self.losing, password)
            self.news = f"Segunda etapa de {self.chosen_name} retirada; as sessões terminaram."
            self.losing = 0

        return await self._run(work, self._show)

    @rx.event(temporal=True)
    async def give_role(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own)
        """Replace the roles of the chosen person."""

        async def work(actor: Actor) -> None:
            sent = parse(RoleForm, _without_blanks(form))
            await write(service.set_grants, actor, self.chosen, _grants(sent.role, sent.unit))
            self.news, self.chosen = f"Perfil de {self.chosen_name} guardado.", 0

        return await self._run(work, self._show)

    @rx.event(temporal=True)
    async def invite_again(self, person: int):  # noqa: ANN201 (Reflex's own)
        """Send a new link; the old one ends."""
        return await self._run(self._one(links.invite_again, person, "Novo convite enviado."))

    @rx.event(temporal=True)
    async def suspend(self, person: int):  # noqa: ANN201 (Reflex's own)
        """Close an account at once."""
        work = self._one(staff.suspend, person, "Conta suspensa; as sessões dela terminaram.")
        return await self._run(work, self._show)

    @rx.event(temporal=True)
    async def restore(self, person: int):  # noqa: ANN201 (Reflex's own)
        """Open a suspended account again."""
        return await self._run(self._one(staff.restore, person, "Conta reativada."), self._show)

    def _one(self, service_call: Any, person: object, said: str) -> Any:  # noqa: ANN401 (a step)
        async def work(actor: Actor) -> None:
            await write(service_call, actor, parse(Choice, {"id": person}).id)
            self.news = said

        return work


def _without_blanks(form: object) -> object:
    """Return a form without its empty fields, so that they count as not filled."""
    if not isinstance(form, dict):
        return form
    return {key: value for key, value in form.items() if value != ""}
