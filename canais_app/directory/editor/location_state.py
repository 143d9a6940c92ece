"""State of the unit's tree position: move, retire, restore; for administrators."""

from collections.abc import Callable
from typing import Any

import reflex as rx
from pydantic import BaseModel

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import staff_event, write_as_actor
from canais_app.directory.editing import tree
from canais_app.directory.editing.schemas import Line80, MoveUnitForm
from canais_app.directory.editor.state import UnitEditorState, load_unit
from canais_app.directory.models import Unit
from canais_app.directory.unit_chooser_state import UnitChooserState
from canais_app.kit.forms import parse_form


class SuccessorForm(BaseModel):
    """The code of the successor unit."""

    successor: Line80 = ""


class TreePositionState(UnitChooserState, rx.State):
    """Moves, retires and restores the unit in `UnitEditorState`."""

    @staff_event(Permission.SHAPE_DIRECTORY)
    async def offer_comarcas(self, _actor: Actor) -> None:
        """Load the choices of comarcas."""
        await self._offer_comarcas()

    @staff_event(Permission.SHAPE_DIRECTORY, temporal=True)
    async def move(self, actor: Actor, form: dict[str, Any]) -> None:
        """Move the unit in the tree."""
        await self._change(actor, tree.move_unit, parse_form(MoveUnitForm, form))
        self.news, self.found = "Unidade movida, com o que está abaixo dela.", []

    @staff_event(Permission.SHAPE_DIRECTORY, temporal=True)
    async def retire(self, actor: Actor, form: dict[str, Any]) -> None:
        """Retire the unit in favour of a successor."""
        await self._change(actor, tree.retire_unit, parse_form(SuccessorForm, form).successor)
        self.news, self.found = "Unidade extinta. O endereço dela leva à sucessora.", []

    @staff_event(Permission.SHAPE_DIRECTORY, temporal=True)
    async def restore(self, actor: Actor) -> None:
        """Put the unit back in use."""
        await self._change(actor, tree.restore_unit)
        self.news = "Unidade de volta ao uso."

    async def _change(self, actor: Actor, write: Callable[..., Unit], *args: object) -> None:
        editor = await self.get_state(UnitEditorState)
        await write_as_actor(write, actor, editor.sheet.code, *args)
        await load_unit(editor, actor)
