"""Drafts of an agenda's rules, and the gabinetes that stand in for a period."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "20261124w"
down_revision = "20261124_notices"
branch_labels = None
depends_on = None

UTC = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "agenda_draft",
        sa.Column("agenda_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("saved_at", UTC(), nullable=False),
        sa.ForeignKeyConstraint(["agenda_id"], ["agenda.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("agenda_id", "staff_id"),
    )
    op.create_table(
        "agenda_substitute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agenda_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.ForeignKeyConstraint(["agenda_id"], ["agenda.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("agenda_id", "unit_id"):
        op.create_index(f"ix_agenda_substitute_{column}", "agenda_substitute", [column])


def downgrade() -> None:
    """Take back."""
    op.drop_table("agenda_substitute")
    op.drop_table("agenda_draft")
