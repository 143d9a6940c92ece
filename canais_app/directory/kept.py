"""The versions of the directory a process keeps in memory, and how it comes by a new one.

Whoever must see the newest (a unit's page) waits while it is built. A search reads the version
before it meanwhile, unless building is a matter of a moment: an edit stalls nobody.
"""

import threading
import time
from dataclasses import dataclass, field

import structlog
from sqlmodel import Session

from canais_app.directory import snapshot, version
from canais_app.directory.snapshot import Snapshot
from canais_app.kit import db, versions

KEPT = 2  # the present version, and the one readers may still hold
SHORT = 0.25  # seconds of building that a search waits for
log = structlog.get_logger()


@dataclass
class _Shelf:
    made: dict[str, Snapshot] = field(default_factory=dict[str, Snapshot])
    building: threading.Lock = field(default_factory=threading.Lock)
    helper: threading.Thread | None = None
    took: float = 0.0  # seconds the last build took

    def newest(self, token: str) -> Snapshot | None:
        """Return the last version built of the same directory."""
        same = [s for t, s in self.made.items() if versions.same_database(t, token)]
        return same[-1] if same else None

    def put(self, token: str, made: Snapshot) -> None:
        """Keep a version, and forget the oldest."""
        while len(self.made) >= KEPT:
            self.made.pop(next(iter(self.made)))
        self.made[token] = made


_shelf = _Shelf()


def load(session: Session) -> Snapshot:
    """Return the directory as this transaction sees it; waits while it is built."""
    token = version.current(session)
    found = _shelf.made.get(token)
    if found is not None:
        return found
    with _shelf.building:
        if token not in _shelf.made:
            start = time.perf_counter()
            made = snapshot.build(session, _shelf.newest(token))
            _shelf.took = time.perf_counter() - start
            _shelf.put(token, made)
        return _shelf.made[token]


def load_quickly(session: Session) -> Snapshot:
    """Return the directory as of now, or as it was while the new version is being built."""
    token = version.current(session)
    found = _shelf.made.get(token)
    before = _shelf.newest(token)
    if found or before is None or _shelf.took < SHORT or version.is_own(session, token):
        return found or load(session)
    if _shelf.helper is None or not _shelf.helper.is_alive():
        _shelf.helper = threading.Thread(target=_build_beside, name="directory", daemon=True)
        _shelf.helper.start()
    return before


def _build_beside() -> None:
    try:
        db.run_reading(load)
    except Exception:
        log.exception("directory_not_built")  # whoever asks next tries again
