"""What editing the directory keeps: history, locks, former slugs, proposals, accessibility."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "20261124_edit"
down_revision = "20261124d"
branch_labels = None
depends_on = None

Moment = sqlmodel.sql.sqltypes.UTCDateTime
Words = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "edit_lock",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("name", Words(length=120), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("unit_id"),
    )
    op.create_table(
        "former_slug",
        sa.Column("slug", Words(length=160), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("slug"),
    )
    op.create_index("ix_former_slug_unit_id", "former_slug", ["unit_id"])
    op.create_table(
        "contact_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("wrong", Words(length=16), nullable=False),
        sa.Column("value", Words(length=300), nullable=False),
        sa.Column("note", Words(length=300), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("emails", sa.JSON(), nullable=False),
        sa.Column("status", Words(length=12), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("settled_by", Words(length=120), nullable=False),
        sa.Column("reason", Words(length=300), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_contact_proposal_status", "contact_proposal", ["status"])
    op.create_index("ix_contact_proposal_unit_id", "contact_proposal", ["unit_id"])
    is_open = sa.text("status = 'aberta'")
    op.create_index(
        "ix_contact_proposal_open",
        "contact_proposal",
        ["channel_id", "wrong", "value"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "unit_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=True),
        sa.Column("field", Words(length=24), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", Words(length=120), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"]),
        sa.ForeignKeyConstraint(["undoes_id"], ["unit_change.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_unit_change_unit", "unit_change", ["unit_id", "id"])
    one = sa.text("1")
    op.add_column("channel", sa.Column("retired_at", Moment(), nullable=True))
    op.add_column("channel", sa.Column("version", sa.Integer(), nullable=False, server_default=one))
    for name, empty in (("accessibility", "{}"), ("former_names", "[]")):
        op.add_column("unit", sa.Column(name, sa.JSON(), nullable=False, server_default=empty))
    op.add_column("unit", sa.Column("retired_at", Moment(), nullable=True))
    op.add_column("unit", sa.Column("reminded_at", Moment(), nullable=True))
    op.add_column("unit", sa.Column("version", sa.Integer(), nullable=False, server_default=one))
    # With the reference in the column: SQLite would otherwise copy the table, which other
    # tables refer to.
    op.execute("ALTER TABLE unit ADD COLUMN successor_id INTEGER REFERENCES unit (id)")


def downgrade() -> None:
    """Take back."""
    for name in ("successor_id", "version", "reminded_at", "retired_at"):
        op.execute(f"ALTER TABLE unit DROP COLUMN {name}")
    for name in ("former_names", "accessibility"):
        op.execute(f"ALTER TABLE unit DROP COLUMN {name}")
    for name in ("version", "retired_at"):
        op.execute(f"ALTER TABLE channel DROP COLUMN {name}")
    for name in ("unit_change", "contact_proposal", "former_slug", "edit_lock"):
        op.drop_table(name)
