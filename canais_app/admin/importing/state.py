"""State of the import page: preview an uploaded file by lists, import or discard it."""

from asyncio import to_thread
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated, TypedDict

import reflex as rx
from pydantic import AfterValidator, BaseModel, Field

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, read_as_actor, staff_event
from canais_app.admin.importing import view
from canais_app.admin.importing.view import ImportRowView, ListKind
from canais_app.directory.spreadsheet import mapping, pending_imports
from canais_app.directory.spreadsheet.diff import Difference
from canais_app.kit import clock
from canais_app.kit.errors import AppError, InvalidError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form
from canais_app.kit.text import pluralise

MAX_COLUMNS = 200
SHOWN_SKIPPED = 50
PROBLEMS = {
    "final": "O arquivo precisa ser .csv ou .xlsx.",
    "tamanho": f"O arquivo passa de {pending_imports.MAX_UPLOAD_BYTES // 2**20} MB.",
    "vazio": "Escolha um arquivo.",
    "espera": "Muitos arquivos em pouco tempo. Tente de novo em alguns minutos.",
}


class ListChoiceForm(BaseModel):
    """The list of the difference to show."""

    sort: ListKind


class ColumnView(TypedDict):
    """A column of a file that others made."""

    field: str  # of the form
    name: str
    samples: str
    target: str


class SkippedView(TypedDict):
    """A row of such a file that is left out."""

    line: str
    words: str


def _check_target(target: str) -> str:
    if target not in mapping.TARGETS:
        raise ValueError("Escolha uma da lista.")
    return target


class MappingForm(BaseModel):
    """The targets of a file's columns, in order."""

    targets: Annotated[
        list[Annotated[str, AfterValidator(_check_target)]], Field(max_length=MAX_COLUMNS)
    ]


class ImportState(StaffState, rx.State):
    """One list at a time, page by page; the file itself stays on the server."""

    draft: str = ""
    counts: dict[str, str] = {}
    headline: str = ""
    units: int = 0
    sort: str = ""
    rows: list[ImportRowView] = []
    left: int = 0
    saving: bool = False
    columns: list[ColumnView] = []
    skipped: list[SkippedView] = []
    skipped_words: str = ""
    _seen: str = ""

    async def _preview(self, actor: Actor) -> Difference:
        return await read_as_actor(
            pending_imports.preview_upload, actor, self.draft, now=clock.now()
        )

    async def _load_difference(self, actor: Actor) -> None:
        found = await self._preview(actor)
        shown = view.view_of_difference(found)
        self.counts, self.headline, self.units = shown.counts, shown.headline, shown.units
        self._seen, self.sort = shown.seen, shown.first
        self.rows, self.left = view.page_of_list(found, shown.first)

    @staff_event(Permission.SHAPE_DIRECTORY)
    async def load(self, actor: Actor) -> None:
        """Preview the file of the address, if there is one."""
        self.reset()
        query = self.router.url.query_parameters
        self.draft, saved = query.get("arquivo", "")[:80], query.get("gravado", "")[:8]
        if self.draft:
            self.columns = await self._list_columns(actor)
            if not self.columns:
                await self._load_difference(actor)
            return
        self.problem = PROBLEMS.get(query.get("erro", ""), "")
        if saved.isdecimal():
            self.news = f"Gravado: {pluralise(int(saved), 'unidade', 'unidades')}."

    async def _list_columns(self, actor: Actor) -> list[ColumnView]:
        found = await read_as_actor(
            pending_imports.list_loose_columns, actor, self.draft, now=clock.now()
        )
        return [
            ColumnView(
                field=f"coluna-{at}",
                name=column.name,
                samples=" · ".join(column.samples) or "sem nada escrito",
                target=column.target,
            )
            for at, column in enumerate(found)
        ]

    @staff_event(Permission.SHAPE_DIRECTORY, temporal=True)
    async def map_columns(self, actor: Actor, form: dict[str, str]) -> None:
        """Turn the file of the address into a units file, and preview that."""
        targets = [form.get(column["field"], "") for column in self.columns]
        chosen = parse_form(MappingForm, {"targets": targets}).targets
        key, made = await read_as_actor(
            pending_imports.map_upload, actor, self.draft, chosen, now=clock.now()
        )
        self.skipped = [
            SkippedView(line=f"Linha {row.line}", words=f"{row.words}: {row.reason}")
            for row in made.skipped[:SHOWN_SKIPPED]
        ]
        left_out = pluralise(len(made.skipped), "linha ficou", "linhas ficaram")
        self.skipped_words = f"{left_out} de fora." if made.skipped else ""
        if not key:
            raise InvalidError("Nenhuma linha achou a sua unidade: confira as colunas.")
        self.draft, self.columns = key, []
        await self._load_difference(actor)
        self.news = f"{pluralise(made.units, 'unidade achada', 'unidades achadas')} no arquivo."

    @staff_event(Permission.SHAPE_DIRECTORY)
    async def show_list(self, actor: Actor, sort: str) -> None:
        """Show one list of the difference."""
        wanted = parse_form(ListChoiceForm, {"sort": sort}).sort
        found = await self._preview(actor)
        self.sort = wanted
        self.rows, self.left = view.page_of_list(found, wanted)

    @staff_event(Permission.SHAPE_DIRECTORY)
    async def load_more(self, actor: Actor) -> None:
        """Show the rows after the last one shown."""
        wanted = parse_form(ListChoiceForm, {"sort": self.sort}).sort
        found = await self._preview(actor)
        rows, self.left = view.page_of_list(found, wanted, len(self.rows))
        self.rows = [*self.rows, *rows]

    @staff_event(Permission.SHAPE_DIRECTORY, temporal=True)
    async def save(self, actor: Actor) -> AsyncIterator[EventResult]:
        """Import the file as previewed; when the difference is another by now, show that."""
        self.saving = True
        yield None
        try:
            saved = await to_thread(
                pending_imports.apply_upload, self.draft, self._seen, actor=actor, now=clock.now()
            )
        except AppError as refusal:
            with suppress(AppError):
                await self._load_difference(actor)
            raise refusal from None
        finally:
            self.saving = False
        await self._clear_difference(actor)
        yield rx.redirect(f"{routes.ADMIN_IMPORT}?gravado={saved}", replace=True)

    @staff_event(Permission.SHAPE_DIRECTORY, temporal=True)
    async def discard(self, actor: Actor) -> EventResult:
        """Delete the file without importing it."""
        await self._clear_difference(actor)
        return rx.redirect(routes.ADMIN_IMPORT, replace=True)

    async def _clear_difference(self, actor: Actor) -> None:
        await to_thread(pending_imports.delete_upload, self.draft, actor=actor, now=clock.now())
