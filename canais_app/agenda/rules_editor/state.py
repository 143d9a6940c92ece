"""State of the rules editor.

The browser holds what is typed. Each change arrives as a whole form, is saved as a draft and
answered with the preview; the fields are only replaced when another form is opened.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, staff_event
from canais_app.agenda import consequences, tokens
from canais_app.agenda.chambers import blocks
from canais_app.agenda.errors import StaleRulesError
from canais_app.agenda.formatting import parse_block_period
from canais_app.agenda.rules import (
    drafts,
    editor,
    form_values,
    permissions,
    preview,
    publishing,
    substitutes,
)
from canais_app.agenda.rules.editor import EditableChambers, EditorView
from canais_app.agenda.rules.form_values import Form
from canais_app.agenda.rules.preview import PreviewView
from canais_app.agenda.rules.substitutes import SubstitutionRequest
from canais_app.agenda.rules_editor import view
from canais_app.agenda.rules_editor.view import DayOverrideLine, KindLine, Problem, WindowLine
from canais_app.kit import clock, live, text
from canais_app.kit.db import read, write
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form, parse_id

LIVE_VARIANT = "regras"
ERROR_SUMMARY_ID, STATUS, CHANGED = "resumo-de-erros", "situacao", "mudou"


class RulesEditorState(StaffState, mixin=True):
    """One agenda in the editor; see `EditorView` for its values."""

    newest: int = 0
    base: int = 0
    places: list[EditableChambers] = []
    agenda_id: int = 0
    choice: str = ""
    today: str = ""
    many: bool = False  # agendas to choose from
    some_without: bool = False  # there are gabinetes without an agenda
    candidates: list[tuple[str, str]] = []  # possible substitutes
    registry_choices: list[tuple[str, str]] = []
    opened: EditorView = EditorView()
    form_key: str = ""
    windows: list[WindowLine] = []
    own_days: list[DayOverrideLine] = []
    kinds: list[KindLine] = []
    seen: PreviewView = PreviewView()
    day: str = ""
    draft: str = ""
    changed: str = ""
    changes: list[str] = []
    problems: list[Problem] = []
    _form: Form = {}
    _times_opened: int = 0

    async def _list(self, actor: Actor) -> list[int]:
        """List the actor's gabinetes; return the ids of their agendas."""
        self.places = await read(editor.list_editable_chambers, actor)
        ids = [row.agenda_id for row in self.places if row.agenda_id]
        self.many, self.some_without = len(ids) > 1, len(ids) < len(self.places)
        return ids

    async def _save_draft(self, actor: Actor, form: Form) -> None:
        await self._store_draft(actor, form)
        await self._load_preview(actor)

    async def _store_draft(self, actor: Actor, form: Form) -> None:
        now = clock.now()
        await write(drafts.save_draft, actor, self.agenda_id, form, self.base, now=now)
        self._form = form
        self.draft = f"Rascunho salvo às {text.format_hour(now)}"

    async def _load_preview(self, actor: Actor) -> None:
        self.seen = await read(
            preview.preview_rules, actor, self.agenda_id, self._form, now=clock.now()
        )
        if self.day not in _preview_days(self.seen):
            self.day = min(self.seen.times, default="")

    def _draw_rows(self, form: Form) -> None:
        self.windows, self.own_days = view.window_rows(form), view.day_override_rows(form)
        self.kinds = view.kind_rows(form)

    def _list_problems(self, remarks: list[preview.PreviewRemark]) -> None:
        self.errors = {remark.field: remark.sentence for remark in remarks}
        self.problems = [Problem(remark.field, remark.sentence) for remark in remarks]

    async def _open(self, actor: Actor, agenda_id: int, *, reset_form: bool = False) -> None:
        """Open an agenda; the fields are drawn again only when the form is another one."""
        found = await read(editor.load_editor, actor, agenda_id, now=clock.now())
        await live.subscribe(self, tokens.agenda_topic(agenda_id), LIVE_VARIANT)
        if reset_form or agenda_id != self.agenda_id or found.form != self.opened.form:
            self._form, self._times_opened = found.form, self._times_opened + 1
            self.form_key = f"{agenda_id}-{self._times_opened}"
        self._draw_rows(found.form)
        self.agenda_id, self.choice, self.opened = agenda_id, str(agenda_id), found
        self.registry_choices = [("", "A secretaria ao lado do gabinete"), *found.registries]
        self.candidates = found.candidates
        self.today = clock.to_local_day(clock.now()).isoformat()
        self.base, self.newest = found.base, found.newest
        self.draft, self.changed, self.changes = found.draft, found.changed, found.changes
        await self._load_preview(actor)

    async def _apply(
        self, actor: Actor, done: str, service: Callable[..., object], *args: object
    ) -> EventResult:
        """Call a service in a write transaction, open the agenda again and show `done`."""
        await write(service, actor, *args, now=clock.now())
        await self._open(actor, self.agenda_id)
        return self._say(done)

    def _say(self, done: str = "") -> EventResult:
        """Show the message `done` and focus it."""
        self.news = done
        return rx.set_focus(STATUS)

    def _clear(self) -> None:
        super()._clear()
        self.problems = []

    async def _refuse(self, refusal: AppError) -> EventResult:
        self.problems = [Problem(*error) for error in refusal.errors.items()]
        return await super()._refuse(refusal)

    async def _load_changes(self, actor: Actor) -> None:
        self.changed, self.changes = await read(
            editor.load_changes_since, actor, self.agenda_id, self.base
        )
        self.newest = await read(permissions.newest_version_number, self.agenda_id)


