"""A form of the administration that says what it would do while it is being filled."""

from collections.abc import Mapping
from typing import Any, ClassVar

from canais_app.accounts.staff_state import StaffState
from canais_app.kit.errors import InvalidError
from canais_app.kit.text import generate_token
from canais_app.ui.persistence import persisted

MAX_FIELD_LENGTH = 2000  # letters of one field


class DraftFormState(StaffState, mixin=True):
    """What is typed stays in `form`, by the names of `_fields`; a screen says what it would do.

    After a restart only the page knows that a form is open: it keeps it (`ui/once.py`), and each
    change tells the whole of it.
    """

    writing: bool = False
    generation: str = ""  # another at each opening and closing; empty when nothing is known
    form: dict[str, str] = {}  # noqa: RUF012 (Reflex copies defaults at class creation)

    _form_fields: ClassVar[tuple[str, ...]]

    def _toggle_form(self, *, writing: bool) -> None:
        """Open a form of its own, or put it away."""
        self.writing, self.generation = writing, generate_token()

    def _read_fields(self, sent: object) -> None:
        """Keep the known fields of what was sent, as words."""
        form = sent if isinstance(sent, Mapping) else {}
        known = [name for name in self._form_fields if isinstance(form.get(name), str)]
        self.form = {**self.form, **{name: form[name][:MAX_FIELD_LENGTH] for name in known}}

    def _read_submitted(self, sent: object) -> None:
        """Keep what was sent with the form.

        Raises:
            InvalidError: the form was put away.
        """
        if self.generation and not self.writing:
            raise InvalidError("Abra o formulário de novo.")
        self._read_fields(sent)


def persisted_form(screen: Any) -> tuple[Any, Any, Any]:  # noqa: ANN401 (a Filling State, and its Vars)
    """Return whether the form is open, what it holds, and its key: as the page last heard them."""
    told = screen.generation != ""
    holds = persisted(screen.form, screen.form.length() > 0)
    return persisted(screen.writing, told), holds, persisted(screen.generation, told)
