"""Draw what became of demonstration complaints: answers, some late, and what reporters thought."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import update
from sqlmodel import Session, col, select

from canais_app.accounts.models import Staff, StaffRole
from canais_app.accounts.roles import Role
from canais_app.complaints.lifecycle import PENDING_STATUSES, ComplaintStatus
from canais_app.complaints.models import Complaint, ComplaintEvent
from canais_app.complaints.queries import REPORTER_NAME
from canais_app.complaints.reporter import CONFIRMATION_PERIOD, PORTAL_NAME
from canais_app.complaints.triage.escalation import NOTICE
from canais_app.kit import clock

UNIT_TERM = timedelta(days=20)
MEDIAN_DAYS = 5.0  # from forwarding to the answer of a usual unit
SPREAD = 0.8  # of the logarithm of these days
# How much slower than usual, and which share of the units; the last ones hardly ever answer.
PACES, PACE_SHARES = (1.0, 3.5, 60.0), (0.945, 0.05, 0.005)
NOT_CONFIRMED_SHARE, RATED_SHARE, SOLVED_SHARE = 0.03, 0.4, 0.74
OWNED_TENTHS = 6  # of ten pending complaints
REPORTERS_ASK = (
    "Continua sem resposta. Há previsão?",
    "Hoje falhou de novo, às 14h.",
    "Consegui falar pelo outro número. Obrigada.",
)
UNREAD = 6


@dataclass
class Course:
    """The moves of a complaint as (when, status, who), and the columns that follow from them."""

    moves: list[tuple[datetime, ComplaintStatus, str]]
    columns: dict[str, object] = field(default_factory=dict[str, object])


def draw_paces(units: Sequence[int], rng: Random) -> dict[int, float]:
    """Return how much slower than usual each unit answers."""
    return dict(zip(units, rng.choices(PACES, PACE_SHARES, k=len(units)), strict=True))


def draw_course(created: datetime, due: date, pace: float, rng: Random, now: datetime) -> Course:
    """Return what became of a complaint until `now`."""
    review = created + timedelta(days=rng.uniform(0.2, 3))
    forwarded = review + timedelta(days=rng.uniform(0.1, 2))
    answered = forwarded + timedelta(days=pace * MEDIAN_DAYS * rng.lognormvariate(0, SPREAD))
    rated = answered + timedelta(days=rng.uniform(0.3, 6))
    is_rated, is_resolved = rng.random() < RATED_SHARE, rng.random() < SOLVED_SHARE
    moves = [
        (created, ComplaintStatus.RECEIVED, REPORTER_NAME),
        (review, ComplaintStatus.IN_REVIEW, "Corregedoria"),
    ]
    if rng.random() < NOT_CONFIRMED_SHARE:
        moves.append((forwarded, ComplaintStatus.NOT_CONFIRMED, "Corregedoria"))
    else:
        moves += [
            (forwarded, ComplaintStatus.FORWARDED, "Corregedoria"),
            (answered, ComplaintStatus.ANSWERED, "Unidade"),
            (rated, ComplaintStatus.SOLVED, REPORTER_NAME)
            if is_rated and is_resolved
            else (answered + CONFIRMATION_PERIOD, ComplaintStatus.SOLVED, PORTAL_NAME),
        ]
    course = Course([move for move in moves if move[0] < now or move[0] == created])
    at = {status: when for when, status, _ in course.moves}
    status = course.moves[-1][1]
    was_answered = at.get(ComplaintStatus.ANSWERED)
    was_rated = is_rated and was_answered is not None and rated < now
    unit_due = forwarded + UNIT_TERM
    course.columns = {
        "status": status.value,
        "forwarded_at": at.get(ComplaintStatus.FORWARDED),
        "unit_due_at": unit_due if ComplaintStatus.FORWARDED in at else None,
        "unit_answered_at": was_answered,
        "escalated_at": None,
        "answered_at": was_answered,
        "is_on_time": clock.to_local_day(was_answered) <= due if was_answered else None,
        "closed_at": at.get(ComplaintStatus.SOLVED) or at.get(ComplaintStatus.NOT_CONFIRMED),
        "is_resolved": is_resolved if was_rated else None,
        "is_useful": is_resolved if was_rated else None,
        "rated_at": rated if was_rated else None,
    }
    if status in PENDING_STATUSES:  # their warnings have been sent
        term = clock.from_wall_clock(due, 19)
        passed = [end for end, limit in ((unit_due, now), (term, now + NOTICE)) if end < limit]
        course.columns["escalated_at"] = max(passed, default=None)
    return course


def share_work(session: Session, now: datetime) -> None:
    """Give most pending complaints to the Corregedoria's person; let some reporters write."""
    owner = session.exec(
        select(Staff.id)
        .join(StaffRole, col(StaffRole.staff_id) == col(Staff.id))
        .where(col(StaffRole.role) == Role.CORREGEDORIA)
        .order_by(col(Staff.id))
    ).first()
    pending = col(Complaint.status).in_(
        [str(ComplaintStatus.IN_REVIEW), str(ComplaintStatus.FORWARDED)]
    )
    session.connection().execute(
        update(Complaint)
        .where(pending, col(Complaint.id) % 10 < OWNED_TENTHS, col(Complaint.owner_id).is_(None))
        .values(owner_id=owner)
    )
    rows = session.exec(
        select(Complaint)
        .where(pending, col(Complaint.owner_id) == owner)
        .order_by(col(Complaint.due_at), col(Complaint.id))
        .limit(UNREAD)
    ).all()
    for number, row in enumerate(rows):
        row.is_unread = True
        session.add(row)
        session.add(
            ComplaintEvent(
                complaint_id=row.id or 0,
                at=now - timedelta(hours=number + 1),
                who=REPORTER_NAME,
                author="reporter",
                text=REPORTERS_ASK[number % len(REPORTERS_ASK)],
            )
        )
    session.flush()
