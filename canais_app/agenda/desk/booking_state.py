"""State of the desk's form that books for a person who telephones or stands at the counter."""

from typing import Any

import reflex as rx

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, staff_event
from canais_app.agenda.chambers import desk_booking
from canais_app.agenda.formatting import format_relative_start
from canais_app.agenda.models import MODALITY_NAMES, Modality, Requester
from canais_app.agenda.schemas import REGISTRATION_FIELDS, BookingRequest
from canais_app.kit import clock, text
from canais_app.kit.db import read, write
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form, parse_id
from canais_app.ui.forms import is_repeated

NEWS_ID = "marcado-pelo-gabinete"
PREFIX = "para_"  # of field names: other forms of the desk ask for a name, too
FIELDS = (*(name for name in REGISTRATION_FIELDS if not name.startswith("booked_by")), "start")


class DeskBookingState(StaffState, rx.State):
    """The agenda on the screen, what can be booked of it; a new `form_key` empties the form."""

    agenda_id: int = 0
    is_open: bool = False
    kind: str = ""
    kinds: list[tuple[str, str]] = []
    starts: list[tuple[str, str]] = []
    modalities: list[tuple[str, str]] = []
    requester: str = Requester.LAWYER.value
    form_key: str = "a"

    @staff_event(Permission.EDIT_AGENDA)
    async def open_form(self, actor: Actor, agenda_id: int) -> EventResult:
        """Show the form with the free times of an agenda."""
        await self._load(actor, parse_id(agenda_id), "")
        self.is_open, self.requester = True, Requester.LAWYER.value
        return rx.set_focus(f"{PREFIX}start")

    @staff_event(Permission.EDIT_AGENDA)
    async def close_form(self, _actor: Actor) -> None:
        """Close the form."""
        self.is_open = False

    @staff_event(Permission.EDIT_AGENDA, supersedes=True)
    async def choose_kind(self, actor: Actor, kind: str) -> None:
        """Show the free times of another kind of attendance."""
        await self._load(actor, self.agenda_id, kind if isinstance(kind, str) else "")

    @staff_event(Permission.EDIT_AGENDA)
    async def choose_requester(self, _actor: Actor, requester: str) -> None:
        """Show the fields of this kind of requester."""
        self.requester = str(requester) if str(requester) in set(Requester) else "advocacia"

    @staff_event(Permission.EDIT_AGENDA, temporal=True)
    async def book(self, actor: Actor, form: dict[str, Any]) -> EventResult:
        """Book, tell everybody, and empty the form; the second of two clicks does nothing."""
        if is_repeated(form, self.form_key):
            return None
        sent = form if isinstance(form, dict) else {}
        typed = {name: sent.get(PREFIX + name) for name in FIELDS}
        fields: dict[str, object] = {k: v for k, v in typed.items() if isinstance(v, str)}
        fields |= {"consent": bool(typed["consent"]), "kind": self.kind}
        request = parse_form(BookingRequest, fields)
        now = clock.now()
        await write(desk_booking.book_as_chambers, actor, self.agenda_id, request, now=now)
        self.form_key, self.is_open = text.generate_token(), False
        when = format_relative_start(request.start, now)
        self.news = f"Marcado para {request.name}: {when}. Todos foram avisados."
        return rx.set_focus(NEWS_ID)

    async def _refuse(self, refusal: AppError) -> EventResult:
        found = await super()._refuse(refusal)
        self.errors = {PREFIX + name: sentence for name, sentence in refusal.errors.items()}
        return found

    async def _load(self, actor: Actor, agenda_id: int, kind: str) -> None:
        now = clock.now()
        found = await read(desk_booking.list_choices, actor, agenda_id, kind, now=now)
        self.agenda_id, self.kind = agenda_id, kind or found.kinds[0]
        self.kinds = [(name, name) for name in found.kinds]
        self.starts = [(one.isoformat(), format_relative_start(one, now)) for one in found.starts]
        self.modalities = [(one, MODALITY_NAMES[Modality(one)]) for one in found.modalities]
