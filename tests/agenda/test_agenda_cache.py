"""The cache of rules is invalidated by every write, also by plain SQL."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import Session

from canais_app.agenda import queries
from canais_app.agenda.availability import rule_values
from canais_app.agenda.errors import AgendaNotFoundError
from canais_app.agenda.models import AgendaBlock
from canais_app.kit import cache_version, clock, db
from tests.factories import agenda as make

BY_HAND = sa.text(
    "INSERT INTO agenda_block (agenda_id, starts_at, ends_at, reason) VALUES (:id, :a, :b, '')"
)


def _agenda() -> tuple[int, str]:
    def made(session: Session) -> tuple[int, str]:
        agenda = make.make_agenda(session, [make.make_window(day) for day in range(7)])
        return agenda.id or 0, agenda.slug

    return db.write_sync(made)


def free(session: Session, slug: str, now: datetime) -> int:
    day = clock.to_local_day(now) + timedelta(days=2)
    return len(queries.list_open_slots(session, slug, day, day, now=now))


def whole_day(now: datetime) -> tuple[datetime, datetime]:
    day = clock.to_local_day(now) + timedelta(days=2)
    return clock.from_wall_clock(day, 0), clock.from_wall_clock(day + timedelta(days=1), 0)


def test_a_second_read_uses_the_cached_rules(any_database: str, now: datetime) -> None:
    _, slug = _agenda()
    asked: list[str] = []
    assert db.read_sync(free, slug, now)
    event.listen(db.get_engine(), "before_cursor_execute", lambda *one: asked.append(one[2]))
    assert db.read_sync(free, slug, now)
    assert asked
    assert not [one for one in asked if "FROM agenda_" in one]


def test_a_new_database_has_a_version_to_renew(any_database: str) -> None:
    """Without one the cache would never be used, as after the demonstration's bulk writes."""
    assert any_database
    assert all(db.read_sync(cache_version.read_tokens, rule_values.CACHE_VERSION_TABLE))


def test_a_block_written_by_plain_sql_invalidates_the_cache(
    any_database: str, now: datetime
) -> None:
    key, slug = _agenda()
    assert db.read_sync(free, slug, now)
    since, until = whole_day(now)
    is_sqlite = any_database == "sqlite"
    written = (f"{one:%Y-%m-%d %H:%M:%S}.000000" if is_sqlite else one for one in (since, until))
    with db.get_engine().begin() as connection:
        connection.execute(BY_HAND, {"id": key, **dict(zip("ab", written, strict=True))})
    assert db.read_sync(free, slug, now) == 0


def test_a_title_written_by_plain_sql_invalidates_the_cache(
    any_database: str, now: datetime
) -> None:
    assert any_database
    key, slug = _agenda()
    assert db.read_sync(queries.load_agenda_view, slug, now=now).title != "Outro nome"
    with db.get_engine().begin() as connection:
        connection.execute(
            sa.text("UPDATE agenda SET title = 'Outro nome' WHERE id = :id"), {"id": key}
        )
    assert db.read_sync(queries.load_agenda_view, slug, now=now).title == "Outro nome"


def test_an_unpublished_agenda_is_not_found(any_database: str, now: datetime) -> None:
    assert any_database
    key, slug = _agenda()
    assert db.read_sync(queries.load_agenda_view, slug, now=now).slug == slug
    with db.get_engine().begin() as connection:
        connection.execute(
            sa.text("UPDATE agenda SET published = false WHERE id = :id"), {"id": key}
        )
    with pytest.raises(AgendaNotFoundError):
        db.read_sync(queries.load_agenda_view, slug, now=now)
    assert not db.read_sync(queries.load_by_id, key, now=now).row.published


def test_a_rolled_back_change_is_not_cached(any_database: str, now: datetime) -> None:
    key, slug = _agenda()
    before = db.read_sync(free, slug, now)
    since, until = whole_day(now)

    def block_and_look(session: Session) -> None:
        session.add(AgendaBlock(agenda_id=key, starts_at=since, ends_at=until, reason=""))
        assert free(session, slug, now) == 0
        raise LookupError

    with pytest.raises(LookupError):
        db.write_sync(block_and_look)
    assert db.read_sync(free, slug, now) == before > 0
