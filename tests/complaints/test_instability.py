"""Public outages of cards and pages, from situations, incidents and maintenance."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

import canais_app.canais_app  # noqa: F401 (every page says what it follows)
from canais_app import wiring
from canais_app.complaints import rollups
from canais_app.complaints.public_status.outages import OutageCache, read_outages
from canais_app.directory import hooks, unit_page, unit_search
from canais_app.directory.models import Channel, Unit
from canais_app.kit import clock, live
from tests.factories import figures as factory
from tests.factories.directory import make_notice
from tests.factories.situations import make_situation

MINUTE = timedelta(minutes=1)


@pytest.fixture
def unit(session: Session, now: datetime) -> Unit:
    """A secretaria in Sinop."""
    place = factory.make_comarca(session)
    return factory.make_unit(session, "Secretaria da 1ª Vara", place, now=now)


def test_a_reported_failure_is_public_with_its_channel_and_hour(
    session: Session, unit: Unit, now: datetime
) -> None:
    make_situation(session, unit, now=now)
    assert read_outages(session, now)[unit.id or 0] == hooks.Outage(
        "relatada",
        "Instabilidade relatada por usuários: WhatsApp, desde 13h30.",
        {"whatsapp": "Instabilidade relatada por usuários desde 13h30, 5 pessoas"},
    )


def test_two_failing_channels_are_both_named_and_the_confirmed_one_leads(
    session: Session, unit: Unit, now: datetime
) -> None:
    make_situation(session, unit, now=now)
    make_situation(session, unit, now=now, channel="telefone", confirmed_at=now)
    found = read_outages(session, now)[unit.id or 0]
    assert found.status == "confirmada"
    assert "relatada por usuários: WhatsApp" in found.words
    assert "confirmada: Telefone" in found.words


def test_a_declared_maintenance_is_no_instability(
    session: Session, unit: Unit, now: datetime
) -> None:
    make_situation(session, unit, now=now)
    session.add(Channel(unit_id=unit.id or 0, kind="whatsapp", value="+556530000000"))
    make_notice(
        session,
        "Troca de aparelho",
        kind="manutencao",
        unit_id=unit.id,
        channel_kind="whatsapp",
        starts_at=now - MINUTE,
    )
    assert read_outages(session, now)[unit.id or 0] == hooks.Outage(
        "manutencao",
        "Em manutenção: WhatsApp, desde 13h59.",
        {"whatsapp": "Em manutenção desde 13h59"},
    )


def test_what_works_is_said_only_of_used_channels(
    session: Session, unit: Unit, now: datetime
) -> None:
    make_situation(session, unit, now=now)
    session.add(Channel(unit_id=unit.id or 0, kind="telefone", value="+556530000000"))
    rollups.count_visit(session, unit_id=unit.id or 0, channel="telefone", now=now)
    assert read_outages(session, now)[unit.id or 0].words.endswith(" Funcionam: Telefone.")


def test_cards_and_unit_pages_show_an_outage_and_update_once_per_change(
    session: Session, unit: Unit, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, emitted = OutageCache(), list[str]()
    monkeypatch.setattr(hooks, "hooks", hooks.Hooks())
    monkeypatch.setattr(live.broadcaster, "on_change", emitted.append)
    monkeypatch.setattr(clock, "now", lambda: now)
    hooks.register_outages(cache.outages_of_units)
    for kind in ("whatsapp", "telefone"):
        session.add(Channel(unit_id=unit.id or 0, kind=kind, value="+556530000000"))
    session.commit()
    assert not asyncio.run(cache.refresh())
    make_situation(session, unit, now=now)
    session.commit()
    assert not asyncio.run(cache.refresh()), "nothing is stale"
    cache.on_change("situations:all")
    assert asyncio.run(cache.refresh())
    cache.on_change("situations:all")
    assert not asyncio.run(cache.refresh()), "it is no other trouble than before"
    assert emitted == [hooks.OUTAGES_TOPIC]
    (card,) = unit_search.find_units(session, "secretaria sinop", now=now).items
    page = unit_page.load_unit_page(session, unit.slug, now=now)
    assert card.status == page.card.status == "relatada"
    assert card.open_tone == "warn"
    assert [(c.kind, c.trouble[:24]) for c in page.card.channels] == [
        ("telefone", ""),
        ("whatsapp", "Instabilidade relatada p"),
    ]


def test_views_with_cards_depend_on_outages() -> None:
    wiring.connect_screens()
    assert set(live.broadcaster.dependents[hooks.OUTAGES_TOPIC]) >= {"finder", "directory"}
