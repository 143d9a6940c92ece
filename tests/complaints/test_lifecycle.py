"""The rules of a complaint's life."""

from datetime import date, timedelta

import pytest

from canais_app.complaints import lifecycle
from canais_app.complaints.lifecycle import CLOSED, Status, is_legal, moves_from


def open_after_recess(day: date) -> date:
    """The court is closed from 20 December to 6 January and at weekends."""
    while day.weekday() > 4 or date(2026, 12, 20) <= day <= date(2027, 1, 6):
        day += timedelta(days=1)
    return day


def test_the_answer_is_due_thirty_days_on() -> None:
    assert lifecycle.due_day(date(2026, 11, 4), open_after_recess) == date(2026, 12, 4)


def test_a_due_day_in_the_recess_moves_to_the_first_open_day() -> None:
    assert lifecycle.due_day(date(2026, 11, 24), open_after_recess) == date(2027, 1, 7)


def test_an_extension_gives_thirty_days_more() -> None:
    assert lifecycle.extended_day(date(2026, 11, 4), open_after_recess) == date(2026, 12, 4)


def test_nothing_is_answered_before_somebody_looked_at_it() -> None:
    assert not is_legal(Status.RECEIVED, Status.ANSWERED)
    assert not is_legal(Status.RECEIVED, Status.FORWARDED)


def test_nothing_is_solved_before_it_was_answered() -> None:
    assert [s for s in Status if is_legal(s, Status.SOLVED)] == [Status.ANSWERED]


@pytest.mark.parametrize("status", sorted(CLOSED))
def test_what_is_closed_can_only_be_looked_at_again(status: Status) -> None:
    assert moves_from(status) == (Status.IN_REVIEW,)


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_a_name_and_a_way_on(status: Status) -> None:
    assert lifecycle.STATUS_NAMES[status]
    assert moves_from(status)
    assert status not in moves_from(status)


@pytest.mark.parametrize(
    ("status", "left", "words"),
    [
        (Status.RECEIVED, 12, "Vence em 12 dias"),
        (Status.RECEIVED, 1, "Vence amanhã"),
        (Status.FORWARDED, 0, "Vence hoje"),
        (Status.IN_REVIEW, -1, "Vencido há 1 dia"),
        (Status.IN_REVIEW, -3, "Vencido há 3 dias"),
        (Status.ANSWERED, -3, "Respondida"),
        (Status.SOLVED, -3, "Encerrada"),
    ],
)
def test_the_deadline_is_said_in_words(status: Status, left: int, words: str) -> None:
    assert lifecycle.deadline_words(status, left) == words
