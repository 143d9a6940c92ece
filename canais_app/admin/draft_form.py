"""Base of the admin forms that preview their impact while they are filled in."""

from collections.abc import Mapping
from typing import Any, ClassVar

from canais_app.accounts.staff_state import StaffState
from canais_app.kit.errors import InvalidError
from canais_app.kit.text import generate_token
from canais_app.ui.persistence import persisted

MAX_FIELD_LENGTH = 2000  # characters


class DraftFormState(StaffState, mixin=True):
    """Keeps what was typed in `form`, by the names of `_form_fields`.

    After a restart of the server only the browser knows that a form is open
    (`ui/persistence.py`); each change event sends the whole form.
    """

    writing: bool = False
    generation: str = ""  # new at each opening and closing; empty after a restart
    form: dict[str, str] = {}  # noqa: RUF012 (Reflex copies defaults at class creation)

    _form_fields: ClassVar[tuple[str, ...]]

    def _toggle_form(self, *, writing: bool) -> None:
        """Open or close the form."""
        self.writing, self.generation = writing, generate_token()

    def _read_fields(self, sent: object) -> None:
        """Keep the known text fields of what was sent."""
        form = sent if isinstance(sent, Mapping) else {}
        known = [name for name in self._form_fields if isinstance(form.get(name), str)]
        self.form = {**self.form, **{name: form[name][:MAX_FIELD_LENGTH] for name in known}}

    def _read_submitted(self, sent: object) -> None:
        """Keep what was submitted.

        Raises:
            InvalidError: the form was closed.
        """
        if self.generation and not self.writing:
            raise InvalidError("Abra o formulário de novo.")
        self._read_fields(sent)


def persisted_form(state: Any) -> tuple[Any, Any, Any]:  # noqa: ANN401 (a DraftFormState's Vars)
    """Return the Vars `writing`, `form` and `generation`, kept by the page over a restart."""
    is_known = state.generation != ""
    form = persisted(state.form, state.form.length() > 0)
    return persisted(state.writing, is_known), form, persisted(state.generation, is_known)
