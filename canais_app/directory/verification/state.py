"""State of contacts by age of verification: the table, and the list of the address's filter."""

from urllib.parse import urlencode

import reflex as rx

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, read_as_actor, staff_event
from canais_app.directory.editing import verification
from canais_app.directory.editing.verification import (
    AGE_BANDS,
    AgeFilter,
    FreshnessRow,
    StaleContact,
)
from canais_app.kit import clock, live
from canais_app.kit.forms import parse_form
from canais_app.kit.text import format_number


class VerificationState(StaffState, rx.State):
    """Read at each visit; the filter is in the address."""

    rows: list[FreshnessRow] = []
    total: list[str] = []
    headline: str = ""
    behind: list[StaleContact] = []
    chosen: str = ""
    export: str = routes.CONTACTS_EXPORT
    comarca: str = ""
    age: str = ""

    @staff_event(Permission.SHAPE_DIRECTORY)
    async def load(self, actor: Actor) -> None:
        """Show the table, or the contacts of the address's filter."""
        self.reset()
        await live.unsubscribe(self)
        now = clock.now()
        asked = parse_form(AgeFilter, dict(self.router.url.query_parameters))
        comarca, age = asked.comarca, asked.idade
        self.rows = await read_as_actor(verification.load_age_table, actor, now=now)
        self._build_totals()
        if not comarca and not age:
            return
        self.behind = await read_as_actor(
            verification.list_stale_contacts, actor, comarca, age, now=now
        )
        self.comarca, self.age = comarca, age
        self.chosen = self._chosen_words()
        query = urlencode({"comarca": comarca, "idade": age})
        self.export = f"{routes.CONTACTS_EXPORT}?{query}"

    def _build_totals(self) -> None:
        counts = [sum(row.counts[at] for row in self.rows) for at in range(len(AGE_BANDS))]
        total = sum(counts)
        self.total = [format_number(count) for count in (*counts, total)]
        share = round(100 * counts[0] / total) if total else 0
        self.headline = (
            f"{share}% dos {format_number(total)} contatos foram verificados nos últimos 90 dias"
            if total
            else "Nenhum contato publicado ainda"
        )

    def _chosen_words(self) -> str:
        place = next((row.name for row in self.rows if row.slug == self.comarca), "Todo o Estado")
        return f"{place}: {AGE_BANDS[self.age]}" if self.age else place
