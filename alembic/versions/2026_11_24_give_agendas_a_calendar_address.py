"""An agenda may have a secret calendar address."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "20261124_feed"
down_revision = "20261124_synonym"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "agenda_feed",
        sa.Column("agenda_id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agenda_id"], ["agenda.id"]),
        sa.PrimaryKeyConstraint("agenda_id"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("agenda_feed")
