"""Rules of a complaint's life: which moves are legal, and until when an answer is due."""

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum

ANSWER_PERIOD = timedelta(days=30)  # the clock of the Corregedoria: 30 days, and 30 more once
MAX_REPORT_AGE = timedelta(days=30)  # an older failure says nothing about the channel of today


class ComplaintStatus(StrEnum):
    """Where a complaint stands."""

    RECEIVED = "recebida"
    IN_REVIEW = "em_analise"
    FORWARDED = "encaminhada"
    ANSWERED = "respondida"
    SOLVED = "resolvida"
    NOT_CONFIRMED = "nao_confirmada"
    DUPLICATE = "duplicada"


COMPLAINT_STATUS_NAMES = {
    ComplaintStatus.RECEIVED: "Recebida",
    ComplaintStatus.IN_REVIEW: "Em análise",
    ComplaintStatus.FORWARDED: "Encaminhada à unidade",
    ComplaintStatus.ANSWERED: "Respondida",
    ComplaintStatus.SOLVED: "Resolvida",
    ComplaintStatus.NOT_CONFIRMED: "Não confirmada",
    ComplaintStatus.DUPLICATE: "Duplicada",
}
CLOSED_STATUSES = frozenset(
    {ComplaintStatus.SOLVED, ComplaintStatus.NOT_CONFIRMED, ComplaintStatus.DUPLICATE}
)
# Marks of events that do not change where the complaint stands.
DEADLINE_EXTENDED = "prazo_prorrogado"
IDENTITY_OPENED = "identidade_aberta"

_MOVES: dict[ComplaintStatus, tuple[ComplaintStatus, ...]] = {
    ComplaintStatus.RECEIVED: (
        ComplaintStatus.IN_REVIEW,
        ComplaintStatus.NOT_CONFIRMED,
        ComplaintStatus.DUPLICATE,
    ),
    ComplaintStatus.IN_REVIEW: (
        ComplaintStatus.FORWARDED,
        ComplaintStatus.ANSWERED,
        ComplaintStatus.NOT_CONFIRMED,
        ComplaintStatus.DUPLICATE,
    ),
    ComplaintStatus.FORWARDED: (ComplaintStatus.ANSWERED, ComplaintStatus.IN_REVIEW),
    ComplaintStatus.ANSWERED: (
        ComplaintStatus.SOLVED,
        ComplaintStatus.FORWARDED,
        ComplaintStatus.IN_REVIEW,
        ComplaintStatus.NOT_CONFIRMED,
    ),
    ComplaintStatus.SOLVED: (ComplaintStatus.IN_REVIEW,),
    ComplaintStatus.NOT_CONFIRMED: (ComplaintStatus.IN_REVIEW,),
    ComplaintStatus.DUPLICATE: (ComplaintStatus.IN_REVIEW,),
}


def legal_transitions(status: ComplaintStatus) -> tuple[ComplaintStatus, ...]:
    """Return where staff may move a complaint, the usual next step first."""
    return _MOVES[status]


def is_legal_transition(status: ComplaintStatus, to: ComplaintStatus) -> bool:
    """Whether a complaint may go from one status to the other."""
    return to in _MOVES[status]


def can_reopen(status: ComplaintStatus) -> bool:
    """Whether the person who reported may ask for it to be looked at again."""
    return status in CLOSED_STATUSES or status is ComplaintStatus.ANSWERED


def can_confirm(status: ComplaintStatus) -> bool:
    """Whether the person is being asked if the answer solved it."""
    return status is ComplaintStatus.ANSWERED


def compute_due_day(received: date, first_open_day: Callable[[date], date]) -> date:
    """Return the last day to answer: 30 days on, or the first open day after that.

    Days run in the court's zone; the received day is not counted (CPC art. 224).
    """
    return first_open_day(received + ANSWER_PERIOD)


def extend_due_day(due: date, first_open_day: Callable[[date], date]) -> date:
    """Return the last day once the term was extended by 30 days."""
    return first_open_day(due + ANSWER_PERIOD)


def format_deadline(status: ComplaintStatus, days_left: int) -> str:
    """Return how the deadline stands, in words. `days_left` is negative when it is over."""
    if status in CLOSED_STATUSES:
        return "Encerrada"
    if status is ComplaintStatus.ANSWERED:
        return "Respondida no prazo" if days_left >= 0 else "Respondida"
    if days_left < 0:
        late = -days_left
        return f"Vencido há {late} dia" if late == 1 else f"Vencido há {late} dias"
    if days_left == 0:
        return "Vence hoje"
    return "Vence amanhã" if days_left == 1 else f"Vence em {days_left} dias"
