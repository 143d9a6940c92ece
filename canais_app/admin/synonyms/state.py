"""Synonyms: the list, adding and changing a line, taking one away."""

from dataclasses import asdict
from typing import Any, ClassVar

import reflex as rx

from canais_app.accounts.guarded import Choice, Guarded, read, write
from canais_app.accounts.roles import Actor, Permission
from canais_app.directory import synonyms
from canais_app.directory.synonyms import SynonymForm
from canais_app.kit.forms import parse
from canais_app.kit.text import new_token

SUMMARY = "resumo-de-erros"


class Synonyms(Guarded, rx.State):
    """`chosen` is the line that the form begins with; 0 for a new one."""

    _needs: ClassVar[Permission] = Permission.SHAPE_DIRECTORY

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

    @rx.event
    async def load(self):  # noqa: ANN201 (Reflex's own event type)
        """Show every line."""
        self.reset()
        return await self._run(self._show)

    @rx.event(supersedes=True)
    async def search(self, words: str):  # noqa: ANN201 (Reflex's own)
        """Show the lines that hold some words."""
        self.words = words[:80] if isinstance(words, str) else ""
        return await self._run(self._show)

    @rx.event
    async def choose(self, line: int):  # noqa: ANN201 (Reflex's own)
        """Put a line into the form; 0 empties it."""

        async def work(actor: Actor) -> None:
            wanted = parse(Choice, {"id": line}).id
            found = {row.id: row for row in await read(synonyms.listed, actor)}
            row = found.get(wanted)
            self._fill(*((row.id, row.said, row.means) if row else (0, "", "")))

        return await self._run(work) or rx.set_focus("said")

    @rx.event(temporal=True)
    async def save(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own)
        """Write the line of the form."""

        async def work(actor: Actor) -> None:
            await write(synonyms.save, actor, parse(Choice, form).id, parse(SynonymForm, form))
            await read(synonyms.wait_for_search, actor)
            self._fill()
            self.news = "Sinônimo salvo. A busca já o entende."

        return await self._run(work, self._show) or (
            rx.set_focus(SUMMARY) if self.problem else None
        )

    @rx.event(temporal=True)
    async def remove(self, line: int):  # noqa: ANN201 (Reflex's own)
        """Take a line away; it stands in the form as a new one, for whoever took the wrong one."""

        async def work(actor: Actor) -> None:
            wanted = parse(Choice, {"id": line}).id
            gone = [row for row in await read(synonyms.listed, actor) if row.id == wanted]
            await write(synonyms.remove, actor, wanted)
            self._fill(0, *[part for row in gone for part in (row.said, row.means)])
            self.news = "Sinônimo retirado. Para trazê-lo de volta, salve a linha do formulário."

        return await self._run(work, self._show)
