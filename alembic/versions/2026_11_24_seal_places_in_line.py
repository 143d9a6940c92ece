"""Keep the link of a place in a waiting list sealed, as an appointment's."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "20261124_places"
down_revision = "20261124_vouch"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    kind = sqlmodel.sql.sqltypes.AutoString(length=200)
    op.add_column("waitlist_entry", sa.Column("sealed_token", kind, nullable=False, server_default=""))


def downgrade() -> None:
    """Take back."""
    op.drop_column("waitlist_entry", "sealed_token")
