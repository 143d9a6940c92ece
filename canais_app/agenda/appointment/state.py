"""State of an appointment's private page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from canais_app import routes
from canais_app.agenda import appointment_views, proofs
from canais_app.agenda.appointment import timeline, view
from canais_app.agenda.appointment.timeline import MessageStatus, TimelineStep
from canais_app.agenda.appointment.view import AppointmentPageView
from canais_app.agenda.booking import booking, cancellation, earlier, outcomes
from canais_app.agenda.models import Outcome
from canais_app.agenda.token_page import TokenPage
from canais_app.agenda.views import AppointmentView
from canais_app.kit import clock, live
from canais_app.kit.db import read, write
from canais_app.kit.events import EventResult, public_event
from canais_app.outbox.service import list_delivery_statuses

_FOCUS_AFTER = {"confirm": "confirmar"}  # the button that opened a dialog
ACTS = ("30/minute", "appointment-act")
EARLIER_TEXT = (
    "Combinado: se abrir um horário antes, avisamos por e-mail, até três vezes. O seu continua."
)
MOVED, MOVE_ASKED = "mudado", "pedido"  # of `routes.DONE_QUERY`: what the move did
DONE_TEXTS = {
    MOVED: "Horário mudado. Avisamos todos, com o convite de calendário atualizado.",
    MOVE_ASKED: (
        "Pedido de mudança enviado ao gabinete. Até a resposta, o horário de antes continua seu."
    ),
}


def _page_vars(session: Session, one: AppointmentView, now: datetime) -> dict[str, Any]:
    return {
        "it": view.appointment_page_view(
            one, routes.agenda(one.agenda_slug), routes.unit(one.unit_slug), now
        ),
        "steps": timeline.timeline_steps(one, now),
        "sent": timeline.list_message_statuses(list_delivery_statuses(session, one.thread), one),
    }


def _read_room(session: Session, room: str, now: datetime) -> Mapping[str, object]:
    one = appointment_views.load_view_by_id(session, int(room.partition(":")[2]), now=now)
    return _page_vars(session, one, now)


def _read_page(
    session: Session, token: str, now: datetime
) -> tuple[AppointmentView, dict[str, Any]]:
    one = appointment_views.load_view_by_token(session, token, now=now)
    return one, _page_vars(session, one, now)


class AppointmentState(TokenPage, rx.State):
    """One appointment; its token authorises seeing, moving and cancelling it."""

    it: AppointmentPageView = AppointmentPageView()
    steps: list[TimelineStep] = []
    sent: list[MessageStatus] = []

    invite_path: str = ""
    move_path: str = ""
    has_key: bool = False  # opened by the confirmation link of the e-mail
    _key: str = ""
    _slug: str = ""

    @rx.event
    async def load(self) -> EventResult:
        """Load the appointment of the URL; after a move, say what was done."""
        self._key = self.router.url.query_parameters.get(routes.CONFIRM_QUERY, "")[:100]
        self.has_key = bool(self._key)
        await self._open("appointment")
        self.invite_path = f"{routes.API}/appointments/{self._token}/invite.ics"
        self.move_path = routes.move(self._token)
        self.news = DONE_TEXTS.get(self.router.url.query_parameters.get(routes.DONE_QUERY, ""), "")
        return rx.set_focus("titulo") if self.news else None

    @public_event(limit=ACTS, temporal=True)
    async def confirm(self) -> EventResult:
        """Confirm the held or offered slot."""
        now = clock.now()
        booked = await write(booking.confirm_appointment, self._token, now=now, key=self._key)
        return await self._after(view.CONFIRMED_TEXTS[booked.status])

    @rx.event
    async def ask_confirm(self) -> EventResult:
        """Open the dialog that confirms or accepts."""
        self._clear()
        self.asking = "confirm"
        return rx.set_focus("pergunta")

    @public_event(limit=ACTS, temporal=True)
    async def report_not_attended(self) -> EventResult:
        """Say that nobody came."""
        return await self._report(Outcome.NOT_ATTENDED)

    @public_event(limit=ACTS, temporal=True)
    async def report_attended(self) -> EventResult:
        """Say that the appointment took place."""
        return await self._report(Outcome.ATTENDED)

    async def _report(self, outcome: Outcome) -> EventResult:
        address = self.router.session.client_ip
        await write(outcomes.report_outcome, self._token, outcome, now=clock.now(), address=address)
        return await self._after("Registramos a sua resposta.")

    @public_event(limit=ACTS, temporal=True)
    async def open_proof(self, kind: str) -> EventResult:
        """Issue a proof and open its PDF."""
        kind = kind if isinstance(kind, str) else ""
        code = await write(proofs.issue_proof, self._token, kind, now=clock.now())
        path = f"{routes.API}/appointments/{self._token}/proofs/{code}.pdf"
        return rx.redirect(path, is_external=True)

    @public_event(limit=ACTS, temporal=True)
    async def ask_earlier(self) -> EventResult:
        """Wait for an earlier time, and keep this one until it is exchanged."""
        await write(earlier.ask_for_earlier, self._token, now=clock.now())
        return await self._after(EARLIER_TEXT)

    @rx.event
    async def ask_cancel(self) -> EventResult:
        """Open the cancel dialog."""
        self._clear()
        self.asking = "cancel"
        return rx.set_focus("pergunta")

    @rx.event
    def dismiss(self) -> EventResult:
        """Close the dialog."""
        dialog, self.asking = self.asking, ""
        return rx.set_focus(_FOCUS_AFTER.get(dialog, "cancelar"))

    @public_event(limit=ACTS, temporal=True)
    async def cancel(self) -> EventResult:
        """Cancel the appointment, withdraw the request, or decline the offer."""
        before = self.it.status
        await write(cancellation.cancel_by_link, self._token, now=clock.now())
        return await self._after(
            view.CANCELLED_TEXTS.get(before, view.CANCELLED_TEXTS["confirmed"])
        )

    async def _show(self) -> None:
        now = clock.now()
        one, _ = await read(_read_page, self._token, now)
        await live.subscribe(self, one.thread)
        # Read again: nothing between the first reading and the subscription is lost.
        one, values = await read(_read_page, self._token, now)
        self._slug = one.agenda_slug
        self.it, self.steps, self.sent = values["it"], values["steps"], values["sent"]


def register() -> None:
    """Register the live view of an appointment."""
    live.register_view("appointment", AppointmentState, _read_room)
