"""A link, good once, mailed to an address: it lists the appointments made with it."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "20261124_mine"
down_revision = "20261124_tally"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
UTC = sqlmodel.sql.sqltypes.UTCDateTime


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "mailed_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", TEXT(length=64), nullable=False),
        sa.Column("email", TEXT(length=200), nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("expires_at", UTC(), nullable=False),
        sa.Column("used_at", UTC(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_mailed_link_email", "mailed_link", ["email"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("mailed_link")
