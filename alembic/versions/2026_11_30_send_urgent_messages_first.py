"""The outbox sends links and confirmations first, then changes, reminders, lists."""

import sqlalchemy as sa
from alembic import op

revision = "20261130_priorities"
down_revision = "20261130_requesters"
branch_labels = None
depends_on = None

# As messages.py had them that day; what waits then is ordered too.
URGENT = (
    "appointment_to_confirm", "appointment_booked", "appointment_pending", "complaint_receipt",
    "my_appointments", "password_reset", "staff_invitation", "status_confirmation",
    "waitlist_joined",
)  # fmt: skip
REMINDERS = ("appointment_reminder", "contacts_reminder", "complaint_deadlines")
LISTS = ("day_list", "status_news")
WAITING = sa.text("status = 'waiting'")


def upgrade() -> None:
    """Apply."""
    column = sa.Column("priority", sa.SmallInteger(), nullable=False, server_default="1")
    op.add_column("outbox_message", column)
    table = sa.table(
        "outbox_message", sa.column("kind"), sa.column("party"), sa.column("priority")
    )
    for priority, kinds in ((0, URGENT), (2, REMINDERS), (3, LISTS)):
        concerned = table.c.kind.in_(kinds)
        if priority == 0:
            concerned &= table.c.party.not_in(("chambers", "registry"))
        op.execute(table.update().where(concerned).values(priority=priority))
    op.create_index(
        "ix_outbox_next",
        "outbox_message",
        ["priority", "due_at"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    """Revert: messages go by time alone again."""
    op.drop_index("ix_outbox_next", "outbox_message")
    op.drop_column("outbox_message", "priority")
