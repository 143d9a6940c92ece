"""Index the queues of triage: newest by status, answered by the unit, waiting, late at the unit."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_queues"
down_revision = "20261130_search"
branch_labels = None
depends_on = None

NEWEST = "ix_complaint_status_newest"
PARTIAL = {
    "ix_complaint_unit_answered": (("status", "due_at", "id"), "unit_answered_at IS NOT NULL"),
    "ix_complaint_waiting": (("due_at", "id"), "waiting_since IS NOT NULL"),
    "ix_complaint_unit_due": (
        ("unit_due_at", "id"),
        "status = 'encaminhada' AND unit_answered_at IS NULL",
    ),
}


def upgrade() -> None:
    """Apply."""
    op.create_index(NEWEST, "complaint", ["status", "occurred_at", "id"])
    for name, (columns, where) in PARTIAL.items():
        only = sa.text(where)
        op.create_index(
            name, "complaint", list(columns), sqlite_where=only, postgresql_where=only
        )
    op.drop_index("ix_complaint_waiting_since", "complaint")


def downgrade() -> None:
    """Revert."""
    op.create_index("ix_complaint_waiting_since", "complaint", ["waiting_since"])
    for name in (*PARTIAL, NEWEST):
        op.drop_index(name, "complaint")
