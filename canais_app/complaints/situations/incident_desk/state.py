"""State of the desk of incidents: the list, one of them, and what is done about it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, recheck_permission, staff_event
from canais_app.complaints.situations import appointments, incident_members, incidents, listing
from canais_app.complaints.situations.incident_desk.presenter import present_incident, present_list
from canais_app.complaints.situations.incident_desk.view import IncidentListView, IncidentView
from canais_app.complaints.situations.incident_detail import build_incident_detail
from canais_app.complaints.situations.incident_forms import IncidentForm, ReviewForm, UpdateForm
from canais_app.complaints.situations.queries import TOPIC, IncidentKind
from canais_app.directory import queries as directory
from canais_app.directory.channels import ChannelKind
from canais_app.directory.views import NamedChoice
from canais_app.kit import clock, db, live
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form, parse_id
from canais_app.kit.text import pluralise

HANDLE = Permission.HANDLE_SITUATIONS
PANEL_FOCUS = {
    "noticia": "noticia-texto",
    "nota": "nota-texto",
    "incluir": "incluir-unidade",
    "juntar": "juntar-em",
    "falso": "falso-motivo",
    "analise": "analise-houve",
    "declarar": "declarar-titulo",
}
PANELS = tuple(PANEL_FOCUS)  # a browser may send what has no hash


class IncidentsState(StaffState, rx.State):
    """Rebuilt from the address at every visit; the live view then updates it."""

    listing: IncidentListView = IncidentListView()
    incident: IncidentView = IncidentView()
    paused: bool = False
    panel: str = ""
    may_act: bool = False
    comarcas: list[NamedChoice] = []

    @staff_event(Permission.SEE_DASHBOARD)
    async def load(self, actor: Actor) -> None:
        """Show the list, or the incident of the address."""
        now = clock.now()
        self.paused, self.panel, self.may_act = False, "", actor.can(HANDLE)
        code = self._code()
        await live.subscribe(
            self,
            f"incidents:{code or 'all'}",
            recheck_access=recheck_permission(actor, Permission.SEE_DASHBOARD),
        )
        self.listing, self.incident = await db.read(load_views, code, now=now)
        self.comarcas = await db.read(directory.list_comarca_choices)
        if code and not self.incident.code:
            self.problem = "Não encontramos este incidente."

    @staff_event(Permission.SEE_DASHBOARD)
    async def pause(self, _actor: Actor) -> EventResult:
        """Pause the live updates, or reload and resume them."""
        if not self.paused:
            await live.unsubscribe(self)
            self.paused = True
            return None
        return IncidentsState.load

    @staff_event(HANDLE)
    async def open_panel(self, _actor: Actor, panel: str) -> EventResult:
        """Open the form of an action, or close it."""
        self.panel = panel if panel in PANELS and panel != self.panel else ""
        return rx.set_focus(PANEL_FOCUS[self.panel]) if self.panel else None

    @staff_event(HANDLE, focus="declarar-titulo")
    async def declare(self, actor: Actor, form: dict[str, Any]) -> EventResult:
        """Declare an incident of a comarca, or a maintenance ahead of its window."""
        sent = form if isinstance(form, dict) else {}
        said = {
            "title": sent.get("title", ""),
            "kind": sent.get("kind", IncidentKind.INCIDENT),
            "works": sent.get("works", ""),
            "text": sent.get("text", ""),
            "is_public": bool(sent.get("is_public")),
            "next_update_minutes": sent.get("next_update_minutes") or None,
            "comarca": sent.get("comarca", ""),
            "channels": [kind for kind in ChannelKind if sent.get(f"canal-{kind}")],
            "started_at": parse_moment(sent.get("started_at"), "O começo"),
            "ends_at": parse_moment(sent.get("ends_at"), "O fim"),
        }
        made = await db.write(
            incidents.declare, actor, parse_form(IncidentForm, said), now=clock.now()
        )
        return rx.redirect(routes.incident(made.code))

    @staff_event(HANDLE, focus="noticia-texto")
    async def publish(self, actor: Actor, form: dict[str, Any]) -> None:
        """Publish news with the promise of the next, and move on."""
        await self._publish(actor, form, is_public=True)
        self.news = "Notícia publicada."

    @staff_event(HANDLE, focus="nota-texto")
    async def add_note(self, actor: Actor, form: dict[str, Any]) -> None:
        """Write an internal note."""
        await self._publish(actor, form, is_public=False)
        self.news = "Nota guardada."

    @staff_event(HANDLE, focus="incluir-unidade")
    async def include(self, actor: Actor, form: dict[str, Any]) -> None:
        """Take a unit in, by its address or name in the address."""
        sent = form if isinstance(form, dict) else {}
        slug = str(sent.get("unit", "")).strip().rstrip("/").rpartition("/")[2][:160]
        if not slug:
            raise InvalidError("Diga qual unidade.", {"unit": "Cole o endereço da unidade."})
        channels = [kind for kind in ChannelKind if sent.get(f"canal-{kind}")]
        await self._do(incident_members.include_units, actor, [slug], channels)
        self.news = "Unidade incluída."

    @staff_event(HANDLE)
    async def remove_unit(self, actor: Actor, unit_id: int) -> None:
        """Take a unit out: its alarms return."""
        await self._do(incident_members.remove_unit, actor, parse_id(unit_id))
        self.news = "A unidade saiu do incidente: os alarmes dela voltam."

    @staff_event(HANDLE)
    async def tell_units(self, actor: Actor) -> None:
        """Write to the units not told yet."""
        told, without = await self._do(incident_members.tell_units, actor)
        self.news = f"{pluralise(told, 'unidade avisada', 'unidades avisadas')}."
        if without:
            self.problem = f"{pluralise(without, 'unidade', 'unidades')} sem e-mail: ligue."

    @staff_event(HANDLE)
    async def tell_lawyers(self, actor: Actor, appointment_id: int = 0) -> None:
        """Write to the lawyer of one appointment, or of all that wait for it."""
        chosen = [parse_id(appointment_id)] if appointment_id else None
        told = await db.write(
            appointments.tell_lawyers, actor, self.incident.code, chosen, now=clock.now()
        )
        self.news = (
            f"{pluralise(told, 'advogada(o) avisada(o)', 'advogadas(os) avisadas(os)')}, "
            "com outros horários guardados por 48 horas."
        )
        await self._refresh()

    @staff_event(HANDLE, focus="juntar-em")
    async def merge(self, actor: Actor, form: dict[str, Any]) -> EventResult:
        """Join this incident to another."""
        into = str((form if isinstance(form, dict) else {}).get("into", ""))[:12]
        await db.write(
            incidents.merge, actor, self.incident.code, self.incident.version, into, now=clock.now()
        )
        return rx.redirect(routes.incident(into))

    @staff_event(HANDLE, focus="falso-motivo")
    async def mark_false(self, actor: Actor, form: dict[str, Any]) -> None:
        """Say that it was no incident."""
        reason = str((form if isinstance(form, dict) else {}).get("reason", ""))
        await self._do(incidents.mark_false, actor, reason)
        self.news = "Marcado: não era incidente. Os alarmes contam como falsos."

    @staff_event(HANDLE, focus="analise-houve")
    async def write_review(self, actor: Actor, form: dict[str, Any]) -> None:
        """Store the review."""
        sent = form if isinstance(form, dict) else {}
        said: dict[str, Any] = {name: sent.get(name, "") for name in ("what", "affected", "worked")}
        said["is_done"] = bool(sent.get("is_done"))
        if sent.get("action"):
            said["actions"] = [
                {
                    "text": sent.get("action", ""),
                    "owner": sent.get("action_owner", ""),
                    "due": sent.get("action_due", ""),
                }
            ]
        await self._do(incidents.write_review, actor, parse_form(ReviewForm, said))
        self.news = "Análise guardada."

    async def _publish(self, actor: Actor, form: dict[str, Any], *, is_public: bool) -> None:
        sent = form if isinstance(form, dict) else {}
        said = {
            "text": sent.get("text", ""),
            "is_public": is_public,
            "next_update_minutes": sent.get("next_update_minutes") or None,
            "status": sent.get("status") or None,
            "ends_at": parse_moment(sent.get("ends_at"), "A previsão"),
            "works": sent.get("works"),
        }
        await self._do(incidents.publish, actor, parse_form(UpdateForm, said))

    async def _do(self, work: Any, actor: Actor, *args: object) -> Any:  # noqa: ANN401 (a service)
        result = await db.write(
            work, actor, self.incident.code, self.incident.version, *args, now=clock.now()
        )
        self.panel = ""
        await self._refresh()
        return result

    async def _refresh(self) -> None:
        self.listing, self.incident = await db.read(load_views, self.incident.code, now=clock.now())

    def _code(self) -> str:
        path = self.router.url.path.rstrip("/")
        return path.removeprefix(routes.CORREGEDORIA_INCIDENTS).strip("/")[:12]


def parse_moment(sent: object, name: str) -> datetime | None:
    """Return a moment that the browser's field gives in the court's zone; None when empty."""
    if not sent:
        return None
    try:
        given = datetime.fromisoformat(str(sent))
        return clock.from_wall_clock(given.date(), given.hour, given.minute)
    except (ValueError, OverflowError):  # the second at the end of the year 9999
        raise InvalidError(f"{name} precisa de data e hora.") from None


def load_views(
    session: Session, code: str, *, now: datetime
) -> tuple[IncidentListView, IncidentView]:
    """Return the list and the incident of the page, for authorised people."""
    found = present_list(
        listing.load_open_incidents(session), listing.load_closed_incidents(session)[:20], now
    )
    if not code:
        return found, IncidentView()
    try:
        return found, present_incident(build_incident_detail(session, code, now=now), now)
    except NotFoundError:
        return found, IncidentView()


def _read(session: Session, room: str, now: datetime) -> dict[str, object]:
    """Read the desk for subscribers who were already authorised."""
    code = room.partition(":")[2]
    found, incident = load_views(session, "" if code == "all" else code, now=now)
    return {"listing": asdict(found), "incident": asdict(incident)}


def register() -> None:
    """Register the live view of the desk."""
    live.register_view("incidents", IncidentsState, _read, rechecks_access=True)
    live.depends_on("incidents", TOPIC)
