"""One row whose token changes with every version, block or substitute of an agenda.

Processes keep the rules in memory until it does. Triggers renew it for what is written past the
portal. A migration that rebuilds one of the three tables on SQLite has to make them again.
"""

import secrets

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "20261124_rules"
down_revision = "20261124_by_hand"
branch_labels = None
depends_on = None

TABLES = ("agenda_version", "agenda_block", "agenda_substitute")
VERBS = ("insert", "update", "delete")
RENEW = "UPDATE rules_version SET token = substr(token, 1, 8) || {} WHERE id = 1;"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "rules_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    first = f"INSERT INTO rules_version SELECT 1, '{secrets.token_hex(14)}' "
    op.execute(first + "WHERE EXISTS (SELECT 1 FROM agenda_version)")
    if op.get_bind().dialect.name == "postgresql":
        renew = RENEW.format("substr(md5(random()::text || clock_timestamp()::text), 1, 20)")
        op.execute(
            f"""CREATE FUNCTION rules_renewed() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN {renew} RETURN NULL; END $$"""
        )
        for table in TABLES:
            op.execute(
                f"""CREATE TRIGGER rules_renewed AFTER INSERT OR UPDATE OR DELETE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION rules_renewed()"""
            )
        return
    renew = RENEW.format("lower(hex(randomblob(10)))")
    for table in TABLES:
        for verb in VERBS:
            op.execute(
                f"CREATE TRIGGER rules_renewed_{table}_{verb} AFTER {verb} ON {table} "
                f"BEGIN {renew} END"
            )


def downgrade() -> None:
    """Take back."""
    is_postgres = op.get_bind().dialect.name == "postgresql"
    for table in TABLES:
        if is_postgres:
            op.execute(f"DROP TRIGGER rules_renewed ON {table}")
            continue
        for verb in VERBS:
            op.execute(f"DROP TRIGGER rules_renewed_{table}_{verb}")
    if is_postgres:
        op.execute("DROP FUNCTION rules_renewed")
    op.drop_table("rules_version")
