"""State of the desk of situations: the list, the chosen one, what is done about it."""

import asyncio
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any

import reflex as rx
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, recheck_permission, staff_event
from canais_app.complaints.situations import detail as details
from canais_app.complaints.situations import incidents, listing, service
from canais_app.complaints.situations.desk.detail_presenter import present_detail
from canais_app.complaints.situations.desk.presenter import present_desk, present_news
from canais_app.complaints.situations.desk.view import DeskView, DetailView, LineView
from canais_app.complaints.situations.incident_forms import IncidentForm
from canais_app.complaints.situations.listing import SituationRow
from canais_app.complaints.situations.models import Situation
from canais_app.complaints.situations.queries import TOPIC
from canais_app.complaints.situations.service import Done
from canais_app.complaints.statistics import counts
from canais_app.complaints.statistics.counts import read_scope
from canais_app.complaints.statistics.filters import Scope, parse_filter_variant
from canais_app.complaints.triage import bulk
from canais_app.kit import clock, db, export, live
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form, parse_id
from canais_app.kit.text import format_hour, pluralise

HANDLE = Permission.HANDLE_SITUATIONS
PANEL_FOCUS = {
    "passar": "passar-para",
    "avisar": "avisar-texto",
    "falso": "falso-motivo",
    "incidente": "incidente-titulo",
    "responder": "responder-texto",
    "anotar": "anotar-texto",
    "turno": "turno-texto",
    "confirmar": "confirmar-sim",
}
PANELS = tuple(PANEL_FOCUS)  # a browser may send what has no hash
NO_VISIT = timedelta(hours=12)
REFRESH_SECONDS = 30


class _TextForm(BaseModel):
    text: Annotated[str, Field(max_length=4000)] = ""
    called: Annotated[str, Field(max_length=80)] = ""
    to: str = ""


