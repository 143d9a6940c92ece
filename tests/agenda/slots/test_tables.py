"""The slot rule as tables: each row's rules and what is taken in, its starts out."""

import pytest

from canais_app.kit import clock
from tests.agenda.slots.cases import Case, free_starts, plan_of
from tests.agenda.slots.tables import CASES


def test_the_tables_have_enough_rows() -> None:
    assert len(CASES) >= 120
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_slots(case: Case) -> None:
    assert " ".join(f"{clock.to_local(start):%H:%M}" for start in free_starts(case)) == case.starts
    if case.state:
        assert plan_of(case).state == case.state
