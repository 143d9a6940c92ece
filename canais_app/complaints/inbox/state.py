"""State of the unit's inbox: the complaints of one's units, live, and what the unit does."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

import reflex as rx
from pydantic import BaseModel, StringConstraints
from sqlmodel import Session

from canais_app.accounts import drafts
from canais_app.accounts.queries import load_actor
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.accounts.staff_state import StaffState, recheck_access, staff_event
from canais_app.complaints.schemas import ReportText, parse_protocol
from canais_app.complaints.service import TOPIC
from canais_app.complaints.situations import queries as situations
from canais_app.complaints.situations import unit_side
from canais_app.complaints.triage import unit_inbox
from canais_app.complaints.triage.unit_inbox import DEEDS
from canais_app.directory.editing import service as editing
from canais_app.directory.editing import views
from canais_app.kit import clock, db, live
from canais_app.kit.errors import AppError, NotFoundError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import SingleLineText, parse_form, parse_id
from canais_app.kit.text import format_hour, generate_token, pluralise
from canais_app.ui.forms import is_repeated

INBOX_TOPIC = "inbox:all"
ANSWER, REFUSAL = "resposta-da-unidade", "recusa"  # ids
Which = Literal["abertas", "enviadas"]


class AnswerForm(BaseModel):
    """What the unit did, and its words for the Corregedoria."""

    deeds: list[Annotated[str, StringConstraints(max_length=20)]] = []
    text: ReportText = ""


class ReasonForm(BaseModel):
    """Why a complaint is not the unit's affair."""

    reason: ReportText = ""


class ForecastForm(BaseModel):
    """Until when a failure goes on, as the unit expects."""

    forecast: Annotated[SingleLineText, StringConstraints(max_length=unit_side.MAX_WORDS)] = ""


