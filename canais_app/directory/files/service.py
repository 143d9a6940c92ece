"""Reading a file into the directory, and writing the directory out: the whole of it, or nothing."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import BinaryIO

from sqlmodel import Session

from canais_app.accounts.roles import Actor, Permission, require
from canais_app.directory import extras
from canais_app.directory.changes import By
from canais_app.directory.files import apply, export, heads, stored
from canais_app.directory.files.difference import READERS, Difference, compare
from canais_app.directory.files.lines import MOST_BYTES, Refusal, Tell, quiet
from canais_app.directory.files.stored import Directory
from canais_app.kit.errors import ConflictError, InvalidError
from canais_app.kit.text import number_words, plural
from canais_app.settings import settings

SAID = 200  # refusals said in words


@dataclass(frozen=True)
class Sent:
    """A file somebody sends: its kind (`.csv`, `.xlsx`) and its bytes."""

    kind: str
    content: bytes


class RefusedFileError(InvalidError):
    """Lines of the file cannot be accepted, so nothing was written."""

    def __init__(self, found: Difference) -> None:
        count = plural(found.refusals, "problema", "problemas")
        said: dict[str, str] = {}
        for refusal in found.refused[:SAID]:
            before = said.get(refusal.place)
            said[refusal.place] = f"{before} {refusal.reason}" if before else refusal.reason
        super().__init__(f"Nada foi gravado: o arquivo tem {count}.", said)
        self.found = found


def kind_of(name: str) -> str:
    """Return which kind of file a name says it is.

    Raises:
        InvalidError: neither CSV nor XLSX.
    """
    kind = PurePath(name).suffix.casefold()
    if kind not in READERS:
        raise InvalidError("O arquivo precisa ser .csv ou .xlsx.")
    return kind


def check_size(size: int) -> None:
    """Refuse a file that is too large to be read.

    Raises:
        InvalidError: it has more than 64 MB.
    """
    if size > MOST_BYTES:
        limit = number_words(MOST_BYTES / 2**20)
        raise InvalidError(f"O arquivo passa de {limit} MB.")


def preview(
    session: Session, sent: Sent, *, actor: Actor, now: datetime, tell: Tell = quiet
) -> Difference:
    """Return what a file would change, refusals too; write nothing."""
    require(actor, Permission.SHAPE_DIRECTORY)
    return _difference(session, stored.load(session), sent, now, tell)


def import_file(  # noqa: PLR0913 (what, by whom, when, what was seen and for whom to tell)
    session: Session,
    sent: Sent,
    *,
    actor: Actor,
    now: datetime,
    seen: str = "",
    tell: Tell = quiet,
) -> Difference:
    """Write all that a file changes, or nothing; return what it was.

    `seen` is the fingerprint of the difference that somebody agreed to.

    Raises:
        RefusedFileError: a line cannot be accepted.
        ConflictError: the directory has changed since, so that the difference is another.
    """
    require(actor, Permission.SHAPE_DIRECTORY)
    apply.lock(session)
    there = stored.load(session)
    found = _difference(session, there, sent, now, tell)
    if found.refusals:
        raise RefusedFileError(found)
    if seen and seen != found.fingerprint():
        raise ConflictError("O diretório mudou depois da conferência. Confira de novo e grave.")
    apply.write(session, there, found, by=By(actor, now), tell=tell)
    return found


def _difference(
    session: Session, there: Directory, sent: Sent, now: datetime, tell: Tell
) -> Difference:
    check_size(len(sent.content))
    accepts_demo = not settings().is_production
    found = compare(there, sent.kind, sent.content, accepts_demo=accepts_demo, tell=tell)
    for line in found.changed:
        if line.stored and line.values.get("active") is False:
            said = extras.hindrances(session, line.stored.id, now)
            found.refuse(Refusal(line.line, heads.STATE, sentence) for sentence in said)
    return found


def export_file(session: Session, kind: str, out: BinaryIO, *, actor: Actor) -> int:
    """Write the whole directory as a file of that kind; return how many units it has."""
    require(actor, Permission.SHAPE_DIRECTORY)
    there = stored.load(session)
    (export.write_xlsx if kind == ".xlsx" else export.write_csv)(there, out)
    return len(there.units)
