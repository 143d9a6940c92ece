"""A database whose agendas were all written past the session has a version of their rules too.

Triggers renew the one there is; without any, every reading of an agenda read its rules anew.
"""

import secrets

from alembic import op

revision = "20261130_from_the_start"
down_revision = "20261124_rules"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    first = f"INSERT INTO rules_version (id, token) SELECT 1, '{secrets.token_hex(14)}' "
    op.execute(first + "WHERE NOT EXISTS (SELECT 1 FROM rules_version)")


def downgrade() -> None:
    """Take nothing back: a version too many changes nothing."""
