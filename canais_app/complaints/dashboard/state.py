"""The dashboard's state: the slice of the address, its view, live until paused."""

import asyncio
from dataclasses import asdict
from datetime import datetime
from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from canais_app import routes
from canais_app.accounts import guard
from canais_app.accounts.guarded import Guarded, staff_event
from canais_app.accounts.roles import Actor, Permission, require
from canais_app.complaints import figures
from canais_app.complaints.dashboard import telling
from canais_app.complaints.dashboard.view import View
from canais_app.complaints.service import TOPIC
from canais_app.complaints.slices import Slice, parse_slice, parse_variant
from canais_app.kit import clock, db, forms, live
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult

EVERY = 30  # seconds: "the last hour" moves on although nothing is filed


class _Dates(BaseModel):
    """A period of one's own, as typed."""

    model_config = ConfigDict(extra="ignore")
    de: str = ""
    ate: str = ""


class DashboardState(Guarded, rx.State):
    """Rebuilt from the address at every visit; the live room sends the same view again."""

    view: View = View()
    paused: bool = False
    chosen: dict[str, str] = {}
    links: dict[str, str] = {}
    comarcas: list[list[str]] = []
    units: list[list[str]] = []

    @staff_event(Permission.SEE_DASHBOARD)
    async def load(self, actor: Actor) -> None:
        """Show the slice of the address."""
        self.paused = False
        asked = dict(self.router.url.query_parameters)
        try:
            await self._show(actor, parse_slice(asked, now=clock.now()))
        except AppError as refusal:
            self.problem = _why_not(refusal)
            await self._show(actor, Slice())
            self.chosen = {**self.chosen, **{k: str(asked.get(k, "")) for k in ("de", "ate")}}

    @staff_event(Permission.SEE_DASHBOARD)
    async def choose(self, _actor: Actor, field: str, value: str) -> EventResult:
        """Go to the same slice with one filter changed; another comarca forgets the unit."""
        if field not in ("comarca", "unidade", "canal", "tipo"):
            return None
        changes = {field: value} | ({"unidade": ""} if field == "comarca" else {})
        return self._go(changes)

    @staff_event(Permission.SEE_DASHBOARD)
    async def choose_dates(self, _actor: Actor, form: dict[str, Any]) -> EventResult:
        """Go to the period between two dates."""
        dates = forms.parse(_Dates, form)
        self.chosen = {**self.chosen, "de": dates.de, "ate": dates.ate}
        return self._go({"p": "", "de": dates.de, "ate": dates.ate})

    @staff_event(Permission.SEE_DASHBOARD)
    async def pause(self, _actor: Actor) -> EventResult:
        """Stop the live updates, or take them up again with what happened meanwhile."""
        if not self.paused:
            await live.leave(self)
            self.paused = True
            return None
        return DashboardState.load

    def _go(self, changes: dict[str, str]) -> EventResult:
        chosen = parse_slice({**self.chosen, **changes}, now=clock.now())
        return rx.redirect(routes.dashboard(chosen.query()))

    async def _refuse(self, refusal: AppError) -> EventResult:
        answer = await super()._refuse(refusal)
        self.problem = self.errors.get("geral", self.problem)
        return answer

    async def _show(self, actor: Actor, chosen: Slice) -> None:
        now = clock.now()
        # Look before joining, so that an unknown comarca never names a room.
        await db.in_reading(figures.check, actor, chosen)
        await live.join(self, TOPIC, chosen.variant(), still=guard.still(actor, _check))
        read = await db.in_reading(figures.snapshot, actor, chosen, now=now)
        self.comarcas, self.units = await db.in_reading(figures.choices, actor, chosen)
        self.view = telling.view_of(read)
        self.chosen = {
            "p": "" if chosen.first else chosen.period,
            "de": chosen.first.isoformat() if chosen.first else "",
            "ate": chosen.last.isoformat() if chosen.last else "",
            "comarca": chosen.comarca,
            "unidade": chosen.unit,
            "canal": chosen.channel,
            "tipo": chosen.kind,
        }
        no_dates = {"de": "", "ate": ""}
        self.links = {
            p: routes.dashboard(chosen.query(**no_dates, p="" if p == "24h" else p))
            for p in ("24h", "7d", "30d")
        } | {"unit": routes.dashboard(chosen.without_unit().query())}


def _why_not(refusal: AppError) -> str:
    """Say which filter of the address does not hold, and what is shown instead."""
    if "geral" in refusal.errors:
        return refusal.errors["geral"]
    names = {"p": "período", "de": "data inicial", "ate": "data final"}
    wrong = ", ".join(names.get(field, field) for field in refusal.errors)
    return (
        f"O endereço traz um filtro que não conhecemos ({wrong}). Mostramos o painel sem filtros."
    )


def _check(_session: Session, actor: Actor, _now: datetime) -> None:
    require(actor, Permission.SEE_DASHBOARD)


def _read(session: Session, room: str, now: datetime) -> dict[str, object]:
    """Read what a room shows, for the viewers who were let in one by one."""
    chosen = parse_variant(room.partition("#")[2], now=now)
    return {"view": asdict(telling.view_of(figures.measure(session, chosen, now=now)))}


def register() -> None:
    """Register the live view of the dashboard."""
    live.show("complaints", DashboardState, _read, guarded=True)


async def keep_fresh() -> None:
    """Read the open dashboards anew twice a minute (a lifespan task of the app)."""
    while True:
        await asyncio.sleep(EVERY)
        if live.hub.rooms.get(TOPIC):
            live.hub.hear(TOPIC)
