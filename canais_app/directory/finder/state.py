"""What is searched, and what was found. The address holds the words, except a case number."""

from dataclasses import replace
from urllib.parse import urlencode

import reflex as rx

from canais_app import routes
from canais_app.directory import hooks, notices, unit_search
from canais_app.directory.channels import ChannelKind
from canais_app.directory.editing.change_log import PUBLIC_TOPIC
from canais_app.directory.finder import live_view
from canais_app.directory.finder.card_tracker import card_tracker
from canais_app.directory.notice_announcer import notice_announcer
from canais_app.directory.search import case_number
from canais_app.directory.unit_search import UnitFilters
from canais_app.directory.views import NoticeView, QueryPart, SearchAnswer, UnitCard
from canais_app.expediente import queries as calendar
from canais_app.kit import clock, db, live
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult
from canais_app.kit.paging import MAX_PAGE_SIZE

PAGE_SIZE = 20


class FinderState(rx.State):
    """The search box. `generation` makes the box show words that were not typed into it."""

    words: str = ""
    channel: str = ""
    degree: int = 0
    open_now: bool = False
    generation: int = 0
    searched: bool = False
    problem: str = ""
    headline: str = ""
    advice: str = ""
    did_you_mean: str = ""
    case_message: str = ""
    cards: list[UnitCard] = []
    understood: list[QueryPart] = []
    facets: dict[str, int] = {}
    cursor: int = 0  # the offset of the next page; 0 at the end
    notices: list[NoticeView] = []
    news: str = ""
    _shared: str = ""  # the address as this page last knew it
    _sharing: bool = False  # the next load comes from our own change of the address

    @rx.event
    async def load(self) -> EventResult:
        """Read the notices, and search what the address asks for."""
        asked = self.router.url.query_parameters
        address = _address(
            asked.get("q", ""),
            asked.get("canal", ""),
            asked.get("grau", ""),
            asked.get("aberta", ""),
        )
        if self._sharing and address == self._shared:
            self._sharing = False
            return
        self._sharing, self._shared = False, address
        await live.subscribe(self, live_view.TOPIC)
        self.notices, self.news = await db.read(notices.list_current_and_announced, clock.now()), ""
        notice_announcer.announce_changes(live_view.TOPIC, self.notices)
        words = str(asked.get("q", ""))[: unit_search.MAX_QUERY_LENGTH]
        self.generation += 1 if words != self.words else 0
        self.channel = _parse_channel_kind(asked.get("canal", ""))
        self.degree = 2 if asked.get("grau") == "2" else 0
        self.open_now = asked.get("aberta") == "1"
        await self._search(words)

    @rx.event(supersedes=True)
    async def type_words(self, typed: str):  # noqa: ANN201
        """Search what has been typed so far."""
        await self._search(typed)
        return self._update_address()

    @rx.event
    async def submit(self, form: dict[str, str]):  # noqa: ANN201
        """Search at once what stands in the box."""
        await self._search(form.get("busca", "") if isinstance(form, dict) else "")
        return self._update_address()

    @rx.event
    async def search_for(self, words: str):  # noqa: ANN201
        """Search other words, and show them in the box."""
        self.generation += 1
        await self._search(words)
        return self._update_address()

    @rx.event
    async def toggle_open(self):  # noqa: ANN201
        """Keep only units open now, or all again."""
        self.open_now = not self.open_now
        await self._search(self.words)
        return self._update_address()

    @rx.event
    async def toggle_channel(self, kind: str):  # noqa: ANN201
        """Keep only units with a channel, or all again."""
        self.channel = "" if self.channel == kind else _parse_channel_kind(kind)
        await self._search(self.words)
        return self._update_address()

    @rx.event
    async def toggle_degree(self):  # noqa: ANN201
        """Keep only the second degree, or all again."""
        self.degree = 0 if self.degree else 2
        await self._search(self.words)
        return self._update_address()

    @rx.event
    async def show_more(self) -> None:
        """Read the next page of the answer."""
        if self.cursor:
            await self._search(self.words, more=True)

    async def _search(self, words: str, *, more: bool = False) -> None:
        words = words if isinstance(words, str) else ""
        # A case number is answered and forgotten: it stays in the person's own browser.
        kept = len(words) <= unit_search.MAX_QUERY_LENGTH and case_number.can_be_in_address(words)
        self.words = words if kept else ""
        filters = UnitFilters(channel=self.channel, degree=self.degree, open_now=self.open_now)
        self.searched = bool(words.strip()) or filters != UnitFilters()
        # What stands there already is read anew with the rest, as far as one page goes.
        again = len(self.cards) if more and len(self.cards) + PAGE_SIZE <= MAX_PAGE_SIZE else 0
        count = len(self.cards) + PAGE_SIZE if more else PAGE_SIZE
        variant = live_view.search_variant(words, filters, count) if kept else ""
        room = await live.subscribe(self, live_view.TOPIC, variant)
        if not self.searched:
            self._show(SearchAnswer([], 0, ""))
            return
        try:
            answer = await db.read(
                unit_search.find_units,
                words,
                filters,
                now=clock.now(),
                limit=PAGE_SIZE + again,
                offset=self.cursor if more and not again else 0,
            )
        except AppError as refusal:
            self._show(SearchAnswer([], 0, ""))
            self.problem = refusal.message
            return
        before = self.cards if more and not again else []
        self._show(replace(answer, items=[*before, *answer.items]))
        card_tracker.update(room, self.cards)

    def _show(self, answer: SearchAnswer) -> None:
        self.problem = ""
        self.cards = answer.items
        self.headline = answer.headline
        self.advice = answer.advice
        self.did_you_mean = answer.did_you_mean
        self.case_message = answer.case.message if answer.case else ""
        self.understood = answer.understood
        self.facets = live_view.facet_counts(answer)
        self.cursor = answer.next

    def _update_address(self):  # noqa: ANN202
        """Put what is searched into the address, without a new entry in the history."""
        address = _address(
            self.words, self.channel, str(self.degree or ""), "1" if self.open_now else ""
        )
        if address == self._shared:
            return None
        self._sharing, self._shared = True, address
        return rx.redirect(address, replace=True)


def _parse_channel_kind(kind: object) -> str:
    return kind if isinstance(kind, str) and kind in set(ChannelKind) else ""


def _address(words: object, channel: object, degree: object, open_now: object) -> str:
    asked = {"q": words, "canal": channel, "grau": degree, "aberta": open_now}
    said = urlencode({name: value for name, value in asked.items() if value})
    return f"{routes.HOME}?{said}" if said else routes.HOME


def register() -> None:
    """Register the live view of the search."""
    live.register_view("finder", FinderState, live_view.read_room)
    live.depends_on("finder", calendar.TOPIC)
    live.depends_on("finder", PUBLIC_TOPIC, card_tracker.rooms_with_changes)
    live.depends_on("finder", hooks.OUTAGES_TOPIC, card_tracker.rooms_with_changes)
