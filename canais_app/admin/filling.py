"""A form of the administration that says what it would do while it is being filled."""

from collections.abc import Mapping
from typing import Any, ClassVar

import reflex as rx

from canais_app.accounts.guarded import Guarded
from canais_app.accounts.roles import Actor
from canais_app.kit.errors import InvalidError

LONGEST = 2000  # letters of one field


class Filling(Guarded, mixin=True):
    """What is typed stays in `form`, by the names of `_fields`; a screen says what it would do."""

    writing: bool = False
    generation: int = 0
    form: dict[str, str] = {}  # noqa: RUF012 (Reflex copies defaults at class creation)

    _fields: ClassVar[tuple[str, ...]]

    @rx.event
    async def fill(self, name: str, value: str):  # noqa: ANN201 (Reflex's own)
        """Take what is being typed into a field, and say anew what it would do."""
        said = self.problem, self.errors

        async def look(_actor: Actor) -> None:
            self._take({str(name): value})
            self.problem, self.errors = said

        return await self._run(look, self._preview)

    async def _preview(self, actor: Actor) -> None:
        raise NotImplementedError

    def _take(self, sent: object) -> None:
        """Keep the known fields of what was sent, as words."""
        form = sent if isinstance(sent, Mapping) else {}
        known = [name for name in self._fields if isinstance(form.get(name), str)]
        self.form = {**self.form, **{name: form[name][:LONGEST] for name in known}}

    def _take_whole(self, sent: object) -> None:
        """Keep what was sent with the form.

        Raises:
            InvalidError: no form is open.
        """
        if not self.writing:
            raise InvalidError("Abra o formulário de novo.")
        self._take(sent)


def typed(screen: Any, name: str) -> dict[str, Any]:  # noqa: ANN401 (a Filling State: its Vars)
    """Return what a field of the form needs: its value, and to tell its every change."""
    return {
        "default_value": screen.form[name],
        "on_change": lambda value: screen.fill(name, value),
    }
