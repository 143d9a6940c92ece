"""A process rehearses a booking at its start, and nothing of it stays."""

import asyncio

import pytest
from sqlmodel import Session, SQLModel, func, select

from canais_app.agenda import service
from canais_app.agenda.models import Agenda
from canais_app.jobs import rehearsal
from canais_app.kit import db
from tests.factories import agenda as make


def rows(session: Session) -> dict[str, int]:
    """How many rows each table has."""
    tables = SQLModel.metadata.sorted_tables
    return {t.name: session.exec(select(func.count()).select_from(t)).one() for t in tables}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The codes of what was booked meanwhile, taken back or not."""
    codes: list[str] = []
    book = service.book_as_sent

    def noting(*words: object, **more: object) -> service.Booked:
        booked = book(*words, **more)  # type: ignore[arg-type]
        codes.append(booked.code)
        return booked

    monkeypatch.setattr(service, "book_as_sent", noting)
    return codes


def test_a_whole_booking_is_walked_and_taken_back(any_database: str, asked: list[str]) -> None:
    db.run(lambda session: make.agenda(session, [make.window(day) for day in range(7)]).id)
    before = db.run_reading(rows)
    asyncio.run(rehearsal.run())
    assert len(asked) == rehearsal.TIMES
    assert db.run_reading(rows) == before


def test_without_a_free_time_nothing_is_rehearsed(database: object, asked: list[str]) -> None:
    def close(session: Session) -> None:
        made = make.agenda(session)
        session.get_one(Agenda, made.id).published = False

    db.run(close)
    asyncio.run(rehearsal.run())
    assert asked == []
