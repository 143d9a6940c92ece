"""Moves that wait for approval, links of one appointment, and who waits for an earlier time.

A link of the video room is used as typed from now on. What agendas had typed was a base to which
the code was added: it says so now, except for services whose rooms are made beforehand.
"""

import json

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "20261130_moves"
down_revision = "20261130_priorities"
branch_labels = None
depends_on = None

Text = sqlmodel.sql.sqltypes.AutoString
VERSION = sa.table("agenda_version", sa.column("id", sa.Integer), sa.column("terms", sa.Text))
LINK, CODE = "video_base_url", "/{codigo}"
FIXED = ("teams.microsoft.com", "teams.live.com", "meet.google.com", "zoom.us")


def upgrade() -> None:
    """Apply."""
    op.add_column("appointment", sa.Column("moves_id", sa.Integer(), nullable=True))
    only = sa.text("moves_id IS NOT NULL")
    op.create_index(
        "ix_appointment_moves",
        "appointment",
        ["moves_id"],
        sqlite_where=only,
        postgresql_where=only,
    )
    for name in ("video_link", "moderator_link"):
        column = sa.Column(name, Text(length=500), nullable=False, server_default="")
        op.add_column("appointment", column)
    op.add_column("waitlist_entry", sa.Column("appointment_id", sa.Integer(), nullable=True))
    notices = sa.Column("notices", sa.Integer(), nullable=False, server_default="0")
    op.add_column("waitlist_entry", notices)
    op.add_column("waitlist_entry", sa.Column("last_notice_on", sa.Date(), nullable=True))
    _rewrite_links(lambda link: link if _is_fixed(link) else link.rstrip("/") + CODE)


def downgrade() -> None:
    """Revert; requests to move and links of one appointment are lost."""
    requests = sa.table("appointment", sa.column("moves_id", sa.Integer))
    op.execute(requests.delete().where(requests.c.moves_id.is_not(None)))
    op.drop_index("ix_appointment_moves", table_name="appointment")
    for name in ("moves_id", "video_link", "moderator_link"):
        op.drop_column("appointment", name)
    for name in ("appointment_id", "notices", "last_notice_on"):
        op.drop_column("waitlist_entry", name)
    _rewrite_links(lambda link: link.removesuffix(CODE))


def _is_fixed(link: str) -> bool:
    return any(host in link for host in FIXED)


def _rewrite_links(change) -> None:  # noqa: ANN001 (text to text)
    connection = op.get_bind()
    for key, stored in connection.execute(sa.select(VERSION.c.id, VERSION.c.terms)).all():
        terms = json.loads(stored)
        if link := terms.get(LINK):
            terms[LINK] = change(link)
            values = {"terms": json.dumps(terms, ensure_ascii=False)}
            connection.execute(VERSION.update().where(VERSION.c.id == key).values(values))