class SituationsState(StaffState, rx.State):
    """Rebuilt from the address at every visit; the live view then updates it."""

    desk: DeskView = DeskView()
    chosen: DetailView = DetailView()
    news_since: list[LineView] = []
    since: str = ""
    paused: bool = False
    panel: str = ""
    called: str = ""  # the telephone whose call is noted
    ticked: list[str] = []  # kinds of complaint to answer
    handlers: list[tuple[str, str]] = []
    me: int = 0
    may_act: bool = False
    done_words: str = ""
    done_stamp: str = ""
    last_visit: str = rx.LocalStorage("", name="canais-situacoes")
    _done: Done | None = None

    @staff_event(Permission.SEE_DASHBOARD)
    async def load(self, actor: Actor) -> EventResult:
        """Show the list, and the situation of the address or the most urgent one."""
        now = clock.now()
        self.paused, self.panel, self.called, self.done_words = False, "", "", ""
        self.me, self.may_act = actor.staff_id or 0, actor.can(HANDLE)
        sent = dict(self.router.url.query_parameters)
        scope, _ = await db.read(read_scope, sent, now=now)
        path = self.router.url.path.rstrip("/")
        code = path.removeprefix(routes.CORREGEDORIA_SITUATIONS).strip("/")[:12]
        # The chosen one stays, whatever becomes more urgent: the room names it.
        code = code or await db.read(most_urgent, scope, now=now)
        room = f"{scope.to_variant()}/{code}"
        await live.subscribe(
            self, TOPIC, room, recheck_access=recheck_permission(actor, Permission.SEE_DASHBOARD)
        )
        self.desk, self.chosen = await db.read(load_views, scope, code, now=now)
        self.ticked = [group.kind for group in self.chosen.groups[:1]]
        self.handlers = (
            [(str(id_), name) for id_, name in await db.read(details.list_handlers, actor)]
            if self.may_act
            else []
        )
        await self._show_news(scope.to_query(), now)
        if code and not self.chosen.code:
            self.problem = "Não encontramos esta situação."
        return None

    async def _show_news(self, query: str, now: datetime) -> None:
        try:
            before = datetime.fromisoformat(self.last_visit)
        except ValueError:
            before = now - NO_VISIT
        if before.tzinfo is None:
            before = now - NO_VISIT
        news = await db.read(details.load_news_since, before)
        self.news_since = present_news(news, query)
        self.since = format_hour(before) if self.last_visit else ""
        self.last_visit = now.isoformat()

    @staff_event(Permission.SEE_DASHBOARD)
    async def pause(self, _actor: Actor) -> EventResult:
        """Pause the live updates, or reload and resume them."""
        if not self.paused:
            await live.unsubscribe(self)
            self.paused = True
            return None
        return SituationsState.load

    @staff_event(HANDLE)
    async def open_panel(self, _actor: Actor, panel: str, called: str = "") -> EventResult:
        """Open the form of an action, or close it."""
        self.panel = panel if panel in PANELS and panel != self.panel else ""
        self.called = str(called)[:80] if self.panel else ""
        return rx.set_focus(PANEL_FOCUS[self.panel]) if self.panel else None

    @staff_event(HANDLE, quiet=True)
    async def tick(self, _actor: Actor, kind: str, checked: bool) -> None:  # noqa: FBT001 (a checkbox)
        """Choose a group of complaints for the answer."""
        known = [group.kind for group in self.chosen.groups]
        rest = [each for each in self.ticked if each != kind]
        self.ticked = [*rest, kind] if checked and kind in known else rest

    @staff_event(HANDLE)
    async def assume(self, actor: Actor) -> None:
        """Become the owner."""
        await self._do(service.assume, actor)

    @staff_event(HANDLE, focus="passar-para")
    async def pass_on(self, actor: Actor, form: dict[str, Any]) -> None:
        """Give it to another person, or back to the queue."""
        sent = parse_form(_TextForm, form)
        to = parse_id(sent.to) or None
        await self._do(service.pass_on, actor, to, sent.text)

    @staff_event(HANDLE, focus="avisar-texto")
    async def tell_unit(self, actor: Actor, form: dict[str, Any]) -> None:
        """Write to the unit."""
        await self._do(service.tell_unit, actor, parse_form(_TextForm, form).text)
        self._forget_undo()

    @staff_event(HANDLE)
    async def confirm(self, actor: Actor) -> None:
        """Say that a person checked it."""
        await self._do(service.confirm, actor)

    @staff_event(HANDLE, focus="falso-motivo")
    async def dismiss(self, actor: Actor, form: dict[str, Any]) -> None:
        """Mark it as false, with a reason."""
        await self._do(service.dismiss, actor, parse_form(_TextForm, form).text)

    @staff_event(HANDLE)
    async def judge_true(self, actor: Actor) -> None:
        """Say afterwards that it was true."""
        await self._do(service.judge_true, actor)

    @staff_event(HANDLE, focus="anotar-texto")
    async def add_note(self, actor: Actor, form: dict[str, Any]) -> None:
        """Note something, or the outcome of a call."""
        sent = parse_form(_TextForm, form)
        code, called = self.chosen.code, self.called
        await db.write(service.add_note, actor, code, sent.text, called=called, now=clock.now())
        self.panel, self.called, self.news = "", "", "Anotado."
        await self._refresh()

    @staff_event(HANDLE, focus="turno-texto")
    async def hand_over(self, actor: Actor, form: dict[str, Any]) -> None:
        """Leave a note to the next shift."""
        sent = parse_form(_TextForm, form)
        await db.write(service.hand_over, actor, sent.text, now=clock.now())
        self.panel, self.news = "", "Passagem de turno escrita."
        await self._refresh()

    @staff_event(HANDLE)
    async def split(self, actor: Actor, kind: str) -> None:
        """Take the complaints of one kind out of the situation."""
        if kind not in [group.kind for group in self.chosen.groups]:
            raise NotFoundError("Este grupo não está na situação.")
        count = await db.write(split_group, actor, self.chosen.code, kind, now=clock.now())
        self.news = f"{pluralise(count, 'relato saiu', 'relatos saíram')} da situação."
        await self._refresh()

    @staff_event(HANDLE, focus="responder-texto")
    async def answer_all(self, actor: Actor, form: dict[str, Any]) -> None:
        """Answer the ticked groups in one go."""
        sent = parse_form(_TextForm, form)
        done, refused = await db.write(
            answer_groups, actor, self.chosen.code, list(self.ticked), sent.text, now=clock.now()
        )
        self.panel = ""
        self.news = f"{pluralise(done, 'relato respondido', 'relatos respondidos')}."
        if refused:
            self.problem = (
                f"{pluralise(len(refused), 'relato ficou', 'relatos ficaram')}: {refused[0]}"
            )
        await self._refresh()

    @staff_event(HANDLE, focus="incidente-titulo")
    async def declare(self, actor: Actor, form: dict[str, Any]) -> EventResult:
        """Declare an incident with this situation and the ticked ones of the comarca."""
        sent = form if isinstance(form, dict) else {}
        also = [each.code for each in self.chosen.neighbours if sent.get(f"com-{each.code}")]
        said = {
            "title": sent.get("title", ""),
            "works": sent.get("works", ""),
            "text": sent.get("text", ""),
            "is_public": bool(sent.get("is_public")),
            "next_update_minutes": sent.get("next_update_minutes") or None,
            "situations": [self.chosen.code, *also],
        }
        made = await db.write(
            incidents.declare, actor, parse_form(IncidentForm, said), now=clock.now()
        )
        return rx.redirect(routes.incident(made.code))

    @staff_event(HANDLE)
    async def undo(self, actor: Actor) -> None:
        """Take back what was done within the last ten seconds."""
        if self._done is None:
            raise ConflictError("Não há o que desfazer.")
        await db.write(service.undo, actor, self._done, now=clock.now())
        self._forget_undo()
        self.news = "Desfeito."
        await self._refresh()

    @staff_event(Permission.SEE_DASHBOARD, quiet=True)
    async def download_csv(self, _actor: Actor) -> EventResult:
        """Download the numbers of the chart."""
        data = await asyncio.to_thread(_csv, list(self.chosen.table))
        return rx.download(data=data, filename=f"situacao-{self.chosen.code}.csv")

    async def _do(self, work: Any, actor: Actor, *args: object) -> None:  # noqa: ANN401 (a service)
        done = await db.write(
            work, actor, self.chosen.code, self.chosen.version, *args, now=clock.now()
        )
        self.panel, self._done = "", done
        self.done_words = f"Você {done.words}"
        self.done_stamp = done.at.isoformat()
        await self._refresh()

    def _forget_undo(self) -> None:
        self.news = self.done_words
        self._done, self.done_words = None, ""

    async def _refresh(self) -> None:
        now = clock.now()
        scope, _ = await db.read(read_scope, dict(self.router.url.query_parameters), now=now)
        self.desk, self.chosen = await db.read(load_views, scope, self.chosen.code, now=now)