class InboxState(StaffState, rx.State):
    """One complaint is open; its page is `/gestao?reclamacao=…`."""

    rows: list[dict[str, Any]] = []
    detail: dict[str, Any] = {}
    contacts: list[dict[str, Any]] = []
    contacts_code: str = ""
    headline: str = ""
    units: str = ""
    stamp: str = ""
    which: str = "abertas"
    opened: str = ""
    seen_version: int = 0
    form_key: str = ""
    is_refusing: bool = False
    has_inbox: bool = False  # administrators have none
    failures: list[dict[str, Any]] = []  # of the unit's channels, now
    forecasting: str = ""  # the key of the failure whose forecast is being written

    @staff_event(Permission.EDIT_DIRECTORY)
    async def load(self, actor: Actor) -> None:
        """Show the inbox, and the complaint that the address names."""
        sent = dict(self.router.url.query_parameters)
        self.reset()
        named = sent.get("reclamacao")
        self.opened = parse_protocol(named) if named else ""
        self.which = "enviadas" if sent.get("caixa") == "enviadas" else "abertas"
        self.form_key = generate_token()
        self.has_inbox = actor.can(Permission.ANSWER_COMPLAINTS)
        if self.has_inbox:
            await self._refresh(actor)

    async def _refresh(self, actor: Actor) -> None:
        variant = f"{actor.staff_id}|{self.which}|{self.opened}"
        await live.subscribe(
            self, INBOX_TOPIC, variant, recheck_access=recheck_access(actor, _recheck)
        )
        values = await db.read(load_page, actor, self.which, self.opened, now=clock.now())
        for name, value in values.items():
            setattr(self, name, value)
        self.seen_version = int(self.detail.get("version", 0))
        await self._show_contacts(actor)

    async def _show_contacts(self, actor: Actor) -> None:
        """Show the contacts of the open complaint's unit, or of the first one."""
        managed = await db.read(views.list_managed_units, actor=actor, now=clock.now())
        code = self.detail.get("unit_code")
        units = [unit for unit in managed if unit.code == code] or managed[:1]
        self.contacts = [asdict(line) for line in units[0].channels] if units else []
        self.contacts_code = units[0].code if units else ""
        self.units = (
            units[0].name
            if len(managed) == 1
            else pluralise(len(managed), "unidade minha", "unidades minhas")
        )

    @staff_event(Permission.ANSWER_COMPLAINTS, temporal=True, focus=REFUSAL)
    async def say(self, actor: Actor, key: str, answer: str) -> EventResult:
        """Say that a failure is over, or that the unit knows of it."""
        if answer not in (unit_side.WORKS, unit_side.KNOWS):
            return None
        return await self._say(actor, key, answer, "")

    @staff_event(Permission.ANSWER_COMPLAINTS)
    async def ask_forecast(self, _actor: Actor, key: str) -> EventResult:
        """Open the form of a failure that goes on, or close it."""
        known = [failure["key"] for failure in self.failures]
        self.forecasting = key if key in known and key != self.forecasting else ""
        return rx.set_focus("previsao") if self.forecasting else None

    @staff_event(Permission.ANSWER_COMPLAINTS, temporal=True, focus=REFUSAL)
    async def say_failing(self, actor: Actor, form: dict[str, Any]) -> EventResult:
        """Say that a failure goes on, and until when."""
        forecast = parse_form(ForecastForm, form).forecast
        return await self._say(actor, self.forecasting, unit_side.FAILS, forecast)

    async def _say(self, actor: Actor, key: str, answer: str, words: str) -> EventResult:
        unit, _, code = str(key).partition(":")
        await db.write(
            unit_side.say, code, parse_id(unit), answer, words, actor=actor, now=clock.now()
        )
        self.forecasting = ""
        await self._refresh(actor)
        self.news = "A Corregedoria foi avisada."
        return rx.set_focus("agora")

    @staff_event(Permission.ANSWER_COMPLAINTS)
    async def open(self, actor: Actor, protocol: str) -> EventResult:
        """Open a complaint of the list."""
        self.opened = parse_protocol(protocol)
        self.form_key, self.is_refusing = generate_token(), False
        await self._refresh(actor)
        return rx.set_focus("reclamacao")

    @staff_event(Permission.EDIT_DIRECTORY)
    async def back(self, actor: Actor) -> EventResult:
        """Return to the list (on a phone)."""
        self.opened = ""
        if actor.can(Permission.ANSWER_COMPLAINTS):  # an administrator sees only the contacts
            await self._refresh(actor)
        return rx.set_focus("titulo")

    @staff_event(Permission.ANSWER_COMPLAINTS, temporal=True, focus=REFUSAL)
    async def take(self, actor: Actor) -> None:
        """Note that this person works on the open complaint."""
        await db.write(unit_inbox.take_complaint, self.opened, actor=actor, now=clock.now())
        await self._refresh(actor)
        self.news = "Está com você."

    @staff_event(Permission.ANSWER_COMPLAINTS, temporal=True, focus=REFUSAL)
    async def answer(self, actor: Actor, form: dict[str, Any]) -> EventResult:
        """Answer to the Corregedoria, then go to the next complaint."""
        if is_repeated(form, self.form_key):
            return None
        fields = form if isinstance(form, dict) else {}
        ticked = [deed for deed in DEEDS if fields.get(f"fizemos-{deed}")]
        sent = parse_form(AnswerForm, {"deeds": ticked, "text": fields.get("text", "")})
        protocol = self.opened
        await self._write(
            actor, unit_inbox.answer_to_corregedoria, sent.deeds, sent.text, self.seen_version
        )
        return await self._go_on(actor, f"{protocol}: enviada à Corregedoria.")

    @staff_event(Permission.ANSWER_COMPLAINTS)
    async def ask_refusal(self, _actor: Actor) -> EventResult:
        """Open or close the form to give a complaint back."""
        self.is_refusing = not self.is_refusing
        return rx.set_focus("motivo-devolucao") if self.is_refusing else None

    @staff_event(Permission.ANSWER_COMPLAINTS, temporal=True, focus=REFUSAL)
    async def refuse(self, actor: Actor, form: dict[str, Any]) -> EventResult:
        """Give the complaint back: it is not the unit's affair."""
        if is_repeated(form, self.form_key):
            return None
        reason = parse_form(ReasonForm, form).reason
        protocol = self.opened
        await self._write(actor, unit_inbox.refuse_complaint, reason, self.seen_version)
        return await self._go_on(actor, f"{protocol}: devolvida à Corregedoria.")

    async def _write(self, actor: Actor, work: Any, *args: object) -> None:  # noqa: ANN401 (a service)
        protocol, now = self.opened, clock.now()

        def write(session: Session) -> None:
            work(session, protocol, *args, actor=actor, now=now)
            drafts.discard_draft(session, f"unidade:{protocol}", actor=actor, now=now)

        try:
            await db.write(write)
        except NotFoundError:
            raise
        except AppError:
            await self._refresh(actor)  # as it is now; the text stays
            raise

    async def _go_on(self, actor: Actor, news: str) -> EventResult:
        names = [row["protocol"] for row in self.rows]
        at = names.index(self.opened) if self.opened in names else -1
        rest = [name for name in names[at + 1 :] + names[: max(at, 0)] if name != self.opened]
        self.opened = rest[0] if rest else ""
        self.form_key, self.is_refusing = generate_token(), False
        await self._refresh(actor)
        self.news = news
        return rx.set_focus("reclamacao" if self.opened else "titulo")

    @staff_event(Permission.EDIT_DIRECTORY, temporal=True)
    async def confirm_contacts(self, actor: Actor) -> None:
        """Mark every contact of the unit as verified."""
        count = await db.write(
            editing.confirm_contacts, self.contacts_code, actor=actor, now=clock.now()
        )
        await self._show_contacts(actor)
        self.news = pluralise(count, "contato confirmado.", "contatos confirmados.")


