"""Choosing a time: it is held for five minutes, given up, taken up again after a reload."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import reflex as rx

from canais_app.agenda import service
from canais_app.agenda.picker import held, zones
from canais_app.agenda.picker.held import HeldSlotView
from canais_app.agenda.picker.looking import CalendarState
from canais_app.agenda.times.moments import parse_day_and_time
from canais_app.kit import clock, limits
from canais_app.kit.db import write
from canais_app.kit.errors import AppError, BusyError
from canais_app.kit.events import EventResult


class HoldState(CalendarState, mixin=True):
    """The time one holds, and the step one is at."""

    mine: HeldSlotView = HeldSlotView()
    step: str = "fill"  # fill, check
    typed: dict[str, str] = {}  # noqa: RUF012
    said: str = ""
    problem: str = ""
    kept: str = rx.SessionStorage("", name="canais_reserva")
    _token: str = ""

    @rx.event
    async def set_timezone(self, zone: str) -> None:
        """Learn the visitor's own zone from the browser, to show both clocks where they differ."""
        self.zone = zones.parse_zone(zone)
        self._choose(self.day)
        self._restore_hold(clock.now())

    @rx.event(temporal=True)
    async def choose_time(self, label: str) -> AsyncIterator[Any]:
        """Hold a time of the chosen day for five minutes, giving up the one held before."""
        start = parse_day_and_time(self.day, label)
        if start is None or not self._slug:
            return
        before = self.mine
        self.mine, self.problem, self.said = replace(before, day=self.day, label=label), "", ""
        yield
        try:
            limits.check_rate_limit("30/minute", "hold", self.router.session.client_ip)
            modality = self.typed.get("modality") or next(iter(self.about.modalities), "")
            hold = await write(
                service.hold_slot,
                self._slug,
                start,
                modality,
                now=clock.now(),
                previous_token=self._token,
            )
        except (AppError, BusyError) as refusal:
            self.mine = before  # still held: a hold moves whole or not at all
            self.problem = refusal.message
            await self._refresh()
            return
        self._token, self.kept = hold.token, held.serialize_hold(self._slug, hold)
        self.mine = held.held_slot_view(hold, self.zone, clock.now())
        await self._refresh()
        yield rx.set_focus("reserva")

    @rx.event(temporal=True)
    async def release_time(self) -> EventResult:
        """Let the held time go and look at the calendar again."""
        if self._token:
            try:
                await write(service.release_hold, self._token)
            except AppError as refusal:
                self.problem = refusal.message
        self._clear_hold()
        self.step = "fill"
        return rx.set_focus("escolha")

    def _restore_hold(self, now: datetime) -> None:
        """Take up the hold this tab had before a reload or a restart of the server."""
        hold = held.restore_hold(self.kept, self._slug, now)
        if hold is not None:
            self._token, self.mine = hold.token, held.held_slot_view(hold, self.zone, now)

    def _clear_hold(self) -> None:
        self._token = self.kept = ""
        self.mine = HeldSlotView()