class ImmediateChangesState(RulesEditorState, mixin=True):
    """Events that take effect at once, without publishing."""

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def unpublish(self, actor: Actor) -> EventResult:
        """Hide the agenda from the public; appointments stay."""
        done = "Agenda despublicada. Os atendimentos já marcados continuam."
        return await self._apply(actor, done, publishing.unpublish_agenda, self.agenda_id)

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def withdraw_version(self, actor: Actor, version_id: int) -> EventResult:
        """Withdraw a version that is not yet in force."""
        done = "Versão retirada: as regras anteriores continuam."
        return await self._apply(actor, done, consequences.withdraw_version, parse_id(version_id))

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def copy_draft(self, actor: Actor, staff_id: int) -> EventResult:
        """Open a copy of a colleague's draft."""
        author = parse_id(staff_id)
        await write(drafts.copy_draft, actor, self.agenda_id, author, now=clock.now())
        await self._open(actor, self.agenda_id, reset_form=True)
        return self._say("Rascunho aberto. O original continua com quem o escreveu.")

    @staff_event(Permission.EDIT_AGENDA, supersedes=True, quiet=True)
    async def find_chambers(self, actor: Actor, words: str) -> None:
        """List possible substitutes by name."""
        query = words[:100] if isinstance(words, str) else ""
        find = editor.find_substitute_candidates
        self.candidates = await read(find, actor, self.agenda_id, query)

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def appoint_substitute(self, actor: Actor, form: dict[str, Any]) -> EventResult:
        """Appoint a substitute gabinete for a period."""
        request = parse_form(SubstitutionRequest, form)
        done = "Substituição anotada: a agenda passa e volta sozinha nos dias escolhidos."
        return await self._apply(
            actor, done, substitutes.appoint_substitute, self.agenda_id, request
        )

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def end_substitution(self, actor: Actor, substitute_id: int) -> EventResult:
        """End a substitution."""
        done = "Substituição encerrada: a agenda voltou ao gabinete."
        return await self._apply(actor, done, substitutes.end_substitution, parse_id(substitute_id))

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def create_block(self, actor: Actor, form: dict[str, Any]) -> EventResult:
        """Block a period, within a day or over several."""
        sent = form if isinstance(form, dict) else {}
        first = (sent.get("block_day"), sent.get("block_from"))
        last = (sent.get("block_last") or sent.get("block_day"), sent.get("block_until"))
        start, end = parse_block_period(first, last, field="block_day")
        reason, fallen = str(sent.get("block_reason", "")), str(sent.get("block_fallen", ""))
        done = "Período bloqueado: ninguém marca horário nele."
        return await self._apply(
            actor, done, blocks.create_block, self.agenda_id, start, end, reason, fallen
        )

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def remove_block(self, actor: Actor, block_id: int) -> EventResult:
        """Remove a block."""
        done = "Bloqueio retirado."
        return await self._apply(actor, done, blocks.remove_block, parse_id(block_id))


