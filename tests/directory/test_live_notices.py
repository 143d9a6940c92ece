"""What open pages hear when a notice is published, changed or ended."""

from datetime import datetime, timedelta
from urllib.parse import parse_qs

import pytest
from sqlmodel import Session

import canais_app.canais_app  # noqa: F401 (every page says what it shows)
from canais_app import wiring
from canais_app.complaints.status import state as status
from canais_app.directory import notices
from canais_app.directory.finder import live_view
from canais_app.directory.models import Unit
from canais_app.directory.notices import NoticeAnnouncer
from canais_app.directory.unit import state as unit_view
from canais_app.directory.unit_search import UnitFilters
from canais_app.kit import live
from tests.factories import directory as make

HOUR = timedelta(hours=1)


@pytest.fixture
def units(session: Session) -> dict[str, Unit]:
    return make.make_small_directory(session)


def test_a_notice_and_its_end_are_announced_once(
    session: Session, now: datetime, units: dict[str, Unit]
) -> None:
    bulletin = NoticeAnnouncer()
    assert bulletin.announce_changes("room", notices.list_current_and_announced(session, now)) == ""
    row = make.make_notice(session, "Luz", unit_id=units["jec"].id, starts_at=now)
    said = "Aviso: Fechada, Juizado Especial Cível de Sinop. Luz."
    assert (
        bulletin.announce_changes("room", notices.list_current_and_announced(session, now)) == said
    )
    assert bulletin.announce_changes("room", notices.list_current_and_announced(session, now)) == ""
    row.ends_at = now + HOUR
    session.add(row)
    session.flush()
    assert (
        bulletin.announce_changes("room", notices.list_current_and_announced(session, now)) == said
    )  # it has an end now
    over = bulletin.announce_changes(
        "room", notices.list_current_and_announced(session, now + HOUR)
    )
    assert over == "Aviso encerrado: Fechada, Juizado Especial Cível de Sinop."


def test_several_changes_at_once_are_counted(
    session: Session, now: datetime, units: dict[str, Unit]
) -> None:
    bulletin = NoticeAnnouncer()
    bulletin.announce_changes("room", [])
    make.make_notice(session, "Luz", starts_at=now)
    make.make_notice(session, "Obras", starts_at=now)
    assert (
        bulletin.announce_changes("room", notices.list_current_and_announced(session, now))
        == "2 avisos mudaram."
    )


def test_a_new_room_compares_with_its_topic(
    session: Session, now: datetime, units: dict[str, Unit]
) -> None:
    bulletin = NoticeAnnouncer()
    bulletin.announce_changes("finder:all", [])
    make.make_notice(session, "Luz", starts_at=now)
    for room in ("finder:all#q=sinop&n=20", "finder:all#q=vera&n=20"):
        assert bulletin.announce_changes(
            room, notices.list_current_and_announced(session, now)
        ).startswith("Aviso: Fechada")


def test_a_closure_updates_the_cards_of_a_search(
    session: Session, now: datetime, units: dict[str, Unit]
) -> None:
    name = live_view.search_variant("juizado sinop", UnitFilters(channel="whatsapp", degree=1), 40)
    assert parse_qs(name) == {
        "q": ["juizado sinop"],
        "canal": ["whatsapp"],
        "grau": ["1"],
        "n": ["40"],
    }
    make.make_notice(session, "Luz", unit_id=units["jec"].id, starts_at=now)
    values = live_view.read_room(session, f"{live_view.TOPIC}#{name}", now)
    (card,) = values["cards"]  # pyright: ignore[reportGeneralTypeIssues]
    assert (card.slug, card.open_words) == (units["registry"].slug, "Fechada, sem previsão")
    assert values["headline"] == "1 unidade em Sinop"


def test_without_a_search_only_the_notices_are_sent(
    session: Session, now: datetime, units: dict[str, Unit]
) -> None:
    assert live_view.search_variant("", UnitFilters(), 20) == ""
    assert set(live_view.read_room(session, live_view.TOPIC, now)) == {"notices", "news"}


def test_the_unit_and_status_pages_are_reloaded(
    session: Session, now: datetime, units: dict[str, Unit]
) -> None:
    make.make_notice(session, "Luz", unit_id=units["jec"].id, starts_at=now)
    page = unit_view._read(session, f"directory:all#{units['registry'].slug}", now)["page"]
    assert page.card.open_words == "Fechada, sem previsão"  # pyright: ignore[reportAttributeAccessIssue]
    for place in ("", "#comarca=sinop", f"#unidade={units['registry'].slug}"):
        shown = status._read_room(session, f"{status.TOPIC}{place}", now)["cards"]
        assert [(card.level, "Luz" in str(card)) for card in shown] == [("fechada", True)]
    elsewhere = status._read_room(session, f"{status.TOPIC}#comarca=cuiaba", now)
    assert elsewhere["cards"] == []


def test_every_page_with_the_calendar_depends_on_it() -> None:
    wiring.connect_screens()
    assert set(live.broadcaster.dependents["calendar:all"]) >= {
        "finder",
        "directory",
        "status",
        "agenda",
    }
    assert "status" in live.broadcaster.dependents["complaints:all"]
