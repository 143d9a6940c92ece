"""Rows inserted with plain SQL, as an operator does with psql, are read at once."""

from datetime import date, datetime

from sqlalchemy import text

from canais_app.expediente.calendar import Location
from canais_app.expediente.models import CalendarDay, Effect
from canais_app.expediente.queries import load_calendar
from canais_app.kit import db

DAY = date(2026, 11, 25)
WRITE = (
    "INSERT INTO calendar_day (first_day, last_day, effect, name, act, source) "
    "VALUES ('2026-11-25', '2026-11-25', 'closed', 'Luto', '', '')"
)
POST = (
    "INSERT INTO notice (uid, kind, text, act, act_url, alternative, channel_kind, starts_at, "
    "published_at, updated_at) VALUES ('u1', 'fechada', 'Obras', '', '', '', '', "
    "'2026-11-25 04:00:00', '2026-11-24 04:00:00', '2026-11-24 04:00:00')"
)


def _do(statement: str) -> None:
    with db.get_engine().begin() as connection:
        connection.execute(text(statement))


def _reason() -> str:
    return db.read_sync(load_calendar).open_state_on(DAY, Location()).reason


def test_rows_inserted_with_sql_are_read(any_database: str, now: datetime) -> None:
    assert _reason() == ""
    _do(WRITE)
    assert _reason() == "feriado: Luto"
    _do("DELETE FROM calendar_day")
    assert _reason() == ""


def test_rows_inserted_with_sql_are_read_beside_cached_ones(any_database: str) -> None:
    def work(session: db.Session) -> None:
        before = date(2026, 11, 24)
        row = {"effect": Effect.CLOSED, "name": "Feriado"}
        session.add(CalendarDay(first_day=before, last_day=before, **row))

    db.write_sync(work)
    assert _reason() == ""
    _do(WRITE)
    assert _reason() == "feriado: Luto"
    _do("UPDATE calendar_day SET name = 'Luto oficial' WHERE name = 'Luto'")
    assert _reason() == "feriado: Luto oficial"
    _do("DELETE FROM calendar_day WHERE name = 'Luto oficial'")
    _do(POST)
    assert _reason() == "Obras"
    _do("UPDATE notice SET channel_kind = 'telefone'")
    assert _reason() == "", "what stops one channel closes nothing"
