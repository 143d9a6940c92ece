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

from canais_app.accounts.roles import Actor, Permission, require
from canais_app.directory import version
from canais_app.directory.files import service
from canais_app.directory.files.difference import Difference
from canais_app.directory.files.service import Sent
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.settings import settings

MOST_SENT = 16 * 1024 * 1024  # bytes
KEPT = timedelta(hours=1)
_KEY = re.compile(r"[0-9a-f]{64}(\.csv|\.xlsx)")
GONE = "Este arquivo não está mais guardado. Envie de novo."


# The last difference that was worked out, by file and version of the directory: a large one takes
# seconds, and a page asks for it list by list.
_last: dict[tuple[str, str], Difference] = {}
_comparing = threading.Lock()


def keep(sent: Sent, *, actor: Actor, now: datetime) -> str:
    """Keep a file for an hour, and forget those older than that. Return its key.

    Raises:
        InvalidError: nothing in it, or too much.
    """
    require(actor, Permission.SHAPE_DIRECTORY)
    if not sent.content:
        raise InvalidError("O arquivo está vazio.")
    if len(sent.content) > MOST_SENT:
        raise InvalidError(f"O arquivo passa de {MOST_SENT // 2**20} MB.")
    forget(now)
    key = hashlib.sha256(sent.content).hexdigest() + sent.kind
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / key).write_bytes(sent.content)
    return key


def preview(session: Session, key: str, *, actor: Actor, now: datetime) -> Difference:
    """Return what a kept file would change.

    Raises:
        NotFoundError: it is not kept, or not any more.
    """
    require(actor, Permission.SHAPE_DIRECTORY)
    sent, token = find(key, now), version.current(session)
    with _comparing:  # two people who look at once do not work it out twice
        if (key, token) not in _last:
            _last.clear()
            _last[key, token] = service.preview(session, sent, actor=actor, now=now)
        return _last[key, token]


def save(session: Session, key: str, seen: str, *, actor: Actor, now: datetime) -> int:
    """Write a kept file if it still changes what was seen. Return how many units that were.

    Raises:
        NotFoundError: it is not kept any more.
        ConflictError: the directory has changed, so that the difference is another.
        RefusedFileError: a line cannot be accepted.
    """
    require(actor, Permission.SHAPE_DIRECTORY)
    sent = find(key, now)
    return len(service.import_file(session, sent, actor=actor, now=now, seen=seen).lines())


def find(key: str, now: datetime) -> Sent:
    """Return a kept file.

    Raises:
        NotFoundError: it is not kept, or not any more.
    """
    path = _folder() / key
    if not _KEY.fullmatch(key) or not path.is_file() or _age(path, now) > KEPT:
        raise NotFoundError(GONE)
    return Sent(path.suffix, path.read_bytes())


def drop(key: str, *, actor: Actor, now: datetime) -> None:
    """Let a kept file go."""
    require(actor, Permission.SHAPE_DIRECTORY)
    forget(now, key)


def forget(now: datetime, key: str = "") -> None:
    """Delete files older than an hour, and the one of this key; remember no difference."""
    _last.clear()
    for path in _folder().glob("*.*"):
        if path.name == key or _age(path, now) > KEPT:
            path.unlink(missing_ok=True)


def _age(path: Path, now: datetime) -> timedelta:
    return now - datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _folder() -> Path:
    return settings().var_dir / "importacao"
