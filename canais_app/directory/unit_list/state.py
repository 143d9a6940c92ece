"""State of the list of units: search words and filters are in the address."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import reflex as rx
from pydantic import BaseModel

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import read_as_actor, staff_event, write_as_actor
from canais_app.directory.editing import tree, views
from canais_app.directory.editing.schemas import Line80, NewUnitForm
from canais_app.directory.editing.views import UnitFilter, UnitLine
from canais_app.directory.models import UnitKind
from canais_app.directory.unit_chooser_state import UnitChooserState
from canais_app.kit import clock
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form


class UnitListQuery(BaseModel):
    """The filter of units in the address."""

    q: Line80 = ""
    comarca: Line80 = ""
    tipo: UnitKind | None = None
    extintas: bool = False

    def to_filter(self) -> UnitFilter:
        """Return the filter of the query."""
        return UnitFilter(self.q, self.comarca, self.tipo or "", self.extintas)


class UnitListState(UnitChooserState, rx.State):
    """The units of the filter, page by page."""

    rows: list[UnitLine] = []
    next: str = ""
    q: str = ""
    comarca: str = ""
    kind: str = ""
    retired: bool = False
    _wanted: UnitFilter = UnitFilter()

    @staff_event(Permission.SHAPE_DIRECTORY)
    async def load(self, actor: Actor) -> None:
        """Show the units of the address's filter."""
        self.reset()
        await self._offer_comarcas()
        query = _filled_fields(self.router.url.query_parameters)
        wanted = self._wanted = parse_form(UnitListQuery, query).to_filter()
        self.q, self.comarca = wanted.words, wanted.comarca
        self.kind, self.retired = wanted.kind, wanted.retired
        await self._read(actor)

    async def _read(self, actor: Actor) -> None:
        page = await read_as_actor(
            views.list_units, actor, self._wanted, self.next, now=clock.now()
        )
        self.rows, self.next = [*self.rows, *page.items], page.next

    @staff_event(Permission.SHAPE_DIRECTORY)
    async def apply_filters(self, _actor: Actor, form: dict[str, Any]) -> EventResult:
        """Put the filter into the address."""
        parse_form(UnitListQuery, _filled_fields(form))
        return rx.redirect(f"{routes.ADMIN_UNITS}?{urlencode(_filled_fields(form))}")

    @staff_event(Permission.SHAPE_DIRECTORY)
    async def load_more(self, actor: Actor) -> None:
        """Show the next page too."""
        if self.next:
            await self._read(actor)

    @staff_event(Permission.SHAPE_DIRECTORY, temporal=True)
    async def create_unit(self, actor: Actor, form: dict[str, Any]) -> EventResult:
        """Create a unit, and open its editor."""
        unit = await write_as_actor(
            tree.create_unit, actor, parse_form(NewUnitForm, _parse_degree(form))
        )
        return rx.redirect(routes.admin_unit(unit.code))


def _filled_fields(given: object) -> dict[str, Any]:
    known = set(UnitListQuery.model_fields)
    values = dict(given) if isinstance(given, Mapping) else {}
    return {name: value for name, value in values.items() if name in known and value != ""}


def _parse_degree(form: object) -> object:
    if not isinstance(form, dict):
        return form
    return {**form, "degree": 2 if form.get("degree") == "2" else 1}
