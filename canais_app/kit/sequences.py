"""Rows written with their own ids leave PostgreSQL's counters behind; this brings them up."""

from sqlalchemy import Table, func, select, text
from sqlmodel import Session


def reset_sequences(session: Session, *tables: Table) -> None:
    """Let the next id of each table come after the highest one stored. SQLite does so itself."""
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        if "id" not in table.c or table.c.id.type.python_type is not int:
            continue
        highest = connection.execute(select(func.max(table.c.id))).scalar()
        if highest:
            ask = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :highest)")
            connection.execute(ask, {"name": table.name, "highest": highest})
