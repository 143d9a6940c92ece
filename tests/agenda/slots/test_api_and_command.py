"""The API and `canais slots` agree with the rule on every row of the tables."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from canais_app.agenda import queries
from canais_app.kit import clock, db
from tests.agenda.slots.cases import Case, plan_of
from tests.agenda.slots.conftest import Run
from tests.agenda.slots.stored import store
from tests.agenda.slots.tables import CASES


def expected_of(case: Case) -> list[tuple[str, str, int]]:
    return [
        (clock.to_rfc3339(slot.start), clock.to_rfc3339(slot.end), len(slot.seats))
        for slot in plan_of(case).slots
        if slot.is_free
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_api_and_the_command_agree_with_the_rule(
    case: Case, database: Path, api: TestClient, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: case.now)
    slug = db.write_sync(store, case)
    day = case.day.isoformat()
    answer = api.get(f"/api/v1/agendas/{slug}/slots", params={"from": day, "to": day})
    items = answer.json()["items"]
    assert [(item["start"], item["end"], item["free"]) for item in items] == expected_of(case)
    assert [f"{datetime.fromisoformat(item['start']):%H:%M}" for item in items] == (
        case.starts.split()
    )
    code, out, err = run("slots", slug, "--from", day, "--to", day, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["items"] == items


@pytest.mark.slow
def test_both_databases_agree_with_the_rule(any_database: str) -> None:
    for case in CASES:
        with Session(db.get_engine()) as session:  # not committed
            slug = store(session, case)
            found = queries.list_open_slots(session, slug, case.day, case.day, now=case.now)
        listed = [(slot.start, slot.end, slot.free) for slot in found]
        assert listed == expected_of(case), case.name
