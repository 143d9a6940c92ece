"""Who books, for whom and with what needs; the clock of requests; outcomes and proofs."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "20261130_requesters"
down_revision = "20261130_queues"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString
Moment = sqlmodel.sql.sqltypes.UTCDateTime
REQUESTER = (("requester", 20, "advocacia"), ("institution", 120, ""))
WORDS = (
    *REQUESTER,
    ("attendance_kind", 80, ""),
    ("booked_by_name", 120, ""),
    ("booked_by_email", 200, ""),
    ("lawyer_outcome", 12, ""),
    ("complaint_protocol", 20, ""),
    ("client_mark", 64, ""),
)
LISTS = ("preferences", "access_needs")
MOMENTS = ("answer_due_at", "answered_at", "escalated_at", "lawyer_outcome_at", "disputed_at")
COUNTS = ("requests", "answered_in_time", "not_attended")
PARTIAL = {
    "ix_appointment_client": ("client_mark", "client_mark <> ''"),
    "ix_appointment_answer": ("answer_due_at", "status = 'pending'"),
    "ix_appointment_outcome": ("lawyer_outcome_at", "lawyer_outcome <> ''"),
}


def upgrade() -> None:
    """Apply."""
    for name, length, default in WORDS:
        column = sa.Column(name, Text(length=length), nullable=False, server_default=default)
        op.add_column("appointment", column)
    for name in LISTS:
        column = sa.Column(name, sa.JSON(), nullable=False, server_default="[]")
        op.add_column("appointment", column)
    for name in MOMENTS:
        op.add_column("appointment", sa.Column(name, Moment(), nullable=True))
    for name, (column, where) in PARTIAL.items():
        only = sa.text(where)
        op.create_index(
            name, "appointment", [column], sqlite_where=only, postgresql_where=only
        )
    for name, length, default in REQUESTER:
        column = sa.Column(name, Text(length=length), nullable=False, server_default=default)
        op.add_column("waitlist_entry", column)
    for name in COUNTS:
        column = sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        op.add_column("agenda_tally", column)
    op.create_table(
        "proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", Text(length=20), nullable=False),
        sa.Column("kind", Text(length=20), nullable=False),
        sa.Column("agenda_id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("happened_at", Moment(), nullable=False),
        sa.Column("issued_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["agenda_id"], ["agenda.id"]),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint(
            "appointment_id", "kind", "happened_at", name="uq_proof_of_appointment"
        ),
    )


def downgrade() -> None:
    """Revert; who booked, needs, outcomes and proofs are lost."""
    op.drop_table("proof")
    for name in COUNTS:
        op.drop_column("agenda_tally", name)
    for name, _, _ in REQUESTER:
        op.drop_column("waitlist_entry", name)
    for name in PARTIAL:
        op.drop_index(name, "appointment")
    for name in (*MOMENTS, *LISTS, *(name for name, _, _ in WORDS)):
        op.drop_column("appointment", name)
