"""Letters for the tests."""

from datetime import datetime, timedelta
from typing import Any

from canais_app.outbox import queue
from canais_app.outbox.appointment_messages import AppointmentContext
from canais_app.outbox.messages import Message, RenderedMessage, render_message
from canais_app.outbox.models import OutboxMessage

CASE_NUMBER = "0000001-68.2026.8.11.0041"


def make_appointment_context(start: datetime, **changes: Any) -> AppointmentContext:
    """The words of an appointment at `start`."""
    given: dict[str, Any] = {
        "code": "K7QF3M",
        "agenda": "Gabinete da 1ª Vara Cível de Sinop",
        "unit": "1ª Vara Cível de Sinop",
        "starts_at": start,
        "ends_at": start + timedelta(minutes=20),
        "modality": "Vídeo",
        "lawyer": "Advogada de Demonstração",
        "oab": "OAB/MT 123",
        "subject": "Despacho urgente",
        "case_number": CASE_NUMBER,
        "page_url": "https://portal.invalid/agendamento/segredo",
        "video_url": "https://video.invalid/sala",
        "email": "advogada@exemplo.invalid",
        "phone": "(65) 3000-0001",
    }
    return AppointmentContext(**(given | changes))


def payload_of(row: OutboxMessage) -> RenderedMessage:
    """What leaves of a letter that waits."""
    return render_message(queue.decrypt_message(row))


def make_message(
    number: int = 1, recipient: str = "pessoa@exemplo.invalid", **changes: Any
) -> Message:
    """A small letter; `number` makes it another one."""
    context = {"protocol": f"2026-{number}", "unit": "Vara", "status": "Respondida"}
    context |= {"words": "Olá, atenção; é só isto.", "page_url": "https://portal.invalid/x"}
    given: dict[str, Any] = {
        "kind": "complaint_answer",
        "thread": f"complaint:{number}",
        "party": "reporter",
        "recipient": recipient,
        "context": context,
    }
    return Message(**(given | changes))
