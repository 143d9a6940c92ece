"""A file that was sent: what it would change, list by list; writing it, or letting it go."""

from asyncio import to_thread
from typing import ClassVar

import reflex as rx
from pydantic import BaseModel

from canais_app import routes
from canais_app.accounts.guarded import Guarded, read, write
from canais_app.accounts.roles import Actor, Permission
from canais_app.admin.importing import view
from canais_app.admin.importing.view import RowView, Sort
from canais_app.directory.files import drafts
from canais_app.kit import clock
from canais_app.kit.forms import parse
from canais_app.kit.text import plural

PROBLEMS = {
    "final": "O arquivo precisa ser .csv ou .xlsx.",
    "tamanho": f"O arquivo passa de {drafts.MOST_SENT // 2**20} MB.",
    "vazio": "Escolha um arquivo.",
    "espera": "Muitos arquivos em pouco tempo. Tente de novo em alguns minutos.",
}


class ListForm(BaseModel):
    """Which list of the difference is wanted."""

    sort: Sort


class Importing(Guarded, rx.State):
    """One page of one list at a time; the file itself stays with the server."""

    _needs: ClassVar[Permission] = Permission.SHAPE_DIRECTORY

    draft: str = ""
    counts: dict[str, str] = {}
    headline: str = ""
    units: int = 0
    sort: str = ""
    rows: list[RowView] = []
    left: int = 0
    saving: bool = False
    _seen: str = ""

    async def _look(self, actor: Actor) -> None:
        found = await read(drafts.preview, actor, self.draft, now=clock.now())
        shown = view.of(found)
        self.counts, self.headline, self.units = shown.counts, shown.headline, shown.units
        self._seen, self.sort = shown.seen, shown.first
        self.rows, self.left = view.rows(found, shown.first)

    @rx.event
    async def load(self):  # noqa: ANN201 (Reflex's own event type)
        """Show what the file of the address would change, if there is one."""
        self.reset()
        query = self.router.url.query_parameters
        draft, saved = query.get("arquivo", "")[:80], query.get("gravado", "")[:8]

        async def look(actor: Actor) -> None:
            self.draft = draft
            await self._look(actor)

        answer = await (self._run(look) if draft else self._run())
        if self.ready and not draft:
            self.problem = PROBLEMS.get(query.get("erro", ""), "")
            if saved.isdecimal():
                self.news = f"Gravado: {plural(int(saved), 'unidade', 'unidades')}."
        return answer

    @rx.event
    async def narrow(self, sort: str):  # noqa: ANN201 (Reflex's own)
        """Show one list of the difference."""

        async def look(actor: Actor) -> None:
            wanted = parse(ListForm, {"sort": sort}).sort
            found = await read(drafts.preview, actor, self.draft, now=clock.now())
            self.sort = wanted
            self.rows, self.left = view.rows(found, wanted)

        return await self._run(look)

    @rx.event
    async def more(self):  # noqa: ANN201 (Reflex's own)
        """Show the rows after the last one shown."""

        async def look(actor: Actor) -> None:
            wanted = parse(ListForm, {"sort": self.sort}).sort
            found = await read(drafts.preview, actor, self.draft, now=clock.now())
            some, self.left = view.rows(found, wanted, len(self.rows))
            self.rows = [*self.rows, *some]

        return await self._run(look)

    @rx.event(temporal=True)
    async def save(self):  # noqa: ANN201 (Reflex's own)
        """Write the file as it was shown; if it would do something else by now, show that."""
        self.saving = True
        yield
        saved: list[int] = []

        async def work(actor: Actor) -> None:
            saved.append(await write(drafts.save, actor, self.draft, self._seen))

        answer = await self._run(work)
        self.saving = False
        if saved:
            await self._run(self._forget)
            answer = rx.redirect(f"{routes.ADMIN_IMPORT}?gravado={saved[0]}", replace=True)
        elif self.problem and self.draft:
            problem = self.problem
            await self._run(self._look)
            self.problem = problem
        yield answer

    @rx.event(temporal=True)
    async def discard(self):  # noqa: ANN201 (Reflex's own)
        """Let the file go; nothing is written."""
        answer = await self._run(self._forget)
        return answer or rx.redirect(routes.ADMIN_IMPORT, replace=True)

    async def _forget(self, actor: Actor) -> None:
        await to_thread(drafts.drop, self.draft, actor=actor, now=clock.now())
