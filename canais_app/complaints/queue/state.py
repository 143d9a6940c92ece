"""State of the list of complaints: filters from the address, and one page of rows."""

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

import reflex as rx

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, staff_event
from canais_app.complaints import listing
from canais_app.complaints.statistics.filters import QueueFilter, filled_filters
from canais_app.directory import queries as directory
from canais_app.directory.views import NamedChoice
from canais_app.kit import clock, db
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form
from canais_app.kit.text import pluralise

PAGE_SIZE = 30


class QueueState(StaffState, rx.State):
    """Rebuilt from the address at every visit."""

    rows: list[dict[str, Any]] = []
    comarcas: list[NamedChoice] = []
    chosen: dict[str, str] = {}
    total: str = ""
    unit_words: str = ""
    without_unit: str = ""
    next_href: str = ""
    first_href: str = ""

    @staff_event(Permission.TRIAGE_COMPLAINTS)
    async def load(self, actor: Actor) -> None:
        """List the complaints that the address selects."""
        query = dict(self.router.url.query_parameters)
        self.rows, self.total = [], ""
        self.chosen = {name: str(value) for name, value in filled_filters(query).items()}
        self.next_href, self.first_href, self.unit_words = "", "", ""
        await self._read(actor, str(query.get("cursor", "")))

    @staff_event(Permission.TRIAGE_COMPLAINTS)
    async def apply_filters(self, _actor: Actor, form: dict[str, Any]) -> EventResult:
        """Apply the chosen filters; the unit of a figure stays."""
        sent = filled_filters(form if isinstance(form, dict) else {})
        parse_form(QueueFilter, sent)
        return rx.redirect(_address({"unidade": self.chosen.get("unidade"), **sent}))

    async def _read(self, actor: Actor, cursor: str) -> None:
        filters = parse_form(QueueFilter, dict(self.chosen))
        now = clock.now()
        self.comarcas = await db.read(directory.list_comarca_choices)
        total = await db.read(listing.count_queue, actor, filters, now=now)
        page = await db.read(
            listing.load_queue_page, actor, filters, now=now, cursor=cursor, limit=PAGE_SIZE
        )
        names = await db.read(listing.load_filter_names, filters)
        self.unit_words = names["unidade"]
        self.without_unit = _address({k: v for k, v in self.chosen.items() if k != "unidade"})
        self.total = pluralise(total, "reclamação", "reclamações")
        self.rows = [asdict(row) for row in page.items]
        self.next_href = _address({**self.chosen, "cursor": page.next}) if page.next else ""
        self.first_href = _address(self.chosen) if cursor else ""


def _address(parts: dict[str, Any]) -> str:
    query = urlencode({name: str(value) for name, value in parts.items() if value})
    return routes.CORREGEDORIA_COMPLAINTS + (f"?{query}" if query else "")
