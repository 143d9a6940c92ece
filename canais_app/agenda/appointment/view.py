"""Values of an appointment's private page."""

from dataclasses import dataclass, field, fields
from datetime import datetime

from canais_app.agenda.appointment import calendars
from canais_app.agenda.formatting import seconds_left
from canais_app.agenda.models import AppointmentStatus, ProofKind
from canais_app.agenda.views import AlternativeSlot, AppointmentView
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
_PROOF_NAMES = {
    ProofKind.REQUEST: "Pedido",
    ProofKind.BOOKING: "Agendamento",
    ProofKind.REFUSAL: "Recusa",
    ProofKind.CANCELLATION: "Cancelamento",
    ProofKind.ATTENDANCE: "Atendimento",
    ProofKind.NOT_ATTENDED: "Ninguém me atendeu",
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


@dataclass
class ProofLink:
    """A proof that the owner may have: its kind, and the label of its button."""

    kind: str
    words: str


@dataclass
class AppointmentPageView:
    """The page's values in ready words.

    `stage` is to_confirm, offered, pending, on, past or off (cancelled, refused, expired).
    Fields named as in `AppointmentView` are its values; the private page gets no others of it.
    `seconds_left` counts to `kept_until_words` when that is within the hour.
    """

    heading: str = ""
    stage: str = ""
    seal: str = ""  # ok, wait, off
    status: str = ""
    kept_until_words: str = ""
    seconds_left: int = 0
    is_alternative: bool = False
    alternatives: list[AlternativeSlot] = field(default_factory=list[AlternativeSlot])
    code: str = ""
    booked_words: str = ""
    month: str = ""
    number: str = ""
    day: str = ""
    time_words: str = ""
    agenda: str = ""
    attended_by: str = ""
    agenda_path: str = ""
    unit_path: str = ""
    hours: str = ""
    modality: str = ""
    modality_words: str = ""
    place: str = ""
    video_url: str = ""
    video_opens_words: str = ""
    can_change: bool = False
    change_until_words: str = ""
    cancelled_words: str = ""
    cancel_reason: str = ""
    google: str = ""
    outlook: str = ""
    office: str = ""
    name: str = ""
    registration: str = ""
    booked_by: str = ""
    needs_words: str = ""
    kind: str = ""
    instructions: str = ""
    answer_until_words: str = ""
    is_overdue: bool = False
    lawyer_outcome: str = ""
    can_report: bool = False
    complaint_protocol: str = ""
    proofs: list[ProofLink] = field(default_factory=list[ProofLink])
    email: str = ""
    phone: str = ""
    case_number: str = ""
    subject: str = ""
    needs_approval: bool = False
    move_asked_words: str = ""


_COPIED_FIELDS = {
    own.name for own in fields(AppointmentPageView) if own.name in AppointmentView.__annotations__
} - {"phone", "video_url", "proofs"}


def appointment_page_view(
    one: AppointmentView, agenda_path: str, unit_path: str, now: datetime
) -> AppointmentPageView:
    """Return the page's values of an appointment."""
    start = clock.to_local(datetime.fromisoformat(one.start))
    stage = _stage(one, now)
    is_on = stage == "on"
    return AppointmentPageView(
        **{name: getattr(one, name) for name in _COPIED_FIELDS},
        heading=_PAST_TEXT if stage == "past" and one.status == "confirmed" else one.status_words,
        stage=stage,
        seal=_status_badge(one.status, stage),
        seconds_left=seconds_left(one.kept_until, now),
        month=text.MONTH_NAMES[start.month - 1][:3],
        number=str(start.day),
        day=one.day_words[:1].upper() + one.day_words[1:],
        agenda_path=agenda_path,
        unit_path=unit_path,
        video_url=one.video_url if is_on else "",
        google=calendars.google_calendar_url(one) if is_on else "",
        outlook=calendars.outlook_calendar_url(one) if is_on else "",
        office=calendars.outlook_calendar_url(one, calendars.OFFICE_URL) if is_on else "",
        phone=format_phone(one.phone),
        proofs=[ProofLink(kind, _PROOF_NAMES[ProofKind(kind)]) for kind in one.proofs],
    )


def _stage(one: AppointmentView, now: datetime) -> str:
    stage = _STAGES.get(AppointmentStatus(one.status), "off")
    is_over = datetime.fromisoformat(one.end) <= now
    return "past" if stage == "on" and is_over else stage


def _status_badge(status: str, stage: str) -> str:
    if stage == "on" or status == AppointmentStatus.ATTENDED:
        return "ok"
    return "off" if stage == "off" or status == AppointmentStatus.MISSED else "wait"
