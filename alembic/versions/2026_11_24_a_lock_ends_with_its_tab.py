"""A lock ends with its tab."""

import sqlalchemy as sa
from alembic import op

revision = '20261124_tab'
down_revision = '20261124_written'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table('edit_lock') as table:
        table.add_column(sa.Column('tab', sa.String(80), nullable=False, server_default=''))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('edit_lock') as table:
        table.drop_column('tab')
