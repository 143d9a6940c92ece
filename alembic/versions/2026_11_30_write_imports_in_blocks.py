"""The one import that is being written in blocks."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "20261130_blocks"
down_revision = "20261130_renamed"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "running_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", TEXT(length=32), nullable=False),
        sa.Column("kind", TEXT(length=8), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("actor", TEXT(length=120), nullable=False),
        sa.Column("door", TEXT(length=12), nullable=False),
        sa.Column("renewed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("running_import")
