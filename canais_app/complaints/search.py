"""Find complaints by words of their text or by protocol.

Words are compared without accents and case, as beginnings: `atend` finds "atendeu". Words in
quotes are a phrase. A protocol is found whole, with or without its year.
"""

import re
from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, column, func, literal_column, select, table
from sqlmodel import Session, col

from canais_app.complaints.models import Complaint
from canais_app.kit import text

MAX_MATCHES = 1000  # the newest complaints with the words
MAX_WORDS = 12
NEWEST = 100_000  # searched first: a common word has enough matches there
_PROTOCOL = re.compile(r"(?:(\d{4})\s*-?\s*)?(\d{8})")
_PHRASE = re.compile(r'"([^"]*)"?')
_WORD = re.compile(r"[a-z0-9]+")
_FTS = table("complaint_text", column("rowid"))
_YEARS = range(2024, 2100)


@dataclass(frozen=True)
class TextQuery:
    """What a search box asks: protocols, or words and phrases that all occur."""

    protocols: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()


def parse_text_query(typed: str) -> TextQuery:
    """Return what was typed into a search box as a query; empty without letters and digits."""
    if found := _PROTOCOL.fullmatch(typed.strip()):
        years = [found[1]] if found[1] else [str(year) for year in _YEARS]
        return TextQuery(protocols=tuple(f"{year}-{found[2]}" for year in years))
    phrases = [tuple(_words(phrase)) for phrase in _PHRASE.findall(typed)]
    words = _words(_PHRASE.sub(" ", typed))
    return TextQuery(
        words=tuple(words[:MAX_WORDS]),
        phrases=tuple(phrase[:MAX_WORDS] for phrase in phrases if phrase)[:MAX_WORDS],
    )


def _words(typed: str) -> list[str]:
    return _WORD.findall(text.strip_accents(typed))


def matches(session: Session, typed: str) -> ColumnElement[bool]:
    """Return the condition that a complaint matches what was typed.

    Of a text, the newest `MAX_MATCHES` complaints match. Nothing matches a text without words.
    """
    query = parse_text_query(typed)
    if query.protocols:
        return col(Complaint.protocol).in_(query.protocols)
    return col(Complaint.id).in_(find_ids(session, query))


def find_ids(session: Session, query: TextQuery) -> list[int]:
    """Return the ids of the newest complaints with all the words, newest first."""
    if not query.words and not query.phrases:
        return []
    if session.get_bind().dialect.name == "sqlite":
        found = (
            select(_FTS.c.rowid)
            .where(literal_column("complaint_text").op("MATCH")(_fts5_query(query)))
            .order_by(_FTS.c.rowid.desc())
            .limit(MAX_MATCHES)
        )
        return list(session.scalars(found))
    newest = session.scalar(select(func.max(col(Complaint.id)))) or 0
    found = _find_in_postgres(session, query, col(Complaint.id) > newest - NEWEST)
    if len(found) < MAX_MATCHES and newest > NEWEST:
        found += _find_in_postgres(session, query, col(Complaint.id) <= newest - NEWEST)
    return found[:MAX_MATCHES]


def _find_in_postgres(session: Session, query: TextQuery, where: ColumnElement[bool]) -> list[int]:
    wanted = func.to_tsquery(literal_column("'simple'"), bindparam(None, _tsquery(query)))
    words = func.folded_words(col(Complaint.text))
    matching = (
        select(col(Complaint.id))
        .where(words.op("@@")(wanted), where)
        .order_by((col(Complaint.id) + 0).desc())  # sorts the matches instead of walking the key
        .limit(MAX_MATCHES)
    )
    return [id_ for id_ in session.scalars(matching) if id_ is not None]


def _fts5_query(query: TextQuery) -> str:
    words = [f'"{word}"*' for word in query.words]
    return " AND ".join([*words, *(f'"{" ".join(phrase)}"' for phrase in query.phrases)])


def _tsquery(query: TextQuery) -> str:
    words = [f"{word}:*" for word in query.words]
    return " & ".join([*words, *(f"({' <-> '.join(phrase)})" for phrase in query.phrases)])
