"""Base State of the picker: hold a slot for five minutes, release it, restore it on reload."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import reflex as rx

from canais_app.agenda.booking import holds
from canais_app.agenda.formatting import parse_day_and_time
from canais_app.agenda.picker import timezones
from canais_app.agenda.picker.calendar_state import CalendarState
from canais_app.agenda.views import HeldSlot
from canais_app.kit import clock, limits, text
from canais_app.kit.db import write
from canais_app.kit.errors import AppError, BusyError
from canais_app.kit.events import EventResult

OWN_TAB_TEXT = (
    "Você já guardou este horário em outra aba deste navegador. Continue por lá, ou solte-o lá "
    "para usar aqui."
)
_TOKEN = re.compile(r"^[\w-]{20,100}$")


@dataclass
class HeldSlotView:
    """The chosen slot in ready words. `label` is `14h20`, empty when none is chosen.

    `own` is the time in the visitor's zone, if it differs. `name` is the key of the countdown of
    `seconds_left`: a new one restarts it.
    """

    day: str = ""
    label: str = ""
    words: str = ""
    date: str = ""
    own: str = ""
    month: str = ""
    number: str = ""
    seconds_left: int = 0
    name: str = ""


def held_slot_view(hold: HeldSlot, zone: str, now: datetime) -> HeldSlotView:
    """Return a hold as the page shows it to a visitor in `zone`."""
    day = clock.to_local_day(hold.start)
    left = max(0, int((hold.expires_at - now).total_seconds()))
    return HeldSlotView(
        day=day.isoformat(),
        label=text.format_hour(hold.start),
        words=f"{text.format_hour(hold.start)} às {text.format_hour(hold.end)}",
        date=f"{text.WEEKDAYS_BARE[day.weekday()]}, {text.format_date(day)}",
        own=timezones.format_span_in_zone(timezones.parse_zone(zone), hold.start, hold.end),
        month=text.MONTH_NAMES[day.month - 1][:3],
        number=str(day.day),
        seconds_left=left,
        name=f"{hold.token[:8]}-{left}",
    )


def serialize_hold(slug: str, hold: HeldSlot) -> str:
    """Return a hold for the tab's session storage."""
    moments = (hold.start, hold.end, hold.expires_at)
    return "|".join([slug, hold.token, *(moment.isoformat() for moment in moments)])


def restore_hold(stored: str, slug: str, now: datetime) -> HeldSlot | None:
    """Return the unexpired hold in a tab's storage (untrusted) for this agenda, if any."""
    stored_slug, _, rest = stored.partition("|")
    try:
        token, *moments = rest.split("|")
        start, end, expires = (datetime.fromisoformat(moment) for moment in moments)
        return (
            HeldSlot(token, start, end, expires)
            if stored_slug == slug and _TOKEN.match(token) and expires > now
            else None
        )
    except (ValueError, TypeError):  # TypeError: a time without its offset
        return None


def held_elsewhere(stored: str, slug: str, token: str, now: datetime) -> str:
    """Return the slot that another tab of this browser holds, as the board names it."""
    hold = restore_hold(stored, slug, now)
    if hold is None or hold.token == token:
        return ""
    return f"{clock.to_local_day(hold.start).isoformat()} {text.format_hour(hold.start)}"


class HoldState(CalendarState, mixin=True):
    """The held slot, and the step of the form."""

    mine: HeldSlotView = HeldSlotView()
    step: str = "fill"  # fill, check
    on_form: bool = False  # narrow screens show the calendar or the form
    kind: str = rx.SessionStorage("", name="canais_tipo")  # of attendance; checked on load
    typed: dict[str, str] = {}
    summary: str = ""
    problem: str = ""
    stored_hold: str = rx.SessionStorage("", name="canais_reserva")
    # The last hold of any tab of this browser, so that its own is not called another person's.
    browser_hold: str = rx.LocalStorage("", name="canais_reserva_de_uma_aba")
    elsewhere: str = ""  # the slot that another tab of this browser holds: `2026-11-25 14h20`
    _token: str = ""

    @rx.event
    async def use_timezone(self, zone: str) -> None:
        """Set the visitor's zone, as the browser reports it, to show both clocks."""
        self.zone = timezones.parse_zone(zone)
        self._choose(self.day)
        self._restore_hold(clock.now())
        self.elsewhere = held_elsewhere(self.browser_hold, self._slug, self._token, clock.now())

    @rx.event(temporal=True)
    async def choose_time(self, label: str) -> AsyncIterator[Any]:
        """Hold a slot of the chosen day for five minutes; the one held before is released."""
        start = parse_day_and_time(self.day, label)
        if start is None or not self._slug:
            return
        before = self.mine
        self.mine, self.problem, self.summary = replace(before, day=self.day, label=label), "", ""
        yield
        try:
            limits.check_rate_limit("30/minute", "hold", self.router.session.client_ip)
            asked, offered = self.typed.get("modality"), self.about.modalities
            modality = asked if asked in offered else next(iter(offered), "")
            now = clock.now()
            client = limits.address_mark("booking", self.router.session.client_ip, now=now)
            hold = await write(
                holds.hold_slot,
                self._slug,
                start,
                modality,
                now=now,
                previous_token=self._token,
                kind=self.kind,
                client=client,
            )
        except (AppError, BusyError) as refusal:
            self.mine = before  # still held: the move is one transaction
            self.elsewhere = held_elsewhere(self.browser_hold, self._slug, self._token, clock.now())
            is_own = self.elsewhere == f"{self.day} {label}"
            self.problem = OWN_TAB_TEXT if is_own else refusal.message
            await self._refresh()
            return
        self._token, self.stored_hold = hold.token, serialize_hold(self._slug, hold)
        self.browser_hold = self.stored_hold
        self.mine = held_slot_view(hold, self.zone, clock.now())
        await self._refresh()
        yield rx.set_focus("reserva")

    @rx.event(temporal=True)
    async def release_time(self) -> EventResult:
        """Release the held slot and go back to the calendar."""
        await self._release()
        return rx.set_focus("escolha")

    async def _release(self) -> None:
        if self._token:
            try:
                await write(holds.release_hold, self._token)
            except AppError as refusal:
                self.problem = refusal.message
        self._clear_hold()
        self.step, self.on_form = "fill", False

    def _restore_hold(self, now: datetime) -> None:
        """Restore this tab's hold after a reload or a restart of the server."""
        hold = restore_hold(self.stored_hold, self._slug, now)
        if hold is not None:
            self._token, self.mine = hold.token, held_slot_view(hold, self.zone, now)

    def _clear_hold(self) -> None:
        if self.browser_hold == self.stored_hold:
            self.browser_hold = ""
        self._token = self.stored_hold = ""
        self.mine = HeldSlotView()
