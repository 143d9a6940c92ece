"""What the OpenAPI document says holds for any input, on both databases (Schemathesis)."""

import pytest

from tests import openapi_run

pytestmark = pytest.mark.filterwarnings("ignore")  # of Schemathesis about what it generates


def test_the_document_tells_the_truth_about_any_input(any_database: str) -> None:
    done = openapi_run.run(max_examples=1)
    assert not done.failures
    assert done.cases > 500


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_it_does_for_five_thousand_inputs(any_database: str) -> None:
    done = openapi_run.run(max_examples=60, seed=2)
    assert not done.failures
    assert done.cases >= 5_000
