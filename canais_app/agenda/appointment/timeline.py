"""An appointment's timeline, and the delivery statuses of its messages."""

from dataclasses import dataclass
from datetime import datetime

from canais_app.agenda.views import AppointmentView
from canais_app.outbox import messages
from canais_app.outbox.service import DeliveryStatus

_LAWYER_TEXTS = {
    messages.BOOKED: "Confirmação, convite de calendário e este link",
    messages.MOVED: "Novo horário e convite atualizado",
    messages.CHANGED: "Aviso de mudança de sala, link ou de quem atende",
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
_COURT_TEXTS = {
    messages.MOVED: "Aviso do novo horário",
    messages.CHANGED: "Aviso de mudança",
    messages.CANCELLED: "Aviso de cancelamento",
    messages.REMINDER: "Lembrete",
    messages.PENDING: "Pedido de aprovação",
}
_ICONS = {"lawyer": "user", "booker": "user", "chambers": "landmark", "registry": "inbox"}
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
    """A step of the timeline."""

    name: str
    words: str
    done: bool


@dataclass
class MessageStatus:
    """The last message to one party and its delivery status."""

    party: str
    icon: str
    what: str
    state: str
    tone: str
    words: str


def timeline_steps(one: AppointmentView, now: datetime) -> list[TimelineStep]:
    """Return the steps in order of time."""
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
            ("Lembrete por e-mail", one.reminder_words, one.reminder_at),
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


def list_message_statuses(
    deliveries: list[DeliveryStatus], one: AppointmentView
) -> list[MessageStatus]:
    """Return the last message to each party."""
    names = {
        "lawyer": "Você",
        "booker": "Quem marcou",
        "chambers": one.agenda,
        "registry": "Secretaria da unidade",
    }
    return [
        MessageStatus(
            party=names.get(delivery.party, delivery.party),
            icon=_ICONS.get(delivery.party, "mail"),
            what=f"{_message_title(delivery)} · {delivery.recipient}",
            state="Tentando de novo" if delivery.is_again else _STATUS_NAMES[delivery.status],
            tone=_TONES.get(delivery.status, "off"),
            words=delivery.words,
        )
        for delivery in deliveries
    ]


def _message_title(delivery: DeliveryStatus) -> str:
    if delivery.party in ("lawyer", "booker"):
        return _LAWYER_TEXTS.get(delivery.kind, "Aviso")
    return _COURT_TEXTS.get(delivery.kind) or _COURT_PARTY_TEXTS.get(delivery.party, "Aviso")
