"""How old contacts are: the table, and what is behind the figure that the address names."""

from urllib.parse import urlencode

import reflex as rx

from canais_app import routes
from canais_app.accounts.guarded import Guarded, read, staff_event
from canais_app.accounts.roles import Actor, Permission
from canais_app.directory import freshness
from canais_app.directory.freshness import AGES, Figure, FreshnessRow, StaleContact
from canais_app.kit import clock, live
from canais_app.kit.forms import parse
from canais_app.kit.text import number_words


class Verification(Guarded, rx.State):
    """Read at each visit; the choice stands in the address."""

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
        """Show the table, and the contacts behind a figure when one is asked for."""
        self.reset()
        await live.leave(self)
        now = clock.now()
        asked = parse(Figure, dict(self.router.url.query_parameters))
        comarca, age = asked.comarca, asked.idade
        self.rows = await read(freshness.table, actor, now=now)
        self._sum_up()
        if not comarca and not age:
            return
        self.behind = await read(freshness.behind, actor, comarca, age, now=now)
        self.comarca, self.age = comarca, age
        self.chosen = self._chosen_words()
        query = urlencode({"comarca": comarca, "idade": age})
        self.export = f"{routes.CONTACTS_EXPORT}?{query}"

    def _sum_up(self) -> None:
        counts = [sum(row.counts[at] for row in self.rows) for at in range(len(AGES))]
        total = sum(counts)
        self.total = [number_words(count) for count in (*counts, total)]
        share = round(100 * counts[0] / total) if total else 0
        self.headline = (
            f"{share}% dos {number_words(total)} contatos foram verificados nos últimos 90 dias"
            if total
            else "Nenhum contato publicado ainda"
        )

    def _chosen_words(self) -> str:
        place = next((row.name for row in self.rows if row.slug == self.comarca), "Todo o Estado")
        return f"{place}: {AGES[self.age]}" if self.age else place
