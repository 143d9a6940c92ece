"""State of the synonyms page: list, add, change and remove lines."""

from dataclasses import asdict
from typing import Any

import reflex as rx

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, read_as_actor, staff_event, write_as_actor
from canais_app.directory import synonyms
from canais_app.directory.synonyms import SynonymForm
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form, parse_id
from canais_app.kit.text import generate_token

ERROR_SUMMARY_ID = "resumo-de-erros"


class SynonymsState(StaffState, rx.State):
    """`chosen` is the id of the line in the form; 0 for a new one."""

    rows: list[dict[str, Any]] = []
    words: str = ""
    chosen: int = 0
    said: str = ""
    means: str = ""
    generation: str = ""

    async def _show(self, actor: Actor) -> None:
        found = await read_as_actor(synonyms.list_synonyms, actor, self.words)
        self.rows = [asdict(row) for row in found]

    def _set_form(self, line: int = 0, said: str = "", means: str = "") -> None:
        self.chosen, self.said, self.means = line, said, means
        self.generation = generate_token()

    @staff_event(Permission.SHAPE_DIRECTORY)
    async def load(self, actor: Actor) -> None:
        """Show every line."""
        self.reset()
        await self._show(actor)

    @staff_event(Permission.SHAPE_DIRECTORY, supersedes=True)
    async def search(self, actor: Actor, words: str) -> None:
        """Show the lines that contain some words."""
        self.words = words[:80] if isinstance(words, str) else ""
        await self._show(actor)

    @staff_event(Permission.SHAPE_DIRECTORY)
    async def open_line(self, actor: Actor, line: int) -> EventResult:
        """Put a line into the form; id 0 empties it."""
        wanted = parse_id(line)
        rows = await read_as_actor(synonyms.list_synonyms, actor)
        row = next((row for row in rows if row.id == wanted), None)
        self._set_form(*((row.id, row.said, row.means) if row else (0, "", "")))
        return rx.set_focus("said")

    @staff_event(Permission.SHAPE_DIRECTORY, temporal=True, focus=ERROR_SUMMARY_ID)
    async def save(self, actor: Actor, form: dict[str, Any]) -> None:
        """Write the line of the form."""
        line = parse_form(SynonymForm, form)
        await write_as_actor(synonyms.save_synonym, actor, parse_id(form.get("id")), line)
        await read_as_actor(synonyms.wait_for_search, actor)
        self._set_form()
        self.news = "Sinônimo salvo. A busca já o entende."
        await self._show(actor)

    @staff_event(Permission.SHAPE_DIRECTORY, temporal=True)
    async def remove(self, actor: Actor, line: int) -> None:
        """Remove a line and keep it in the form as a new one, so that it can be saved again."""
        wanted = parse_id(line)
        rows = await read_as_actor(synonyms.list_synonyms, actor)
        await write_as_actor(synonyms.remove_synonym, actor, wanted)
        self._set_form(0, *[text for r in rows if r.id == wanted for text in (r.said, r.means)])
        self.news = "Sinônimo retirado. Para trazê-lo de volta, salve a linha do formulário."
        await self._show(actor)
