"""No input that the OpenAPI description allows causes an internal error."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error

from tests.portal import shared_app

pytestmark = pytest.mark.usefixtures("database")
schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", shared_app())


@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_input_causes_an_internal_error(case: schemathesis.Case) -> None:
    case.call_and_validate(checks=[not_a_server_error])
