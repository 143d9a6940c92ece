"""Roles and sessions by an OpenID provider; second steps sealed; the record append-only for good."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from canais_app.kit.encryption import encrypt

revision = "20261124_vouch"
down_revision = "20261124w"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    """Apply. Plain statements: rebuilding a table in SQLite would lose its triggers."""
    source = sa.Column("source", TEXT(length=12), nullable=False, server_default="portal")
    op.add_column("staff_role", source)
    vouched = sa.Column("by_provider", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("login_session", vouched)
    op.add_column("staff", sa.Column("totp_sealed", TEXT(length=200), nullable=False, server_default=""))
    staff = sa.table("staff", sa.column("id"), sa.column("totp_secret"), sa.column("totp_sealed"))
    for row in op.get_bind().execute(sa.select(staff).where(staff.c.totp_secret != "")).all():
        change = sa.update(staff).where(staff.c.id == row.id)
        op.get_bind().execute(change.values(totp_sealed=encrypt(row.totp_secret)))
    op.drop_column("staff", "totp_secret")
    op.drop_index("ix_staff_oidc_subject", "staff")
    op.create_index(
        "uq_staff_oidc_subject",
        "staff",
        ["oidc_subject"],
        unique=True,
        sqlite_where=sa.text("oidc_subject != ''"),
        postgresql_where=sa.text("oidc_subject != ''"),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Triggers of rows do not see TRUNCATE.
        op.execute(
            """CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry
            FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_append_only()"""
        )
        return
    # INSERT OR REPLACE removes the row it replaces without asking the triggers of DELETE.
    op.execute(
        """CREATE TRIGGER audit_entry_no_replace BEFORE INSERT ON audit_entry
        WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id OR hash = NEW.hash)
        BEGIN SELECT RAISE(ABORT, 'audit_entry_append_only'); END"""
    )


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_entry_no_truncate ON audit_entry")
    else:
        op.execute("DROP TRIGGER audit_entry_no_replace")
    op.drop_index("uq_staff_oidc_subject", "staff")
    op.create_index("ix_staff_oidc_subject", "staff", ["oidc_subject"])
    op.add_column("staff", sa.Column("totp_secret", TEXT(length=120), nullable=False, server_default=""))
    op.drop_column("staff", "totp_sealed")
    op.drop_column("login_session", "by_provider")
    op.drop_column("staff_role", "source")
