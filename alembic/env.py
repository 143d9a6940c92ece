"""Run Alembic on the engine of the settings, with all models."""

from sqlmodel import SQLModel

import canais_app.models  # noqa: F401 (importing registers the tables)
from alembic import context
from canais_app.kit.db import get_engine

# The exclusion constraint and the index of words are written by hand in a migration.
BY_HAND = ("no_overlap", "complaint_text", "ix_complaint_text")


def include_object(_thing: object, name: str | None, _kind: str, _found: bool, _to: object) -> bool:  # noqa: FBT001 (Alembic's signature)
    """Exclude what migrations write by hand from the comparison."""
    return not (name or "").startswith(BY_HAND)


with get_engine().connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",
        include_object=include_object,
    )
    with context.begin_transaction():
        context.run_migrations()
