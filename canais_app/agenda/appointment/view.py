"""Values of an appointment's private page."""

from dataclasses import dataclass, field
from datetime import datetime

from canais_app.agenda.appointment import calendars
from canais_app.agenda.formatting import seconds_left
from canais_app.agenda.models import AppointmentStatus
from canais_app.agenda.views import AppointmentView, OpenSlot
from canais_app.kit import clock, text
from canais_app.kit.contacts import format_phone

_STAGES = {
    AppointmentStatus.PRECONFIRMED: "to_confirm",
    AppointmentStatus.OFFERED: "offered",
    AppointmentStatus.PENDING: "pending",
    AppointmentStatus.CONFIRMED: "on",
    AppointmentStatus.ATTENDED: "past",
    AppointmentStatus.MISSED: "past",
}
_PAST_TEXT = "O horário já passou"
CONFIRMED_TEXTS = {
    "confirmed": "Horário confirmado. Avisamos o gabinete e a secretaria.",
    "pending": "Pedido enviado. O gabinete responde, e avisamos por e-mail.",
}
CANCELLED_TEXTS = {
    "confirmed": "Agendamento cancelado. Avisamos o gabinete e a secretaria.",
    "pending": "Pedido retirado. Avisamos o gabinete.",
    "preconfirmed": "Reserva desfeita. O horário voltou para a agenda.",
    "offered": "Horário recusado. Ele passa para a próxima pessoa.",
}


_SAME_FIELDS = (
    *("status", "code", "agenda", "attended_by", "hours", "modality", "place", "can_change"),
    *("is_alternative", "name", "oab", "email", "case_number", "subject"),
)


@dataclass
class AlternativeView:
    """A slot held as an alternative, and the token that accepts it."""

    words: str
    token: str
    until: str


@dataclass
class AppointmentPageView:
    """The page's values in ready words.

    `stage` is to_confirm, offered, pending, on, past or off (cancelled, refused, expired).
    `seconds_left` counts to `kept_until` when that is within the hour.
    """

    heading: str = ""
    stage: str = ""
    seal: str = ""  # ok, wait, off
    status: str = ""
    kept_until: str = ""
    seconds_left: int = 0
    is_alternative: bool = False
    alternatives: list[AlternativeView] = field(default_factory=list[AlternativeView])
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
    """A day to move to, and its free slots."""

    iso: str
    words: str
    times: list[str] = field(default_factory=list[str])


def appointment_page_view(
    one: AppointmentView, agenda_path: str, unit_path: str, now: datetime
) -> AppointmentPageView:
    """Return the page's values of an appointment."""
    start = clock.to_local(datetime.fromisoformat(one.start))
    stage = _stage(one, now)
    is_on = stage == "on"
    return AppointmentPageView(
        **{name: getattr(one, name) for name in _SAME_FIELDS},
        heading=_PAST_TEXT if stage == "past" and one.status == "confirmed" else one.status_words,
        stage=stage,
        seal=_status_badge(one.status, stage),
        kept_until=one.kept_until_words,
        seconds_left=seconds_left(one.kept_until, now),
        alternatives=[
            AlternativeView(other.words, other.token, other.until_words)
            for other in one.alternatives
        ],
        booked=one.booked_words,
        month=text.MONTH_NAMES[start.month - 1][:3],
        number=str(start.day),
        day=one.day_words[:1].upper() + one.day_words[1:],
        time=one.time_words,
        agenda_path=agenda_path,
        unit_path=unit_path,
        how=one.modality_words,
        video_url=one.video_url if is_on else "",
        video_opens=one.video_opens_words,
        change_until=one.change_until_words,
        cancelled=one.cancelled_words,
        reason=one.cancel_reason,
        google=calendars.google_calendar_url(one) if is_on else "",
        outlook=calendars.outlook_calendar_url(one) if is_on else "",
        office=calendars.outlook_calendar_url(one, calendars.OFFICE_URL) if is_on else "",
        phone=format_phone(one.phone),
    )


def _stage(one: AppointmentView, now: datetime) -> str:
    stage = _STAGES.get(AppointmentStatus(one.status), "off")
    is_over = datetime.fromisoformat(one.end) <= now
    return "past" if stage == "on" and is_over else stage


def _status_badge(status: str, stage: str) -> str:
    if stage == "on" or status == AppointmentStatus.ATTENDED:
        return "ok"
    return "off" if stage == "off" or status == AppointmentStatus.MISSED else "wait"


def group_slots_by_day(slots: list[OpenSlot]) -> list[MoveDay]:
    """Return the free slots by day."""
    days: dict[str, MoveDay] = {}
    for slot in slots:
        start = datetime.fromisoformat(slot.start)
        day = clock.to_local_day(start)
        known = days.setdefault(
            day.isoformat(), MoveDay(day.isoformat(), text.format_long_date(day))
        )
        known.times.append(text.format_hour(start))
    return list(days.values())
