"""Letters about a complaint: to its reporter, to the unit that has to answer, to its owner."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from canais_app import routes
from canais_app.accounts import queries as accounts
from canais_app.accounts.models import Staff
from canais_app.accounts.roles import Permission
from canais_app.complaints.kinds import COMPLAINT_KIND_NAMES, ComplaintKindCode
from canais_app.complaints.lifecycle import COMPLAINT_STATUS_NAMES, ComplaintStatus
from canais_app.complaints.models import Complaint, ComplaintEvent
from canais_app.complaints.situations.letters import unit_addresses
from canais_app.directory.labels import channel_label
from canais_app.directory.models import Unit
from canais_app.outbox import service as outbox
from canais_app.outbox.messages import (
    COMPLAINT_ANSWER,
    COMPLAINT_DEADLINES,
    COMPLAINT_FORWARDED,
    Message,
)
from canais_app.settings import settings

UNDO_PERIOD = timedelta(seconds=10)  # letters wait as long as their action can be undone


def _thread(complaint: Complaint, event: ComplaintEvent) -> str:
    return f"complaint:{complaint.id}:{event.id}"


def write_reporter(
    session: Session, complaint: Complaint, event: ComplaintEvent, *, now: datetime
) -> None:
    """Enqueue what an event says to the reporter, if an address is known."""
    if not complaint.email:
        return
    context = {
        "protocol": complaint.protocol,
        "page_url": settings().base_url + routes.TRACK,
        "unit": session.get_one(Unit, complaint.unit_id).name,
        "status": COMPLAINT_STATUS_NAMES[ComplaintStatus(complaint.status)],
        "words": event.text,
        "sequence": event.id,
    }
    message = Message(
        COMPLAINT_ANSWER,
        _thread(complaint, event),
        "reporter",
        complaint.email,
        context,
        due_at=now + UNDO_PERIOD,
    )
    outbox.enqueue(session, message, now=now)


def write_unit(
    session: Session, complaint: Complaint, event: ComplaintEvent, heading: str, *, now: datetime
) -> None:
    """Enqueue a letter to the unit's e-mail and its managers: what to do, and until when.

    It holds no text of the reporter.
    """
    unit = session.get_one(Unit, complaint.unit_id)
    context = {
        "heading": heading,
        "protocol": complaint.protocol,
        "unit": unit.name,
        "channel": channel_label(complaint.channel),
        "kind": COMPLAINT_KIND_NAMES[ComplaintKindCode(complaint.kind)],
        "words": event.text,
        "unit_due_at": complaint.unit_due_at or complaint.due_at,
        "due_at": complaint.due_at,
        "page_url": f"{settings().base_url}{routes.MANAGEMENT}?reclamacao={complaint.protocol}",
        "sequence": event.id,
    }
    for number, address in enumerate(unit_addresses(session, unit)):
        message = Message(
            COMPLAINT_FORWARDED,
            _thread(complaint, event),
            "unit",
            address,
            {**context, "sequence": f"{event.id}.{number}"},
            due_at=now + UNDO_PERIOD,
        )
        outbox.enqueue(session, message, now=now)


def withdraw_letters(session: Session, events: Iterable[tuple[int, int]]) -> None:
    """Withdraw the letters of events (complaint, event) that are undone.

    Raises:
        ConflictError: one was sent, or is being sent.
    """
    for complaint_id, event_id in events:
        thread = f"complaint:{complaint_id}:{event_id}"
        outbox.withdraw_all(session, thread, (COMPLAINT_ANSWER, COMPLAINT_FORWARDED))


def write_owner(
    session: Session, owner: Staff, lines: Sequence[dict[str, str]], *, now: datetime
) -> None:
    """Enqueue one letter to a person of the Corregedoria about complaints that are due.

    A line has the fields `protocol`, `unit` and `deadline`.
    """
    context = {
        "lines": list(lines),
        "page_url": f"{settings().base_url}{routes.CORREGEDORIA_COMPLAINTS}?view=comigo",
        "sequence": now.strftime("%Y%m%d%H%M%S%f"),
    }
    message = Message(COMPLAINT_DEADLINES, f"deadlines:{owner.id}", "staff", owner.email, context)
    outbox.enqueue(session, message, now=now)


def staff_to_warn(session: Session, owner_id: int | None) -> list[Staff]:
    """Return the owner of a complaint, if they still triage, or else everybody who does."""
    everybody = accounts.list_staff_with(session, Permission.TRIAGE_COMPLAINTS)
    return [person for person in everybody if person.id == owner_id] or everybody
