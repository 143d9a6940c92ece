"""Public outages: only probable failures, confirmed by a notice of maintenance."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

import canais_app.canais_app  # noqa: F401 (every page says what it follows)
from canais_app import wiring
from canais_app.complaints.public_status.outages import OutageCache, read_outages
from canais_app.directory import hooks, unit_page, unit_search
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Unit
from canais_app.kit import clock, live
from tests.factories import figures as factory
from tests.factories.directory import make_notice

MINUTE = timedelta(minutes=1)


@pytest.fixture
def unit(session: Session, now: datetime) -> Unit:
    """A secretaria in Sinop with one complaint every morning for sixty days."""
    made = factory.make_unit(
        session, "Secretaria da 1ª Vara", factory.make_comarca(session), now=now
    )
    factory.make_daily_complaints(session, made.id or 0, now=now)
    return made


def _burst(
    session: Session, unit: Unit, now: datetime, count: int, channel: str = ChannelKind.WHATSAPP
) -> None:
    for n in range(count):
        factory.make_complaint(session, now - (5 + 8 * n) * MINUTE, unit.id or 0, channel=channel)


def _maintenance(session: Session, unit: Unit, now: datetime, channel: str) -> None:
    make_notice(
        session,
        "Troca de aparelho",
        kind="manutencao",
        unit_id=unit.id,
        channel_kind=channel,
        starts_at=now - MINUTE,
    )


def test_a_probable_failure_is_public_with_its_channel_and_hour(
    session: Session, unit: Unit, now: datetime
) -> None:
    _burst(session, unit, now, 5)
    (trouble,) = read_outages(session, now).values()
    assert trouble.status == "relatada"
    assert trouble.words == "Instabilidade relatada por usuários: WhatsApp, desde 13h23."


def test_a_possible_failure_is_not_public(session: Session, unit: Unit, now: datetime) -> None:
    _burst(session, unit, now, 2)
    assert read_outages(session, now) == {}


def test_a_maintenance_notice_for_the_channel_confirms_the_outage(
    session: Session, unit: Unit, now: datetime
) -> None:
    _burst(session, unit, now, 5)
    _maintenance(session, unit, now, ChannelKind.WHATSAPP)
    assert read_outages(session, now)[unit.id or 0] == hooks.Outage(
        "confirmada", "Instabilidade confirmada: WhatsApp, desde 13h23."
    )


def test_a_maintenance_notice_for_another_channel_confirms_nothing(
    session: Session, unit: Unit, now: datetime
) -> None:
    _burst(session, unit, now, 5)
    _maintenance(session, unit, now, ChannelKind.PHONE)
    assert read_outages(session, now)[unit.id or 0].status == "relatada"


def test_two_failing_channels_are_both_named(session: Session, unit: Unit, now: datetime) -> None:
    _burst(session, unit, now, 5)
    _burst(session, unit, now, 5, ChannelKind.PHONE)
    _maintenance(session, unit, now, ChannelKind.PHONE)
    trouble = read_outages(session, now)[unit.id or 0]
    assert trouble.status == "confirmada"
    assert "relatada por usuários: WhatsApp" in trouble.words
    assert "confirmada: Telefone" in trouble.words


def test_a_unit_closed_by_portaria_has_no_outage(
    session: Session, unit: Unit, now: datetime
) -> None:
    _burst(session, unit, now, 5)
    make_notice(session, "Fórum sem energia", unit_id=unit.id, starts_at=now - MINUTE)
    assert read_outages(session, now) == {}


def test_cards_and_unit_pages_show_an_outage_and_update_once_per_change(
    session: Session, unit: Unit, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, emitted = OutageCache(), list[str]()
    monkeypatch.setattr(hooks, "hooks", hooks.Hooks())
    monkeypatch.setattr(live.broadcaster, "on_change", emitted.append)
    monkeypatch.setattr(clock, "now", lambda: now)
    hooks.register_outages(cache.outages_of_units)
    session.commit()
    assert not asyncio.run(cache.refresh())
    _burst(session, unit, now, 5)
    session.commit()
    assert not asyncio.run(cache.refresh()), "nothing is stale"
    cache.on_change("complaints:all")
    assert asyncio.run(cache.refresh())
    cache.on_change("complaints:all")
    assert not asyncio.run(cache.refresh()), "it is no other trouble than before"
    assert emitted == [hooks.OUTAGES_TOPIC]
    (card,) = unit_search.find_units(session, "secretaria sinop", now=now).items
    page = unit_page.load_unit_page(session, unit.slug, now=now)
    assert card.status == page.card.status == "relatada"
    assert card.open_tone == "warn"


def test_views_with_cards_depend_on_outages() -> None:
    wiring.connect_screens()
    assert set(live.broadcaster.dependents[hooks.OUTAGES_TOPIC]) >= {"finder", "directory"}
