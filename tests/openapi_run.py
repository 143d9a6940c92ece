"""Run Schemathesis over the OpenAPI document, with every check and the key of an administrator."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import schemathesis
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events
from sqlmodel import Session

from canais_app.accounts.roles import Permission, Role
from canais_app.api.edge import RequestMiddleware
from canais_app.demo.seed import seed_demo
from canais_app.kit import clock, db
from tests.factories.accounts import make_api_key
from tests.people import Person
from tests.portal import shared_app

CONFIG = Path(__file__).parents[1] / "schemathesis.toml"
OWNER = Person("Programa", "api@exemplo.invalid", (Role.ADMIN, Role.CORREGEDORIA))


@dataclass
class Outcome:
    """How many cases ran, and each kind of failure once, with a call that shows it."""

    cases: int = 0
    failures: dict[tuple[str, str, str], str] = field(default_factory=dict)


def run(max_examples: int, *, seed: int = 1) -> Outcome:
    """Fill the process's database with the demonstration and try every call in process."""
    db.write_sync(seed_demo, clock.now())
    wanted = tomllib.loads(CONFIG.read_text("utf-8")) | {
        "seed": seed,
        "continue-on-failure": True,
        "generation": {"max-examples": max_examples},
        "headers": {"Authorization": f"Bearer {db.write_sync(_create_key)}"},
    }
    config = SchemathesisConfig.from_dict(wanted)
    api = RequestMiddleware(shared_app())
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", api, config=config)
    outcome = Outcome()
    for event in engine.from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            outcome.cases += len(event.recorder.cases)
            outcome.failures |= dict(_failures(event))
        elif isinstance(event, events.NonFatalError | events.FatalError):
            outcome.failures["schemathesis", type(event).__name__, ""] = str(vars(event))
    return outcome


def _failures(event: events.ScenarioFinished) -> Iterator[tuple[tuple[str, str, str], str]]:
    for checks in event.recorder.checks.values():
        for check in checks:
            if check.failure_info is not None:
                found = check.failure_info.failure
                key = (event.recorder.label, check.name, found.message.splitlines()[0])
                yield key, f"{found.message}\n{check.failure_info.code_sample}"


def _create_key(session: Session) -> str:
    return make_api_key(session, OWNER, list(Permission))
