"""Reads a file into the directory, all of it or nothing, and writes the directory as a file."""

import gc
import secrets
import time
import zlib
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import BinaryIO

import structlog
from sqlmodel import Session

from canais_app.accounts.roles import OPERATOR, Actor, Permission, require_permission
from canais_app.directory import hooks
from canais_app.directory.editing.change_log import ChangeContext
from canais_app.directory.models import VERSION, RunningImport
from canais_app.directory.spreadsheet import export, models, row_builder, schema, writer
from canais_app.directory.spreadsheet.diff import READER_BY_SUFFIX, Difference, compare_file
from canais_app.directory.spreadsheet.row_builder import RowBlock, RowBlocks
from canais_app.directory.spreadsheet.rows import (
    MAX_FILE_BYTES,
    ReportProgress,
    RowRefusal,
    no_progress,
)
from canais_app.kit import clock, db
from canais_app.kit.errors import ConflictError, InvalidError
from canais_app.kit.text import format_number, pluralise
from canais_app.settings import settings

MAX_REPORTED_REFUSALS = 200  # refusals listed in the error
MAX_COMPARISONS = 3  # beyond, the directory is locked while the file is compared
LEASE = timedelta(minutes=1)  # without a new block: the process that imported has ended
# Seconds between two blocks. SQLite's lock has no queue: those who wait ask again after at most
# 0.1 s, and the next block would be faster.
PAUSE_SECONDS = 0.12
log = structlog.get_logger()


@dataclass(frozen=True)
class UploadedFile:
    """A file as it was sent: its kind (`.csv`, `.xlsx`) and its bytes."""

    kind: str
    content: bytes


@dataclass(frozen=True)
class ImportPlan:
    """What an import writes, and the directory's version that the file was compared with."""

    found: Difference
    blocks: RowBlocks
    version: str


class FileRefusedError(InvalidError):
    """Lines of the file cannot be accepted, so nothing was written."""

    def __init__(self, found: Difference) -> None:
        count = pluralise(found.refusals, "problema", "problemas")
        reasons: dict[str, str] = {}
        for refusal in found.refused[:MAX_REPORTED_REFUSALS]:
            before = reasons.get(refusal.location)
            reasons[refusal.location] = f"{before} {refusal.reason}" if before else refusal.reason
        super().__init__(f"Nada foi gravado: o arquivo tem {count}.", reasons)
        self.found = found


def file_kind(name: str) -> str:
    """Return the kind of a file by its name.

    Raises:
        InvalidError: neither CSV nor XLSX.
    """
    kind = PurePath(name).suffix.casefold()
    if kind not in READER_BY_SUFFIX:
        raise InvalidError("O arquivo precisa ser .csv ou .xlsx.")
    return kind


def check_file_size(size: int) -> None:
    """Refuse a file of more than 64 MB.

    Raises:
        InvalidError: it is too large.
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
    """Return what a file would change, and its refusals; write nothing."""
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    return _compare(session, models.load_directory(session), upload, now, progress)


def run_import(
    upload: UploadedFile,
    *,
    actor: Actor,
    now: datetime,
    seen: str = "",
    progress: ReportProgress = no_progress,
) -> Difference:
    """Write all that a file changes, or nothing, in transactions of its own; return what it was.

    The file is compared outside the transaction that writes. On SQLite, which has one writer,
    a large difference is written in blocks: the first one tests all that can be refused, then
    the rest is written even if this process ends (`resume_import`). Searches see it all at once.
    `seen` is the fingerprint of the difference that was agreed to.

    Raises:
        FileRefusedError: a line cannot be accepted.
        ConflictError: the difference is another by now, or another import is being written.
    """
    resume_import(now=now)
    context = ChangeContext(actor, now)
    for _ in range(MAX_COMPARISONS):
        plan = db.read_sync(_plan, upload, context, seen, progress)
        running = _running_import(upload, plan, context)
        if running is None:
            plan.blocks.build_all()  # now: the one transaction may be tried again
        if not plan.blocks.count or db.write_sync(_begin, plan, context, running):
            if running:
                rest = plan.blocks.rest
                _write_rest(rest, plan.blocks.count - 1, context, running.token, progress)
            return plan.found
    return db.write_sync(import_file, upload, actor=actor, now=now, seen=seen, progress=progress)


def import_file(  # noqa: PLR0913 (the file, by whom, when, what was agreed to, progress)
    session: Session,
    upload: UploadedFile,
    *,
    actor: Actor,
    now: datetime,
    seen: str = "",
    progress: ReportProgress = no_progress,
) -> Difference:
    """Do as `run_import` in the caller's transaction, which locks the directory throughout."""
    context = ChangeContext(actor, now)
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    writer.lock_directory(session)
    plan = _plan(session, upload, context, seen, progress)
    _write_all(session, plan.blocks, context)
    return plan.found


