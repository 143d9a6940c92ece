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
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.accounts.staff_state import StaffState, staff_event
from canais_app.complaints.dashboard import presenter
from canais_app.complaints.dashboard.view import DashboardView
from canais_app.complaints.service import TOPIC
from canais_app.complaints.statistics import figures
from canais_app.complaints.statistics.filters import (
    DashboardFilter,
    parse_filter,
    parse_filter_variant,
)
from canais_app.kit import clock, db, forms, live
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult

REFRESH_SECONDS = 30  # seconds: "the last hour" moves on although nothing is filed


class _DatesForm(BaseModel):
    """A period of one's own, as typed."""

    model_config = ConfigDict(extra="ignore")
    de: str = ""
    ate: str = ""


class DashboardState(StaffState, rx.State):
    """Rebuilt from the address at every visit; the live room sends the same view again."""

    view: DashboardView = DashboardView()
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
            await self._show(actor, parse_filter(asked, now=clock.now()))
        except AppError as refusal:
            self.problem = _explain_refusal(refusal)
            await self._show(actor, DashboardFilter())
            self.chosen = {**self.chosen, **{k: str(asked.get(k, "")) for k in ("de", "ate")}}

    @staff_event(Permission.SEE_DASHBOARD)
    async def choose(self, _actor: Actor, field: str, value: str) -> EventResult:
        """Go to the same slice with one filter changed; another comarca forgets the unit."""
        if field not in ("comarca", "unidade", "canal", "tipo"):
            return None
        changes = {field: value} | ({"unidade": ""} if field == "comarca" else {})
        return self._navigate(changes)

    @staff_event(Permission.SEE_DASHBOARD)
    async def choose_dates(self, _actor: Actor, form: dict[str, Any]) -> EventResult:
        """Go to the period between two dates."""
        dates = forms.parse_form(_DatesForm, form)
        self.chosen = {**self.chosen, "de": dates.de, "ate": dates.ate}
        return self._navigate({"p": "", "de": dates.de, "ate": dates.ate})

    @staff_event(Permission.SEE_DASHBOARD)
    async def pause(self, _actor: Actor) -> EventResult:
        """Stop the live updates, or take them up again with what happened meanwhile."""
        if not self.paused:
            await live.unsubscribe(self)
            self.paused = True
            return None
        return DashboardState.load

    def _navigate(self, changes: dict[str, str]) -> EventResult:
        chosen = parse_filter({**self.chosen, **changes}, now=clock.now())
        return rx.redirect(routes.dashboard(chosen.to_query()))

    async def _refuse(self, refusal: AppError) -> EventResult:
        answer = await super()._refuse(refusal)
        self.problem = self.errors.get("geral", self.problem)
        return answer

    async def _show(self, actor: Actor, chosen: DashboardFilter) -> None:
        now = clock.now()
        # Look before joining, so that an unknown comarca never names a room.
        await db.read(figures.check_filter, actor, chosen)
        await live.subscribe(
            self,
            TOPIC,
            chosen.to_variant(),
            recheck_access=guard.recheck_access(actor, _recheck_access),
        )
        read = await db.read(figures.load_dashboard_snapshot, actor, chosen, now=now)
        self.comarcas, self.units = await db.read(figures.list_filter_choices, actor, chosen)
        self.view = presenter.present_dashboard(read)
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
            p: routes.dashboard(chosen.to_query(**no_dates, p="" if p == "24h" else p))
            for p in ("24h", "7d", "30d")
        } | {"unit": routes.dashboard(chosen.without_unit().to_query())}


def _explain_refusal(refusal: AppError) -> str:
    """Say which filter of the address does not hold, and what is shown instead."""
    if "geral" in refusal.errors:
        return refusal.errors["geral"]
    names = {"p": "período", "de": "data inicial", "ate": "data final"}
    wrong = ", ".join(names.get(field, field) for field in refusal.errors)
    return (
        f"O endereço traz um filtro que não conhecemos ({wrong}). Mostramos o painel sem filtros."
    )


def _recheck_access(_session: Session, actor: Actor, _now: datetime) -> None:
    require_permission(actor, Permission.SEE_DASHBOARD)


def _read(session: Session, room: str, now: datetime) -> dict[str, object]:
    """Read what a room shows, for the viewers who were let in one by one."""
    chosen = parse_filter_variant(room.partition("#")[2], now=now)
    return {
        "view": asdict(
            presenter.present_dashboard(figures.build_dashboard_snapshot(session, chosen, now=now))
        )
    }


def register() -> None:
    """Register the live view of the dashboard."""
    live.register_view("complaints", DashboardState, _read, rechecks_access=True)


async def refresh_dashboards() -> None:
    """Read the open dashboards anew twice a minute (a lifespan task of the app)."""
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        if live.broadcaster.rooms.get(TOPIC):
            live.broadcaster.on_change(TOPIC)
