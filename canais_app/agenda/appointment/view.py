"""An appointment as its private page draws it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from canais_app import routes
from canais_app.agenda import queries
from canais_app.agenda.views import AppointmentView, OpenSlot
from canais_app.kit import clock, text
from canais_app.outbox.service import PartyStatus

_WHAT = {
    "lawyer": "Confirmação, convite de calendário e este link",
    "chambers": "Aviso com assunto e processo",
    "registry": "Aviso de horário ocupado",
}
_FIRST = {"offered": "Oferecido", "preconfirmed": "Reservado", "pending": "Pedido"}
_ON = ("offered", "preconfirmed", "pending", "confirmed", "attended")
_CANCELLED = "Aviso de cancelamento"
_ICONS = {"lawyer": "user", "chambers": "landmark", "registry": "inbox"}
_TONES = {"sent": "ok", "waiting": "warn", "failed": "bad", "bounced": "bad"}
_STATES = {
    "sent": "Enviado",
    "waiting": "Na fila",
    "failed": "Não saiu",
    "bounced": "Devolvido",
}


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
class Step:
    """A moment on the way to the appointment."""

    name: str
    words: str
    done: bool


@dataclass
class Sent:
    """What was sent to one party, and what became of it."""

    party: str
    icon: str
    what: str
    state: str
    tone: str
    words: str


@dataclass
class Other:
    """A time that the gabinete keeps for the lawyer, and where it is accepted."""

    words: str
    path: str
    until: str


@dataclass
class Shown:
    """The page's values, in ready words."""

    heading: str = ""
    status: str = ""
    is_on: bool = False
    kept_until: str = ""
    is_alternative: bool = False
    alternatives: list[Other] = field(default_factory=list[Other])
    code: str = ""
    booked: str = ""
    month: str = ""
    number: str = ""
    day: str = ""
    time: str = ""
    agenda: str = ""
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
    times: list[str] = field(default_factory=list)


def shown(one: AppointmentView, agenda_path: str, unit_path: str) -> Shown:
    """Return the page's values of an appointment."""
    start = clock.local(datetime.fromisoformat(one.start))
    return Shown(
        heading=one.status_words,
        status=one.status,
        is_on=one.status in _ON,
        kept_until=one.kept_until_words,
        is_alternative=one.is_alternative,
        alternatives=[
            Other(other.words, routes.appointment(other.token), other.until_words)
            for other in one.alternatives
        ],
        code=one.code,
        booked=one.booked_words,
        month=text.MONTHS[start.month - 1][:3],
        number=str(start.day),
        day=one.day_words[:1].upper() + one.day_words[1:],
        time=one.time_words,
        agenda=one.agenda,
        agenda_path=agenda_path,
        unit_path=unit_path,
        hours=one.hours,
        modality=one.modality,
        how=one.modality_words,
        place=one.place,
        video_url=one.video_url if one.status == "confirmed" else "",
        video_opens=one.video_opens_words,
        can_change=one.can_change,
        change_until=one.change_until_words,
        cancelled=one.cancelled_words,
        reason=one.cancel_reason,
        name=one.name,
        oab=one.oab,
        email=one.email,
        phone=queries.phone_words(one.phone),
        case_number=one.case_number,
        subject=one.subject,
    )


def steps(one: AppointmentView, now: datetime) -> list[Step]:
    """Return the way to the appointment, in order of time."""
    start = datetime.fromisoformat(one.start)
    if one.cancelled_words:
        return [
            Step("Marcado", one.booked_words, done=True),
            Step("Cancelado", one.cancelled_words, done=True),
        ]
    timed = [
        ("Lembrete por e-mail", one.reminder_words, _reminder(start)),
        ("Último momento para mudar", one.change_until_words, one.change_until),
        ("A sala de vídeo abre", one.video_opens_words, one.video_opens),
        ("Atendimento", f"das {one.time_words}", one.start),
    ]
    known = [(name, words, datetime.fromisoformat(at)) for name, words, at in timed if at]
    booked = datetime.fromisoformat(one.booked_at)
    after = [one for one in sorted(known, key=lambda step: step[2]) if one[2] > booked]
    return [
        Step(_FIRST.get(one.status, "Confirmado"), one.booked_words, done=True),
        *(Step(name, words, done=at <= now) for name, words, at in after),
    ]


def _reminder(start: datetime) -> str:
    return (start - timedelta(hours=24)).isoformat()


def _what(party: str, *, is_off: bool) -> str:
    return _CANCELLED if is_off else _WHAT.get(party, "Aviso")


def sent(parties: list[PartyStatus], one: AppointmentView) -> list[Sent]:
    """Return what was sent last, and to whom."""
    names = {"lawyer": "Você", "chambers": one.agenda, "registry": "Secretaria da unidade"}
    is_off = bool(one.cancelled_words)
    return [
        Sent(
            party=names.get(letter.party, letter.party),
            icon=_ICONS.get(letter.party, "mail"),
            what=f"{_what(letter.party, is_off=is_off)} · {letter.recipient}",
            state=_STATES.get(letter.status, letter.words),
            tone=_TONES.get(letter.status, "off"),
            words=letter.words,
        )
        for letter in parties
    ]


def move_days(slots: list[OpenSlot]) -> list[MoveDay]:
    """Return the free times one may move to, by day."""
    days: dict[str, MoveDay] = {}
    for slot in slots:
        start = datetime.fromisoformat(slot.start)
        day = clock.local_day(start)
        known = days.setdefault(day.isoformat(), MoveDay(day.isoformat(), text.day_words(day)))
        known.times.append(text.hour_words(start))
    return list(days.values())
