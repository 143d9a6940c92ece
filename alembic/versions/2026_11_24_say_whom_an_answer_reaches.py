"""A letter says whom an answer reaches."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "20261124_reply"
down_revision = "20261124v"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Apply."""
    column = sa.Column("reply_to", TEXT(length=200), nullable=False, server_default="")
    op.add_column("outbox_message", column)


def downgrade() -> None:
    """Take back."""
    op.drop_column("outbox_message", "reply_to")
