"""Rules of a complaint's lifecycle: its statuses, legal moves and the term for an answer."""

from datetime import timedelta
from enum import StrEnum

ANSWER_PERIOD = timedelta(days=30)  # the Corregedoria's term; it may be extended once by as much
MAX_REPORT_AGE = timedelta(days=30)  # older failures say nothing about the channel today


class ComplaintStatus(StrEnum):
    """The status of a complaint, as it is stored."""

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
# Of these the Corregedoria still owes an answer; only they can be overdue.
PENDING_STATUSES = (ComplaintStatus.RECEIVED, ComplaintStatus.IN_REVIEW, ComplaintStatus.FORWARDED)
OPEN_STATUSES = (*PENDING_STATUSES, ComplaintStatus.ANSWERED)
# `to_status` of events that do not change the status.
DEADLINE_EXTENDED = "prazo_prorrogado"
IDENTITY_OPENED = "identidade_aberta"
TEXT_WITHDRAWN = "texto_retirado"
MORE_ASKED = "complemento_pedido"  # the clock stops until the reporter writes
ASSIGNED = "responsavel"
UNIT_ASKED = "pedido_a_unidade"  # what the unit reads; the reporter does not
UNIT_TOOK = "unidade_pegou"
UNIT_ANSWERED = "unidade_respondeu"
UNIT_REFUSED = "unidade_devolveu"  # not its affair
UNIT_ASKED_AGAIN = "devolvida_a_unidade"
ESCALATED = "prazo_avisado"
EVENT_TITLES = {
    DEADLINE_EXTENDED: "Prazo prorrogado por 30 dias",
    IDENTITY_OPENED: "Identidade aberta",
    TEXT_WITHDRAWN: "Texto retirado por quem relatou",
    MORE_ASKED: "Pedido de complemento",
    ASSIGNED: "Responsável",
    UNIT_ASKED: "Pedido à unidade",
    UNIT_TOOK: "A unidade pegou",
    UNIT_ANSWERED: "Resposta da unidade",
    UNIT_REFUSED: "A unidade devolveu",
    UNIT_ASKED_AGAIN: "Voltou à unidade",
    ESCALATED: "Aviso de prazo",
}
# What the unit reads of a complaint's events, beside the moves.
UNIT_EVENTS = frozenset({UNIT_ASKED, UNIT_TOOK, UNIT_ANSWERED, UNIT_REFUSED, UNIT_ASKED_AGAIN})

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
    """Return the statuses to which staff may move a complaint, the usual next step first."""
    return _MOVES[status]


def is_legal_transition(status: ComplaintStatus, to: ComplaintStatus) -> bool:
    """Whether a complaint may go from one status to the other."""
    return to in _MOVES[status]


def can_reopen(status: ComplaintStatus) -> bool:
    """Whether the reporter may return the complaint to review."""
    return status in CLOSED_STATUSES or status is ComplaintStatus.ANSWERED


def can_confirm(status: ComplaintStatus) -> bool:
    """Whether the reporter is asked if the answer solved the failure."""
    return status is ComplaintStatus.ANSWERED


def can_rate(status: ComplaintStatus, *, answered: bool) -> bool:
    """Whether the reporter may say what the answer was worth."""
    return answered and status in (ComplaintStatus.ANSWERED, ComplaintStatus.SOLVED)


def format_deadline(status: ComplaintStatus, days_left: int) -> str:
    """Return the state of the deadline in words; negative `days_left`: overdue."""
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
