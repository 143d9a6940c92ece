"""Run Alembic on the engine of the settings, with all models."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlmodel import SQLModel

import canais_app.models  # noqa: F401 (importing registers the tables)
from alembic import context
from canais_app.kit.db import get_engine

# The exclusion constraint and the index of words are written by hand in a migration.
BY_HAND = ("no_overlap", "complaint_text", "ix_complaint_text")


def include_object(_thing: object, name: str | None, _kind: str, _found: bool, _to: object) -> bool:  # noqa: FBT001 (Alembic's signature)
    """Exclude what migrations write by hand from the comparison."""
    return not (name or "").startswith(BY_HAND)


@contextmanager
def foreign_keys_checked_at_the_end(connection: Connection) -> Iterator[None]:
    """Let SQLite replace tables that others refer to, as its ALTER TABLE cannot change columns.

    Raises:
        RuntimeError: a row refers to one that is gone; nothing is changed.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys=OFF")  # changes nothing once a transaction has begun
    try:
        with connection.begin():
            yield
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if broken is not None:
                raise RuntimeError(f"{broken[0]} refers to a row of {broken[2]} that is gone")
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


with get_engine().connect() as connection, foreign_keys_checked_at_the_end(connection):
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",
        include_object=include_object,
    )
    with context.begin_transaction():
        context.run_migrations()
