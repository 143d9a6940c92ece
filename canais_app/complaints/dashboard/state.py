"""State of the dashboard: the filter of the address and its view, live until paused."""

import asyncio
from dataclasses import asdict
from datetime import datetime
from typing import Any

import reflex as rx
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.accounts.staff_state import StaffState, recheck_access, staff_event
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

REFRESH_SECONDS = 30  # "the last hour" moves on although nothing is filed


class _DatesForm(BaseModel):
    """Two typed dates."""

    model_config = ConfigDict(extra="ignore")
    de: str = ""
    ate: str = ""


class DashboardState(StaffState, rx.State):
    """Rebuilt from the address at every visit; the live view then updates it."""

    view: DashboardView = DashboardView()
    paused: bool = False
    chosen: dict[str, str] = {}
    links: dict[str, str] = {}
    comarcas: list[list[str]] = []
    units: list[list[str]] = []

    @staff_event(Permission.SEE_DASHBOARD)
    async def load(self, actor: Actor) -> None:
        """Show the figures for the filter in the address."""
        self.paused = False
        sent = dict(self.router.url.query_parameters)
        try:
            await self._show(actor, parse_filter(sent, now=clock.now()))
        except AppError as refusal:
            self.problem = _explain_refusal(refusal)
            await self._show(actor, DashboardFilter())
            self.chosen = {**self.chosen, **{k: str(sent.get(k, "")) for k in ("de", "ate")}}

    @staff_event(Permission.SEE_DASHBOARD)
    async def choose(self, _actor: Actor, field: str, value: str) -> EventResult:
        """Change one filter; another comarca clears the unit."""
        if field not in ("comarca", "unidade", "canal", "tipo"):
            return None
        changes = {field: value} | ({"unidade": ""} if field == "comarca" else {})
        return self._navigate(changes)

    @staff_event(Permission.SEE_DASHBOARD)
    async def choose_dates(self, _actor: Actor, form: dict[str, Any]) -> EventResult:
        """Change the period to two dates."""
        dates = forms.parse_form(_DatesForm, form)
        self.chosen = {**self.chosen, "de": dates.de, "ate": dates.ate}
        return self._navigate({"p": "", "de": dates.de, "ate": dates.ate})

    @staff_event(Permission.SEE_DASHBOARD)
    async def pause(self, _actor: Actor) -> EventResult:
        """Pause the live updates, or reload and resume them."""
        if not self.paused:
            await live.unsubscribe(self)
            self.paused = True
            return None
        return DashboardState.load

    def _navigate(self, changes: dict[str, str]) -> EventResult:
        chosen = parse_filter({**self.chosen, **changes}, now=clock.now())
        return rx.redirect(routes.dashboard(chosen.to_query()))

    async def _refuse(self, refusal: AppError) -> EventResult:
        result = await super()._refuse(refusal)
        self.problem = self.errors.get("geral", self.problem)
        return result

    async def _show(self, actor: Actor, chosen: DashboardFilter) -> None:
        now = clock.now()
        # Check first, so that no live view is opened for an unknown comarca.
        await db.read(figures.check_filter, actor, chosen)
        await live.subscribe(
            self, TOPIC, chosen.to_variant(), recheck_access=recheck_access(actor, _recheck_access)
        )
        snapshot = await db.read(figures.load_dashboard_snapshot, actor, chosen, now=now)
        self.comarcas, self.units = await db.read(figures.list_filter_choices, actor, chosen)
        self.view = presenter.present_dashboard(snapshot)
        self.chosen = chosen.to_fields()
        no_dates = {"de": "", "ate": ""}
        self.links = {
            p: routes.dashboard(chosen.to_query(**no_dates, p="" if p == "24h" else p))
            for p in ("24h", "7d", "30d")
        } | {"unit": routes.dashboard(chosen.without_unit().to_query())}


def _explain_refusal(refusal: AppError) -> str:
    """Return which filter of the address is invalid, and what is shown instead."""
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
    """Read the view for subscribers who were already authorised."""
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
    """Refresh the open dashboards twice a minute (a lifespan task of the app)."""
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        if live.broadcaster.rooms.get(TOPIC):
            live.broadcaster.on_change(TOPIC)
