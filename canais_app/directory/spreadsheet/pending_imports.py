"""Stores uploaded files for an hour between preview and import.

They lie in the var directory under their hash, so that a preview belongs to one content. The
difference is computed anew when the directory has changed.
"""

import hashlib
import json
import re
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlmodel import Session

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.directory.models import VERSION
from canais_app.directory.spreadsheet import mapping, models
from canais_app.directory.spreadsheet import service as spreadsheet
from canais_app.directory.spreadsheet.diff import Difference
from canais_app.directory.spreadsheet.loose_tables import recode
from canais_app.directory.spreadsheet.mapping import LooseColumn, MappedFile
from canais_app.directory.spreadsheet.rows import UnreadableFileError
from canais_app.directory.spreadsheet.service import UploadedFile
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.settings import settings

MAX_UPLOAD_BYTES = 16 * 1024 * 1024
UPLOAD_LIFETIME = timedelta(hours=1)
MAX_REMEMBERED = 100  # mappings, by header
_KEY = re.compile(r"[0-9a-f]{64}(\.csv|\.xlsx)")
GONE_TEXT = "Este arquivo não está mais guardado. Envie de novo."

# The last difference by (file, directory version): a large one takes seconds, and the page reads
# it list by list.
_last_difference: dict[tuple[str, str], Difference] = {}
_comparing = threading.Lock()


def store_upload(upload: UploadedFile, *, actor: Actor, now: datetime) -> str:
    """Store a file for an hour, and delete older ones; return its key.

    Raises:
        InvalidError: it is empty or too large.
    """
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    if not upload.content:
        raise InvalidError("O arquivo está vazio.")
    if len(upload.content) > MAX_UPLOAD_BYTES:
        raise InvalidError(f"O arquivo passa de {MAX_UPLOAD_BYTES // 2**20} MB.")
    delete_expired_uploads(now)
    return _write_upload(UploadedFile(upload.kind, recode(upload.kind, upload.content)))


def _write_upload(upload: UploadedFile) -> str:
    key = hashlib.sha256(upload.content).hexdigest() + upload.kind
    folder = _upload_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / key).write_bytes(upload.content)
    return key


def list_loose_columns(
    session: Session, key: str, *, actor: Actor, now: datetime
) -> list[LooseColumn]:
    """Return the columns of a file that others made, as mapped last time or guessed.

    Empty when it is a units file.

    Raises:
        NotFoundError: no file is stored under the key, or it has expired.
    """
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    upload = find_upload(key, now)
    if mapping.is_units_file(upload.kind, upload.content):
        return []
    try:
        table = mapping.load_table(upload.kind, upload.content)
    except UnreadableFileError:
        return []
    return mapping.guess_columns(table, models.load_directory(session), _remembered_mappings())


def map_upload(
    session: Session, key: str, targets: Sequence[str], *, actor: Actor, now: datetime
) -> tuple[str, MappedFile]:
    """Turn a stored file into a units file by its columns' targets.

    Returns the key of the units file, empty when no row finds its unit, and what was left out.
    The targets are remembered for the header when a row finds its unit.

    Raises:
        NotFoundError: no file is stored under the key, or it has expired.
        InvalidError: it cannot be read, or see `mapping.apply_mapping`.
    """
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    upload = find_upload(key, now)
    try:
        table = mapping.load_table(upload.kind, upload.content)
    except UnreadableFileError as wrong:
        raise InvalidError(wrong.refusals[0].reason) from None
    made = mapping.apply_mapping(table, targets, models.load_directory(session))
    if not made.units:
        return "", made
    _remember_mapping(mapping.header_key(table.header), list(targets))
    return _write_upload(UploadedFile(".csv", made.content)), made


def _remember_mapping(header: str, targets: list[str]) -> None:
    newest = dict(list((_remembered_mappings() | {header: targets}).items())[-MAX_REMEMBERED:])
    with NamedTemporaryFile("w", encoding="utf-8", dir=settings().var_dir, delete=False) as beside:
        json.dump(newest, beside)
    Path(beside.name).replace(_mappings_path())


def _mappings_path() -> Path:
    return settings().var_dir / "colunas-de-importacao.json"


def _remembered_mappings() -> dict[str, list[str]]:
    """Return the targets by header; none when the file is missing or damaged."""
    try:
        return json.loads(_mappings_path().read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def preview_upload(session: Session, key: str, *, actor: Actor, now: datetime) -> Difference:
    """Return what a stored file would change.

    Raises:
        NotFoundError: no file is stored under the key, or it has expired.
    """
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    upload, token = find_upload(key, now), VERSION.read_token(session)
    with _comparing:  # once for all who preview at the same time
        if (key, token) not in _last_difference:
            _last_difference.clear()
            _last_difference[key, token] = spreadsheet.preview_file(
                session, upload, actor=actor, now=now
            )
        return _last_difference[key, token]


def apply_upload(key: str, seen: str, *, actor: Actor, now: datetime) -> int:
    """Write a stored file if it still changes what was seen; return how many units it changed.

    Raises:
        NotFoundError: it has expired.
        ConflictError: the difference is another by now.
        FileRefusedError: a line cannot be accepted.
    """
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    upload = find_upload(key, now)
    return len(spreadsheet.run_import(upload, actor=actor, now=now, seen=seen).changed_lines())


def find_upload(key: str, now: datetime) -> UploadedFile:
    """Return a stored file.

    Raises:
        NotFoundError: no file is stored under the key, or it has expired.
    """
    path = _upload_folder() / key
    if not _KEY.fullmatch(key) or not path.is_file() or _age(path, now) > UPLOAD_LIFETIME:
        raise NotFoundError(GONE_TEXT)
    return UploadedFile(path.suffix, path.read_bytes())


def delete_upload(key: str, *, actor: Actor, now: datetime) -> None:
    """Delete a stored file."""
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    delete_expired_uploads(now, key)


def delete_expired_uploads(now: datetime, key: str = "") -> None:
    """Delete files older than an hour and the one of this key, and the cached difference."""
    _last_difference.clear()
    for path in _upload_folder().glob("*.*"):
        if path.name == key or _age(path, now) > UPLOAD_LIFETIME:
            path.unlink(missing_ok=True)


def _age(path: Path, now: datetime) -> timedelta:
    return now - datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _upload_folder() -> Path:
    return settings().var_dir / "importacao"
