"""How the agenda writes hours, moments and case numbers for people."""

from datetime import datetime

from canais_app.agenda.models import Status
from canais_app.directory.models import Unit
from canais_app.kit import clock, text

STATUS_WORDS = {
    Status.HELD: "Reserva em andamento",
    Status.OFFERED: "Horário guardado para você",
    Status.PRECONFIRMED: "Falta confirmar pelo link do e-mail",
    Status.PENDING: "Pedido aguarda o gabinete",
    Status.CONFIRMED: "Horário confirmado",
    Status.REFUSED: "Pedido recusado",
    Status.CANCELLED: "Atendimento cancelado",
    Status.EXPIRED: "Prazo encerrado",
    Status.ATTENDED: "Atendimento realizado",
    Status.MISSED: "Não compareceu",
}


def hours_words(unit: Unit) -> str:
    """Return the unit's hours on a weekday, as `das 12h às 19h`."""
    spans = unit.hours.get("0") or next(iter(unit.hours.values()), None) or [["12:00", "19:00"]]
    opens, closes = (_hour(part) for part in spans[0])
    return f"das {opens} às {closes}"


def _hour(words: str) -> str:
    hour, _, minute = words.partition(":")
    return f"{int(hour)}h" + (minute if minute != "00" else "")


def moment_words(start: datetime, now: datetime) -> str:
    """Return `hoje, às 14h20`, `amanhã, às 13h` or `qua., 25/11, às 13h`."""
    day, today = clock.local_day(start), clock.local_day(now)
    near = {0: "hoje", 1: "amanhã"}.get((day - today).days)
    return f"{near or text.short_day(day)}, às {text.hour_words(start)}"


def full_words(moment: datetime) -> str:
    """Return `quarta-feira, 25/11/2026, às 12h`."""
    day = clock.local_day(moment)
    return f"{text.WEEKDAYS[day.weekday()]}, {text.date_words(day)}, às {text.hour_words(moment)}"


def case_words(digits: str) -> str:
    """Return a stored case number as courts write it."""
    d = digits
    return f"{d[:7]}-{d[7:9]}.{d[9:13]}.{d[13]}.{d[14:16]}.{d[16:]}" if d else ""


def status_words(status: str) -> str:
    """Return where an appointment stands, as its owner reads it."""
    return STATUS_WORDS[Status(status)]
