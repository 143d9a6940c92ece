"""What a reporter does with an open report: write, rate, confirm, reopen, withdraw the text.

Each function opens the report by its protocol and secret.

Raises:
    NotFoundError: protocol and secret do not belong together.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from canais_app.complaints import erasure, lifecycle
from canais_app.complaints.errors import IllegalTransitionError
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.models import Complaint, ComplaintEvent
from canais_app.complaints.queries import REPORTER_NAME, find_by_secret
from canais_app.complaints.schemas import RatingForm
from canais_app.complaints.service import (
    TOPIC,
    add_event,
    change_status,
    compute_due_at,
    resume_clock,
)
from canais_app.complaints.triage.case import lock_complaint
from canais_app.kit import clock, live
from canais_app.kit.errors import ConflictError

MAX_MESSAGES = 30  # of the reporter in one report
CONFIRMATION_PERIOD = timedelta(days=10)  # an answer that nobody disputes is then closed
PORTAL_NAME = "Portal"


def add_reporter_message(
    session: Session, protocol: str, secret: str, message: str, *, now: datetime
) -> None:
    """Add a message of the reporter: staff see it as unread, and a stopped clock goes on.

    Raises:
        ConflictError: the report has as many messages of its reporter as it may have.
    """
    complaint = _lock_by_secret(session, protocol, secret)
    mine = select(func.count()).where(
        col(ComplaintEvent.complaint_id) == complaint.id,
        col(ComplaintEvent.author) == "reporter",
        col(ComplaintEvent.to_status) == "",
    )
    if session.exec(mine).one() >= MAX_MESSAGES:
        raise ConflictError(
            f"Este relato já tem {MAX_MESSAGES} mensagens suas: aguarde a resposta."
        )
    _mark_unread(session, complaint, now=now)
    add_event(session, complaint, REPORTER_NAME, text=message, now=now)


def reopen_complaint(
    session: Session, protocol: str, secret: str, reason: str, *, now: datetime
) -> None:
    """Return an answered or closed report to review, with a new deadline.

    Raises:
        ConflictError: it is open already.
    """
    complaint = _lock_by_secret(session, protocol, secret)
    if not lifecycle.can_reopen(ComplaintStatus(complaint.status)):
        raise IllegalTransitionError("O relato já está aberto: escreva uma mensagem.")
    complaint.due_at = compute_due_at(session, complaint, clock.to_local_day(now))
    complaint.is_resolved, complaint.extended_at = False, None
    _mark_unread(session, complaint, now=now)
    change_status(session, complaint, REPORTER_NAME, ComplaintStatus.IN_REVIEW, reason, now=now)


def rate_answer(
    session: Session, protocol: str, secret: str, rating: RatingForm, *, now: datetime
) -> None:
    """Store what the answer was worth; one that solved the failure closes an answered report.

    Raises:
        ConflictError: there is no answer to rate.
    """
    complaint = _lock_by_secret(session, protocol, secret)
    status = ComplaintStatus(complaint.status)
    if not lifecycle.can_rate(status, answered=complaint.answered_at is not None):
        raise IllegalTransitionError("Ainda não há resposta para avaliar.")
    if rating.is_resolved is not None:
        complaint.is_resolved = rating.is_resolved
    if rating.is_useful is not None:
        complaint.is_useful = rating.is_useful
    complaint.rated_at = now
    session.add(complaint)
    live.emit(session, TOPIC)
    if rating.is_resolved and lifecycle.can_confirm(status):
        change_status(session, complaint, REPORTER_NAME, ComplaintStatus.SOLVED, "", now=now)


def withdraw_text(session: Session, protocol: str, secret: str, *, now: datetime) -> None:
    """Remove the text, the reporter's messages and the photo of a report; the report stays.

    Raises:
        ConflictError: nothing is left since the last time.
    """
    complaint = _lock_by_secret(session, protocol, secret)
    if not erasure.erase_words(session, [complaint]) and complaint.withdrawn_at is not None:
        raise ConflictError("O texto já foi retirado.")
    complaint.withdrawn_at, complaint.version = now, complaint.version + 1
    session.add(complaint)
    add_event(session, complaint, REPORTER_NAME, to=lifecycle.TEXT_WITHDRAWN, now=now)
    live.emit(session, TOPIC)


def close_unconfirmed(session: Session, *, now: datetime, limit: int = 200) -> int:
    """Close answered reports whose reporter said nothing for ten days; return how many."""
    answered_at = (
        select(func.max(col(ComplaintEvent.at)))
        .where(
            col(ComplaintEvent.complaint_id) == col(Complaint.id),
            col(ComplaintEvent.to_status) == ComplaintStatus.ANSWERED,
        )
        .scalar_subquery()
    )
    due = session.exec(
        select(Complaint)
        .where(
            col(Complaint.status) == ComplaintStatus.ANSWERED,
            ~col(Complaint.is_unread),
            answered_at < now - CONFIRMATION_PERIOD,
        )
        .order_by(col(Complaint.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    reason = "Encerrado sem confirmação: ninguém respondeu em 10 dias. Dá para reabrir."
    for complaint in due:
        change_status(
            session,
            complaint,
            PORTAL_NAME,
            ComplaintStatus.SOLVED,
            reason,
            now=now,
            author="system",
        )
    return len(due)


def _lock_by_secret(session: Session, protocol: str, secret: str) -> Complaint:
    return lock_complaint(session, find_by_secret(session, protocol, secret).protocol)


def _mark_unread(session: Session, complaint: Complaint, *, now: datetime) -> None:
    resume_clock(session, complaint, now=now)
    complaint.is_unread, complaint.version = True, complaint.version + 1
    session.add(complaint)
    live.emit(session, TOPIC)
