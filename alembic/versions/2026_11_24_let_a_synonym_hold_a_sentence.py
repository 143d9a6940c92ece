"""Let a synonym hold a sentence."""

import sqlalchemy as sa
from alembic import op

revision = '20261124_synonym'
down_revision = '20261124_walk_in'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table('synonym') as table:
        table.alter_column('means', type_=sa.String(300), existing_type=sa.String(120))


def downgrade() -> None:
    """Take back: the column stays wide, as an older version works with it and sentences fit."""
