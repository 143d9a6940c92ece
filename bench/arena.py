"""The races of `bench.race`: prepared by the services, run over HTTP.

Each race yields, per round, the simultaneous requests and a function that counts the winners.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from itertools import count
from typing import Any

from sqlmodel import Session, col, select

from canais_app.agenda import appointment_views

RIVALS = 20
HttpRequest = tuple[str, str, dict[str, Any]]
RaceRound = tuple[list[HttpRequest], Callable[[], int]]


class RaceArena:
    """The agenda of one race, with a free slot for each round."""

    def __init__(self, name: str, rounds: int) -> None:
        from canais_app.kit import clock, db
        from tests.factories import agenda as factory

        self.now, self.rounds, self.factory, self.db = clock.now(), rounds, factory, db
        self.number = count(1)
        windows = [factory.make_window(day, time(0), time(23)) for day in range(7)]
        first = clock.to_local_day(self.now)
        terms = {
            "step_minutes": 10,
            "needs_approval": name == "aprovar/aprovar",
            "opt_outs": [first + timedelta(days) for days in range(30)],  # races know no holidays
        }
        made = db.write_sync(lambda s: factory.make_agenda(s, windows, **terms).model_copy())
        self.id, self.slug = made.id or 0, made.slug

    def iterate_starts(self) -> Iterator[datetime]:
        """Yield a slot for each round, an hour apart, from the day after tomorrow on: 1h to 18h.

        The hours after 21h stay free for appointments that are moved. By night, a time of the
        next morning comes too soon to be offered to the waiting list.
        """
        from canais_app.kit import clock

        first = clock.to_local_day(self.now) + timedelta(days=2)
        for turn in range(self.rounds):
            days, hour = divmod(turn, 18)
            yield clock.from_wall_clock(first + timedelta(days=days), hour + 1)

    def booking_form(self, start: datetime) -> dict[str, Any]:
        """Return the booking form of another lawyer."""
        return self.factory.make_booking_form(start, oab_number=str(next(self.number)))

    def book(self, start: datetime) -> str:
        """Book beforehand and return the private link's token."""
        from canais_app.agenda import schemas
        from canais_app.agenda.booking import booking

        wish = schemas.BookingRequest.model_validate(self.booking_form(start))
        return self.db.write_sync(booking.book, self.slug, wish, now=self.now).token

    def booking_request(self, start: datetime) -> HttpRequest:
        """Return a booking request."""
        return "POST", f"/agendas/{self.slug}/appointments", self.booking_form(start)

    def hold_request(self, start: datetime) -> HttpRequest:
        """Return a hold request."""
        return "POST", f"/agendas/{self.slug}/holds", {"start": start.isoformat()}

    def count_holders(self, start: datetime) -> Callable[[], int]:
        """Return a function that counts the active rows in the twenty minutes from `start`."""
        from canais_app.agenda.models import ACTIVE_STATUSES, Appointment

        def counted(session: Session) -> int:
            asked = select(Appointment.id).where(
                col(Appointment.agenda_id) == self.id,
                col(Appointment.status).in_(ACTIVE_STATUSES),
                col(Appointment.busy_from) < start + timedelta(minutes=20),
                col(Appointment.busy_until) > start,
            )
            return len(session.exec(asked).all())

        return lambda: self.db.read_sync(counted)


def _book_book(arena: RaceArena) -> Iterator[RaceRound]:
    for start in arena.iterate_starts():
        yield [arena.booking_request(start) for _ in range(RIVALS)], arena.count_holders(start)


def _shifted(arena: RaceArena) -> Iterator[RaceRound]:
    for start in arena.iterate_starts():
        later = start + timedelta(minutes=10)
        asks = [arena.booking_request(later if n % 2 else start) for n in range(RIVALS)]
        yield asks, arena.count_holders(start)


def _hold_hold(arena: RaceArena) -> Iterator[RaceRound]:
    for start in arena.iterate_starts():
        yield [arena.hold_request(start) for _ in range(RIVALS)], arena.count_holders(start)


