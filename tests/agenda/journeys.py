"""A gabinete and the lawyers who book with it, for tests that are journeys."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor
from canais_app.agenda import appointment_views, queries, tokens
from canais_app.agenda.booking import booking, waitlist
from canais_app.agenda.models import Agenda, Appointment, AppointmentStatus
from canais_app.agenda.schemas import WaitlistRequest
from canais_app.kit import clock
from canais_app.kit.errors import AppError
from canais_app.outbox.models import OutboxMessage
from tests.factories import accounts
from tests.factories import agenda as factory


@dataclass
class Desk:
    """A gabinete and the things that its lawyers do; `at` is Wednesday, 14h."""

    session: Session
    now: datetime
    actor: Actor
    at: datetime

    def agenda(self, **terms: object) -> Agenda:
        unit = accounts.make_unit(self.session, "a", now=self.now)
        return factory.make_agenda(self.session, unit_id=unit.id, **terms)  # type: ignore[arg-type]

    def book(self, agenda: Agenda, number: int = 1, hours: float = 0) -> Appointment:
        request = factory.make_booking_request(
            self.at + timedelta(hours=hours),
            oab_number=str(number),
            email=f"oab{number}@exemplo.invalid",
        )
        made = booking.book(self.session, agenda.slug, request, now=self.now)
        return appointment_views.load_appointment_by_token(self.session, made.token)

    def token(self, row: Appointment) -> str:
        return tokens.token_of(row)

    def wait(self, agenda: Agenda, number: int) -> str:
        day = clock.to_local_day(self.at).isoformat()
        fields = factory.make_booking_form(self.at, oab_number=str(number)) | {"modality": ""}
        fields |= {"from": day, "to": day, "email": f"oab{number}@exemplo.invalid"}
        fields.pop("start")
        request = WaitlistRequest.model_validate(fields)
        return waitlist.join_waitlist(self.session, agenda.slug, request, now=self.now)

    def fill(self, agenda: Agenda) -> list[Appointment]:
        return [self.book(agenda, 100 + n, n / 3 - 1) for n in range(12)]

    def letters(self, kind: str, party: str = "lawyer") -> list[OutboxMessage]:
        asked = select(OutboxMessage).where(
            col(OutboxMessage.kind) == kind, col(OutboxMessage.party) == party
        )
        return list(self.session.exec(asked.order_by(col(OutboxMessage.id))))

    def free(self, agenda: Agenda) -> list[str]:
        day = clock.to_local_day(self.at)
        found = queries.list_open_slots(self.session, agenda.slug, day, day, now=self.now)
        return [slot.start[11:16] for slot in found]

    def offers(self) -> list[Appointment]:
        asked = select(Appointment).where(col(Appointment.status) == AppointmentStatus.OFFERED)
        return list(self.session.exec(asked))


def refused(error: type[AppError], call: Callable[[], object]) -> None:
    with pytest.raises(error):
        call()
