"""Synonyms: the list, adding and changing a line, taking one away."""

from dataclasses import asdict
from typing import Any

import reflex as rx

from canais_app.accounts.guarded import Choice, Guarded, read, staff_event, write
from canais_app.accounts.roles import Actor, Permission
from canais_app.directory import synonyms
from canais_app.directory.synonyms import SynonymForm
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse
from canais_app.kit.text import new_token

SUMMARY = "resumo-de-erros"


class Synonyms(Guarded, rx.State):
    """`chosen` is the line that the form begins with; 0 for a new one."""

    rows: list[dict[str, Any]] = []
    words: str = ""
    chosen: int = 0
    said: str = ""
    means: str = ""
    generation: str = ""

    async def _show(self, actor: Actor) -> None:
        found = await read(synonyms.listed, actor, self.words)
        self.rows = [asdict(row) for row in found]

    def _fill(self, line: int = 0, said: str = "", means: str = "") -> None:
        self.chosen, self.said, self.means = line, said, means
        self.generation = new_token()

    @staff_event(Permission.SHAPE_DIRECTORY)
    async def load(self, actor: Actor) -> None:
        """Show every line."""
        self.reset()
        await self._show(actor)

    @staff_event(Permission.SHAPE_DIRECTORY, supersedes=True)
    async def search(self, actor: Actor, words: str) -> None:
        """Show the lines that hold some words."""
        self.words = words[:80] if isinstance(words, str) else ""
        await self._show(actor)

    @staff_event(Permission.SHAPE_DIRECTORY)
    async def choose(self, actor: Actor, line: int) -> EventResult:
        """Put a line into the form; 0 empties it."""
        wanted = parse(Choice, {"id": line}).id
        found = {row.id: row for row in await read(synonyms.listed, actor)}
        row = found.get(wanted)
        self._fill(*((row.id, row.said, row.means) if row else (0, "", "")))
        return rx.set_focus("said")

    @staff_event(Permission.SHAPE_DIRECTORY, temporal=True, focus=SUMMARY)
    async def save(self, actor: Actor, form: dict[str, Any]) -> None:
        """Write the line of the form."""
        await write(synonyms.save, actor, parse(Choice, form).id, parse(SynonymForm, form))
        await read(synonyms.wait_for_search, actor)
        self._fill()
        self.news = "Sinônimo salvo. A busca já o entende."
        await self._show(actor)

    @staff_event(Permission.SHAPE_DIRECTORY, temporal=True)
    async def remove(self, actor: Actor, line: int) -> None:
        """Take a line away; it stands in the form as a new one, for whoever took the wrong one."""
        wanted = parse(Choice, {"id": line}).id
        gone = [row for row in await read(synonyms.listed, actor) if row.id == wanted]
        await write(synonyms.remove, actor, wanted)
        self._fill(0, *[part for row in gone for part in (row.said, row.means)])
        self.news = "Sinônimo retirado. Para trazê-lo de volta, salve a linha do formulário."
        await self._show(actor)
