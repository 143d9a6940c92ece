"""The record of who did what: filters in the address, pages, integrity."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

import reflex as rx

from canais_app import routes
from canais_app.accounts.guarded import Guarded, read, staff_event
from canais_app.accounts.roles import Actor, Permission
from canais_app.admin import audit_trail
from canais_app.admin.audit_trail import AuditFilter
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse


class Trail(Guarded, rx.State):
    """One page of entries at a time, the latest first."""

    rows: list[dict[str, Any]] = []
    people: list[tuple[str, str]] = []
    actions: list[str] = []
    asked: dict[str, str] = {}
    next: str = ""
    chain: str = ""
    chain_holds: bool = True
    export: str = routes.AUDIT_EXPORT

    async def _show(self, actor: Actor) -> None:
        wanted = parse(AuditFilter, self.asked)
        found = await read(audit_trail.entries, actor, wanted, self.next)
        self.rows = [*self.rows, *(asdict(row) for row in found.items)]
        self.next = found.next

    async def _surroundings(self, actor: Actor) -> None:
        self.people = await read(audit_trail.people, actor)
        self.actions = await read(audit_trail.actions, actor)
        view = await read(audit_trail.chain, actor)
        self.chain, self.chain_holds = view.words, view.holds

    @staff_event(Permission.SEE_AUDIT)
    async def load(self, actor: Actor) -> None:
        """Show the entries that the address asks for, and whether the record is whole."""
        self.reset()
        self.asked = _asked(self.router.url.query_parameters)
        self.export = _with(routes.AUDIT_EXPORT, self.asked)
        await self._surroundings(actor)
        await self._show(actor)

    @staff_event(Permission.SEE_AUDIT)
    async def narrow(self, _actor: Actor, form: dict[str, Any]) -> EventResult:
        """Ask for the entries of a person, an action, a period: through the address."""
        parse(AuditFilter, _asked(form))
        return rx.redirect(_with(routes.ADMIN_AUDIT, _asked(form)))

    @staff_event(Permission.SEE_AUDIT)
    async def more(self, actor: Actor) -> None:
        """Show the entries before the last one shown."""
        if self.next:
            await self._show(actor)


def _asked(given: object) -> dict[str, str]:
    """Return the filled fields of a form or an address: a blank one asks for nothing."""
    values = dict(given) if isinstance(given, Mapping) else {}
    known = AuditFilter.model_fields
    return {k: v for k, v in values.items() if k in known and isinstance(v, str) and v}


def _with(path: str, asked: dict[str, str]) -> str:
    return f"{path}?{urlencode(asked)}" if asked else path
