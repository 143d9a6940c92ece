"""An agenda's terms become versions, each one document in force from a day on.

What columns and rows said becomes version 1, in force since the agenda's first appointment (or
its last change, when it has none).
"""

import json
from datetime import date, time, timedelta

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "20261124v"
down_revision = "20261124_link"
branch_labels = None
depends_on = None

CUIABA = timedelta(hours=4)  # behind UTC, since 2019
UTC = sqlmodel.sql.sqltypes.UTCDateTime
# Columns of the agenda that now live in its versions, with their usual values.
USUAL = {
    "slot_minutes": 20, "step_minutes": 20, "buffer_before": 0, "buffer_after": 0,
    "notice_minutes": 120, "horizon_days": 28, "horizon_in_business_days": False, "capacity": 1,
    "modalities": [], "place": "", "video_base_url": "", "max_per_day": 0,
    "max_per_oab_per_day": 1, "max_active_per_oab": 3, "max_active_per_case": 1,
    "release_delay": 30, "cancel_notice": 120, "needs_approval": False,
    "confirms_by_email": False, "confirm_minutes": 30, "offer_minutes": 120,
}  # fmt: skip


def _column(name: str) -> sa.Column:
    usual = USUAL[name]
    if isinstance(usual, bool):
        return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
    if isinstance(usual, int):
        return sa.Column(name, sa.Integer(), nullable=False, server_default=str(usual))
    if isinstance(usual, list):
        return sa.Column(name, sa.JSON(), nullable=False, server_default="[]")
    return sa.Column(name, sa.String(length=200), nullable=False, server_default="")


def _agenda() -> sa.Table:
    plain = (sa.column("id", sa.Integer), sa.column("updated_at", UTC()))
    return sa.table("agenda", *plain, *(sa.column(n, _column(n).type) for n in USUAL))


def _rows(name: str, *columns: tuple[str, sa.types.TypeEngine]) -> sa.Table:
    made = (sa.column(n, kind) for n, kind in columns)
    return sa.table(name, sa.column("agenda_id", sa.Integer), *made)


WINDOW = _rows(
    "agenda_window", ("weekday", sa.Integer()), ("starts", sa.Time()), ("ends", sa.Time()),
    ("every_weeks", sa.Integer()), ("nth_week", sa.Integer()), ("valid_from", sa.Date()),
    ("valid_until", sa.Date()),
)  # fmt: skip
OVERRIDE = _rows(
    "agenda_override", ("day", sa.Date()), ("starts", sa.Time()), ("ends", sa.Time())
)
OPT_OUT = _rows("agenda_holiday_opt_out", ("day", sa.Date()))
VERSION = sa.table(
    "agenda_version", sa.column("agenda_id"), sa.column("number"),
    sa.column("starts_on", sa.Date()), sa.column("terms"), sa.column("changes", sa.JSON()),
    sa.column("published_at", UTC()), sa.column("published_by"),
)  # fmt: skip


def _of(bind: sa.Connection, table: sa.Table, agenda_id: int) -> list[dict[str, object]]:
    found = bind.execute(sa.select(table).where(table.c.agenda_id == agenda_id)).mappings()
    return [{k: v for k, v in row.items() if k != "agenda_id"} for row in found]


def _document(bind: sa.Connection, row: sa.RowMapping) -> str:
    its = {name: row[name] for name in USUAL}
    its["windows"] = _of(bind, WINDOW, row["id"])
    its["own_days"] = _of(bind, OVERRIDE, row["id"])
    its["opt_outs"] = [one["day"] for one in _of(bind, OPT_OUT, row["id"])]
    return json.dumps(its, default=str, ensure_ascii=False)


def _write_versions(bind: sa.Connection) -> None:
    taken = sa.table("appointment", sa.column("agenda_id"), sa.column("starts_at", UTC()))
    first = sa.select(taken.c.agenda_id, sa.func.min(taken.c.starts_at)).group_by(taken.c.agenda_id)
    since = {agenda_id: starts_at for agenda_id, starts_at in bind.execute(first)}
    for row in bind.execute(sa.select(_agenda())).mappings().all():
        begun = min(since.get(row["id"], row["updated_at"]), row["updated_at"])
        bind.execute(
            sa.insert(VERSION).values(
                agenda_id=row["id"], number=1, starts_on=(begun - CUIABA).date(),
                terms=_document(bind, row), changes={}, published_at=row["updated_at"],
                published_by="",
            )
        )  # fmt: skip


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "agenda_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agenda_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("published_at", UTC(), nullable=False),
        sa.Column("published_by", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.ForeignKeyConstraint(["agenda_id"], ["agenda.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("agenda_id", "number", name="uq_agenda_version_number"),
    )
    _write_versions(op.get_bind())
    for table in ("agenda_window", "agenda_override", "agenda_holiday_opt_out"):
        op.drop_table(table)
    for name in USUAL:
        op.drop_column("agenda", name)


def downgrade() -> None:
    """Take back: the newest version becomes the one there is, from its day on or not."""
    bind = op.get_bind()
    for name in USUAL:
        op.add_column("agenda", _column(name))
    _create_rows()
    newest = sa.text("SELECT agenda_id, terms FROM agenda_version ORDER BY number")
    for agenda_id, stored in {row[0]: row[1] for row in bind.execute(newest)}.items():
        its = json.loads(stored)
        known = {name: its[name] for name in USUAL}
        bind.execute(sa.update(_agenda()).where(sa.column("id") == agenda_id).values(known))
        _write_rows(bind, agenda_id, its)
    op.drop_table("agenda_version")


def _create_rows() -> None:
    for table in (WINDOW, OVERRIDE):
        op.create_table(
            table.name,
            sa.Column("id", sa.Integer(), nullable=False),
            *[
                sa.Column(c.name, c.type, nullable=c.name in ("valid_from", "valid_until"))
                if table is WINDOW
                else sa.Column(c.name, c.type, nullable=c.name in ("starts", "ends"))
                for c in table.columns
            ],
            sa.ForeignKeyConstraint(["agenda_id"], ["agenda.id"]),
            sa.PrimaryKeyConstraint("id"),
        )
        op.create_index(f"ix_{table.name}_agenda_id", table.name, ["agenda_id"])
    op.create_table(
        OPT_OUT.name,
        sa.Column("agenda_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["agenda_id"], ["agenda.id"]),
        sa.PrimaryKeyConstraint("agenda_id", "day"),
    )


def _write_rows(bind: sa.Connection, agenda_id: int, its: dict[str, object]) -> None:
    def read(column: sa.ColumnClause, value: object) -> object:
        kinds = {sa.Time: time.fromisoformat, sa.Date: date.fromisoformat}
        kind = kinds.get(type(column.type))
        return kind(value) if kind and value is not None else value

    rows = [(WINDOW, window) for window in its["windows"]]
    rows += [(OVERRIDE, own) for own in its["own_days"]]
    rows += [(OPT_OUT, {"day": day}) for day in its["opt_outs"]]
    for table, row in rows:
        known = {name: read(table.c[name], value) for name, value in row.items()}
        bind.execute(sa.insert(table).values(agenda_id=agenda_id, **known))
