"""A server adds each change to the figures it keeps: they equal a computation from all counts."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlmodel import Session

from canais_app.complaints import rollups
from canais_app.complaints.analysis import state
from canais_app.complaints.analysis.query import AnalysisQuery
from canais_app.complaints.statistics import figures
from canais_app.complaints.statistics.columns import FactStore, fact_store
from canais_app.complaints.statistics.figures import Analysis, build_analysis
from canais_app.complaints.statistics.filters import Scope
from canais_app.directory.models import VERSION, Unit
from canais_app.expediente.queries import VERSIONS
from canais_app.kit.cache_version import read_tokens
from tests.factories import figures as factory

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CHANNELS, KINDS = ("whatsapp", "telefone", ""), ("sem_resposta", "nao_completa", "outro")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> FactStore:
    """The process's facts, kept as a server keeps them, and no figures yet."""
    monkeypatch.setattr(fact_store, "keeps", True)
    monkeypatch.setattr(fact_store, "facts", None)
    monkeypatch.setattr(figures, "_kept", {})
    return fact_store


@pytest.fixture
def units(session: Session, now: datetime) -> list[Unit]:
    """Two units of Sinop and one of Cuiabá, each with a complaint a day."""
    places = [factory.make_comarca(session), factory.make_comarca(session, "Cuiabá")]
    made = [factory.make_unit(session, f"{n}ª Vara", places[n // 2], now=now) for n in range(3)]
    for unit in made:
        factory.make_daily_complaints(session, unit.id or 0, now=now, days=150)
    VERSION.renew_token(session)
    for table, token in zip(VERSIONS, read_tokens(session, *VERSIONS), strict=True):
        if not token:
            session.execute(insert(table).values(id=1, token=f"{table.name:.8}-0"))
    session.commit()
    return made


def _change(session: Session, units: list[Unit], chance: random.Random, now: datetime) -> None:
    """File, answer or rate a complaint, of any time."""
    back = chance.choice((0, 0, 0, 1, 3, 26, 24 * 7, 24 * 40, 24 * 100))
    row = factory.make_complaint(
        session,
        now - back * HOUR,
        chance.choice(units).id or 0,
        channel=chance.choice(CHANNELS),
        kind=chance.choice(KINDS),
    )
    row.created_at = now
    if chance.random() < 0.2:
        rollups.count_answer(session, row, now=now)
    if chance.random() < 0.2:
        row.rated_at, row.is_resolved = now, chance.random() < 0.5
    session.commit()


def _numbers(found: Analysis) -> dict[str, Any]:
    rows = {row.unit.slug: row for row in found.rows if row.unit}
    return {
        "totals": found.totals,
        "rows": {slug: vars(row) for slug, row in rows.items()},
        "order": [found.rows.units[n].slug for n in found.rows.sort("-taxa")],
        "series": found.series,
        "heat": found.heat,
        "channels": found.channels,
        "kinds": found.kinds,
        "phi": round(found.phi, 9),
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(each) for each in value]
    return _rounded(vars(value)) if hasattr(value, "__dataclass_fields__") else value


def test_figures_after_each_of_many_changes_equal_a_computation_from_all_counts(
    session: Session,
    units: list[Unit],
    store: FactStore,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chance, reads = random.Random(7), 0
    read_base = figures._read_base

    def count_reads(*given: Any) -> Any:
        nonlocal reads
        reads += 1
        return read_base(*given)

    monkeypatch.setattr(figures, "_read_base", count_reads)
    scopes = (
        Scope("28d"), Scope("24h"), Scope("7d", comarca="sinop"), Scope("ano", channel="telefone"),
        Scope("28d", unit=units[2].slug), Scope("hoje", kind="tecnica"),
        Scope("datas", first=now.date() - 40 * DAY, last=now.date() - 20 * DAY),
    )  # fmt: skip
    computed = 0
    for _ in range(60):
        now += chance.choice((7, 11, 40, 400)) * timedelta(seconds=1)
        if chance.random() < 0.1:
            now += chance.choice((HOUR, 9 * HOUR, DAY))
        _change(session, units, chance, now)
        for scope in scopes:
            kept = build_analysis(session, scope, compare="", now=now)
            computed += 1
            store.keeps = False
            whole = build_analysis(session, scope, compare="", now=kept.at)
            store.keeps, reads = True, reads - 1
            assert _rounded(_numbers(kept)) == _rounded(_numbers(whole)), scope
    assert reads < computed / 2, "most changes were added, not read anew"


def test_a_room_is_sent_what_changed_for_it_and_nothing_else(
    session: Session, units: list[Unit], store: FactStore, now: datetime
) -> None:
    assert store.keeps
    rooms = {
        name: f"complaints:all#{AnalysisQuery(scope).to_query()}"
        for name, scope in (
            ("state", Scope("28d")),
            ("sinop", Scope("28d", comarca="sinop")),
            ("cuiaba", Scope("28d", comarca="cuiaba")),
            ("telefone", Scope("28d", channel="telefone")),
        )
    }

    def sent(moment: datetime) -> set[str]:
        return {name for name, room in rooms.items() if state._read(session, room, moment)}

    assert sent(now) == set(rooms)
    assert sent(now) == set()
    factory.make_complaint(session, now, units[0].id or 0).created_at = now
    session.commit()
    assert sent(now + timedelta(seconds=1)) == {"state", "sinop"}
    later = now + figures.MAX_AGE + timedelta(seconds=2)
    assert sent(later) == set(rooms), "the period has moved on"


def test_the_present_hour_counts_whole(session: Session, units: list[Unit], now: datetime) -> None:
    at = now + timedelta(minutes=30)
    before = build_analysis(session, Scope("28d"), now=at)
    for minute in range(4):
        factory.make_complaint(session, now + timedelta(minutes=minute), units[0].id or 0)
    session.flush()
    after = build_analysis(session, Scope("28d"), now=at)
    assert after.series[-1].seen == before.series[-1].seen + 4
    assert sum(point.seen for point in after.series) == after.totals.now.seen
