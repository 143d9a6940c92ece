"""A closure is a notice: one table for both, and a version of the calendar."""

from uuid import uuid4

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "20261124_notices"
down_revision = "20261124_reply"
branch_labels = None
depends_on = None

UTC = sqlmodel.sql.sqltypes.UTCDateTime
TEXT = sqlmodel.sql.sqltypes.AutoString
COPIED = "text, act, act_url, alternative, comarca_id, unit_id, starts_at, ends_at"
ONE_A_DAY = (
    ("uq_calendar_day_state", ["first_day", "effect"], "comarca_id IS NULL"),
    ("uq_calendar_day_comarca", ["first_day", "effect", "comarca_id"], "comarca_id IS NOT NULL"),
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "calendar_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", TEXT(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("notice") as batch:
        batch.add_column(sa.Column("uid", TEXT(length=36), nullable=True))
        batch.add_column(sa.Column("published_at", UTC(), nullable=True))
        batch.add_column(sa.Column("updated_at", UTC(), nullable=True))
    op.execute(
        f"INSERT INTO notice (kind, channel_kind, {COPIED}) "
        f"SELECT 'fechada', '', reason, {COPIED.removeprefix('text, ')} FROM closure"
    )
    op.execute("UPDATE notice SET published_at = starts_at, updated_at = starts_at")
    notice = sa.table("notice", sa.column("id", sa.Integer), sa.column("uid", sa.String))
    for (id_,) in op.get_bind().execute(sa.select(notice.c.id)).all():
        op.execute(notice.update().where(notice.c.id == id_).values(uid=str(uuid4())))
    with op.batch_alter_table("notice") as batch:
        batch.alter_column("uid", existing_type=TEXT(length=36), nullable=False)
        batch.alter_column("published_at", existing_type=UTC(), nullable=False)
        batch.alter_column("updated_at", existing_type=UTC(), nullable=False)
        batch.create_unique_constraint("uq_notice_uid", ["uid"])
    op.drop_table("closure")
    for name, columns, where in ONE_A_DAY:
        op.create_index(
            name,
            "calendar_day",
            columns,
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )


def downgrade() -> None:
    """Take back."""
    for name, _, _ in ONE_A_DAY:
        op.drop_index(name, "calendar_day")
    op.create_table(
        "closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("starts_at", UTC(), nullable=False),
        sa.Column("ends_at", UTC(), nullable=True),
        sa.Column("reason", TEXT(length=200), nullable=False),
        sa.Column("act", TEXT(length=120), nullable=False),
        sa.Column("act_url", TEXT(length=300), nullable=False),
        sa.Column("alternative", TEXT(length=200), nullable=False),
        sa.Column("comarca_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["comarca_id"], ["comarca.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("comarca_id", "starts_at", "unit_id"):
        op.create_index(f"ix_closure_{column}", "closure", [column])
    op.execute(
        f"INSERT INTO closure (reason, {COPIED.removeprefix('text, ')}) "
        f"SELECT substr(text, 1, 200), {COPIED.removeprefix('text, ')} FROM notice "
        "WHERE kind = 'fechada'"
    )
    op.execute("DELETE FROM notice WHERE kind = 'fechada'")
    with op.batch_alter_table("notice") as batch:
        batch.drop_constraint("uq_notice_uid", type_="unique")
        for column in ("uid", "published_at", "updated_at"):
            batch.drop_column(column)
    op.drop_table("calendar_version")
