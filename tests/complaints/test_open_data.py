"""Open data: files without small counts, their dictionary, their catalogue."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from canais_app.complaints.models import ComplaintHour
from canais_app.complaints.public_status import open_data
from canais_app.complaints.public_status.datasets import DATASETS
from canais_app.complaints.public_status.suppression import (
    HIDDEN,
    SMALL,
    SUPPRESSION_THRESHOLD,
    format_count,
    publish_count,
    suppress_counts,
)
from canais_app.kit import clock
from tests.factories.complaints import ComplaintsCourt, make_court
from tests.portal import shared_app


@pytest.fixture
def court(session: Session, now: datetime) -> ComplaintsCourt:
    """Two units: 5 and 6 reports by telephone, 1 by WhatsApp, 9 and 3 at the Balcão Virtual."""
    made = make_court(session)
    one, other = made.unit.id or 0, made.other.id or 0
    for unit_id, channel, count in (
        (one, "telefone", 5),
        (other, "telefone", 6),
        (one, "whatsapp", 1),
        (one, "balcao_virtual", 9),
        (other, "balcao_virtual", 3),
    ):
        hour = clock.hour_number(now - timedelta(days=1))
        session.add(
            ComplaintHour(hour=hour, unit_id=unit_id, channel=channel, kind="outro", count=count)
        )
    session.commit()
    return made


@pytest.fixture
def api(court: ComplaintsCourt, session: Session, now: datetime) -> Iterator[TestClient]:
    open_data.write_files(session, now=now)
    yield TestClient(shared_app())
    for path in open_data.file_path("units", "csv").parent.iterdir():
        path.unlink()


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_small_counts_and_those_that_reveal_them_are_hidden(api: TestClient) -> None:
    found = rows(api.get("/api/v1/open-data/complaints.csv").text)
    assert {(row["unidade"], row["canal"]): row["relatos"] for row in found} == {
        ("jecrim-sinop", "telefone"): "5",
        ("1a-vara-sinop", "telefone"): "6",
        ("jecrim-sinop", "whatsapp"): "<5",
        ("jecrim-sinop", "balcao_virtual"): "oculto",
        ("1a-vara-sinop", "balcao_virtual"): "<5",
    }
    totals = rows(api.get("/api/v1/open-data/complaints-state.csv").text)
    assert {row["canal"]: row["relatos"] for row in totals} == {
        "telefone": "11",
        "whatsapp": "<5",
        "balcao_virtual": "12",
    }


def test_the_json_holds_the_same_with_its_licence(api: TestClient) -> None:
    found = api.get("/api/v1/open-data/complaints.json").json()
    assert found["license"].startswith("https://creativecommons.org/")
    assert len(found["items"]) == 5
    assert list(found["items"][0]) == list(DATASETS[2].columns)


def test_units_are_rows_and_points(api: TestClient) -> None:
    table = rows(api.get("/api/v1/open-data/units.csv").text)
    assert [row["unidade"] for row in table] == ["jecrim-sinop", "1a-vara-sinop"]
    assert table[0]["telefone"] == "(66) 3000-0147"
    shapes = api.get("/api/v1/open-data/units.geojson")
    assert shapes.headers["content-type"] == "application/geo+json"
    assert shapes.json()["features"][0]["geometry"]["coordinates"] == [-55.5, -11.8]


def test_files_answer_304_ranges_head_and_other_sites(api: TestClient) -> None:
    path = "/api/v1/open-data/complaints.csv"
    whole = api.get(path, headers={"Accept-Encoding": "identity"})
    assert whole.headers["access-control-allow-origin"] == "*"
    assert api.get(path, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    part = api.get(path, headers={"Range": "bytes=0-2"})
    assert (part.status_code, part.text) == (206, "mes")
    head = api.head(path, headers={"Accept-Encoding": "identity"})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.content))
    packed = api.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == whole.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/open-data/complaints.csv?mes=2026-11", 422),
        ("/api/v1/open-data/complaints.geojson", 404),
        ("/api/v1/open-data/complaints.xlsx", 422),
        ("/api/v1/open-data/people.csv", 422),
        ("/catalogo.jsonld?x=1", 422),
    ],
)
def test_what_is_not_published_is_refused(api: TestClient, path: str, status: int) -> None:
    assert api.get(path).status_code == status


def test_a_file_that_is_missing_is_written_at_once(api: TestClient) -> None:
    open_data.file_path("complaints", "csv").unlink()
    assert "jecrim-sinop" in api.get("/api/v1/open-data/complaints.csv").text


def test_files_are_due_once_a_day(api: TestClient) -> None:
    written = open_data.written_at()
    assert written is not None
    assert not open_data.is_due(written)
    assert open_data.is_due(written + timedelta(days=1))


def test_the_catalogue_names_files_that_exist(api: TestClient) -> None:
    answer = api.get("/catalogo.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    catalogue = json.loads(answer.text)
    assert catalogue["@type"] == "dcat:Catalog"
    for dataset in catalogue["dcat:dataset"]:
        for needed in ("dct:title", "dct:description", "dct:publisher", "dcat:contactPoint"):
            assert dataset[needed]
        if dataset["dct:identifier"] == "status":
            continue
        for distribution in dataset["dcat:distribution"]:
            path = distribution["dcat:downloadURL"]["@id"].partition("/api/")[2]
            assert api.head(f"/api/{path}").status_code == 200


def test_the_dictionary_explains_every_column(api: TestClient) -> None:
    found = api.get("/api/v1/open-data/dictionary.json").json()["items"]
    explained: defaultdict[str, list[str]] = defaultdict(list)
    for row in found:
        assert row["meaning"]
        explained[row["dataset"]].append(row["column"])
    header = api.get("/api/v1/open-data/complaints.csv").text.splitlines()[0]
    assert header.split(",") == explained["complaints"]


def test_a_single_count_is_a_number_from_five_on() -> None:
    assert [publish_count(n) for n in (0, 1, 4, 5, 6)] == [None, None, None, 5, 6]
    assert format_count(3, "pessoa", "pessoas") == "menos de 5 pessoas"
    assert format_count(1234, "pessoa", "pessoas") == "1.234 pessoas"


def possible(shown: int | str) -> range:
    """Return what a reader may think a cell holds, up to 40."""
    if isinstance(shown, int):
        return range(shown, shown + 1)
    return range(1, SUPPRESSION_THRESHOLD) if shown == SMALL else range(SUPPRESSION_THRESHOLD, 41)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=4))
def test_no_small_count_follows_from_the_total(counts: list[int]) -> None:
    public = suppress_counts(counts, ["all"] * len(counts))
    total = public.totals["all"]
    worlds = [
        world
        for world in product(*map(possible, public.cells))
        if total in (sum(world), HIDDEN) or (total == SMALL and sum(world) < SUPPRESSION_THRESHOLD)
    ]
    assert tuple(counts) in worlds
    for at, count in enumerate(counts):
        if count < SUPPRESSION_THRESHOLD and sum(counts) >= SUPPRESSION_THRESHOLD:
            assert len({world[at] for world in worlds}) > 1
