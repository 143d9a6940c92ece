"""The search page's State. The address carries the query, except a case number."""

from dataclasses import replace
from urllib.parse import urlencode

import reflex as rx

from canais_app import routes
from canais_app.directory import hooks, notices, unit_search
from canais_app.directory.channels import ChannelKind
from canais_app.directory.editing.change_log import PUBLIC_TOPIC
from canais_app.directory.finder import live_view
from canais_app.directory.finder.card_tracker import card_tracker
from canais_app.directory.finder.case_choices import CaseChoice, list_case_choices
from canais_app.directory.search import case_number
from canais_app.directory.unit_search import UnitFilters
from canais_app.directory.views import AnswerCard, NoticeView, QueryPart, SearchAnswer, UnitCard
from canais_app.expediente import queries as calendar
from canais_app.kit import clock, db, live
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult
from canais_app.kit.paging import MAX_PAGE_SIZE

PAGE_SIZE = 20


class FinderState(rx.State):
    """The query and its answer. A new `generation` renders the box again with other words."""

    words: str = ""
    channel: str = ""
    degree: int = 0
    open_now: bool = False
    generation: int = 0
    searched: bool = False
    problem: str = ""
    headline: str = ""
    answers: list[AnswerCard] = []
    remarks: str = ""
    did_you_mean: str = ""
    case_message: str = ""
    case_choices: list[CaseChoice] = []
    cards: list[UnitCard] = []
    understood: list[QueryPart] = []
    facets: dict[str, int] = {}
    cursor: int = 0  # the offset of the next page; 0 at the end
    notices: list[NoticeView] = []
    ready: bool = False  # the notices are known
    news: str = ""
    _shared: str = ""  # the address as this page last set or read it
    _sharing: bool = False  # the next load follows our own redirect

    @rx.event
    async def load(self) -> EventResult:
        """Load the notices, and search for the query in the address."""
        query = self.router.url.query_parameters
        address = _address(*(query.get(name, "") for name in ("q", "canal", "grau", "aberta")))
        if self._sharing and address == self._shared:
            self._sharing = False
            return
        self._sharing, self._shared = False, address
        await live.subscribe(self, live_view.TOPIC)
        self.notices, self.news = await db.read(notices.list_current_and_announced, clock.now()), ""
        self.ready = True
        notices.notice_announcer.announce_changes(live_view.TOPIC, self.notices)
        words = str(query.get("q", ""))[: unit_search.MAX_QUERY_LENGTH]
        self.generation += 1 if words != self.words else 0
        self.channel = _parse_channel_kind(query.get("canal", ""))
        self.degree = 2 if query.get("grau") == "2" else 0
        self.open_now = query.get("aberta") == "1"
        await self._search(words)

    @rx.event(supersedes=True)
    async def type_words(self, typed: str) -> EventResult:
        """Search for the text typed so far."""
        await self._search(typed)
        return self._update_address()

    @rx.event
    async def submit(self, form: dict[str, str]) -> EventResult:
        """Search at once for the text in the box."""
        await self._search(form.get("busca", "") if isinstance(form, dict) else "")
        return self._update_address()

    @rx.event
    async def search_for(self, words: str) -> EventResult:
        """Search for other words, and show them in the box."""
        self.generation += 1
        await self._search(words)
        return self._update_address()

    @rx.event
    async def toggle_open(self) -> EventResult:
        """Filter by open now, or not any more."""
        self.open_now = not self.open_now
        await self._search(self.words)
        return self._update_address()

    @rx.event
    async def toggle_channel(self, kind: str) -> EventResult:
        """Filter by a channel, or not any more."""
        self.channel = "" if self.channel == kind else _parse_channel_kind(kind)
        await self._search(self.words)
        return self._update_address()

    @rx.event
    async def toggle_degree(self) -> EventResult:
        """Filter by second degree, or not any more."""
        self.degree = 0 if self.degree else 2
        await self._search(self.words)
        return self._update_address()

    @rx.event
    async def show_more(self) -> None:
        """Append the next page of the answer."""
        if self.cursor:
            await self._search(self.words, more=True)

    async def _search(self, words: str, *, more: bool = False) -> None:
        words = words if isinstance(words, str) else ""
        # A case number is answered but stored neither here nor in the address.
        is_public = len(words) <= unit_search.MAX_QUERY_LENGTH and case_number.can_be_in_address(
            words
        )
        self.words = words if is_public else ""
        filters = UnitFilters(channel=self.channel, degree=self.degree, open_now=self.open_now)
        self.searched = bool(words.strip()) or filters != UnitFilters()
        # The cards shown so far are read again with the next ones, up to one page.
        again = len(self.cards) if more and len(self.cards) + PAGE_SIZE <= MAX_PAGE_SIZE else 0
        count = len(self.cards) + PAGE_SIZE if more else PAGE_SIZE
        variant = live_view.search_variant(words, filters, count) if is_public else ""
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
        self.case_choices = (
            await db.read(list_case_choices, answer.case) if answer.case is not None else []
        )
        before = self.cards if more and not again else []
        self._show(replace(answer, items=[*before, *answer.items]))
        card_tracker.update(room, self.cards)

    def _show(self, answer: SearchAnswer) -> None:
        self.problem = ""
        self.cards = answer.items
        self.headline = answer.headline
        self.answers = answer.answers
        self.remarks = answer.remarks
        self.did_you_mean = answer.did_you_mean
        self.case_message = answer.case.message if answer.case else ""
        self.understood = answer.understood
        self.facets = live_view.facet_counts(answer)
        self.cursor = answer.next

    def _update_address(self) -> EventResult:
        """Put the query into the address, without a new entry in the history."""
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
    given = {"q": words, "canal": channel, "grau": degree, "aberta": open_now}
    query = urlencode({name: value for name, value in given.items() if value})
    return f"{routes.HOME}?{query}" if query else routes.HOME


def register() -> None:
    """Register the live view of the search."""
    live.register_view("finder", FinderState, live_view.read_room)
    live.depends_on("finder", calendar.TOPIC)
    live.depends_on("finder", PUBLIC_TOPIC, card_tracker.rooms_with_changes)
    live.depends_on("finder", hooks.OUTAGES_TOPIC, card_tracker.rooms_with_changes)
