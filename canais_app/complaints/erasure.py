"""Remove what a reporter wrote or sent: on request, and when the retention ends."""

import re
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from canais_app.complaints import attachments
from canais_app.complaints.kinds import COMPLAINT_KIND_NAMES, ComplaintKindCode
from canais_app.complaints.models import Complaint, ComplaintEvent
from canais_app.kit.personal_data import mask_personal_data
from canais_app.kit.text import pluralise, strip_accents

_SHORTEST_NAME = 3  # letters of a part of a name that is masked
_PARTICLES = {"das", "dos"}  # between the parts of a name, and in every other sentence
_WORD = re.compile(r"\w+")
_MERGED_PAGES = 500  # of the search index in one transaction: others wait for it
_REMOVED = re.compile(r"\[removido: (relato “[^”]+”|mensagem), \d+ letras?\]")


def erase_words(session: Session, complaints: Sequence[Complaint]) -> int:
    """Replace texts by their kind and length, delete photos; return how many there were.

    Texts of the reporter only: messages of staff stay, and so does their own summary.
    """
    ids = [complaint.id for complaint in complaints]
    erased = 0
    for complaint in complaints:
        if is_written(complaint.text):
            erased += 1
            kind = COMPLAINT_KIND_NAMES[ComplaintKindCode(complaint.kind)]
            complaint.text = _removed(f"relato “{kind}”", complaint.text)
        session.add(complaint)
    events = session.exec(
        select(ComplaintEvent).where(
            col(ComplaintEvent.complaint_id).in_(ids),
            col(ComplaintEvent.author) == "reporter",
            col(ComplaintEvent.text) != "",
        )
    )
    for event in events:
        if is_written(event.text):
            erased += 1
            event.text = _removed("mensagem", event.text)
            session.add(event)
    erased += attachments.delete_photos(session, ids)
    session.flush()
    return erased


def mask_staff_words(session: Session, complaints: Sequence[Complaint]) -> None:
    """Mask the reporter's name and other personal data in what staff wrote about complaints."""
    names = {
        complaint.id: {
            part
            for part in _WORD.findall(strip_accents(complaint.name))
            if len(part) >= _SHORTEST_NAME
        }
        - _PARTICLES
        for complaint in complaints
    }
    events = session.exec(
        select(ComplaintEvent).where(
            col(ComplaintEvent.complaint_id).in_([complaint.id for complaint in complaints]),
            col(ComplaintEvent.author) != "reporter",
            col(ComplaintEvent.text) != "",
        )
    )
    for event in events:
        masked = _mask_words(mask_personal_data(event.text), names[event.complaint_id])
        if masked != event.text:
            event.text = masked
            session.add(event)
    session.flush()


def _mask_words(text: str, words: set[str]) -> str:
    """Mask some words, whatever their case and accents."""
    return _WORD.sub(lambda at: "[nome]" if strip_accents(at[0]) in words else at[0], text)


def is_written(text: str) -> bool:
    """Whether there is a text that was not erased."""
    return text != "" and not _REMOVED.fullmatch(text)


def merge_search_index(session: Session, *, first: bool) -> bool:
    """Do a part of merging SQLite's search index, which drops erased words; return if more is left.

    Until then the index holds single words of erased texts. PostgreSQL's vacuum does it there.
    """
    if session.get_bind().dialect.name != "sqlite":
        return False
    connection = session.connection()
    raw: Any = connection.connection.dbapi_connection
    before = raw.total_changes
    pages = -_MERGED_PAGES if first else _MERGED_PAGES  # a negative number: of all segments
    connection.exec_driver_sql(
        "INSERT INTO complaint_text (complaint_text, rank) VALUES ('merge', ?)", (pages,)
    )
    return raw.total_changes - before > 1  # as fts5's manual says


def _removed(what: str, text: str) -> str:
    return f"[removido: {what}, {pluralise(len(text), 'letra', 'letras')}]"
