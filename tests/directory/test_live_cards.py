"""Which searches hear of a changed unit: those that show it, each once, and no others."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.directory import unit_search
from canais_app.directory.finder import live_view
from canais_app.directory.finder.card_tracker import CardTracker
from canais_app.directory.models import Channel, Unit
from canais_app.directory.unit_search import UnitFilters
from canais_app.kit import last_shown
from tests.factories import directory as make

SINOP, CUIABA = (
    f"{live_view.TOPIC}#{live_view.search_variant(q, UnitFilters(), 20)}"
    for q in ("sinop", "cuiabá")
)
ROOMS = (SINOP, CUIABA, live_view.TOPIC)


@pytest.fixture
def units(session: Session) -> dict[str, Unit]:
    return make.make_small_directory(session)


@pytest.fixture
def shown(session: Session, now: datetime, units: dict[str, Unit]) -> CardTracker:
    """Two searches on somebody's screen."""
    made = CardTracker()
    for room, words in ((SINOP, "sinop"), (CUIABA, "cuiabá")):
        made.update(room, unit_search.find_units(session, words, now=now).items)
    return made


def _call_elsewhere(session: Session, unit: Unit) -> None:
    row = session.exec(select(Channel).where(col(Channel.unit_id) == unit.id)).first()
    assert row is not None
    row.value = "+5566999990777"
    session.add(row)
    session.flush()


def test_a_changed_contact_updates_the_searches_that_show_it(
    session: Session, now: datetime, shown: CardTracker, units: dict[str, Unit]
) -> None:
    assert shown.rooms_with_changes(session, ROOMS, now) == []
    _call_elsewhere(session, units["registry"])
    assert shown.rooms_with_changes(session, ROOMS, now) == [SINOP]
    fresh = unit_search.find_units(session, "sinop", now=now).items
    assert shown.update(SINOP, fresh) == f"Os dados de {units['registry'].name} mudaram."
    assert shown.rooms_with_changes(session, ROOMS, now) == []


def test_a_retired_unit_updates_searches_and_time_alone_does_not(
    session: Session, now: datetime, shown: CardTracker, units: dict[str, Unit]
) -> None:
    assert shown.rooms_with_changes(session, ROOMS, now + timedelta(hours=9)) == []
    units["family"].active = False
    session.add(units["family"])
    session.flush()
    assert shown.rooms_with_changes(session, ROOMS, now) == [CUIABA]


def test_an_evicted_search_is_updated(
    session: Session, now: datetime, shown: CardTracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Because one search too many is better than a contact that has changed."""
    monkeypatch.setattr(last_shown, "MAX_ROOMS", 1)
    shown.update(CUIABA, [])
    assert shown.rooms_with_changes(session, ROOMS, now) == [SINOP]


def test_reading_a_room_stores_its_cards(
    session: Session, now: datetime, units: dict[str, Unit]
) -> None:
    live_view.read_room(session, SINOP, now)
    _call_elsewhere(session, units["registry"])
    assert live_view.read_room(session, SINOP, now)["news"] == (
        f"Os dados de {units['registry'].name} mudaram."
    )
