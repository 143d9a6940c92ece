"""State of the page of appointments for the Corregedoria."""

from dataclasses import asdict
from typing import Any

import reflex as rx

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, read_as_actor, staff_event
from canais_app.agenda import oversight_queries
from canais_app.kit import clock
from canais_app.kit.text import pluralise


class OversightState(StaffState, rx.State):
    """Read at each visit."""

    title: str = ""
    overdue: list[dict[str, Any]] = []
    differing: list[dict[str, Any]] = []
    full: list[dict[str, Any]] = []

    @staff_event(Permission.SEE_DASHBOARD)
    async def load(self, actor: Actor) -> None:
        """Show the requests past their term, the disagreements, and the full agendas."""
        self.reset()
        now = clock.now()
        overdue = await read_as_actor(oversight_queries.list_overdue_requests, actor, now=now)
        differing = await read_as_actor(oversight_queries.list_disagreements, actor, now=now)
        full = await read_as_actor(oversight_queries.list_full_agendas, actor, now=now)
        self.full = [asdict(row) for row in full]
        self.overdue = [asdict(row) for row in overdue]
        self.differing = [asdict(row) for row in differing]
        late = pluralise(len(overdue), "pedido passou do prazo", "pedidos passaram do prazo")
        apart = pluralise(len(differing), "divergência em 90 dias", "divergências em 90 dias")
        without = pluralise(len(full), "agenda sem horário livre", "agendas sem horário livre")
        self.title = f"{late}; {apart}; {without} em 20 dias"
