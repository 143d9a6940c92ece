"""What has happened to an appointment and what is to come: its steps, and who was told what."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from canais_app.agenda.views import AppointmentView
from canais_app.outbox import messages
from canais_app.outbox.service import DeliveryStatus

_LAWYER = {
    messages.BOOKED: "Confirmação, convite de calendário e este link",
    messages.MOVED: "Novo horário e convite atualizado",
    messages.CANCELLED: "Aviso de cancelamento",
    messages.REMINDER: "Lembrete",
    messages.TO_CONFIRM: "Pedido de confirmação",
    messages.PENDING: "Aviso de pedido recebido",
    messages.REFUSED: "Resposta do gabinete",
    messages.OFFERED: "Oferta deste horário",
}
_COURT_PARTY_TEXTS = {
    "chambers": "Aviso com assunto e processo",
    "registry": "Aviso de horário ocupado",
}
_CHANGES = {
    messages.MOVED: "Aviso do novo horário",
    messages.CANCELLED: "Aviso de cancelamento",
    messages.REMINDER: "Lembrete",
    messages.PENDING: "Pedido de aprovação",
}
_ICONS = {"lawyer": "user", "chambers": "landmark", "registry": "inbox"}
_TONES = {"sent": "ok", "waiting": "warn", "failed": "bad", "bounced": "bad"}
_STATUS_NAMES = {
    "sent": "Enviado",
    "waiting": "Na fila",
    "failed": "Não saiu",
    "bounced": "Devolvido",
}
_FIRST_STEP_NAMES = {"offered": "Oferecido", "preconfirmed": "Reservado", "pending": "Pedido"}


@dataclass
class TimelineStep:
    """A moment on the way to the appointment."""

    name: str
    words: str
    done: bool


@dataclass
class MessageStatus:
    """What was sent to one party, and what became of it."""

    party: str
    icon: str
    what: str
    state: str
    tone: str
    words: str


def timeline_steps(one: AppointmentView, now: datetime) -> list[TimelineStep]:
    """Return the way to the appointment, in order of time."""
    if one.cancelled_words:
        return [
            TimelineStep("Marcado", one.booked_words, done=True),
            TimelineStep(one.status_words, one.cancelled_words, done=True),
        ]
    end = ("Atendimento", f"das {one.time_words}", one.start)
    if one.status in _FIRST_STEP_NAMES:
        timed = [("Guardado até", one.kept_until_words, one.kept_until), end]
    else:
        timed = [
            ("Lembrete por e-mail", one.reminder_words, _reminder(one.start)),
            ("Último momento para mudar", one.change_until_words, one.change_until),
            ("A sala de vídeo abre", one.video_opens_words, one.video_opens),
            end,
        ]
    known = [(name, words, datetime.fromisoformat(at)) for name, words, at in timed if at]
    booked = datetime.fromisoformat(one.booked_at)
    after = [step for step in sorted(known, key=lambda step: step[2]) if step[2] > booked]
    return [
        TimelineStep(_FIRST_STEP_NAMES.get(one.status, "Confirmado"), one.booked_words, done=True),
        *(TimelineStep(name, words, done=at <= now) for name, words, at in after),
    ]


def _reminder(start: str) -> str:
    return (datetime.fromisoformat(start) - timedelta(hours=24)).isoformat()


def list_message_statuses(
    parties: list[DeliveryStatus], one: AppointmentView
) -> list[MessageStatus]:
    """Return what was sent last, and to whom."""
    names = {"lawyer": "Você", "chambers": one.agenda, "registry": "Secretaria da unidade"}
    return [
        MessageStatus(
            party=names.get(letter.party, letter.party),
            icon=_ICONS.get(letter.party, "mail"),
            what=f"{_message_title(letter)} · {letter.recipient}",
            state="Tentando de novo" if letter.is_again else _STATUS_NAMES[letter.status],
            tone=_TONES.get(letter.status, "off"),
            words=letter.words,
        )
        for letter in parties
    ]


def _message_title(letter: DeliveryStatus) -> str:
    if letter.party == "lawyer":
        return _LAWYER.get(letter.kind, "Aviso")
    return _CHANGES.get(letter.kind) or _COURT_PARTY_TEXTS.get(letter.party, "Aviso")
