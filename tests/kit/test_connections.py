"""A connection that PostgreSQL has closed is replaced before its next query."""

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from canais_app.kit import db


def backend(session: Session) -> int:
    return session.connection().execute(sa.select(sa.func.pg_backend_pid())).scalar_one()


@pytest.mark.parametrize("any_database", ["postgresql"], indirect=True)
def test_a_connection_closed_by_the_server_is_replaced(any_database: str) -> None:
    with db.get_engine().connect() as other:
        kept = db.read_sync(backend)
        other.execute(sa.select(sa.func.pg_terminate_backend(kept)))
        gone = sa.text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid")
        while other.execute(gone, {"pid": kept}).scalar_one():
            other.rollback()  # a new look at who is there
    assert db.read_sync(backend) != kept
