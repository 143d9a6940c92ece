"""Reading a file into the directory, and writing the directory out: the whole of it, or nothing."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import BinaryIO

from sqlmodel import Session

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.directory import hooks
from canais_app.directory.editing.change_log import ChangeContext
from canais_app.directory.spreadsheet import export, models, schema, writer
from canais_app.directory.spreadsheet.diff import READER_BY_SUFFIX, Difference, compare_file
from canais_app.directory.spreadsheet.models import StoredDirectory
from canais_app.directory.spreadsheet.rows import (
    MAX_FILE_BYTES,
    ReportProgress,
    RowRefusal,
    no_progress,
)
from canais_app.kit.errors import ConflictError, InvalidError
from canais_app.kit.text import format_number, pluralise
from canais_app.settings import settings

MAX_REPORTED_REFUSALS = 200  # refusals said in words


@dataclass(frozen=True)
class UploadedFile:
    """A file somebody sends: its kind (`.csv`, `.xlsx`) and its bytes."""

    kind: str
    content: bytes


class FileRefusedError(InvalidError):
    """Lines of the file cannot be accepted, so nothing was written."""

    def __init__(self, found: Difference) -> None:
        count = pluralise(found.refusals, "problema", "problemas")
        said: dict[str, str] = {}
        for refusal in found.refused[:MAX_REPORTED_REFUSALS]:
            before = said.get(refusal.location)
            said[refusal.location] = f"{before} {refusal.reason}" if before else refusal.reason
        super().__init__(f"Nada foi gravado: o arquivo tem {count}.", said)
        self.found = found


def file_kind(name: str) -> str:
    """Return which kind of file a name says it is.

    Raises:
        InvalidError: neither CSV nor XLSX.
    """
    kind = PurePath(name).suffix.casefold()
    if kind not in READER_BY_SUFFIX:
        raise InvalidError("O arquivo precisa ser .csv ou .xlsx.")
    return kind


def check_file_size(size: int) -> None:
    """Refuse a file that is too large to be read.

    Raises:
        InvalidError: it has more than 64 MB.
    """
    if size > MAX_FILE_BYTES:
        limit = format_number(MAX_FILE_BYTES / 2**20)
        raise InvalidError(f"O arquivo passa de {limit} MB.")


def preview_file(
    session: Session,
    upload: UploadedFile,
    *,
    actor: Actor,
    now: datetime,
    progress: ReportProgress = no_progress,
) -> Difference:
    """Return what a file would change, refusals too; write nothing."""
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    return _difference(session, models.load_directory(session), upload, now, progress)


def import_file(  # noqa: PLR0913 (what, by whom, when, what was seen and for whom to tell)
    session: Session,
    upload: UploadedFile,
    *,
    actor: Actor,
    now: datetime,
    seen: str = "",
    progress: ReportProgress = no_progress,
) -> Difference:
    """Write all that a file changes, or nothing; return what it was.

    `seen` is the fingerprint of the difference that somebody agreed to.

    Raises:
        RefusedFileError: a line cannot be accepted.
        ConflictError: the directory has changed since, so that the difference is another.
    """
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    writer.lock_directory(session)
    there = models.load_directory(session)
    found = _difference(session, there, upload, now, progress)
    if found.refusals:
        raise FileRefusedError(found)
    if seen and seen != found.fingerprint():
        raise ConflictError("O diretório mudou depois da conferência. Confira de novo e grave.")
    writer.write_difference(
        session, there, found, context=ChangeContext(actor, now), progress=progress
    )
    return found


def _difference(
    session: Session,
    there: StoredDirectory,
    sent: UploadedFile,
    now: datetime,
    tell: ReportProgress,
) -> Difference:
    check_file_size(len(sent.content))
    accepts_demo = not settings().is_production
    found = compare_file(there, sent.kind, sent.content, accepts_demo=accepts_demo, progress=tell)
    for line in found.changed:
        if line.stored and line.values.get("active") is False:
            said = hooks.load_retirement_blockers(session, line.stored.id, now)
            found.add_refusals(RowRefusal(line.line, schema.STATE, sentence) for sentence in said)
    return found


def export_file(session: Session, kind: str, out: BinaryIO, *, actor: Actor) -> int:
    """Write the whole directory as a file of that kind; return how many units it has."""
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    there = models.load_directory(session)
    (export.write_xlsx if kind == ".xlsx" else export.write_csv)(there, out)
    return len(there.units)
