"""State of the dashboard: the filter of the address and its view, live until paused."""

import asyncio
from dataclasses import asdict
from datetime import datetime

import reflex as rx
from sqlmodel import Session

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.accounts.staff_state import StaffState, recheck_access, staff_event
from canais_app.complaints.dashboard import presenter
from canais_app.complaints.dashboard.view import DashboardView
from canais_app.complaints.service import TOPIC
from canais_app.complaints.statistics import figures
from canais_app.complaints.statistics.counts import read_scope
from canais_app.complaints.statistics.filters import DashboardFilter, parse_filter_variant
from canais_app.kit import clock, db, live
from canais_app.kit.events import EventResult

REFRESH_SECONDS = 30  # "the last hour" moves on although nothing is filed


class DashboardState(StaffState, rx.State):
    """Rebuilt from the address at every visit; the live view then updates it."""

    view: DashboardView = DashboardView()
    paused: bool = False
    unit_link: str = ""  # to the same figures of all units

    @staff_event(Permission.SEE_DASHBOARD)
    async def load(self, actor: Actor) -> None:
        """Show the figures for the filter in the address."""
        self.paused = False
        sent = dict(self.router.url.query_parameters)
        scope, _ = await db.read(read_scope, sent, now=clock.now())
        await self._show(actor, scope.with_default("24h"))

    @staff_event(Permission.SEE_DASHBOARD)
    async def pause(self, _actor: Actor) -> EventResult:
        """Pause the live updates, or reload and resume them."""
        if not self.paused:
            await live.unsubscribe(self)
            self.paused = True
            return None
        return DashboardState.load

    async def _show(self, actor: Actor, chosen: DashboardFilter) -> None:
        now = clock.now()
        await live.subscribe(
            self, TOPIC, chosen.to_variant(), recheck_access=recheck_access(actor, _recheck_access)
        )
        snapshot = await db.read(figures.load_dashboard_snapshot, actor, chosen, now=now)
        self.view = presenter.present_dashboard(snapshot)
        self.unit_link = routes.dashboard(chosen.without_unit().to_query())


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
