"""The gabinete's own calendar and its busy times; a note and recurring blocks of the desk.

A migration that rebuilds `agenda_busy` on SQLite has to make its triggers again.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "20261130_calendars"
down_revision = "20261130_moves"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString
Moment = sqlmodel.sql.sqltypes.UTCDateTime
WORDS = (
    ("appointment", "desk_note", 1000),
    ("agenda_block", "series", 32),
)
VERBS = ("insert", "update", "delete")
RENEW = "UPDATE rules_version SET token = substr(token, 1, 8) || lower(hex(randomblob(10)))"


def upgrade() -> None:
    """Apply."""
    for table, name, length in WORDS:
        op.add_column(
            table, sa.Column(name, Text(length=length), nullable=False, server_default="")
        )
    op.create_table(
        "agenda_calendar",
        sa.Column("agenda_id", sa.Integer(), nullable=False),
        sa.Column("kind", Text(length=8), nullable=False),
        sa.Column("host", Text(length=200), nullable=False),
        sa.Column("sealed_source", sa.Text(), nullable=False),
        sa.Column("connected_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("read_at", Moment(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", Text(length=200), nullable=False),
        sa.Column("unreadable", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agenda_id"], ["agenda.id"]),
        sa.PrimaryKeyConstraint("agenda_id"),
    )
    op.create_index("ix_agenda_calendar_due_at", "agenda_calendar", ["due_at"])
    op.create_table(
        "agenda_busy",
        sa.Column("agenda_id", sa.Integer(), nullable=False),
        sa.Column("spans", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["agenda_id"], ["agenda.id"]),
        sa.PrimaryKeyConstraint("agenda_id"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """CREATE TRIGGER rules_renewed AFTER INSERT OR UPDATE OR DELETE ON agenda_busy
            FOR EACH STATEMENT EXECUTE FUNCTION rules_renewed()"""
        )
        return
    for verb in VERBS:
        op.execute(
            f"CREATE TRIGGER rules_renewed_agenda_busy_{verb} AFTER {verb} ON agenda_busy "
            f"BEGIN {RENEW} WHERE id = 1; END"
        )


def downgrade() -> None:
    """Take back: the triggers go with their table."""
    op.drop_table("agenda_busy")
    op.drop_index("ix_agenda_calendar_due_at", "agenda_calendar")
    op.drop_table("agenda_calendar")
    for table, name, _ in WORDS:
        op.drop_column(table, name)
