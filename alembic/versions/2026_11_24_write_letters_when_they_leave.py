"""A letter is written when it leaves, from what is sealed; it may be of no use after a time."""

import json

import sqlalchemy as sa
import sqlmodel
from alembic import op

from canais_app.kit.encryption import decrypt, encrypt

revision = "20261124_written"
down_revision = "20261124_mine"
branch_labels = None
depends_on = None

LETTERS = sa.table(
    "outbox_message",
    *(sa.column(name) for name in ("id", "subject", "sealed", "ics_method")),
)


def upgrade() -> None:
    """Apply. What was written before keeps its words."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(LETTERS).where(LETTERS.c.sealed != "")).all():
        words = {"subject": row.subject, "ics_method": row.ics_method}
        words |= json.loads(decrypt(row.sealed))
        _store(connection, row.id, sealed=encrypt(json.dumps([{"written": words}, None])))
    op.drop_column("outbox_message", "ics_method")
    op.add_column("outbox_message", sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))


def downgrade() -> None:
    """Take back; letters that wait are written."""
    from canais_app.outbox import queue
    from canais_app.outbox.messages import render_message

    op.drop_column("outbox_message", "expires_at")
    method = sa.Column(
        "ics_method", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False, server_default=""
    )
    op.add_column("outbox_message", method)
    connection = op.get_bind()
    names = ("id", "kind", "thread", "party", "recipient", "message_id", "reply_to", "sealed")
    whole = sa.table("outbox_message", *(sa.column(name) for name in names))
    for row in connection.execute(sa.select(whole).where(whole.c.sealed != "")).all():
        words = render_message(queue.decrypt_message(row))
        body = {"text": words.text, "html": words.html, "ics": words.ics}
        _store(
            connection,
            row.id,
            sealed=encrypt(json.dumps(body)),
            subject=words.subject,
            ics_method=words.ics_method,
        )


def _store(connection: sa.Connection, key: int, **values: str) -> None:
    connection.execute(LETTERS.update().where(LETTERS.c.id == key).values(**values))
