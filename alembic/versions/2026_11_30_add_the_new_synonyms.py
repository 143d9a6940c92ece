"""Add the new synonyms to a table that has some: needs, patterns and cards."""

import csv
import unicodedata
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = '20261130_synonyms'
down_revision = '20261130_calendars'
branch_labels = None
depends_on = None

SEED = Path(__file__).parents[2] / 'canais_app' / 'directory' / 'data' / 'synonyms.csv'
SYNONYM = sa.table('synonym', sa.column('said', sa.String), sa.column('means', sa.String))


def upgrade() -> None:
    """Apply: lines that administrators wrote stay. An empty table is filled by the seed."""
    connection = op.get_bind()
    known = {_plain(said) for said in connection.scalars(sa.select(SYNONYM.c.said))}
    if not known:
        return
    with SEED.open(encoding='utf-8', newline='') as file:
        rows = [row for row in csv.DictReader(file) if _plain(row['said']) not in known]
    if rows:
        connection.execute(SYNONYM.insert(), rows)


def downgrade() -> None:
    """Take back the patterns, which an older version would read as plain words."""
    said = SYNONYM.c.said
    is_pattern = sa.or_(*(said.contains(mark, autoescape=True) for mark in '+|*'))
    op.get_bind().execute(sa.delete(SYNONYM).where(is_pattern))


def _plain(said: str) -> str:
    letters = unicodedata.normalize('NFKD', said.casefold())
    return ' '.join(''.join(c for c in letters if not unicodedata.combining(c)).split())
