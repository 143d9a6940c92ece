"""State of the list of agendas, filtered by words and comarca."""

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
    where: str  # comarca, if any, and modalities
    path: str
    unit_path: str
    next_free: str
    figures: str


def _statistics_text(found: AgendaStatistics) -> str:
    """Return the published shares as a sentence, empty when there is none."""
    shares = []
    if found.attended is not None:
        shares.append(f"{found.attended:.0%} dos atendimentos aconteceram")
    if found.cancelled is not None:
        shares.append(f"o gabinete cancelou {found.cancelled:.0%}")
    if found.answered_in_time is not None:
        shares.append(f"{found.answered_in_time:.0%} dos pedidos respondidos no prazo")
    return f"Em 180 dias: {'; '.join(shares)}." if shares else ""


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
    """Return the agendas that contain every word, in the comarca if one is chosen."""
    words = text.strip_accents(query).split()
    return [
        row
        for row in rows
        if comarca in ("", row.comarca)
        and all(word in text.strip_accents(f"{row.title} {row.comarca}") for word in words)
    ]


class ListingState(rx.State):
    """The published agendas, soonest free slot first."""

    rows: list[AgendaRow] = []
    comarcas: list[str] = []
    words: str = ""
    comarca: str = ""
    found: str = ""
    ready: bool = False
    _all: list[AgendaRow] = []

    @rx.event
    async def load(self) -> None:
        """Load the agendas; the URL may carry `?q=` and `?comarca=`."""
        await live.unsubscribe(self)
        cards = await read(queries.list_agendas, now=clock.now())
        cards.sort(key=lambda card: (not card.next_free, card.next_free, card.title))
        self._all = [agenda_row(card) for card in cards]
        comarcas = {row.comarca for row in self._all if row.comarca}
        self.comarcas = sorted(comarcas, key=text.strip_accents)
        query = self.router.url.query_parameters
        self.words = str(query.get("q", ""))[:200]
        comarca = str(query.get("comarca", ""))
        self.comarca = comarca if comarca in self.comarcas else ""
        self._filter()
        self.ready = True

    @rx.event(supersedes=True)
    async def type_words(self, words: str) -> None:
        """Filter by words."""
        self.words = words[:200] if isinstance(words, str) else ""
        self._filter()

    @rx.event
    async def choose_comarca(self, comarca: str) -> None:
        """Filter by comarca; empty: all."""
        self.comarca = comarca if isinstance(comarca, str) else ""
        self._filter()

    @rx.event
    async def clear(self) -> None:
        """Clear the filters."""
        self.words = self.comarca = ""
        self._filter()

    def _filter(self) -> None:
        self.rows = filter_rows(self._all, self.words, self.comarca)
        self.found = text.pluralise(len(self.rows), "agenda", "agendas")
