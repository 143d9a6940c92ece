"""What the rule says of a row of the tables, the API and `canais slots` say too."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from canais_app.kit import clock, db
from tests.agenda.slots.cases import Case, plan_of
from tests.agenda.slots.conftest import Run
from tests.agenda.slots.stored import store
from tests.agenda.slots.tables import CASES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_both_doors_say_what_the_rule_says(
    case: Case, database: Path, api: TestClient, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: case.now)
    slug = db.run(store, case)
    expected = [
        (clock.rfc3339(slot.start), clock.rfc3339(slot.end), len(slot.seats))
        for slot in plan_of(case).slots
        if slot.is_free
    ]
    day = case.day.isoformat()
    answer = api.get(f"/api/v1/agendas/{slug}/slots", params={"from": day, "to": day})
    items = answer.json()["items"]
    assert [(item["start"], item["end"], item["free"]) for item in items] == expected
    assert [f"{datetime.fromisoformat(item['start']):%H:%M}" for item in items] == (
        case.starts.split()
    )
    code, out, err = run("slots", slug, "--from", day, "--to", day, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["items"] == items
