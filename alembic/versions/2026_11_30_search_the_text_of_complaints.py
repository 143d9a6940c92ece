"""Index the words of complaints, without accents: FTS5 on SQLite, a tsvector on PostgreSQL.

Triggers keep the FTS5 table equal to `complaint.text`. A migration that rebuilds `complaint` on
SQLite has to make them again. PostgreSQL's extension `unaccent` may be missing: a function of our
own removes accents.
"""

from alembic import op

revision = "20261130_search"
down_revision = "20261130_situations"
branch_labels = None
depends_on = None

REMOVE = "INSERT INTO complaint_text(complaint_text, rowid, text) VALUES ('delete', old.id, old.text)"
ADD = "INSERT INTO complaint_text(rowid, text) VALUES (new.id, new.text)"
TRIGGERS = {
    "complaint_text_added": f"AFTER INSERT ON complaint WHEN new.text <> '' BEGIN {ADD}; END",
    "complaint_text_removed": f"AFTER DELETE ON complaint WHEN old.text <> '' BEGIN {REMOVE}; END",
    "complaint_text_left": (
        "AFTER UPDATE OF text ON complaint WHEN old.text <> '' AND new.text <> old.text "
        f"BEGIN {REMOVE}; END"
    ),
    "complaint_text_changed": (
        "AFTER UPDATE OF text ON complaint WHEN new.text <> '' AND new.text <> old.text "
        f"BEGIN {ADD}; END"
    ),
}
ACCENTED = "áàâãäåéèêëíìîïóòôõöúùûüçñ"
PLAIN = "aaaaaaeeeeiiiiooooouuuucn"


def upgrade() -> None:
    """Apply."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"""CREATE FUNCTION folded_words(value text) RETURNS tsvector
            LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT to_tsvector('simple'::regconfig, regexp_replace(
                translate(lower(value), '{ACCENTED}', '{PLAIN}'), '[^a-z0-9]+', ' ', 'g'))
            $$"""
        )
        op.execute("CREATE INDEX ix_complaint_text ON complaint USING gin (folded_words(text))")
        return
    op.execute(
        "CREATE VIRTUAL TABLE complaint_text USING fts5(text, content='complaint', "
        "content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='3 5')"
    )
    op.execute(
        "INSERT INTO complaint_text(rowid, text) SELECT id, text FROM complaint WHERE text <> ''"
    )
    for name, what in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {what}")


def downgrade() -> None:
    """Take back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_complaint_text")
        op.execute("DROP FUNCTION folded_words(text)")
        return
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER {name}")
    op.execute("DROP TABLE complaint_text")
