"""Base State of the rules editor: the opened agenda, the typed form and its preview."""

import reflex as rx

from canais_app.accounts.roles import Actor
from canais_app.accounts.staff_state import StaffState
from canais_app.agenda import tokens
from canais_app.agenda.rules import drafts, editor, permissions, preview
from canais_app.agenda.rules.editor import EditableChambers, EditorView
from canais_app.agenda.rules.form_values import Form
from canais_app.agenda.rules.preview import PreviewView
from canais_app.agenda.rules_editor import view
from canais_app.agenda.rules_editor.view import DayOverrideLine, Problem, WindowLine
from canais_app.kit import clock, live, text
from canais_app.kit.db import read, write
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult

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
        now = clock.now()
        await write(drafts.save_draft, actor, self.agenda_id, form, self.base, now=now)
        self._form = form
        self.draft = f"Rascunho salvo às {text.format_hour(now)}"
        await self._load_preview(actor)

    async def _load_preview(self, actor: Actor) -> None:
        self.seen = await read(
            preview.preview_rules, actor, self.agenda_id, self._form, now=clock.now()
        )
        if self.day not in preview_days(self.seen):
            self.day = min(self.seen.times, default="")

    def _list_problems(self, remarks: list[preview.PreviewRemark]) -> None:
        self.errors = {remark.field: remark.sentence for remark in remarks}
        self.problems = [Problem(remark.field, remark.sentence) for remark in remarks]

    async def _open(self, actor: Actor, agenda_id: int, *, anew: bool = False) -> None:
        """Open an agenda; the fields are drawn again only when the form is another one."""
        found = await read(editor.load_editor, actor, agenda_id, now=clock.now())
        await live.subscribe(self, tokens.agenda_topic(agenda_id), LIVE_VARIANT)
        if anew or agenda_id != self.agenda_id or found.form != self.opened.form:
            self._form, self._times_opened = found.form, self._times_opened + 1
            self.form_key = f"{agenda_id}-{self._times_opened}"
        self.windows = view.window_rows(found.form)
        self.own_days = view.day_override_rows(found.form)
        self.agenda_id, self.choice, self.opened = agenda_id, str(agenda_id), found
        self.registry_choices = [("", "A secretaria ao lado do gabinete"), *found.registries]
        self.candidates = found.candidates
        self.today = clock.to_local_day(clock.now()).isoformat()
        self.base, self.newest = found.base, found.newest
        self.draft, self.changed, self.changes = found.draft, found.changed, found.changes
        await self._load_preview(actor)

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


def preview_days(seen: PreviewView) -> set[str]:
    """Return the ISO days of a preview."""
    return {day.iso for week in seen.weeks for day in week}
