"""A unit's page: its State, and its live view."""

from datetime import datetime

import reflex as rx
from sqlmodel import Session

from canais_app import routes
from canais_app.directory import hooks
from canais_app.directory.errors import UnitMovedError
from canais_app.directory.notices import notice_announcer
from canais_app.directory.unit_page import load_unit_page
from canais_app.directory.views import UnitCard, UnitPage
from canais_app.expediente import queries as calendar
from canais_app.kit import clock, db, live
from canais_app.kit.errors import NotFoundError
from canais_app.kit.events import EventResult

TOPIC = "directory:all"


class UnitPageState(rx.State):
    """The unit named by the slug in the address."""

    ready: bool = False
    missing: bool = False
    title: str = "Unidade"
    page: UnitPage = UnitPage(UnitCard())
    copied: str = ""
    news: str = ""

    @rx.event
    async def load(self) -> EventResult:
        """Load the unit of the address; redirect from a former slug to the present one."""
        slug = self.router.url.path.rstrip("/").rpartition("/")[2]
        room = await live.subscribe(self, TOPIC, slug)
        self.copied = self.news = ""
        try:
            self.page = await db.read(load_unit_page, slug, now=clock.now())
        except UnitMovedError as moved:
            return rx.redirect(routes.unit(moved.slug), replace=True)
        except NotFoundError:
            self.missing, self.ready, self.title = True, False, "Unidade não encontrada"
            return None
        notice_announcer.announce_changes(room, self.page.notices)
        self.missing, self.ready = False, True
        self.title = f"{self.page.card.name} · Canais de Atendimento"
        return None

    @rx.event
    async def mark_copied(self, value: str) -> None:
        """Show at its button that the browser has copied a contact."""
        known = {channel.value for channel in self.page.card.channels}
        self.copied = str(value) if str(value) in known else ""


def _read(session: Session, room: str, now: datetime) -> dict[str, object]:
    slug = room.partition("#")[2]
    try:
        page = load_unit_page(session, slug, now=now)
    except UnitMovedError as moved:
        page = load_unit_page(session, moved.slug, now=now)
    except NotFoundError:
        return {"missing": True, "ready": False}
    return {"page": page, "news": notice_announcer.announce_changes(room, page.notices)}


def register() -> None:
    """Register the live view of a unit page."""
    live.register_view("directory", UnitPageState, _read)
    live.depends_on("directory", calendar.TOPIC)
    live.depends_on("directory", hooks.OUTAGES_TOPIC)
