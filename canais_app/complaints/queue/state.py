"""State of the desk: a view of the list, the panel of one complaint, and what is done to them."""

import asyncio
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import parse_qsl

import reflex as rx
from pydantic import BaseModel, StringConstraints
from sqlmodel import Session

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.accounts.staff_state import StaffState, recheck_access, staff_event
from canais_app.complaints.queue import actions, desk
from canais_app.complaints.queue.desk import DeskRoom
from canais_app.complaints.schemas import IdentityReasonForm, ReportText, parse_protocol
from canais_app.complaints.service import TOPIC
from canais_app.complaints.triage import answer_templates, bulk, listing, presence, saved_views
from canais_app.complaints.triage import service as triage
from canais_app.complaints.triage.bulk import BulkResult
from canais_app.complaints.triage.case import Change
from canais_app.complaints.triage.listing import ListFilter
from canais_app.kit import clock, db, live
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import SingleLineText, parse_form, parse_id
from canais_app.kit.personal_data import mask_personal_data
from canais_app.kit.text import generate_token

PAGE_SIZE, MAX_ROWS = 50, 300
REFRESH_SECONDS = 55  # the live mark counts a minute as old
ANSWER, REFUSAL, PANEL_TITLE = "resposta", "recusa", "painel-titulo"  # ids
# The columns that can be hidden, by their class in the table.
COLUMNS = {
    "ch": "Canal",
    "kd": "O que houve",
    "eq": "Iguais",
    "st": "Situação",
    "ow": "Responsável",
    "oc": "Quando",
    "tx": "Texto",
}
OWN = ("view", "q", "sort", "dono", "situacao")


class SearchForm(BaseModel):
    """What is searched for."""

    q: Annotated[SingleLineText, StringConstraints(max_length=120)] = ""


class ActionForm(BaseModel):
    """An action and its text, as a button sends it."""

    action: Annotated[str, StringConstraints(max_length=24)]
    text: ReportText = ""


