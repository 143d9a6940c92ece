"""The record of who did what: filters in the URL's words, pages, integrity."""

from dataclasses import asdict
from datetime import date
from typing import Any, ClassVar
from urllib.parse import urlencode

import reflex as rx
from pydantic import BaseModel, field_validator

from canais_app import routes
from canais_app.accounts.guarded import Guarded, read
from canais_app.accounts.roles import Actor, Permission
from canais_app.admin import records
from canais_app.admin.records import AuditFilter
from canais_app.kit.forms import ShortText, parse


class FilterForm(BaseModel):
    """Which entries are wanted."""

    actor: ShortText = ""
    action: ShortText = ""
    since: date | None = None
    until: date | None = None

    @field_validator("since", "until", mode="before")
    @classmethod
    def _empty_is_none(cls, sent: object) -> object:
        return sent or None

    def to_filter(self) -> AuditFilter:
        """Return it as the query takes it."""
        return AuditFilter(self.actor, self.action, "", self.since, self.until)


class Trail(Guarded, rx.State):
    """One page of entries at a time, the latest first."""

    _needs: ClassVar[Permission] = Permission.SEE_AUDIT

    rows: list[dict[str, Any]] = []
    actions: list[str] = []
    next: str = ""
    chain: str = ""
    chain_holds: bool = True
    export: str = routes.AUDIT_EXPORT
    _wanted: AuditFilter = AuditFilter()

    async def _show(self, actor: Actor) -> None:
        found = await read(records.audit_page, actor, self._wanted)
        self.rows, self.next = [asdict(row) for row in found.items], found.next

    async def _surroundings(self, actor: Actor) -> None:
        self.actions = await read(records.audit_actions, actor)
        view = await read(records.audit_chain, actor)
        self.chain, self.chain_holds = view.words, view.holds

    @rx.event
    async def load(self):  # noqa: ANN201 (Reflex's own event type)
        """Show the latest entries, and whether the record is whole."""
        self.reset()
        return await self._run(self._show, self._surroundings)

    @rx.event
    async def narrow(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own)
        """Show only entries of a person, an action, a period."""

        async def look(actor: Actor) -> None:
            sent = parse(FilterForm, form)
            self._wanted = sent.to_filter()
            query = {k: str(v) for k, v in sent.model_dump().items() if v}
            self.export = routes.AUDIT_EXPORT + (f"?{urlencode(query)}" if query else "")
            await self._show(actor)

        return await self._run(look)

    @rx.event
    async def more(self):  # noqa: ANN201 (Reflex's own)
        """Show the entries before the last one shown."""

        async def look(actor: Actor) -> None:
            found = await read(records.audit_page, actor, self._wanted, self.next)
            self.rows = [*self.rows, *(asdict(row) for row in found.items)]
            self.next = found.next

        return await self._run(look)
