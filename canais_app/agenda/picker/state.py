"""What one person sees and does on an agenda's page."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import reflex as rx
from sqlmodel import Session

from canais_app import routes
from canais_app.agenda import boards, queries, service, topics
from canais_app.agenda.errors import SlotTakenError, SlotUnavailableError
from canais_app.agenda.moments import is_day, moment_of
from canais_app.agenda.picker import view, zones
from canais_app.agenda.picker.view import DayCell, Turn
from canais_app.agenda.requests import FIELDS, BookingRequest
from canais_app.agenda.views import AgendaView, Board
from canais_app.directory import cnj
from canais_app.expediente import queries as calendar
from canais_app.kit import clock, limits, live, text
from canais_app.kit.db import in_reading, in_session
from canais_app.kit.errors import AppError, NotFoundError
from canais_app.kit.forms import parse

_TOKEN = re.compile(r"^[\w-]{20,100}$")
_ROOMS_REMEMBERED = 1000


class _Memory:
    """The marks each room last showed, so that a change can be said in words."""

    def __init__(self) -> None:
        self.marks: dict[str, dict[str, str]] = {}

    def swap(self, room: str, marks: dict[str, str]) -> dict[str, str]:
        """Remember a room's marks and return those before."""
        if len(self.marks) > _ROOMS_REMEMBERED:
            self.marks.clear()
        before = self.marks.get(room, marks)
        self.marks[room] = marks
        return before


_memory = _Memory()


def _shown(board: Board, now: datetime) -> dict[str, object]:
    return {
        "weeks": view.weeks(board, now),
        "turns": view.turns(board),
        "marks": view.marks(board),
        "closures": view.closures(board),
        "stand_ins": view.stand_ins(board),
        "attended_by": view.attended_by(board),
        "any_free": bool(view.first_free(board)),
    }


def _read_room(session: Session, room: str, now: datetime) -> Mapping[str, object]:
    topic, _, variant = room.partition("#")
    agenda_id = int(topic.partition(":")[2])
    board = boards.board_of(session, agenda_id, date.fromisoformat(variant), now=now)
    shown = _shown(board, now)
    marks = view.marks(board)
    said = view.news(_memory.swap(room, marks), marks, view.turns(board))
    if not said.words:  # shown anew without a change (the clock, the calendar): the news stays
        return shown
    return {
        **shown,
        "news_day": said.day,
        "news_time": said.label,
        "news_words": said.words,
    }