class RulesPageState(ImmediateChangesState, rx.State):
    """Events of the form."""

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def load(self, actor: Actor) -> None:
        """Open the agenda opened before, or the actor's first one."""
        ids = await self._list(actor)
        if ids:
            await self._open(actor, self.agenda_id if self.agenda_id in ids else ids[0])

    @staff_event(Permission.EDIT_AGENDA, focus=ERROR_SUMMARY_ID)
    async def choose(self, actor: Actor, agenda_id: str) -> EventResult:
        """Open another of the actor's agendas."""
        await self._open(actor, parse_id(agenda_id))
        return self._say()

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def create(self, actor: Actor, unit_id: int) -> EventResult:
        """Create the agenda of a gabinete and open it."""
        agenda_id = await write(publishing.create_agenda, actor, parse_id(unit_id), now=clock.now())
        await self._list(actor)
        await self._open(actor, agenda_id)
        return self._say("Agenda criada. Ninguém a vê até você publicar.")

    @staff_event(Permission.EDIT_AGENDA, supersedes=True, quiet=True)
    async def save_typed(self, actor: Actor, form: dict[str, str]) -> None:
        """Save what is typed as a draft and load its preview."""
        sent = form_values.clean_form(form)
        if sent != self._form:
            await self._save_draft(actor, sent)

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def add_window(self, actor: Actor) -> None:
        """Add a window after the last one."""
        form, key = view.add_window(self._form)
        await self._save_draft(actor, form)
        self.windows = view.window_rows(form, fresh=key)

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def add_day(self, actor: Actor) -> None:
        """Add a special day."""
        form, key = view.add_day_override(self._form)
        await self._save_draft(actor, form)
        self.own_days = view.day_override_rows(form, fresh=key)

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def add_kind(self, actor: Actor) -> None:
        """Add a kind of attendance."""
        form, key = view.add_kind(self._form)
        await self._save_draft(actor, form)
        self.kinds = view.kind_rows(form, fresh=key)

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def remove(self, actor: Actor, kind: str, key: str) -> EventResult:
        """Remove a row."""
        form = view.remove_row(self._form, str(kind), str(key))
        await self._save_draft(actor, form)
        self._draw_rows(form)
        return rx.set_focus(
            f"incluir-{kind}" if kind in form_values.ROW_KINDS else ERROR_SUMMARY_ID
        )

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def show_day(self, _actor: Actor, day: str) -> None:
        """Show the slots of a day of the preview."""
        self.day = day if isinstance(day, str) and day in _preview_days(self.seen) else ""

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def save(self, actor: Actor, form: dict[str, str]) -> EventResult:
        """Save the draft, and list the errors that block publishing it."""
        await self._save_draft(actor, form_values.clean_form(form))
        self._list_problems([r for r in self.seen.remarks if r.refuses])
        if not self.problems:
            return self._say("Rascunho salvo. Nada impede a publicação.")
        count = text.pluralise(len(self.problems), "ponto", "pontos")
        self.problem = f"Rascunho salvo. Falta corrigir {count} para publicar."
        return rx.set_focus(ERROR_SUMMARY_ID)

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def publish(self, actor: Actor, form: dict[str, str]) -> EventResult:
        """Publish what is typed as the next version."""
        sent = form_values.clean_form(form)
        await self._store_draft(actor, sent)  # its preview is loaded with what is published
        now = clock.now()
        try:
            checked = await read(
                publishing.check_form, actor, self.agenda_id, sent, self.base, now=now
            )
            await write(
                consequences.publish,
                actor,
                self.agenda_id,
                checked,
                now=now,
                offers_others=bool(sent.get("offers_others")),
            )
        except StaleRulesError:
            await self._load_changes(actor)
            return rx.set_focus(CHANGED)
        await self._open(actor, self.agenda_id, reset_form=True)
        return self._say(f"Publicada às {text.format_hour(now)}. {self.opened.state}")

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def discard(self, actor: Actor) -> EventResult:
        """Discard the draft and open the published rules."""
        await write(drafts.discard_draft, actor, self.agenda_id)
        await self._open(actor, self.agenda_id, reset_form=True)
        return self._say("Rascunho descartado.")

    @staff_event(Permission.EDIT_AGENDA, quiet=True)
    async def show_changes(self, actor: Actor) -> EventResult:
        """Show what was published since the draft began."""
        await self._load_changes(actor)
        return rx.set_focus(CHANGED)

    @staff_event(Permission.EDIT_AGENDA, temporal=True, focus=ERROR_SUMMARY_ID)
    async def keep_own_edits(self, actor: Actor) -> EventResult:
        """Keep what is typed on top of the newest version."""
        self.base, self.changed, self.changes = self.newest, "", []
        await self._save_draft(actor, self._form)
        return self._say(
            "Você continua com o que digitou. Publicar vai substituir a versão mais nova."
        )


def _preview_days(seen: PreviewView) -> set[str]:
    """Return the ISO days of a preview."""
    return {day.iso for week in seen.weeks for day in week}


def _read_room(session: Session, room: str, now: datetime) -> Mapping[str, object]:  # noqa: ARG001
    agenda_id = int(room.partition("#")[0].partition(":")[2])
    return {"newest": permissions.newest_version_number(session, agenda_id)}


def register() -> None:
    """Register the live view of the rules editor."""
    live.register_view(f"agenda#{LIVE_VARIANT}", RulesPageState, _read_room)
