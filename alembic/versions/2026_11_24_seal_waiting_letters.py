"""What a waiting letter says is sealed: a copy of the database alone holds no usable link."""

import json

import sqlalchemy as sa
import sqlmodel
from alembic import op

from canais_app.kit.encryption import decrypt, encrypt
from canais_app.outbox.messages import redact_secrets

revision = "20261124d"
down_revision = "20261124c"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
LETTERS = sa.table(
    "outbox_message",
    *(sa.column(name) for name in ("id", "status", "text", "html", "ics", "sealed")),
)


def upgrade() -> None:
    """Apply."""
    op.add_column("outbox_message", sa.Column("sealed", TEXT(), nullable=False, server_default=""))
    connection = op.get_bind()
    unsent = LETTERS.c.status.in_(("waiting", "failed", "bounced")) & (LETTERS.c.html != "")
    for row in connection.execute(sa.select(LETTERS).where(unsent)).all():
        connection.execute(
            LETTERS.update().where(LETTERS.c.id == row.id).values(
                sealed=encrypt(json.dumps({"text": row.text, "html": row.html, "ics": row.ics})),
                text=redact_secrets(row.text),
            )
        )
    for name in ("html", "ics"):
        op.drop_column("outbox_message", name)


def downgrade() -> None:
    """Take back; letters that wait are opened again."""
    for name in ("html", "ics"):
        op.add_column("outbox_message", sa.Column(name, TEXT(), nullable=False, server_default=""))
    connection = op.get_bind()
    for row in connection.execute(sa.select(LETTERS).where(LETTERS.c.sealed != "")).all():
        body = json.loads(decrypt(row.sealed))
        connection.execute(LETTERS.update().where(LETTERS.c.id == row.id).values(**body))
    op.drop_column("outbox_message", "sealed")
