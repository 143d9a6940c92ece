"""Engines one could have taken in place of our index: SQLite FTS5, rapidfuzz and pg_trgm.

They get text and question folded, so that none fails by an accent, and answer with names.
"""

import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from rapidfuzz import fuzz, process

from canais_app.kit.text import strip_accents
from tests import servers

ANSWERS = 20
Engine = Callable[[str], Sequence[str]]  # words → names, best first


@dataclass(frozen=True)
class EngineDocument:
    """What an engine knows of a unit: its name, and all else one could look for."""

    name: str
    place: str
    subjects: Sequence[str]
    aliases: Sequence[str]

    @property
    def extra_words(self) -> str:
        """The folded words beside the name."""
        return strip_accents(" ".join((*self.subjects, *self.aliases, self.place)))


@contextmanager
def build_engines(rows: Sequence[EngineDocument]) -> Iterator[dict[str, Engine]]:
    """Yield the engines, filled with the units, by what they are called."""
    names = [strip_accents(row.name) for row in rows]
    texts = [f"{name} {row.extra_words}" for name, row in zip(names, rows, strict=True)]
    with _postgres(rows) as measures:
        yield {
            "FTS5 unicode61": _full_text(rows, "unicode61 remove_diacritics 2", str.split),
            "FTS5 trigram": _full_text(rows, "trigram", _trigrams),
            "rapidfuzz WRatio": _rapid(rows, names, fuzz.WRatio),
            "rapidfuzz token_set_ratio": _rapid(rows, texts, fuzz.token_set_ratio),
            **measures,
        }


def _full_text(
    rows: Sequence[EngineDocument], tokenizer: str, terms: Callable[[str], Iterable[str]]
) -> Engine:
    """Any term will do (a slip would empty an `AND`); bm25 puts in front who has most of them."""
    table = sqlite3.connect(":memory:")
    table.execute(f'CREATE VIRTUAL TABLE unit USING fts5(name, more, tokenize="{tokenizer}")')
    table.executemany(
        "INSERT INTO unit VALUES (?, ?)", [(strip_accents(r.name), r.extra_words) for r in rows]
    )
    query = "SELECT rowid FROM unit WHERE unit MATCH ? ORDER BY bm25(unit, 3.0, 1.0), rowid LIMIT ?"

    def ask(words: str) -> list[str]:
        wanted = " OR ".join(
            '"' + term.replace('"', "") + '"' for term in terms(strip_accents(words))
        )
        return [rows[at - 1].name for (at,) in table.execute(query, (wanted, ANSWERS))]

    return ask


def _trigrams(words: str) -> list[str]:
    return [words[at : at + 3] for at in range(len(words) - 2)]


def _rapid(
    rows: Sequence[EngineDocument], texts: list[str], scorer: Callable[..., float]
) -> Engine:
    def ask(words: str) -> list[str]:
        found = process.extract(strip_accents(words), texts, scorer=scorer, limit=ANSWERS)
        return [rows[at].name for _, _, at in found]

    return ask


@contextmanager
def _postgres(rows: Sequence[EngineDocument]) -> Iterator[dict[str, Engine]]:
    """Yield both measures of pg_trgm, nearest first by a GiST index; none where there is none."""
    if not servers.postgres_bin():
        print("pg_trgm não foi medido: o PostgreSQL não está instalado.", file=sys.stderr)
        yield {}
        return
    with servers.start_postgres() as address, psycopg.connect(address, autocommit=True) as base:
        if not base.execute(
            "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'"
        ).fetchone():
            print("pg_trgm não foi medido: a extensão não está instalada.", file=sys.stderr)
            yield {}
            return
        base.execute("CREATE EXTENSION pg_trgm")
        base.execute("CREATE TABLE unit (id int PRIMARY KEY, name text, said text)")
        with base.cursor().copy("COPY unit FROM STDIN") as copy:
            for at, row in enumerate(rows):
                copy.write_row(
                    (at, strip_accents(row.name), f"{strip_accents(row.name)} {row.extra_words}")
                )
        base.execute("CREATE INDEX ON unit USING gist (name gist_trgm_ops(siglen=64))")
        base.execute("CREATE INDEX ON unit USING gist (said gist_trgm_ops(siglen=64))")
        base.execute("VACUUM ANALYZE unit")

        def alike(words: str) -> list[str]:
            query = "SELECT id FROM unit ORDER BY name <-> %s LIMIT %s"
            return [rows[at].name for (at,) in base.execute(query, (strip_accents(words), ANSWERS))]

        def within(words: str) -> list[str]:
            query = "SELECT id FROM unit ORDER BY %s <<-> said LIMIT %s"
            return [rows[at].name for (at,) in base.execute(query, (strip_accents(words), ANSWERS))]

        yield {"pg_trgm similarity": alike, "pg_trgm word_similarity": within}