class QueueState(StaffState, rx.State):
    """The list is read from the address; the live view then updates its rows where they stand."""

    rows: list[dict[str, Any]] = []
    counts: dict[str, str] = {}
    headline: str = ""
    fresh: int = 0
    stamp: str = ""
    moment: str = ""  # of the data, in full
    paused: bool = False
    query: str = ""  # of the list, for links and files
    scope_query: str = ""  # without the view
    chosen_filter: dict[str, str] = {}
    is_private: bool = False  # the words looked for stay out of the address
    more: str = ""
    own_views: list[dict[str, Any]] = []
    owners: list[dict[str, Any]] = []
    templates: list[dict[str, Any]] = []
    # Rows that are ticked, and the bulk action whose form is open.
    ticked: list[str] = []
    bulk_mode: str = ""
    refused: str = ""
    may_undo: bool = False
    versions: dict[str, int] = {}  # as this tab has read them
    hidden_columns: str = rx.LocalStorage("", name="canais-colunas")  # their codes, by spaces
    # The panel.
    opened: str = ""
    detail: dict[str, Any] = {}
    steps: list[dict[str, Any]] = []
    moves: list[str] = []
    likely: list[dict[str, Any]] = []
    others: str = ""
    seen_version: int = 0
    draft: str = ""  # a filled template
    filled: list[str] = []
    is_checked: bool = False
    form_key: str = ""
    identity: dict[str, str] = {}

    _newest_id: int = 0
    _ids: list[int] = []
    _undo: list[dict[str, Any]] = []
    _words: str = ""
    _ticked_versions: dict[str, int] = {}

    @staff_event(Permission.TRIAGE_COMPLAINTS)
    async def load(self, actor: Actor) -> None:
        """List the complaints that the address selects."""
        sent = dict(self.router.url.query_parameters)
        words = self._words if sent.get("privado") else ""
        opened, hidden = str(sent.get("abrir", "")), self.hidden_columns
        self.reset()
        self._words, self.hidden_columns = words, hidden
        wanted = self._read_filter(sent)
        self.owners = [
            {"id": person.id or 0, "name": person.name}
            for person in await db.read(triage.list_owners, actor)
        ]
        self.templates = [
            asdict(row) for row in await db.read(answer_templates.list_templates, actor)
        ]
        await self._list_own_views(actor)
        await self._list(actor, wanted)
        if opened:
            await self._open(actor, parse_protocol(opened))

    def _read_filter(self, sent: dict[str, Any]) -> ListFilter:
        own = {name: str(sent[name]) for name in OWN if sent.get(name)}
        places = {n: v for n, v in sent.items() if n not in OWN and n in ListFilter.model_fields}
        if not own and not places:
            own = {"view": "abertas"}
        if self._words:
            own["q"], self.is_private = self._words, True
        wanted = parse_form(ListFilter, {**places, **own})
        fields = wanted.model_dump(mode="json")
        self.chosen_filter = {name: str(fields[name] or "") for name in OWN}
        self.chosen_filter["order"] = wanted.order
        kept = wanted.model_copy(update={"view": "", "q": "", "dono": "", "situacao": ""})
        self.scope_query = desk.query_of(kept)
        return wanted

    async def _list(self, actor: Actor, wanted: ListFilter) -> None:
        """Read the first page anew."""
        self.query = desk.query_of(wanted)
        self._newest_id = await db.read(listing.load_newest_id)
        page = await db.read(
            listing.load_queue_page, actor, wanted, now=clock.now(), limit=PAGE_SIZE
        )
        self._ids, self.more = [row.id for row in page.items], page.next
        await self._refresh(actor)

    async def _refresh(self, actor: Actor) -> None:
        """Subscribe to what the tab shows now, and read it."""
        room = DeskRoom(
            actor.staff_id or 0, self._newest_id, self.opened, self.query, tuple(self._ids)
        )
        await live.subscribe(
            self,
            desk.TOPIC,
            room.to_variant(),
            recheck_access=recheck_access(actor, _recheck_permission),
        )
        values = await db.read(desk.load_desk, actor, room, now=clock.now())
        for name, value in values.items():
            setattr(self, name, value)
        self.paused = False
        self.versions = {row["protocol"]: row["version"] for row in self.rows}
        self.seen_version = int(self.detail.get("version", 0))

    @staff_event(Permission.TRIAGE_COMPLAINTS)
    async def show_more(self, actor: Actor) -> None:
        """Append the next page to the list."""
        if not self.more or len(self._ids) >= MAX_ROWS:
            return
        wanted = desk.parse_query(self.query)
        page = await db.read(
            listing.load_queue_page,
            actor,
            wanted,
            now=clock.now(),
            cursor=self.more,
            limit=PAGE_SIZE,
        )
        known = set(self._ids)
        self._ids += [row.id for row in page.items if row.id not in known]
        self.more = page.next
        await self._refresh(actor)

    @staff_event(Permission.TRIAGE_COMPLAINTS)
    async def pause(self, actor: Actor) -> None:
        """Pause the live updates, or read the rows anew and resume them."""
        if self.paused:
            await self._refresh(actor)
        else:
            await live.unsubscribe(self)
            self.paused = True

    @staff_event(Permission.TRIAGE_COMPLAINTS)
    async def show_fresh(self, actor: Actor) -> EventResult:
        """List anew, with the complaints that arrived meanwhile."""
        await self._list(actor, desk.parse_query(self.query))
        return rx.set_focus("titulo")

    @staff_event(Permission.TRIAGE_COMPLAINTS)
    async def search(self, _actor: Actor, form: dict[str, Any]) -> EventResult:
        """Look for words; what looks like somebody's data stays out of the address."""
        words = parse_form(SearchForm, form).q
        rest = {n: v for n, v in dict(parse_qsl(self.query)).items() if n != "q"}
        self._words = ""
        if not words:
            return rx.redirect(_address(rest))
        if mask_personal_data(words) != words:
            self._words = words
            return rx.redirect(_address({**rest, "privado": generate_token()[:8]}))
        return rx.redirect(_address({**rest, "q": words}))

    @staff_event(Permission.TRIAGE_COMPLAINTS)
    async def choose(self, _actor: Actor, field: str, value: str) -> EventResult:
        """Change the status, the owner or the order of the list."""
        if field not in ("situacao", "dono", "sort"):
            return None
        rest = dict(parse_qsl(self.query))
        changed = {**rest, field: value}
        if field == "situacao":
            changed["view"] = ""
        parse_form(ListFilter, changed)
        return rx.redirect(_address(changed))

    @staff_event(Permission.TRIAGE_COMPLAINTS, temporal=True)
    async def keep_view(self, actor: Actor, form: dict[str, Any]) -> None:
        """Keep the list as a view of one's own."""
        name = parse_form(saved_views.ViewForm, form).name
        await db.write(saved_views.save_own_view, actor, name, self.query, now=clock.now())
        await self._list_own_views(actor)
        self.news = f"Visão “{name}” guardada."

    @staff_event(Permission.TRIAGE_COMPLAINTS, temporal=True)
    async def drop_view(self, actor: Actor, view: int) -> None:
        """Delete a view of one's own."""
        await db.write(saved_views.delete_own_view, actor, parse_id(view), now=clock.now())
        await self._list_own_views(actor)
        self.news = "Visão apagada."

    async def _list_own_views(self, actor: Actor) -> None:
        found = await db.read(saved_views.list_own_views, actor)
        self.own_views = [asdict(view) for view in found]

    @staff_event(Permission.TRIAGE_COMPLAINTS, quiet=True)
    async def toggle_column(self, _actor: Actor, code: str) -> None:
        """Hide or show a column; this browser remembers it."""
        hidden = [known for known in self.hidden_columns.split() if known in COLUMNS]
        if code in hidden:
            hidden.remove(code)
        elif isinstance(code, str) and code in COLUMNS:
            hidden.append(code)
        self.hidden_columns = " ".join(hidden)

    # --- ticked rows

    @staff_event(Permission.TRIAGE_COMPLAINTS)
    async def tick(self, _actor: Actor, protocol: str) -> None:
        """Tick or untick a row."""
        if protocol in self.ticked:
            self._tick([other for other in self.ticked if other != protocol])
        elif any(row["protocol"] == protocol for row in self.rows):
            self._tick([*self.ticked, protocol])
        self.bulk_mode = self.bulk_mode if self.ticked else ""

    @staff_event(Permission.TRIAGE_COMPLAINTS)
    async def tick_all(self, _actor: Actor) -> None:
        """Tick every row on the screen, or none."""
        every = [row["protocol"] for row in self.rows]
        self._tick([] if len(self.ticked) == len(every) else every)
        self.bulk_mode = ""

    def _tick(self, protocols: list[str]) -> None:
        """Tick exactly these rows; one keeps the version that it had when it was ticked."""
        shown = {str(row["protocol"]): int(row["version"]) for row in self.rows}
        kept = self._ticked_versions
        self._ticked_versions = {name: kept.get(name, shown.get(name, 0)) for name in protocols}
        self.ticked = protocols

    @staff_event(Permission.TRIAGE_COMPLAINTS)
    async def untick(self, _actor: Actor) -> EventResult:
        """Close the bulk form, or else untick every row: one step for each Escape."""
        if self.bulk_mode:
            self.bulk_mode = ""
        else:
            self._tick([])
        return None

    @staff_event(Permission.TRIAGE_COMPLAINTS)
    async def open_bulk(self, _actor: Actor, mode: str) -> EventResult:
        """Open the form of a bulk action."""
        if mode in ("responder", "encaminhar", "passar", "nao_confirmada"):
            self.bulk_mode, self.draft, self.form_key = mode, "", generate_token()
        return rx.set_focus("lote")

    @staff_event(Permission.TRIAGE_COMPLAINTS)
    async def fill_bulk(self, _actor: Actor, template: str) -> EventResult:
        """Put a template, not filled, into the answer to many."""
        known = {row["id"]: row["text"] for row in self.templates}
        self.draft, self.form_key = known.get(parse_id(template), ""), generate_token()
        return rx.set_focus("lote")

    @staff_event(Permission.TRIAGE_COMPLAINTS, temporal=True, focus=REFUSAL)
    async def run_bulk(self, actor: Actor, action: str, text: str, owner: str) -> None:
        """Run an action on the ticked rows; what is refused stays ticked."""
        sent = parse_form(ActionForm, {"action": action, "text": text})
        result: BulkResult = await db.write(
            actions.run_bulk,
            actor,
            sent.action,
            self.ticked,
            sent.text,
            parse_id(owner),
            versions=self._ticked_versions,
            now=clock.now(),
        )
        self.bulk_mode, self.form_key = "", generate_token()
        await self._report(actor, sent.action, result)

    async def _report(self, actor: Actor, action: str, result: BulkResult) -> None:
        self._undo = [asdict(change) for change in result.done]
        await self._refresh(actor)
        self._ticked_versions = {}  # the refusal says what changed: the next try is of now
        self._tick(list(result.refused))
        self.news, self.refused = actions.describe_result(action, result)
        self.may_undo = bool(self._undo)

    @staff_event(Permission.TRIAGE_COMPLAINTS, temporal=True)
    async def undo(self, actor: Actor) -> None:
        """Undo the last action, while its letters wait."""
        changes = [
            Change(**{**change, "events": [tuple(e) for e in change["events"]]})
            for change in self._undo
        ]
        self._undo, self.may_undo = [], False
        if not changes:
            return
        result = await db.write(bulk.undo_changes, actor, changes, now=clock.now())
        await self._report(actor, "desfazer", result)
        self._undo, self.may_undo = [], False
        self._tick([])

    # --- the panel

    @staff_event(Permission.TRIAGE_COMPLAINTS)
    async def open(self, actor: Actor, protocol: str) -> None:
        """Show a complaint beside the list; who else has it open is told."""
        self.may_undo = False
        await self._open(actor, parse_protocol(protocol))

    async def _open(self, actor: Actor, protocol: str) -> None:
        now = clock.now()
        await db.write(presence.enter, actor, protocol, now=now)
        self.opened, self.identity = protocol, {}
        self._empty_form()
        await self._refresh(actor)
        if self.detail.get("unread"):
            await db.write(triage.mark_read, actor, protocol, now=now)

    def _empty_form(self) -> None:
        self.draft, self.filled, self.form_key = "", [], generate_token()

    @staff_event(Permission.TRIAGE_COMPLAINTS)
    async def close(self, actor: Actor) -> None:
        """Close the panel: the table takes the room."""
        await db.write(presence.leave, actor, now=clock.now())
        self.opened, self.identity = "", {}
        await self._refresh(actor)

    @staff_event(Permission.TRIAGE_COMPLAINTS)
    async def acknowledge(self, actor: Actor) -> EventResult:
        """Note that the person has read what somebody else did."""
        await self._refresh(actor)
        return rx.set_focus(ANSWER)

    @staff_event(Permission.TRIAGE_COMPLAINTS)
    async def fill(self, actor: Actor, template: str) -> EventResult:
        """Put a filled template into the answer."""
        self.draft, self.filled = await db.read(
            desk.load_template, actor, self.opened, parse_id(template), now=clock.now()
        )
        self.is_checked, self.form_key = False, generate_token()
        return rx.set_focus(ANSWER)

    @staff_event(Permission.TRIAGE_COMPLAINTS, temporal=True, focus=REFUSAL)
    async def act(self, actor: Actor, action: str, text: str, form_key: str) -> EventResult:
        """Do something to the complaint in the panel, then go to the next row.

        The second of two clicks has the key of a panel that is gone: it does nothing.
        """
        sent = parse_form(ActionForm, {"action": action, "text": text})
        known = actions.PANEL_ACTIONS.get(sent.action)
        if known is None or not self.opened or form_key != self.form_key:
            return None
        if sent.action == "responder" and self.filled and not self.is_checked:
            self.is_checked = True
            self.news = "Confira o que o sistema preencheu e envie de novo."
            return rx.set_focus(ANSWER)
        protocol = self.opened
        try:
            change = await db.write(
                actions.run_panel_action,
                actor,
                sent.action,
                protocol,
                sent.text,
                version=self.seen_version,
                now=clock.now(),
            )
        except AppError:
            await self._refresh(actor)  # the moves of now; the text stays
            raise
        self._undo = [asdict(change)] if change else []
        following = self._next_protocol() if known.goes_on else ""
        if following:
            await self._open(actor, following)
        else:
            self._empty_form()
            await self._refresh(actor)
        self.news, self.refused, self.may_undo = f"{protocol}: {known.news}", "", bool(change)
        return rx.set_focus(PANEL_TITLE)

    def _next_protocol(self) -> str:
        names = [row["protocol"] for row in self.rows]
        at = names.index(self.opened) if self.opened in names else -1
        return names[at + 1] if 0 <= at < len(names) - 1 else ""

    @staff_event(Permission.TRIAGE_COMPLAINTS, temporal=True, focus=REFUSAL)
    async def give_to(self, actor: Actor, owner: str) -> None:
        """Give the complaint in the panel to somebody."""
        change = await db.write(
            triage.assign_complaint,
            actor,
            self.opened,
            parse_id(owner) or None,
            version=self.seen_version,
            now=clock.now(),
        )
        await self._report(actor, "passar", BulkResult([change], {}))

    @staff_event(Permission.TRIAGE_COMPLAINTS, temporal=True, focus=REFUSAL)
    async def merge(self, actor: Actor, protocol: str) -> None:
        """Mark a likely duplicate as a duplicate of the complaint in the panel."""
        other = parse_protocol(protocol)
        await self._merge_into_opened(actor, [other])

    @staff_event(Permission.TRIAGE_COMPLAINTS, temporal=True, focus=REFUSAL)
    async def merge_every(self, actor: Actor) -> None:
        """Mark all likely duplicates as duplicates of the complaint in the panel."""
        others = [str(other["protocol"]) for other in self.likely]
        await self._merge_into_opened(actor, others)

    async def _merge_into_opened(self, actor: Actor, protocols: list[str]) -> None:
        versions = {str(other["protocol"]): int(other["version"]) for other in self.likely}
        result = await db.write(
            bulk.merge_all, actor, protocols, self.opened, versions=versions, now=clock.now()
        )
        await self._report(actor, "juntar", result)
        self._tick([])

    @staff_event(Permission.OPEN_IDENTITY, temporal=True, focus=REFUSAL)
    async def open_identity(self, actor: Actor, form: dict[str, Any]) -> None:
        """Show the reporter; the opening is audited."""
        reason = parse_form(IdentityReasonForm, form).why
        found = await db.write(triage.open_identity, actor, self.opened, reason, now=clock.now())
        self.identity = asdict(found)
        self.news = "Identidade aberta; o registro de auditoria foi feito."


def _recheck_permission(_session: Session, actor: Actor, _now: datetime) -> None:
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)


def _address(fields: dict[str, Any]) -> str:
    kept = {name: value for name, value in fields.items() if value}
    return routes.complaint_list(desk.urlencode({n: str(v) for n, v in kept.items()}))


def register() -> None:
    """Register the live view of the desk."""
    live.register_view("desk", QueueState, desk.read_room, rechecks_access=True)
    live.depends_on("desk", TOPIC)


async def refresh_desks() -> None:
    """Refresh the open desks each minute: "hoje" moves on, and old data are said to be old."""
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        if any(topic.startswith(desk.TOPIC) for topic in live.broadcaster.rooms):
            live.broadcaster.on_change(desk.TOPIC)
