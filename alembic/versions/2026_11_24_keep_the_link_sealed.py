"""Keep the token of an appointment's private link sealed, so that later letters have the link."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "20261124_link"
down_revision = "20261124_edit"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Apply. A plain statement: rebuilding the table would lose its triggers."""
    column = sa.Column("sealed_token", TEXT(length=200), nullable=False, server_default="")
    op.add_column("appointment", column)


def downgrade() -> None:
    """Take back."""
    op.drop_column("appointment", "sealed_token")
