"""A day or a notice written past the portal (psql, a script) renews the calendar's version too.

The version tells every process that what it keeps in memory is old. The portal's own writers renew
it as well; another new token does no harm. A migration that rebuilds `calendar_day` or `notice` on
SQLite has to make these triggers again.
"""

from alembic import op

revision = "20261124_by_hand"
down_revision = "20261124_tab"
branch_labels = None
depends_on = None

TABLES, VERBS = ("calendar_day", "notice"), ("insert", "update", "delete")
# The first letters name the database and stay (kit/versions.py).
RENEW = "UPDATE calendar_version SET token = substr(token, 1, 8) || {} WHERE id = 1;"


def upgrade() -> None:
    """Apply."""
    if op.get_bind().dialect.name == "postgresql":
        renew = RENEW.format("substr(md5(random()::text || clock_timestamp()::text), 1, 20)")
        op.execute(
            f"""CREATE FUNCTION calendar_renewed() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN {renew} RETURN NULL; END $$"""
        )
        for table in TABLES:
            op.execute(
                f"""CREATE TRIGGER calendar_renewed AFTER INSERT OR UPDATE OR DELETE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION calendar_renewed()"""
            )
        return
    renew = RENEW.format("lower(hex(randomblob(10)))")
    for table in TABLES:
        for verb in VERBS:
            op.execute(
                f"CREATE TRIGGER calendar_renewed_{table}_{verb} AFTER {verb} ON {table} "
                f"BEGIN {renew} END"
            )


def downgrade() -> None:
    """Take back."""
    for table in TABLES:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER calendar_renewed ON {table}")
            continue
        for verb in VERBS:
            op.execute(f"DROP TRIGGER calendar_renewed_{table}_{verb}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION calendar_renewed")
