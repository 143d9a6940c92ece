"""State of the audit page: filters in the query string, pages, integrity."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

import reflex as rx

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, read_as_actor, staff_event
from canais_app.admin import audit_queries
from canais_app.admin.audit_queries import AuditFilter
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form


class AuditState(StaffState, rx.State):
    """One page of entries at a time, the latest first."""

    rows: list[dict[str, Any]] = []
    people: list[tuple[str, str]] = []
    actions: list[tuple[str, str]] = []
    asked: dict[str, str] = {}
    next: str = ""
    chain: str = ""
    chain_holds: bool = True
    export: str = routes.AUDIT_EXPORT

    async def _show(self, actor: Actor) -> None:
        audit_filter = parse_form(AuditFilter, self.asked)
        page = await read_as_actor(audit_queries.list_entries, actor, audit_filter, self.next)
        self.rows = [*self.rows, *(asdict(row) for row in page.items)]
        self.next = page.next

    async def _load_filter_options(self, actor: Actor) -> None:
        self.people = await read_as_actor(audit_queries.list_actors, actor)
        actions = await read_as_actor(audit_queries.list_actions, actor)
        self.actions = [(action, action) for action in actions]
        view = await read_as_actor(audit_queries.verify_chain_view, actor)
        self.chain, self.chain_holds = view.words, view.is_intact

    @staff_event(Permission.SEE_AUDIT)
    async def load(self, actor: Actor) -> None:
        """Show the entries of the query string, and whether the chain verifies."""
        self.reset()
        self.asked = _filled_fields(self.router.url.query_parameters)
        self.export = _with_query(routes.AUDIT_EXPORT, self.asked)
        await self._load_filter_options(actor)
        await self._show(actor)

    @staff_event(Permission.SEE_AUDIT)
    async def apply_filters(self, _actor: Actor, form: dict[str, Any]) -> EventResult:
        """Put the filters into the address, which loads the page again."""
        parse_form(AuditFilter, _filled_fields(form))
        return rx.redirect(_with_query(routes.ADMIN_AUDIT, _filled_fields(form)))

    @staff_event(Permission.SEE_AUDIT)
    async def load_more(self, actor: Actor) -> None:
        """Append the next page."""
        if self.next:
            await self._show(actor)


def _filled_fields(given: object) -> dict[str, str]:
    """Return the non-empty fields of a form or a query string."""
    values = dict(given) if isinstance(given, Mapping) else {}
    known = AuditFilter.model_fields
    return {k: v for k, v in values.items() if k in known and isinstance(v, str) and v}


def _with_query(path: str, fields: dict[str, str]) -> str:
    return f"{path}?{urlencode(fields)}" if fields else path
