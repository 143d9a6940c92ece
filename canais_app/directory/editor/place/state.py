"""Where the unit hangs, and whether it goes on: for administrators."""

from typing import Any, ClassVar

import reflex as rx
from pydantic import BaseModel

from canais_app.accounts.guarded import write
from canais_app.accounts.roles import Actor, Permission
from canais_app.directory import tree
from canais_app.directory.drafts import Line80, NewPlace
from canais_app.directory.editor.state import Editor, show
from canais_app.directory.tree_choice import TreeChoice
from canais_app.kit.forms import parse


class Successor(BaseModel):
    """Who attends from now on, by its code."""

    successor: Line80 = ""


class PlaceEditor(TreeChoice, rx.State):
    """Moves, retires and restores the unit in `Editor`."""

    _needs: ClassVar[Permission] = Permission.SHAPE_DIRECTORY

    @rx.event
    async def prepare(self):  # noqa: ANN201 (Reflex's own event type)
        """Offer the comarcas."""
        return await self._run(self._offer_comarcas)

    @rx.event(temporal=True)
    async def move(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own event type)
        """Hang the unit elsewhere."""

        async def work(actor: Actor) -> None:
            editor = await self.get_state(Editor)
            await write(tree.move, actor, editor.sheet.code, parse(NewPlace, form))
            await show(editor, actor)
            self.news, self.found = "Unidade movida, com o que está abaixo dela.", []

        return await self._run(work)

    @rx.event(temporal=True)
    async def retire(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own event type)
        """Take the unit out of use, naming who attends from now on."""

        async def work(actor: Actor) -> None:
            editor = await self.get_state(Editor)
            await write(tree.retire, actor, editor.sheet.code, parse(Successor, form).successor)
            await show(editor, actor)
            self.news, self.found = "Unidade extinta. O endereço dela leva à sucessora.", []

        return await self._run(work)

    @rx.event(temporal=True)
    async def restore(self):  # noqa: ANN201 (Reflex's own event type)
        """Put the unit back in use."""

        async def work(actor: Actor) -> None:
            editor = await self.get_state(Editor)
            await write(tree.restore, actor, editor.sheet.code)
            await show(editor, actor)
            self.news = "Unidade de volta ao uso."

        return await self._run(work)
