"""What the list of agendas shows, narrowed by words and comarca."""

from dataclasses import dataclass

import reflex as rx

from canais_app import routes
from canais_app.agenda import queries
from canais_app.agenda.models import MODALITY_NAMES, Modality
from canais_app.agenda.statistics import AgendaStatistics
from canais_app.agenda.views import AgendaCard
from canais_app.kit import clock, live, text
from canais_app.kit.db import read


@dataclass
class AgendaRow:
    """One agenda of the list, in ready words."""

    title: str
    comarca: str
    where: str  # what stands under the title: comarca, when it has one, and modalities
    path: str
    unit_path: str
    next_free: str
    figures: str


def _statistics_text(found: AgendaStatistics) -> str:
    """Return the shares in words; those of too few are left out."""
    said = []
    if found.attended is not None:
        said.append(f"{found.attended:.0%} dos atendimentos aconteceram")
    if found.cancelled is not None:
        said.append(f"o gabinete cancelou {found.cancelled:.0%}")
    return f"Em 180 dias: {'; '.join(said)}." if said else ""


def agenda_row(card: AgendaCard) -> AgendaRow:
    """Return an agenda as the list shows it."""
    names = [MODALITY_NAMES[Modality(m)] for m in card.modalities if m in set(Modality)]
    return AgendaRow(
        title=card.title,
        comarca=card.comarca,
        where=" · ".join([f"Comarca de {card.comarca}", *names] if card.comarca else names),
        path=routes.agenda(card.slug),
        unit_path=routes.unit(card.unit_slug),
        next_free=card.next_free_words,
        figures=_statistics_text(card.figures),
    )


def filter_rows(rows: list[AgendaRow], query: str, comarca: str) -> list[AgendaRow]:
    """Keep the agendas that hold every word, in the comarca when one is chosen."""
    asked = text.strip_accents(query).split()
    return [
        one
        for one in rows
        if comarca in ("", one.comarca)
        and all(word in text.strip_accents(f"{one.title} {one.comarca}") for word in asked)
    ]


class ListingState(rx.State):
    """The published agendas, soonest free time first."""

    rows: list[AgendaRow] = []
    comarcas: list[str] = []
    words: str = ""
    comarca: str = ""
    found: str = ""
    ready: bool = False
    _all: list[AgendaRow] = []

    @rx.event
    async def load(self) -> None:
        """Read the agendas; the address may carry `?q=` and `?comarca=`."""
        await live.unsubscribe(self)
        cards = await read(queries.list_agendas, now=clock.now())
        cards.sort(key=lambda card: (not card.next_free, card.next_free, card.title))
        self._all = [agenda_row(card) for card in cards]
        self.comarcas = sorted(
            {one.comarca for one in self._all if one.comarca}, key=text.strip_accents
        )
        query = self.router.url.query_parameters
        self.words = str(query.get("q", ""))[:200]
        asked = str(query.get("comarca", ""))
        self.comarca = asked if asked in self.comarcas else ""
        self._narrow()
        self.ready = True

    @rx.event(supersedes=True)
    async def type_words(self, words: str) -> None:
        """Narrow the list by words."""
        self.words = words[:200] if isinstance(words, str) else ""
        self._narrow()

    @rx.event
    async def choose_comarca(self, comarca: str) -> None:
        """Narrow the list to a comarca, or to none."""
        self.comarca = comarca if isinstance(comarca, str) else ""
        self._narrow()

    @rx.event
    async def clear(self) -> None:
        """Show every agenda again."""
        self.words = self.comarca = ""
        self._narrow()

    def _narrow(self) -> None:
        self.rows = filter_rows(self._all, self.words, self.comarca)
        self.found = text.pluralise(len(self.rows), "agenda", "agendas")
