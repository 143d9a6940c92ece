"""Agendas may ask for approval or for a confirmation by e-mail, and have a waiting list.

A request that waits for approval (`pending`) no longer keeps others out; a time offered or to
be confirmed by e-mail does.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "20261124c"
down_revision = "20261124b"
branch_labels = None
depends_on = None

BEFORE = "('held', 'pending', 'confirmed', 'attended', 'missed')"
ACTIVE = "('held', 'offered', 'preconfirmed', 'confirmed', 'attended', 'missed')"
IN_LINE = "status IN ('waiting', 'offered')"
UTC = sqlmodel.sql.sqltypes.UTCDateTime
TEXT = sqlmodel.sql.sqltypes.AutoString


def _clash(active: str) -> str:
    return f"""
SELECT RAISE(ABORT, 'appointment_no_overlap')
WHERE NEW.status IN {active} AND EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.agenda_id = NEW.agenda_id AND other.seat = NEW.seat
      AND other.id IS NOT NEW.id AND other.status IN {active}
      AND other.busy_from < NEW.busy_until AND NEW.busy_from < other.busy_until
      AND other.starts_at > datetime(NEW.starts_at, '-2 days')
      AND other.starts_at < datetime(NEW.starts_at, '+2 days')
);
"""


def _guard(active: str) -> None:
    """Let the database keep the rows of `active` apart, instead of those it kept apart before."""
    where = sa.text(f"status IN {active}")
    op.drop_index("uq_appointment_active_start", table_name="appointment")
    op.create_index(
        "uq_appointment_active_start", "appointment", ["agenda_id", "seat", "starts_at"],
        unique=True, sqlite_where=where, postgresql_where=where,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE appointment DROP CONSTRAINT appointment_no_overlap")
        op.execute(
            f"""ALTER TABLE appointment ADD CONSTRAINT appointment_no_overlap
            EXCLUDE USING gist (
                agenda_id WITH =, seat WITH =, tstzrange(busy_from, busy_until) WITH &&
            ) WHERE (status IN {active})"""
        )
        return
    for name in ("insert", "update"):
        op.execute(f"DROP TRIGGER appointment_no_overlap_{name}")
    op.execute(
        "CREATE TRIGGER appointment_no_overlap_insert BEFORE INSERT ON appointment "
        f"BEGIN {_clash(active)} END"
    )
    op.execute(
        "CREATE TRIGGER appointment_no_overlap_update BEFORE UPDATE OF "
        f"status, seat, agenda_id, busy_from, busy_until ON appointment BEGIN {_clash(active)} END"
    )


def _switch(name: str) -> sa.Column:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def _minutes(name: str, usual: str) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=False, server_default=usual)


def upgrade() -> None:
    """Apply."""
    for column in (
        _switch("needs_approval"), _switch("confirms_by_email"),
        _minutes("confirm_minutes", "30"), _minutes("offer_minutes", "120"),
    ):
        op.add_column("agenda", column)
    op.create_table(
        "waitlist_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agenda_id", sa.Integer(), nullable=False),
        sa.Column("status", TEXT(length=12), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("modality", TEXT(length=12), nullable=False),
        sa.Column("token_hash", TEXT(length=64), nullable=False),
        sa.Column("name", TEXT(length=120), nullable=False),
        sa.Column("oab", TEXT(length=12), nullable=False),
        sa.Column("email", TEXT(length=200), nullable=False),
        sa.Column("phone", TEXT(length=20), nullable=False),
        sa.Column("case_number", TEXT(length=20), nullable=False),
        sa.Column("subject", TEXT(length=200), nullable=False),
        sa.Column("created_at", UTC(), nullable=False),
        sa.Column("anonymised_at", UTC(), nullable=True),
        sa.ForeignKeyConstraint(["agenda_id"], ["agenda.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("ix_waitlist_entry_last_day", "waitlist_entry", ["last_day"])
    op.create_index("ix_waitlist_agenda_status", "waitlist_entry", ["agenda_id", "status"])
    op.create_index(
        "uq_waitlist_in_line", "waitlist_entry", ["agenda_id", "oab"], unique=True,
        sqlite_where=sa.text(IN_LINE), postgresql_where=sa.text(IN_LINE),
    )
    # Plain statements: rebuilding the table, as Alembic's batches do, would lose its triggers.
    op.execute("ALTER TABLE appointment RENAME COLUMN hold_expires_at TO expires_at")
    op.add_column("appointment", sa.Column("freed_at", UTC(), nullable=True))
    for name, target in (("waitlist_id", "waitlist_entry"), ("alternative_to", "appointment")):
        op.execute(f"ALTER TABLE appointment ADD COLUMN {name} INTEGER REFERENCES {target} (id)")
        op.create_index(f"ix_appointment_{name}", "appointment", [name])
    op.drop_index("ix_appointment_hold", table_name="appointment")
    op.create_index("ix_appointment_kept", "appointment", ["status", "expires_at"])
    _guard(ACTIVE)


def downgrade() -> None:
    """Take back; offers and unconfirmed bookings end, for nothing kept them apart before."""
    op.execute(
        "UPDATE appointment SET status = 'expired' "
        "WHERE status IN ('offered', 'preconfirmed', 'pending', 'refused')"
    )
    _guard(BEFORE)
    op.drop_index("ix_appointment_kept", table_name="appointment")
    for name in ("alternative_to", "waitlist_id"):
        op.drop_index(f"ix_appointment_{name}", table_name="appointment")
        op.drop_column("appointment", name)
    op.drop_column("appointment", "freed_at")
    op.execute("ALTER TABLE appointment RENAME COLUMN expires_at TO hold_expires_at")
    op.create_index("ix_appointment_hold", "appointment", ["status", "hold_expires_at"])
    op.drop_table("waitlist_entry")
    for name in ("offer_minutes", "confirm_minutes", "confirms_by_email", "needs_approval"):
        op.drop_column("agenda", name)
