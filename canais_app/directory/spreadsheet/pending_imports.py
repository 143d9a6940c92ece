"""Files sent to the portal, kept for an hour between looking at them and writing them.

They lie in the working folder under their hash: whoever agrees to a difference agrees to the file
it was of. The difference is worked out anew whenever the directory has changed.
"""

import hashlib
import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.directory.models import VERSION
from canais_app.directory.spreadsheet import service as spreadsheet
from canais_app.directory.spreadsheet.diff import Difference
from canais_app.directory.spreadsheet.service import UploadedFile
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.settings import settings

MAX_UPLOAD_BYTES = 16 * 1024 * 1024  # bytes
UPLOAD_LIFETIME = timedelta(hours=1)
_KEY = re.compile(r"[0-9a-f]{64}(\.csv|\.xlsx)")
GONE_TEXT = "Este arquivo não está mais guardado. Envie de novo."


# The last difference that was worked out, by file and version of the directory: a large one takes
# seconds, and a page asks for it list by list.
_last_difference: dict[tuple[str, str], Difference] = {}
_comparing = threading.Lock()


def store_upload(upload: UploadedFile, *, actor: Actor, now: datetime) -> str:
    """Keep a file for an hour, and forget those older than that. Return its key.

    Raises:
        InvalidError: nothing in it, or too much.
    """
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    if not upload.content:
        raise InvalidError("O arquivo está vazio.")
    if len(upload.content) > MAX_UPLOAD_BYTES:
        raise InvalidError(f"O arquivo passa de {MAX_UPLOAD_BYTES // 2**20} MB.")
    delete_expired_uploads(now)
    key = hashlib.sha256(upload.content).hexdigest() + upload.kind
    folder = _upload_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / key).write_bytes(upload.content)
    return key


def preview_upload(session: Session, key: str, *, actor: Actor, now: datetime) -> Difference:
    """Return what a kept file would change.

    Raises:
        NotFoundError: it is not kept, or not any more.
    """
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    sent, token = find_upload(key, now), VERSION.read_token(session)
    with _comparing:  # two people who look at once do not work it out twice
        if (key, token) not in _last_difference:
            _last_difference.clear()
            _last_difference[key, token] = spreadsheet.preview_file(
                session, sent, actor=actor, now=now
            )
        return _last_difference[key, token]


def apply_upload(key: str, seen: str, *, actor: Actor, now: datetime) -> int:
    """Write a stored file if it still changes what was seen; return how many units it changed.

    Raises:
        NotFoundError: it is not kept any more.
        ConflictError: the directory has changed, so that the difference is another.
        RefusedFileError: a line cannot be accepted.
    """
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    sent = find_upload(key, now)
    return len(spreadsheet.run_import(sent, actor=actor, now=now, seen=seen).changed_lines())


def find_upload(key: str, now: datetime) -> UploadedFile:
    """Return a kept file.

    Raises:
        NotFoundError: it is not kept, or not any more.
    """
    path = _upload_folder() / key
    if not _KEY.fullmatch(key) or not path.is_file() or _age(path, now) > UPLOAD_LIFETIME:
        raise NotFoundError(GONE_TEXT)
    return UploadedFile(path.suffix, path.read_bytes())


def delete_upload(key: str, *, actor: Actor, now: datetime) -> None:
    """Let a kept file go."""
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    delete_expired_uploads(now, key)


def delete_expired_uploads(now: datetime, key: str = "") -> None:
    """Delete files older than an hour, and the one of this key; remember no difference."""
    _last_difference.clear()
    for path in _upload_folder().glob("*.*"):
        if path.name == key or _age(path, now) > UPLOAD_LIFETIME:
            path.unlink(missing_ok=True)


def _age(path: Path, now: datetime) -> timedelta:
    return now - datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _upload_folder() -> Path:
    return settings().var_dir / "importacao"
