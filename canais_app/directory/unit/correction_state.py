"""A visitor's correction of a contact: the State of its form."""

from typing import Any

import reflex as rx

from canais_app.directory.editing import corrections
from canais_app.directory.editing.schemas import CorrectionForm
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError, InvalidError
from canais_app.kit.events import EventResult, EventState, public_event
from canais_app.kit.forms import parse_form
from canais_app.kit.text import slugify

PREFIX = "aviso-"  # of the field names, to be unique on the page


class CorrectionState(EventState, rx.State):
    """The correction form on a unit's page; the input stays in the browser's tab."""

    sent: bool = False

    @public_event(temporal=True, focus=f"{PREFIX}problema")
    async def send_correction(self, form: dict[str, Any]) -> EventResult:
        """Send the correction to the unit; on a refusal the input stays."""
        self.sent = False
        slug = self.router.url.path.rstrip("/").rpartition("/")[2]
        await db.write(
            corrections.propose_correction,
            slugify(slug),
            parse_form(CorrectionForm, _strip_prefix(form)),
            address=self.router.session.client_ip,
            now=clock.now(),
        )
        self.sent = True
        return rx.set_focus(f"{PREFIX}enviado")

    @public_event()
    async def reset_form(self) -> None:
        """Show an empty form."""
        self.sent = False

    async def _refuse(self, refusal: AppError) -> EventResult:
        errors = {f"{PREFIX}{name}": error for name, error in refusal.errors.items()}
        return await super()._refuse(AppError(refusal.message, errors))


def _strip_prefix(form: object) -> dict[str, Any]:
    """Return the form's fields without their prefix."""
    if not isinstance(form, dict):
        raise InvalidError("Envie os campos do formulário.")
    sent = {str(name).removeprefix(PREFIX): value for name, value in form.items()}
    if not str(sent.get("channel", "")).isdigit():
        error = {"channel": "Escolha o canal que está errado."}
        raise InvalidError("Falta corrigir 1 campo.", error)
    return sent
