"""An agenda's own row is kept in memory with its rules: what is written past the portal renews them.

The calendar has a version from the start, as the rules have: what depends on one that nobody knows
is read anew each time. A migration that rebuilds `agenda` on SQLite has to make these triggers again.
"""

import secrets

from alembic import op

revision = "20261130_renamed"
down_revision = "20261130_from_the_start"
branch_labels = None
depends_on = None

VERBS = ("insert", "update", "delete")
# The first letters name the database and stay (kit/versions.py).
RENEWED = "substr(token, 1, 8) || lower(hex(randomblob(10)))"


def upgrade() -> None:
    """Apply."""
    first = f"INSERT INTO calendar_version (id, token) SELECT 1, '{secrets.token_hex(14)}' "
    op.execute(first + "WHERE NOT EXISTS (SELECT 1 FROM calendar_version)")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """CREATE TRIGGER rules_renewed AFTER INSERT OR UPDATE OR DELETE ON agenda
            FOR EACH STATEMENT EXECUTE FUNCTION rules_renewed()"""
        )
        return
    for verb in VERBS:
        op.execute(
            f"CREATE TRIGGER rules_renewed_agenda_{verb} AFTER {verb} ON agenda "
            f"BEGIN UPDATE rules_version SET token = {RENEWED} WHERE id = 1; END"
        )


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER rules_renewed ON agenda")
        return
    for verb in VERBS:
        op.execute(f"DROP TRIGGER rules_renewed_agenda_{verb}")
