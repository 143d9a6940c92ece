"""The State of screens where a unit or a comarca is chosen."""

from pydantic import BaseModel

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, read_as_actor, staff_event
from canais_app.directory import queries
from canais_app.directory.editing import views
from canais_app.directory.editing.schemas import Line80
from canais_app.directory.unit_search import describe_found
from canais_app.directory.views import NamedChoice
from canais_app.kit import db
from canais_app.kit.forms import parse_form


class UnitSearchForm(BaseModel):
    """The text typed to find a unit."""

    words: Line80 = ""


class UnitChooserState(StaffState, mixin=True):
    """Units found by name, and all comarcas, to choose from."""

    found: list[NamedChoice] = []
    answer: str = ""
    comarcas: list[NamedChoice] = []

    async def _offer_comarcas(self) -> None:
        self.comarcas = await db.read(queries.list_comarca_choices)

    @staff_event(Permission.SHAPE_DIRECTORY, supersedes=True)
    async def find_units(self, actor: Actor, words: str) -> None:
        """Offer the units found by name."""
        typed = parse_form(UnitSearchForm, {"words": words}).words
        self.found = await read_as_actor(views.find_units_by_name, actor, typed)
        self.answer = describe_found(typed, len(self.found))
