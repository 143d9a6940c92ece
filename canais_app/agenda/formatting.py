"""Format the agenda's hours, moments and statuses for people, and parse days and times sent."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from canais_app.agenda.models import (
    ACCESS_NEED_NAMES,
    PREFERENCE_NAMES,
    Appointment,
    AppointmentStatus,
    Outcome,
    ProofKind,
)
from canais_app.directory.models import Unit
from canais_app.kit import clock, text
from canais_app.kit.errors import InvalidError

COUNTDOWN_LIMIT = timedelta(hours=1)
# `14h`, `14h20`, and the `14:20` or `14:20:00` of a time field.
_TIME = re.compile(r"^([01]?\d|2[0-3])[h:]([0-5]\d)?(?::\d{2})?$")
APPOINTMENT_STATUS_NAMES = {
    AppointmentStatus.HELD: "Reserva em andamento",
    AppointmentStatus.OFFERED: "Horário guardado para você",
    AppointmentStatus.PRECONFIRMED: "Falta confirmar pelo link do e-mail",
    AppointmentStatus.PENDING: "Pedido aguarda o gabinete",
    AppointmentStatus.CONFIRMED: "Horário confirmado",
    AppointmentStatus.REFUSED: "Pedido recusado",
    AppointmentStatus.CANCELLED: "Atendimento cancelado",
    AppointmentStatus.EXPIRED: "Prazo encerrado",
    AppointmentStatus.ATTENDED: "Atendimento realizado",
    AppointmentStatus.MISSED: "Não compareceu",
}


def format_unit_hours(unit: Unit) -> str:
    """Return the unit's hours on a weekday, as `das 12h às 19h`."""
    spans = unit.hours.get("0") or next(iter(unit.hours.values()), None) or [["12:00", "19:00"]]
    opens, closes = (_format_hour(part) for part in spans[0])
    return f"das {opens} às {closes}"


def _format_hour(iso: str) -> str:
    hour, _, minute = iso.partition(":")
    return f"{int(hour)}h" + (minute if minute != "00" else "")


def format_relative_start(start: datetime, now: datetime) -> str:
    """Return `hoje, às 14h20`, `amanhã, às 13h` or `qua., 25/11, às 13h`."""
    day, today = clock.to_local_day(start), clock.to_local_day(now)
    near = {0: "hoje", 1: "amanhã"}.get((day - today).days)
    return f"{near or text.format_short_date(day)}, às {text.format_hour(start)}"


def format_full_start(moment: datetime) -> str:
    """Return `quarta-feira, 25/11/2026, às 12h`."""
    day = clock.to_local_day(moment)
    weekday = text.WEEKDAY_NAMES[day.weekday()]
    return f"{weekday}, {text.format_date(day)}, às {text.format_hour(moment)}"


def format_status(status: str) -> str:
    """Return the status of an appointment in the words of its page."""
    return APPOINTMENT_STATUS_NAMES[AppointmentStatus(status)]


def is_iso_day(sent: object) -> bool:
    """Whether a value is a string with an ISO day."""
    try:
        date.fromisoformat(sent if isinstance(sent, str) else "")
    except ValueError:
        return False
    return True


def parse_day_and_time(day: object, label: object) -> datetime | None:
    """Return `14h20` or `14:20` of an ISO day on the court's clock in UTC; None if it is none."""
    found = _TIME.match(label) if isinstance(label, str) else None
    if found is None or not isinstance(day, str) or not is_iso_day(day):
        return None
    return clock.from_wall_clock(date.fromisoformat(day), int(found[1]), int(found[2] or 0))


def parse_block_period(
    first: tuple[object, object], last: tuple[object, object], *, field: str
) -> tuple[datetime, datetime]:
    """Return the moments of two pairs of form fields: an ISO day, and a time such as `14:20`.

    Raises:
        InvalidError: under `field`: one of them cannot be read.
    """
    start, end = (parse_day_and_time(*sent) for sent in (first, last))
    if start is None or end is None:
        raise InvalidError.at(field, "Escolha o dia, o começo e o fim do bloqueio.")
    return start, end


def seconds_left(until: str, now: datetime) -> int:
    """Return the seconds to an RFC 3339 moment within the hour; 0 when it is later, over, empty."""
    if not until:
        return 0
    left = datetime.fromisoformat(until) - now
    return int(left.total_seconds()) if timedelta() < left < COUNTDOWN_LIMIT else 0


def format_needs(row: Appointment) -> str:
    """Return the legal preference and the access needs in words, for the gabinete."""
    names = [PREFERENCE_NAMES.get(one, one) for one in row.preferences]
    return ", ".join(names + [ACCESS_NEED_NAMES.get(one, one) for one in row.access_needs])


def provable_facts(row: Appointment) -> Iterator[tuple[ProofKind, datetime]]:
    """Yield what an appointment has a proof of, and when that happened, oldest first."""
    if row.answer_due_at:
        yield ProofKind.REQUEST, row.created_at
    if row.confirmed_at:
        yield ProofKind.BOOKING, row.confirmed_at
    if row.status == AppointmentStatus.REFUSED and row.cancelled_at:
        yield ProofKind.REFUSAL, row.cancelled_at
    if row.status == AppointmentStatus.CANCELLED and row.cancelled_at:
        yield ProofKind.CANCELLATION, row.cancelled_at
    if row.status == AppointmentStatus.ATTENDED:
        yield ProofKind.ATTENDANCE, row.starts_at
    if row.lawyer_outcome == Outcome.NOT_ATTENDED and row.lawyer_outcome_at:
        yield ProofKind.NOT_ATTENDED, row.lawyer_outcome_at