def resume_import(*, now: datetime) -> bool:
    """Write the rest of an import whose process has ended. Return whether there was one."""
    if not db.read_sync(_find_abandoned, now):
        return False
    claimed = db.write_sync(_claim, now)
    if claimed is None:
        return False
    upload, actor, token = claimed
    context = ChangeContext(actor, now)
    try:
        plan = db.read_sync(_plan, upload, context, "", no_progress)
    except FileRefusedError as refused:
        log.exception("import_resume_refused", refusals=refused.found.refusals)
        _write_rest((), 0, context, token, no_progress)
        return True
    _write_rest(plan.blocks, plan.blocks.count, context, token, no_progress)
    log.info("import_resumed", blocks=plan.blocks.count)
    return True


def export_file(session: Session, kind: str, out: BinaryIO, *, actor: Actor) -> int:
    """Write the whole directory as a file of that kind; return how many units it has."""
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    stored = models.load_directory(session)
    (export.write_xlsx if kind == ".xlsx" else export.write_csv)(stored, out)
    return len(stored.units)


def _plan(
    session: Session,
    upload: UploadedFile,
    context: ChangeContext,
    seen: str,
    progress: ReportProgress,
) -> ImportPlan:
    require_permission(context.actor, Permission.SHAPE_DIRECTORY)
    before = VERSION.read_token(session)  # first: a change in between makes it old
    stored = models.load_directory(session)
    found = _compare(session, stored, upload, context.now, progress)
    if found.refusals:
        raise FileRefusedError(found)
    if seen and seen != found.fingerprint():
        raise ConflictError("O diretório mudou depois da conferência. Confira de novo e grave.")
    blocks = row_builder.build_blocks(session, stored, found.changed_lines(), context)
    return ImportPlan(found, blocks, before)


def _compare(
    session: Session,
    stored: models.StoredDirectory,
    upload: UploadedFile,
    now: datetime,
    progress: ReportProgress,
) -> Difference:
    check_file_size(len(upload.content))
    found = compare_file(
        stored,
        upload.kind,
        upload.content,
        accepts_demo=not settings().is_production,
        progress=progress,
    )
    _add_retirement_blockers(session, found, now)
    return found


def _add_retirement_blockers(session: Session, found: Difference, now: datetime) -> None:
    for line in found.changed:
        if line.stored and line.values.get("active") is False:
            reasons = hooks.load_retirement_blockers(session, line.stored.id, now)
            found.add_refusals(RowRefusal(line.line, schema.STATE, reason) for reason in reasons)


def _running_import(
    upload: UploadedFile, plan: ImportPlan, context: ChangeContext
) -> RunningImport | None:
    """Return the row of an import in blocks; None when one transaction is enough."""
    if not settings().is_sqlite or plan.blocks.count <= 1:
        return None
    return RunningImport(
        token=secrets.token_hex(16),
        kind=upload.kind,
        content=zlib.compress(upload.content, level=1),
        staff_id=context.actor.staff_id,
        actor=context.actor.name,
        door=context.actor.door,
        renewed_at=clock.now(),
    )


def _begin(
    session: Session, plan: ImportPlan, context: ChangeContext, running: RunningImport | None
) -> bool:
    """Write the plan, or its first block; False when the directory has changed meanwhile."""
    writer.lock_directory(session)
    if VERSION.read_token(session) != plan.version:
        return False
    _add_retirement_blockers(session, plan.found, context.now)
    if plan.found.refusals:
        raise FileRefusedError(plan.found)
    if running is None:
        _write_all(session, plan.blocks, context)
    else:
        session.add(running)
        writer.write_block(session, plan.blocks.first, context)
    return True


def _write_all(session: Session, blocks: RowBlocks, context: ChangeContext) -> None:
    for block in blocks:
        writer.write_block(session, block, context)
    if blocks.count:
        writer.finish(session)


def _write_rest(
    blocks: Iterable[RowBlock],
    count: int,
    context: ChangeContext,
    token: str,
    progress: ReportProgress,
) -> None:
    with db.long_running(), _rows_uncollected():
        for number, block in enumerate(blocks, start=1):
            time.sleep(PAUSE_SECONDS)
            db.write_sync(_write_next, block, context, token)
            progress("Gravando", number, count)
        db.write_sync(_end, token)


@contextmanager
def _rows_uncollected() -> Generator[None, None, None]:
    """Keep the garbage collector from walking all the rows while a block holds the lock."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _write_next(session: Session, block: RowBlock, context: ChangeContext, token: str) -> None:
    _get_running(session, token).renewed_at = clock.now()
    writer.write_block(session, block, context)


def _end(session: Session, token: str) -> None:
    session.delete(_get_running(session, token))
    writer.finish(session)


def _get_running(session: Session, token: str) -> RunningImport:
    row = session.get(RunningImport, 1)
    if row is None or row.token != token:
        raise ConflictError("Outro processo assumiu esta gravação e a termina.")
    return row


def _find_abandoned(session: Session, now: datetime) -> RunningImport | None:
    row = session.get(RunningImport, 1)
    return row if row is not None and now - row.renewed_at > LEASE else None


def _claim(session: Session, now: datetime) -> tuple[UploadedFile, Actor, str] | None:
    row = _find_abandoned(session, now)
    if row is None:
        return None
    row.token, row.renewed_at = secrets.token_hex(16), now
    actor = replace(OPERATOR, staff_id=row.staff_id, name=row.actor, door=row.door)
    return UploadedFile(row.kind, zlib.decompress(row.content)), actor, row.token
