"""What the desk shows: the person's name, roles, and the places they may go."""

from dataclasses import asdict
from typing import TypedDict

import reflex as rx

from canais_app.accounts import queries
from canais_app.accounts.home.menu import MenuEntry, menu_for
from canais_app.accounts.roles import Actor
from canais_app.accounts.staff_state import StaffState, staff_event
from canais_app.kit import db


class Group(TypedDict):
    """Places under one heading."""

    name: str
    places: list[dict[str, str]]


class HomeState(StaffState, rx.State):
    """Rebuilt at every visit from the session and the database."""

    name: str = ""
    roles: str = ""
    groups: list[Group] = []
    refused: bool = False

    @staff_event(None)
    async def load(self, actor: Actor) -> None:
        """Show the desk of whoever is signed in."""
        self.name = actor.name
        self.roles = ", ".join(await db.read(queries.describe_roles, actor.staff_id))
        self.groups = _group_entries(menu_for(actor))
        self.refused = "recusado" in self.router.url.query_parameters


def _group_entries(places: list[MenuEntry]) -> list[Group]:
    names = dict.fromkeys(place.group for place in places)
    return [
        {"name": name, "places": [asdict(p) for p in places if p.group == name]} for name in names
    ]