def load_page(
    session: Session, actor: Actor, which: str, opened: str, *, now: datetime
) -> dict[str, Any]:
    """Return the values of the page's vars that change live."""
    box: Which = "enviadas" if which == "enviadas" else "abertas"
    rows = unit_inbox.load_inbox(session, actor=actor, now=now, which=box)
    detail: dict[str, Any] = {}
    if opened:
        try:
            detail = asdict(unit_inbox.load_inbox_detail(session, opened, actor=actor, now=now))
        except NotFoundError:
            detail = {}
    return {
        "rows": [asdict(row) for row in rows],
        "detail": detail,
        "failures": [
            {**asdict(failure), "key": f"{failure.unit_id}:{failure.code}"}
            for failure in unit_side.list_own_failures(session, actor=actor, now=now)
        ],
        "headline": _headline(rows, which),
        "stamp": format_hour(now),
    }


def _headline(rows: list[unit_inbox.InboxRow], which: str) -> str:
    if which == "enviadas":
        return pluralise(
            len(rows), "reclamação respondida por nós", "reclamações respondidas por nós"
        )
    if not rows:
        return "Nada para responder"
    soon = sum(row.tone == "warn" for row in rows)
    late = sum(row.tone == "bad" for row in rows)
    first = pluralise(len(rows), "reclamação para responder", "reclamações para responder")
    parts = [f"{late} com prazo vencido"] if late else []
    parts += [f"{soon} em até 2 dias"] if soon else []
    return f"{first}; {' e '.join(parts)}" if parts else first


def _recheck(_session: Session, actor: Actor, _now: datetime) -> None:
    require_permission(actor, Permission.ANSWER_COMPLAINTS)


def _read(session: Session, room: str, now: datetime) -> dict[str, Any]:
    """Read the inbox of the room's person, with their current roles."""
    staff, which, opened = room.partition("#")[2].split("|")
    return load_page(session, load_actor(session, int(staff)), which, opened, now=now)


def register() -> None:
    """Register the live view of a person's inbox."""
    live.register_view("inbox", InboxState, _read, rechecks_access=True)
    live.depends_on("inbox", TOPIC)
    live.depends_on("inbox", situations.TOPIC)
