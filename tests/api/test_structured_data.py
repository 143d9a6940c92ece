"""The structured data of unit pages speaks schema.org's own words."""

import json
import re
from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from canais_app.api import app as api
from canais_app.directory.models import Unit
from canais_app.kit import clock
from tests.factories import directory as make
from tests.vocabulary import Vocabulary, read_vocabulary

NOW = datetime(2026, 12, 1, 14, 0, tzinfo=clock.TZ)
JSON_LD = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    return read_vocabulary()


@pytest.fixture
def units(session: Session, monkeypatch: pytest.MonkeyPatch) -> dict[str, Unit]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    found = make.make_small_directory(session)
    found["registry"].address = "Praça dos Três Poderes, 175"
    found["registry"].accessibility = {"rampa": {"has": "sim"}, "elevador": {"has": "nao"}}
    found["forum"].hours = {str(day): [["00:00", "24:00"]] for day in range(7)}
    found["sole"].hours = {"0": [["22:00", "24:00"]], "1": [["00:00", "06:00"]]}
    make.make_notice(
        session, "Fechado pela manhã.", unit_id=found["civil"].id,
        starts_at=datetime(2026, 12, 3, 12, tzinfo=clock.TZ),
        ends_at=datetime(2026, 12, 3, 16, tzinfo=clock.TZ),
    )  # fmt: skip
    session.commit()
    return found


def test_each_unit_uses_types_and_properties_of_schema_org(
    words: Vocabulary, units: dict[str, Unit]
) -> None:
    client = TestClient(api.create_app())
    for unit in units.values():
        (found,) = JSON_LD.findall(client.get(f"/unidade/{unit.slug}").text)
        data = json.loads(found)
        assert data.pop("@context") == "https://schema.org"
        assert list(words.faults(data)) == [], unit.name
        assert data["contactPoint"]


@pytest.mark.parametrize(
    ("node", "fault"),
    [
        ({"@type": "Courthouse", "contactPoint": {"@type": "ContactPoint"}}, "contactPoint"),
        ({"@type": "Tribunal"}, "Tribunal"),
        ({"@type": "GovernmentOffice", "address": {"@type": "ContactPoint"}}, "não aceita"),
        ({"@type": "OpeningHoursSpecification", "dayOfWeek": "segunda"}, "segunda"),
        ({"@type": "LocationFeatureSpecification", "value": True, "nome": "x"}, "nome"),
    ],
)
def test_what_is_not_of_schema_org_is_found(
    words: Vocabulary, node: dict[str, object], fault: str
) -> None:
    assert any(fault in said for said in words.faults(node))
