"""Keep what was last counted of each agenda's appointments, for its public figures."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "20261124_tally"
down_revision = "20261124_feed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "agenda_tally",
        sa.Column("agenda_id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("attended", "missed", "cancelled", "stood")
        ),
        sa.Column("counted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["agenda_id"], ["agenda.id"]),
        sa.PrimaryKeyConstraint("agenda_id"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("agenda_tally")
