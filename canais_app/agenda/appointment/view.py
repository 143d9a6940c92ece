"""An appointment as its private page draws it."""

from dataclasses import dataclass, field
from datetime import datetime

from canais_app.agenda.appointment import calendars
from canais_app.agenda.models import Status
from canais_app.agenda.times.moments import seconds_left
from canais_app.agenda.views import AppointmentView, OpenSlot
from canais_app.kit import clock, text
from canais_app.kit.contacts import format_phone

_STAGES = {
    Status.PRECONFIRMED: "to_confirm",
    Status.OFFERED: "offered",
    Status.PENDING: "pending",
    Status.CONFIRMED: "on",
    Status.ATTENDED: "past",
    Status.MISSED: "past",
}
_PAST = "O horário já passou"
CONFIRMED_WORDS = {
    "confirmed": "Horário confirmado. Avisamos o gabinete e a secretaria.",
    "pending": "Pedido enviado. O gabinete responde, e avisamos por e-mail.",
}
CANCELLED_WORDS = {
    "confirmed": "Agendamento cancelado. Avisamos o gabinete e a secretaria.",
    "pending": "Pedido retirado. Avisamos o gabinete.",
    "preconfirmed": "Reserva desfeita. O horário voltou para a agenda.",
    "offered": "Horário recusado. Ele passa para a próxima pessoa.",
}


@dataclass
class Other:
    """A time that the gabinete keeps for the lawyer, and the token that says yes to it."""

    words: str
    token: str
    until: str


@dataclass
class Shown:
    """The page's values, in ready words. `stage` says what may be done.

    `to_confirm`, `offered`, `pending`: something is asked for; `on`; `past`; `off` (cancelled,
    refused, expired). `seconds_left` is until `kept_until`, when that is within the hour.
    """

    heading: str = ""
    stage: str = ""
    seal: str = ""  # ok, wait, off
    status: str = ""
    kept_until: str = ""
    seconds_left: int = 0
    is_alternative: bool = False
    alternatives: list[Other] = field(default_factory=list[Other])
    code: str = ""
    booked: str = ""
    month: str = ""
    number: str = ""
    day: str = ""
    time: str = ""
    agenda: str = ""
    attended_by: str = ""
    agenda_path: str = ""
    unit_path: str = ""
    hours: str = ""
    modality: str = ""
    how: str = ""
    place: str = ""
    video_url: str = ""
    video_opens: str = ""
    can_change: bool = False
    change_until: str = ""
    cancelled: str = ""
    reason: str = ""
    google: str = ""
    outlook: str = ""
    office: str = ""
    name: str = ""
    oab: str = ""
    email: str = ""
    phone: str = ""
    case_number: str = ""
    subject: str = ""


@dataclass
class MoveDay:
    """A day one may move to, and its free times."""

    iso: str
    words: str
    times: list[str] = field(default_factory=list[str])


def shown(one: AppointmentView, agenda_path: str, unit_path: str, now: datetime) -> Shown:
    """Return the page's values of an appointment."""
    start = clock.local(datetime.fromisoformat(one.start))
    stage = _stage(one, now)
    is_on = stage == "on"
    return Shown(
        heading=_PAST if stage == "past" and one.status == "confirmed" else one.status_words,
        stage=stage,
        seal=_seal(one.status, stage),
        status=one.status,
        kept_until=one.kept_until_words,
        seconds_left=seconds_left(one.kept_until, now),
        is_alternative=one.is_alternative,
        alternatives=[
            Other(other.words, other.token, other.until_words) for other in one.alternatives
        ],
        code=one.code,
        booked=one.booked_words,
        month=text.MONTHS[start.month - 1][:3],
        number=str(start.day),
        day=one.day_words[:1].upper() + one.day_words[1:],
        time=one.time_words,
        agenda=one.agenda,
        attended_by=one.attended_by,
        agenda_path=agenda_path,
        unit_path=unit_path,
        hours=one.hours,
        modality=one.modality,
        how=one.modality_words,
        place=one.place,
        video_url=one.video_url if is_on else "",
        video_opens=one.video_opens_words,
        can_change=one.can_change,
        change_until=one.change_until_words,
        cancelled=one.cancelled_words,
        reason=one.cancel_reason,
        google=calendars.google(one) if is_on else "",
        outlook=calendars.outlook(one) if is_on else "",
        office=calendars.outlook(one, calendars.OFFICE) if is_on else "",
        name=one.name,
        oab=one.oab,
        email=one.email,
        phone=format_phone(one.phone),
        case_number=one.case_number,
        subject=one.subject,
    )


def _stage(one: AppointmentView, now: datetime) -> str:
    stage = _STAGES.get(Status(one.status), "off")
    is_over = datetime.fromisoformat(one.end) <= now
    return "past" if stage == "on" and is_over else stage


def _seal(status: str, stage: str) -> str:
    if stage == "on" or status == Status.ATTENDED:
        return "ok"
    return "off" if stage == "off" or status == Status.MISSED else "wait"


def move_days(slots: list[OpenSlot]) -> list[MoveDay]:
    """Return the free times one may move to, by day."""
    days: dict[str, MoveDay] = {}
    for slot in slots:
        start = datetime.fromisoformat(slot.start)
        day = clock.local_day(start)
        known = days.setdefault(day.isoformat(), MoveDay(day.isoformat(), text.day_words(day)))
        known.times.append(text.hour_words(start))
    return list(days.values())
