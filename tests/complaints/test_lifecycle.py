"""The rules of a complaint's lifecycle."""

import pytest

from canais_app.complaints import lifecycle
from canais_app.complaints.lifecycle import (
    CLOSED_STATUSES,
    ComplaintStatus,
    is_legal_transition,
    legal_transitions,
)


def test_a_received_complaint_cannot_be_answered_or_forwarded() -> None:
    assert not is_legal_transition(ComplaintStatus.RECEIVED, ComplaintStatus.ANSWERED)
    assert not is_legal_transition(ComplaintStatus.RECEIVED, ComplaintStatus.FORWARDED)


def test_only_an_answered_complaint_can_be_solved() -> None:
    assert [s for s in ComplaintStatus if is_legal_transition(s, ComplaintStatus.SOLVED)] == [
        ComplaintStatus.ANSWERED
    ]


@pytest.mark.parametrize("status", sorted(CLOSED_STATUSES))
def test_a_closed_complaint_can_only_return_to_review(status: ComplaintStatus) -> None:
    assert legal_transitions(status) == (ComplaintStatus.IN_REVIEW,)


@pytest.mark.parametrize("status", list(ComplaintStatus))
def test_every_status_has_a_name_and_a_legal_move(status: ComplaintStatus) -> None:
    assert lifecycle.COMPLAINT_STATUS_NAMES[status]
    assert legal_transitions(status)
    assert status not in legal_transitions(status)


@pytest.mark.parametrize(
    ("status", "left", "words"),
    [
        (ComplaintStatus.RECEIVED, 12, "Vence em 12 dias"),
        (ComplaintStatus.RECEIVED, 1, "Vence amanhã"),
        (ComplaintStatus.FORWARDED, 0, "Vence hoje"),
        (ComplaintStatus.IN_REVIEW, -1, "Vencido há 1 dia"),
        (ComplaintStatus.IN_REVIEW, -3, "Vencido há 3 dias"),
        (ComplaintStatus.ANSWERED, -3, "Respondida"),
        (ComplaintStatus.SOLVED, -3, "Encerrada"),
    ],
)
def test_deadline_texts(status: ComplaintStatus, left: int, words: str) -> None:
    assert lifecycle.format_deadline(status, left) == words
