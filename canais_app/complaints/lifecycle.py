"""Rules of a complaint's life: which moves are legal, and until when an answer is due."""

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum

TERM = timedelta(days=30)  # the clock of the Corregedoria: 30 days, and 30 more once
OLDEST = timedelta(days=30)  # an older failure says nothing about the channel of today


class Status(StrEnum):
    """Where a complaint stands."""

    RECEIVED = "recebida"
    IN_REVIEW = "em_analise"
    FORWARDED = "encaminhada"
    ANSWERED = "respondida"
    SOLVED = "resolvida"
    NOT_CONFIRMED = "nao_confirmada"
    DUPLICATE = "duplicada"


STATUS_NAMES = {
    Status.RECEIVED: "Recebida",
    Status.IN_REVIEW: "Em análise",
    Status.FORWARDED: "Encaminhada à unidade",
    Status.ANSWERED: "Respondida",
    Status.SOLVED: "Resolvida",
    Status.NOT_CONFIRMED: "Não confirmada",
    Status.DUPLICATE: "Duplicada",
}
CLOSED = frozenset({Status.SOLVED, Status.NOT_CONFIRMED, Status.DUPLICATE})
# Marks of events that do not change where the complaint stands.
EXTENDED = "prazo_prorrogado"
IDENTITY_OPENED = "identidade_aberta"

_MOVES: dict[Status, tuple[Status, ...]] = {
    Status.RECEIVED: (Status.IN_REVIEW, Status.NOT_CONFIRMED, Status.DUPLICATE),
    Status.IN_REVIEW: (
        Status.FORWARDED,
        Status.ANSWERED,
        Status.NOT_CONFIRMED,
        Status.DUPLICATE,
    ),
    Status.FORWARDED: (Status.ANSWERED, Status.IN_REVIEW),
    Status.ANSWERED: (Status.SOLVED, Status.FORWARDED, Status.IN_REVIEW, Status.NOT_CONFIRMED),
    Status.SOLVED: (Status.IN_REVIEW,),
    Status.NOT_CONFIRMED: (Status.IN_REVIEW,),
    Status.DUPLICATE: (Status.IN_REVIEW,),
}


def moves_from(status: Status) -> tuple[Status, ...]:
    """Return where staff may move a complaint, the usual next step first."""
    return _MOVES[status]


def is_legal(status: Status, to: Status) -> bool:
    """Whether a complaint may go from one status to the other."""
    return to in _MOVES[status]


def may_reopen(status: Status) -> bool:
    """Whether the person who reported may ask for it to be looked at again."""
    return status in CLOSED or status is Status.ANSWERED


def may_confirm(status: Status) -> bool:
    """Whether the person is being asked if the answer solved it."""
    return status is Status.ANSWERED


def due_day(received: date, first_open_day: Callable[[date], date]) -> date:
    """Return the last day to answer: 30 days on, or the first open day after that.

    Days run in the court's zone; the received day is not counted (CPC art. 224).
    """
    return first_open_day(received + TERM)


def extended_day(due: date, first_open_day: Callable[[date], date]) -> date:
    """Return the last day once the term was extended by 30 days."""
    return first_open_day(due + TERM)


def deadline_words(status: Status, days_left: int) -> str:
    """Return how the deadline stands, in words. `days_left` is negative when it is over."""
    if status in CLOSED:
        return "Encerrada"
    if status is Status.ANSWERED:
        return "Respondida no prazo" if days_left >= 0 else "Respondida"
    if days_left < 0:
        late = -days_left
        return f"Vencido há {late} dia" if late == 1 else f"Vencido há {late} dias"
    if days_left == 0:
        return "Vence hoje"
    return "Vence amanhã" if days_left == 1 else f"Vence em {days_left} dias"