class PickerState(rx.State):
    """The board (which its room sends whole at each change), the held time and the form."""

    weeks: list[list[DayCell]] = []
    turns: dict[str, list[Turn]] = {}
    marks: dict[str, str] = {}
    closures: list[str] = []
    stand_ins: list[str] = []
    attended_by: dict[str, str] = {}
    any_free: bool = False
    news_day: str = ""
    news_time: str = ""
    news_words: str = ""

    ready: bool = False
    missing: bool = False
    title: str = ""
    unit_path: str = ""
    waitlist_path: str = ""
    hours: str = ""
    place: str = ""
    minutes: int = 0
    modality_words: str = ""
    modalities: list[str] = []
    span: str = ""
    until: str = ""
    first_day: str = ""
    has_earlier: bool = False
    has_later: bool = False
    day: str = ""
    day_name: str = ""

    mine: str = ""
    mine_day: str = ""
    mine_words: str = ""
    mine_date: str = ""
    mine_own: str = ""
    mine_month: str = ""
    mine_number: str = ""
    seconds_left: int = 0
    hold_name: str = ""
    step: str = "fill"
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    said: str = ""
    problem: str = ""

    kept: str = rx.SessionStorage("", name="canais_reserva")
    zone: str = rx.SessionStorage("", name="canais_fuso")
    zone_words: str = ""
    _token: str = ""
    _key: str = ""  # of one look at the answers: confirming twice books once
    _slug: str = ""
    _agenda_id: int = 0
    _last_day: str = ""

    @rx.event
    async def load(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Show the agenda, and the time held before when the page comes back."""
        now = clock.now()
        self._slug = unquote(str(self.router.url.path)).rstrip("/").rpartition("/")[2]
        self.missing = False
        try:
            agenda = await in_reading(queries.agenda_view, self._slug, now=now)
        except NotFoundError:
            self.missing, self.ready = True, True
            return
        self._describe(agenda)
        self._recall(now)
        start = self.mine_day or self.router.url.query_parameters.get("dia", "")
        self.day = start if is_day(start) else ""
        shown = date.fromisoformat(self.day) if self.day else clock.local_day(now)
        await self._show(self._page_of(shown, now), now)
        self.ready = True

    @rx.event
    async def tell_zone(self, zone: str) -> None:
        """Learn the visitor's own zone from the browser, to show both clocks where they differ."""
        self.zone = zones.known(zone)
        self._choose(self.day)
        self._recall(clock.now())

    @rx.event
    async def choose_day(self, day: str) -> None:
        """Show the times of a day."""
        if is_day(day):
            self._choose(day)

    @rx.event
    async def see_later(self) -> None:
        """Show the next four weeks."""
        await self._turn(1)

    @rx.event
    async def see_earlier(self) -> None:
        """Show the four weeks before."""
        await self._turn(-1)

    @rx.event(temporal=True)
    async def choose_time(self, label: str) -> AsyncIterator[Any]:
        """Hold a time of the chosen day for five minutes, giving up the one held before."""
        start = moment_of(self.day, label)
        if start is None or not self._slug:
            return
        before = (self.mine_day, self.mine)
        self.mine_day, self.mine, self.problem, self.said = self.day, label, "", ""
        yield
        try:
            limits.check("30/minute", "hold", self.router.session.client_ip)
            hold = await in_session(
                service.hold,
                self._slug,
                start,
                self.typed.get("modality") or self.modalities[0],
                now=clock.now(),
                previous_token=self._token,
            )
        except AppError as refusal:
            self.mine_day, self.mine = before  # still held: a hold moves whole or not at all
            self.problem = refusal.message
            await self._refresh()
            return
        self._keep(hold.token, hold.start, hold.end, hold.expires_at)
        await self._refresh()
        yield rx.set_focus("reserva")

    @rx.event(temporal=True)
    async def give_up_time(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Let the held time go and look at the calendar again."""
        if self._token:
            try:
                await in_session(service.release, self._token)
            except AppError as refusal:
                self.problem = refusal.message
        self._forget()
        self.step = "fill"
        return rx.set_focus("escolha")

    @rx.event
    async def check(self, form: dict[str, Any]) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Look over what was typed; with nothing to mend, show it all once more."""
        self._take(form)
        if not self.mine:
            self.said = "Falta escolher o dia e o horário."
            self.errors = {"escolha": self.said}
            return rx.set_focus("resumo-de-erros")
        try:
            wish = parse(BookingRequest, self._wish())
        except AppError as refusal:
            self.said, self.errors = refusal.message, refusal.errors
            return rx.set_focus("resumo-de-erros")
        self._normalise(wish)
        self.step, self._key = "check", text.new_token()
        return rx.set_focus("conferir")

    @rx.event
    def mend(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Go back to the form; everything is still there."""
        self.step = "fill"
        return rx.set_focus("seus-dados")

    @rx.event(temporal=True)
    async def confirm(self) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Book the chosen time, or say why it cannot be booked."""
        try:
            limits.check("10/minute", "book", self.router.session.client_ip)
            wish = parse(BookingRequest, {**self._wish(), "idempotency_key": self._key})
            booked = await in_session(service.book, self._slug, wish, now=clock.now())
        except AppError as refusal:
            return await self._refused(refusal)
        self._forget()
        self.step, self.typed = "fill", {}
        return rx.redirect(routes.appointment(booked.token))

    async def _refused(self, refusal: AppError) -> Any:  # noqa: ANN401 (Reflex's own event types)
        self.step = "fill"
        if isinstance(refusal, SlotTakenError | SlotUnavailableError):
            self._forget()
            self.problem = f"{refusal.message} Seus dados continuam aqui: escolha outro horário."
            await self._refresh()
            return rx.set_focus("escolha")
        self.said, self.errors = refusal.message, refusal.errors
        return rx.set_focus("resumo-de-erros")

    async def _turn(self, way: int) -> None:
        if not is_day(self.first_day) or not self._slug:
            return
        first = date.fromisoformat(self.first_day) + timedelta(days=28 * way)
        self.day = ""
        await self._show(first, clock.now())

    async def _refresh(self) -> None:
        if is_day(self.first_day):
            await self._show(date.fromisoformat(self.first_day), clock.now())

    def _page_of(self, day: date, now: datetime) -> date:
        start = view.monday(clock.local_day(now))
        return start + timedelta(days=max(0, (day - start).days) // 28 * 28)

    async def _show(self, first: date, now: datetime) -> None:
        start = view.monday(clock.local_day(now))
        last = self._page_of(date.fromisoformat(self._last_day), now)
        first = min(max(view.monday(first), start), last)
        room = await live.join(self, topics.agenda(self._agenda_id), first.isoformat())
        board = await in_reading(boards.board, self._slug, first, now=now)
        _memory.swap(room, view.marks(board))
        self.weeks, self.turns = view.weeks(board, now), view.turns(board)
        self.marks, self.closures = view.marks(board), view.closures(board)
        self.stand_ins, self.attended_by = view.stand_ins(board), view.attended_by(board)
        self.any_free = bool(view.first_free(board))
        self.news_day = self.news_time = self.news_words = ""
        self.first_day, self.span = first.isoformat(), view.span_words(first)
        end = first + timedelta(days=27)
        self.until = f"{end.day} de {text.MONTHS[end.month - 1]}"
        self.has_earlier = first > start
        self.has_later = first < last
        days = {cell.iso for week in self.weeks for cell in week}
        self._choose(self.day if self.day in days else view.first_free(board))

    def _choose(self, day: str) -> None:
        self.day = day
        self.day_name = view.day_name(date.fromisoformat(day)) if day else ""
        noon = clock.at(date.fromisoformat(day), 12) if day else clock.now()
        self.zone_words = zones.difference_words(zones.known(self.zone), noon)

    def _describe(self, agenda: AgendaView) -> None:
        self._agenda_id, self._last_day = agenda.id, agenda.last_day
        self.title, self.minutes = agenda.title, agenda.slot_minutes
        self.unit_path = routes.unit(agenda.unit_slug)
        self.waitlist_path = routes.waitlist(agenda.slug)
        self.place, self.hours = agenda.place, agenda.hours
        self.modalities = list(agenda.modalities)
        self.modality_words = view.modality_words(agenda.modalities)

    def _keep(self, token: str, start: datetime, end: datetime, expires: datetime) -> None:
        self._token = token
        moments = "|".join(moment.isoformat() for moment in (start, end, expires))
        self.kept = f"{self._slug}|{token}|{moments}"
        self._show_mine(start, end, expires, clock.now())

    def _show_mine(self, start: datetime, end: datetime, expires: datetime, now: datetime) -> None:
        day = clock.local_day(start)
        self.mine_day, self.mine = day.isoformat(), text.hour_words(start)
        self.mine_words = f"{text.hour_words(start)} às {text.hour_words(end)}"
        self.mine_date = f"{view.WEEKDAYS[day.weekday()].lower()}, {text.date_words(day)}"
        self.mine_own = zones.span_words(zones.known(self.zone), start, end)
        self.mine_month, self.mine_number = text.MONTHS[day.month - 1][:3], str(day.day)
        self.seconds_left = max(0, int((expires - now).total_seconds()))
        self.hold_name = f"{self._token[:8]}-{self.seconds_left}"

    def _recall(self, now: datetime) -> None:
        """Take up the hold this tab had before a reload or a restart of the server."""
        slug, _, rest = self.kept.partition("|")
        try:
            token, *moments = rest.split("|")
            start, end, expires = (datetime.fromisoformat(m) for m in moments)
        except ValueError:
            return
        if slug == self._slug and _TOKEN.match(token) and expires > now:
            self._token = token
            self._show_mine(start, end, expires, now)

    def _forget(self) -> None:
        self._token = self.kept = ""
        self.mine = self.mine_day = self.mine_words = self.mine_date = self.mine_own = ""
        self.mine_month = self.mine_number = self.hold_name = ""
        self.seconds_left = 0

    def _take(self, form: object) -> None:
        sent: dict[str, Any] = form if isinstance(form, dict) else {}
        self.typed = {n: str(sent[n])[:2000] for n in FIELDS if isinstance(sent.get(n), str)}
        self.typed["consent"] = "true" if sent.get("consent") else ""
        self.errors, self.said, self.problem = {}, "", ""

    def _wish(self) -> dict[str, object]:
        start = moment_of(self.mine_day, self.mine)
        return {
            **self.typed,
            "consent": bool(self.typed.get("consent")),
            "start": start.isoformat() if start else "",
            "hold_token": self._token,
        }

    def _normalise(self, wish: BookingRequest) -> None:
        """Show what was understood: the OAB and the case number as they are written."""
        self.typed = {
            **self.typed,
            "oab_number": wish.oab_number,
            "modality_name": view.modality_name(wish.modality),
            "case_number": cnj.parse(wish.case_number).formatted if wish.case_number else "",
        }


live.show("agenda", PickerState, _read_room)
live.follow("agenda", calendar.TOPIC)