def _hold_book(arena: RaceArena) -> Iterator[RaceRound]:
    for start in arena.iterate_starts():
        asks = [
            arena.hold_request(start) if n % 2 else arena.booking_request(start)
            for n in range(RIVALS)
        ]
        yield asks, arena.count_holders(start)


def _move_book(arena: RaceArena) -> Iterator[RaceRound]:
    """Ten appointments are moved to the slot while ten rivals book it."""
    for start in arena.iterate_starts():
        aside = [arena.book(start + timedelta(days=8, minutes=20 * n)) for n in range(RIVALS // 2)]
        moves = [
            ("POST", f"/appointments/{token}/move", {"start": start.isoformat()}) for token in aside
        ]
        books = [arena.booking_request(start) for _ in range(RIVALS // 2)]
        asks = [ask for pair in zip(moves, books, strict=True) for ask in pair]
        yield asks, arena.count_holders(start)
        for token in aside:
            _cancel(arena, token)


def _cancel(arena: RaceArena, token: str) -> None:
    from canais_app.agenda.booking import cancellation

    arena.db.write_sync(cancellation.cancel_by_link, token, now=arena.now)


def _cancel_waitlist(arena: RaceArena) -> Iterator[RaceRound]:
    """One cancels while nineteen book; the slot is offered to the waitlist."""
    from canais_app.agenda import schemas
    from canais_app.agenda.booking import waitlist

    for start in arena.iterate_starts():
        token = arena.book(start)
        wish = schemas.WaitlistRequest.model_validate(arena.booking_form(start))
        arena.db.write_sync(waitlist.join_waitlist, arena.slug, wish, now=arena.now)
        asks: list[HttpRequest] = [("DELETE", f"/appointments/{token}", {})]
        asks += [arena.booking_request(start) for _ in range(RIVALS - 1)]
        yield asks, arena.count_holders(start)


def _approve_approve(arena: RaceArena) -> Iterator[RaceRound]:
    """Twenty requests for one slot are approved at once."""
    bearer = _bearer(arena)
    for start in arena.iterate_starts():
        tokens = [arena.book(start) for _ in range(RIVALS)]
        ids = arena.db.read_sync(
            lambda session, tokens=tokens: [
                appointment_views.load_appointment_by_token(session, t).id for t in tokens
            ]
        )
        asks: list[HttpRequest] = [
            ("POST", f"/requests/{one}/approve", {"__bearer": bearer}) for one in ids
        ]
        yield asks, arena.count_holders(start)


def _bearer(arena: RaceArena) -> str:
    """Return the API token of a member of the agenda's gabinete."""
    from canais_app.accounts.models import ApiToken, Staff, StaffRole
    from canais_app.accounts.roles import Permission, Role
    from canais_app.agenda.models import Agenda
    from canais_app.kit import text

    token = text.generate_token()

    def make(session: Session) -> None:
        unit_id = session.get_one(Agenda, arena.id).unit_id
        staff = Staff(email=f"g{arena.id}@exemplo.invalid", name="Gabinete", created_at=arena.now)
        session.add(staff)
        session.flush()
        session.add(StaffRole(staff_id=staff.id or 0, role=Role.CHAMBERS, unit_id=unit_id))
        session.add(
            ApiToken(
                token_hash=text.hash_token(token),
                name="disputa",
                staff_id=staff.id or 0,
                permissions=[Permission.EDIT_AGENDA],
                created_at=arena.now,
                expires_at=arena.now + timedelta(days=1),
            )
        )

    arena.db.write_sync(make)
    return token


RACES: dict[str, Callable[[RaceArena], Iterator[RaceRound]]] = {
    "marcar/marcar": _book_book,
    "marcar/marcar com dez minutos de diferença": _shifted,
    "reservar/reservar": _hold_hold,
    "reservar/marcar": _hold_book,
    "mudar/marcar": _move_book,
    "cancelar/fila": _cancel_waitlist,
    "aprovar/aprovar": _approve_approve,
}
