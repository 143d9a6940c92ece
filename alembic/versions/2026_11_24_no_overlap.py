"""No two active appointments of a seat overlap: the database says so, not a check before it."""

from alembic import op

revision = "20261124b"
down_revision = "20261124a"
branch_labels = None
depends_on = None

ACTIVE = "('held', 'pending', 'confirmed', 'attended', 'missed')"
CLASH = f"""
SELECT RAISE(ABORT, 'appointment_no_overlap')
WHERE NEW.status IN {ACTIVE} AND EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.agenda_id = NEW.agenda_id AND other.seat = NEW.seat
      AND other.id IS NOT NEW.id AND other.status IN {ACTIVE}
      AND other.busy_from < NEW.busy_until AND NEW.busy_from < other.busy_until
      AND other.starts_at > datetime(NEW.starts_at, '-2 days')
      AND other.starts_at < datetime(NEW.starts_at, '+2 days')
);
"""


def upgrade() -> None:
    """Apply."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        op.execute(
            f"""ALTER TABLE appointment ADD CONSTRAINT appointment_no_overlap
            EXCLUDE USING gist (
                agenda_id WITH =, seat WITH =, tstzrange(busy_from, busy_until) WITH &&
            ) WHERE (status IN {ACTIVE})"""
        )
        op.execute(
            """CREATE FUNCTION audit_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'audit_entry_append_only'; END $$"""
        )
        op.execute(
            """CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
            FOR EACH ROW EXECUTE FUNCTION audit_entry_append_only()"""
        )
        return
    op.execute(
        f"CREATE TRIGGER appointment_no_overlap_insert BEFORE INSERT ON appointment BEGIN {CLASH} END"
    )
    op.execute(
        "CREATE TRIGGER appointment_no_overlap_update BEFORE UPDATE OF "
        f"status, seat, agenda_id, busy_from, busy_until ON appointment BEGIN {CLASH} END"
    )
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER audit_entry_no_{verb.lower()} BEFORE {verb} ON audit_entry BEGIN "
            "SELECT RAISE(ABORT, 'audit_entry_append_only'); END"
        )


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE appointment DROP CONSTRAINT appointment_no_overlap")
        op.execute("DROP TRIGGER audit_entry_append_only ON audit_entry")
        op.execute("DROP FUNCTION audit_entry_append_only")
        return
    for name in (
        "appointment_no_overlap_insert",
        "appointment_no_overlap_update",
        "audit_entry_no_update",
        "audit_entry_no_delete",
    ):
        op.execute(f"DROP TRIGGER {name}")
