"""One unit, read by the slug in the address."""

import reflex as rx

from canais_app.directory import queries
from canais_app.directory.views import ChannelView, NoticeView, UnitCard
from canais_app.kit import clock, db, live
from canais_app.kit.errors import NotFoundError


class UnitView(rx.State):
    """What the unit's page shows."""

    ready: bool = False
    missing: bool = False
    title: str = "Unidade"
    name: str = ""
    comarca: str = ""
    summary: str = ""
    address: str = ""
    hours: str = ""
    updated: str = ""
    is_open: bool = False
    open_words: str = ""
    open_tone: str = "off"
    status_words: str = ""
    next_free: str = ""
    agenda_href: str = ""
    report_href: str = ""
    ways: list[ChannelView] = []
    reports: dict[str, str] = {}
    above: list[UnitCard] = []
    sisters: list[UnitCard] = []
    notices: list[NoticeView] = []

    @rx.event
    async def load(self) -> None:
        """Read the unit of the address."""
        await live.leave(self)
        slug = self.router.url.path.rstrip("/").rpartition("/")[2]
        try:
            page = await db.in_reading(queries.unit_page, slug, now=clock.now())
        except NotFoundError:
            self.missing, self.ready, self.title = True, False, "Unidade não encontrada"
            return
        self._show(page)

    def _show(self, page: "queries.UnitPage") -> None:
        card = page.card
        self.missing, self.ready, self.title = False, True, f"{card.name} · Canais de Atendimento"
        self.name, self.comarca, self.summary = card.name, card.comarca, card.summary
        self.address = " · ".join(part for part in (page.address, page.room) if part)
        self.hours, self.updated = page.hours, page.updated
        self.is_open, self.open_words, self.open_tone = (
            card.is_open,
            card.open_words,
            card.open_tone,
        )
        self.status_words, self.report_href = card.status_words, card.report_href
        self.next_free, self.agenda_href = card.next_free, card.agenda_href
        self.ways = card.channels
        self.reports = queries.report_links(card)
        self.above, self.sisters, self.notices = page.above, page.sisters, page.notices
