"""State of the staff home page: the person's name, roles and menu."""

from dataclasses import asdict
from typing import Any, TypedDict

import reflex as rx

from canais_app.accounts import queries
from canais_app.accounts.home.menu import MenuEntry, menu_for
from canais_app.accounts.roles import Actor
from canais_app.accounts.staff_state import StaffState, staff_event
from canais_app.kit import db


class Group(TypedDict):
    """Menu entries under one heading."""

    name: str
    entries: list[dict[str, Any]]


class HomeState(StaffState, rx.State):
    """Rebuilt at every visit."""

    name: str = ""
    roles: str = ""
    groups: list[Group] = []
    refused: bool = False

    @staff_event(None)
    async def load(self, actor: Actor) -> None:
        """Show the menu of the signed-in person."""
        self.name = actor.name
        self.roles = ", ".join(await db.read(queries.describe_roles, actor.staff_id))
        self.groups = _group_entries(menu_for(actor))
        self.refused = "recusado" in self.router.url.query_parameters


def _group_entries(menu: list[MenuEntry]) -> list[Group]:
    names = dict.fromkeys(entry.group for entry in menu)
    return [{"name": n, "entries": [asdict(e) for e in menu if e.group == n]} for n in names]
