"""Evidence for the Ranking da Transparência: every unit, what it publishes, when it was checked."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, col, select

from canais_app.api import app as api
from canais_app.directory.models import Channel, Unit
from canais_app.directory.transparency import COLUMNS, load_evidence
from canais_app.kit import clock
from tests.factories import directory as make

NOW = datetime(2026, 12, 1, 14, 0, tzinfo=clock.TZ)


@pytest.fixture
def units(session: Session, monkeypatch: pytest.MonkeyPatch) -> dict[str, Unit]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    found = make.make_small_directory(session)
    phone, email = (
        session.exec(
            select(Channel).where(
                col(Channel.unit_id) == found["sole"].id, col(Channel.kind) == kind
            )
        ).one()
        for kind in ("telefone", "email")
    )
    phone.retired_at = NOW
    email.verified_at = NOW - timedelta(days=91)
    session.commit()
    return found


def test_each_unit_is_counted_once_in_its_place(session: Session, units: dict[str, Unit]) -> None:
    evidence = load_evidence(session, now=NOW)
    assert evidence.total.units == len(units) == sum(row.units for row in evidence.places)
    assert evidence.total.phone == len(units) - 1
    assert (evidence.total.hours, evidence.total.counter) == (len(units), 1)
    assert evidence.total.fresh == len(units) - 1
    assert evidence.places[-1].name == "2º grau e núcleos"


def test_the_file_has_every_unit_with_the_moment(units: dict[str, Unit]) -> None:
    answer = TestClient(api.create_app()).get("/transparencia.csv")
    assert 'filename="transparencia-2026-12-01.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert set(rows[0]) == set(COLUMNS)
    assert {row["codigo"] for row in rows} == {unit.code for unit in units.values()}
    assert {row["emitido_em"] for row in rows} == {"2026-12-01T14:00:00-04:00"}
    (row,) = (row for row in rows if row["codigo"] == units["sole"].code)
    assert (row["telefone"], row["verificado_em"]) == ("", "2026-09-01")
    assert row["horario"] == "segunda a sexta, das 12h às 19h"


def test_the_page_counts_by_comarca_and_lists_units(units: dict[str, Unit]) -> None:
    client = TestClient(api.create_app())
    page = client.get("/transparencia").text
    assert "01/12/2026" in page
    assert 'href="/transparencia?comarca=2o-grau"' in page
    units_of_vera = client.get("/transparencia", params={"comarca": "vera"}).text
    assert "há mais de 90 dias" in units_of_vera
    assert "não publica" in units_of_vera
    assert client.get("/transparencia", params={"comarca": "atlantida"}).status_code == 404
