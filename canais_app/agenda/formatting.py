"""Format hours, moments, case numbers and statuses for people."""

from datetime import datetime

from canais_app.agenda.models import AppointmentStatus
from canais_app.directory.models import Unit
from canais_app.kit import clock, text

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


def format_case_number(digits: str) -> str:
    """Return a stored case number in the CNJ's format (Res. CNJ 65/2008)."""
    d = digits
    return f"{d[:7]}-{d[7:9]}.{d[9:13]}.{d[13]}.{d[14:16]}.{d[16:]}" if d else ""


def format_status(status: str) -> str:
    """Return the name of an appointment's status."""
    return APPOINTMENT_STATUS_NAMES[AppointmentStatus(status)]
