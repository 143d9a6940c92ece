"""What one socket may send."""

from canais_app.kit import sockets
from canais_app.kit.sockets import EventBudget


def test_a_burst_is_allowed_then_a_steady_rate() -> None:
    budget = EventBudget()
    at_once = sum(budget.take("a", now=0.0) for _ in range(1000))
    assert at_once == sockets.EVENTS_AT_ONCE
    steady = sum(budget.take("a", now=moment / 100) for moment in range(1, 1001))
    assert abs(steady - 10 * sockets.EVENTS_PER_SECOND) <= 1
    assert budget.take("b", now=0.0)


def test_a_person_never_reaches_the_limit_and_a_closed_socket_is_forgotten() -> None:
    budget = EventBudget()
    assert all(budget.take("a", now=number / 10) for number in range(10_000))
    budget.forget("a")
    assert not budget._left