def _csv(rows: list[list[str]]) -> str:
    from pandas import DataFrame

    columns = ["hora", "visto", "esperado", "faixa normal", "limite", "semana passada"]
    return export.to_csv(DataFrame(rows, columns=columns))


def split_group(session: Session, actor: Actor, code: str, kind: str, *, now: datetime) -> int:
    """Take the complaints of a kind out of a situation; return how many."""
    protocols = service.list_protocols(session, actor, code, [kind])
    return service.split_complaint(session, actor, code, protocols, now=now)


def answer_groups(  # noqa: PLR0913 (an answer has that many parts)
    session: Session, actor: Actor, code: str, kinds: list[str], words: str, *, now: datetime
) -> tuple[int, list[str]]:
    """Answer the complaints of some kinds of a situation; return how many, and the refusals.

    Raises:
        InvalidError: no kind.
    """
    if not kinds:  # to the service that is all of them
        raise InvalidError("Marque pelo menos um grupo.")
    protocols = service.list_protocols(session, actor, code, kinds)
    result = bulk.answer_all(session, actor, protocols, words, now=now)
    if result.done:
        service.record_answers(session, actor, code, len(result.done), now=now)
    return len(result.done), sorted(set(result.refused.values()))


def load_views(
    session: Session, scope: Scope, code: str, *, now: datetime
) -> tuple[DeskView, DetailView]:
    """Return the list within a scope and the chosen situation, for authorised people."""
    rows = _open_rows(session, scope, now)
    ended = [*_in_scope(session, scope), col(Situation.closed_at) >= now - timedelta(days=1)]
    query = scope.to_query()
    desk = present_desk(
        rows,
        listing.load_open_incidents(session),
        listing.load_rows(session, now, and_(*ended)),
        details.load_budget(session, now),
        details.load_hand_over(session),
        query=query,
        now=now,
    )
    code = code or (rows[0].code if rows else "")
    try:
        chosen = present_detail(details.build_detail(session, code, now=now), query, now)
    except NotFoundError:
        chosen = DetailView()
    return desk, chosen


def most_urgent(session: Session, scope: Scope, *, now: datetime) -> str:
    """Return the code of the most urgent open situation of a scope; empty without one."""
    rows = _open_rows(session, scope, now)
    return rows[0].code if rows else ""


def _open_rows(session: Session, scope: Scope, now: datetime) -> list[SituationRow]:
    conditions = [*_in_scope(session, scope), col(Situation.closed_at).is_(None)]
    return listing.sort_by_urgency(listing.load_rows(session, now, and_(*conditions)))


def _in_scope(session: Session, scope: Scope) -> list[ColumnElement[bool]]:
    places = counts.resolve_scope(session, scope)
    found: list[ColumnElement[bool]] = []
    if places.unit_id is not None:
        found.append(col(Situation.unit_id).in_(counts.select_units(places)))
    elif places.comarca_id is not None:
        found.append(col(Situation.comarca_id) == places.comarca_id)
    if places.channel:
        found.append(col(Situation.channel).in_(("", places.channel)))
    if places.kinds:
        found.append(col(Situation.kind).in_(places.kinds))
    return found


def _read(session: Session, room: str, now: datetime) -> dict[str, object]:
    """Read the desk for subscribers who were already authorised."""
    variant, _, code = room.partition("#")[2].rpartition("/")
    scope = parse_filter_variant(variant, now=now)
    desk, chosen = load_views(session, scope, code, now=now)
    return {"desk": asdict(desk), "chosen": asdict(chosen)}


def register() -> None:
    """Register the live view of the desk."""
    live.register_view("situations", SituationsState, _read, rechecks_access=True)


async def refresh_situations() -> None:
    """Refresh the open desks twice a minute: the clocks move on (a lifespan task of the app)."""
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        kinds = {topic.partition(":")[0] for topic in live.broadcaster.rooms}
        if kinds & {"situations", "incidents"}:
            live.broadcaster.on_change(TOPIC)
