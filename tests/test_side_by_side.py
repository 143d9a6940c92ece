"""The version before this one still works on the new tables, so that both can serve meanwhile.

A change that the older version cannot bear is made in two: this version adds what it needs and
stops using the old (expand), the next one removes it (contract).
"""

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from alembic import command
from canais_app.kit import db, migrations

# The newest revision of the version that may still be serving. Move it with each release.
SERVING = "20261130_synonyms"


def read_tables() -> sa.MetaData:
    tables = sa.MetaData()
    tables.reflect(db.get_engine())
    return tables


def _length(column: sa.Column) -> float:
    return getattr(column.type, "length", None) or float("inf")


def unbearable(old: sa.MetaData, new: sa.MetaData) -> list[str]:
    """Return what keeps a program written for `old` from working on `new`."""
    found: list[str] = []
    for name, before in old.tables.items():
        after = new.tables.get(name)
        if after is None:
            found.append(f"{name} is gone")
            continue
        for column in before.columns:
            same = after.columns.get(column.name)
            if same is None:
                found.append(f"{name}.{column.name} is gone")
            elif column.nullable and not same.nullable:
                found.append(f"{name}.{column.name} refuses NULL")
            elif _length(same) < _length(column):
                found.append(f"{name}.{column.name} is shorter")
        for column in after.columns:
            is_new = column.name not in before.columns
            if is_new and not column.nullable and column.server_default is None:
                found.append(f"{name}.{column.name} must be given")
    return found


def test_a_change_that_an_older_version_cannot_bear_is_named() -> None:
    old, new = sa.MetaData(), sa.MetaData()
    sa.Table("gone", old, sa.Column("id", sa.Integer))
    sa.Table(
        "kept",
        old,
        sa.Column("id", sa.Integer),
        sa.Column("note", sa.String(80)),
        sa.Column("name", sa.String(80)),
        sa.Column("state", sa.String(12)),
    )
    sa.Table(
        "kept",
        new,
        sa.Column("id", sa.Integer),
        sa.Column("note", sa.String(80), nullable=False),
        sa.Column("name", sa.String(40)),
        sa.Column("place", sa.String(40), nullable=False),
        sa.Column("count", sa.Integer, nullable=False, server_default="0"),
        sa.Column("more", sa.String(40)),
    )
    assert unbearable(old, new) == [
        "gone is gone",
        "kept.note refuses NULL",
        "kept.name is shorter",
        "kept.state is gone",
        "kept.place must be given",
    ]


def test_the_version_that_serves_can_bear_the_new_tables(any_database: str) -> None:
    config = migrations._config()
    steps = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]
    assert SERVING in steps
    command.downgrade(config, SERVING)
    db.get_engine().dispose()
    before = read_tables()
    command.upgrade(config, "head")
    db.get_engine().dispose()
    assert unbearable(before, read_tables()) == []
