"""A process rehearses at its start what is done with times, and nothing of it stays."""

import asyncio
from types import ModuleType

import pytest
from sqlmodel import Session, SQLModel, func, select

from canais_app.agenda import service
from canais_app.agenda.lifecycle import approving
from canais_app.agenda.models import Agenda
from canais_app.jobs import rehearsal
from canais_app.kit import db
from tests.factories import agenda as make


def rows(session: Session) -> dict[str, int]:
    """How many rows each table has."""
    tables = SQLModel.metadata.sorted_tables
    return {t.name: session.exec(select(func.count()).select_from(t)).one() for t in tables}


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The verbs that were done meanwhile, to the end, taken back or not."""
    done: list[str] = []

    def note(room: ModuleType, verb: str) -> None:
        does = getattr(room, verb)

        def noting(*words: object, **more: object) -> object:
            made = does(*words, **more)
            done.append(verb)
            return made

        monkeypatch.setattr(room, verb, noting)

    for verb in ("hold", "book_as_sent", "move", "join", "cancel"):
        note(service, verb)
    note(approving, "approve")
    return done


def test_each_verb_is_walked_and_taken_back(any_database: str, walked: list[str]) -> None:
    db.run(lambda session: make.agenda(session, [make.window(day) for day in range(7)]).id)
    before = db.run_reading(rows)
    asyncio.run(rehearsal.run())
    once = ["hold", "book_as_sent", "move", "join", "cancel", "book_as_sent", "approve"]
    assert walked == once * rehearsal.TIMES
    assert db.run_reading(rows) == before


def test_without_a_free_time_nothing_is_rehearsed(database: object, walked: list[str]) -> None:
    def close(session: Session) -> None:
        made = make.agenda(session)
        session.get_one(Agenda, made.id).published = False

    db.run(close)
    asyncio.run(rehearsal.run())
    assert walked == []
