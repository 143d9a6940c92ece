"""What a visitor says is wrong with a contact; kept in their own tab until it was sent."""

from typing import Any

import reflex as rx

from canais_app.directory.editing import corrections
from canais_app.directory.editing.schemas import CorrectionForm
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError, InvalidError
from canais_app.kit.events import EventResult, EventState, public_event
from canais_app.kit.forms import parse_form
from canais_app.kit.text import slugify

PREFIX = "aviso-"  # field names of its own on a page that others write too


class CorrectionState(EventState, rx.State):
    """The short form on a unit's page."""

    sent: bool = False

    @public_event(temporal=True, focus=f"{PREFIX}problema")
    async def send_correction(self, form: dict[str, Any]) -> EventResult:
        """Hand it to the unit; on a refusal everything typed stays where it is."""
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
        errors = {f"{PREFIX}{name}": said for name, said in refusal.errors.items()}
        return await super()._refuse(AppError(refusal.message, errors))


def _strip_prefix(form: object) -> dict[str, Any]:
    """Return the form's fields without their prefix; the channel's number as a number."""
    if not isinstance(form, dict):
        raise InvalidError("Envie os campos do formulário.")
    sent = {str(name).removeprefix(PREFIX): value for name, value in form.items()}
    if not str(sent.get("channel", "")).isdigit():
        said = "Escolha o canal que está errado."
        raise InvalidError("Falta corrigir 1 campo.", {"channel": said})
    return sent
