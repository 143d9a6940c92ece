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
from canais_app.directory.snapshot import DirectorySnapshot
from canais_app.kit import db, versions

MAX_SNAPSHOTS = 2  # the present version, and the one readers may still hold
QUICK_BUILD_SECONDS = 0.25  # seconds of building that a search waits for
log = structlog.get_logger()


@dataclass
class _SnapshotCache:
    snapshots: dict[str, DirectorySnapshot] = field(default_factory=dict[str, DirectorySnapshot])
    building: threading.Lock = field(default_factory=threading.Lock)
    helper: threading.Thread | None = None
    build_seconds: float = 0.0  # seconds the last build took

    def newest(self, token: str) -> DirectorySnapshot | None:
        """Return the last version built of the same directory."""
        same = [s for t, s in self.snapshots.items() if versions.is_same_database(t, token)]
        return same[-1] if same else None

    def put(self, token: str, made: DirectorySnapshot) -> None:
        """Keep a version, and forget the oldest."""
        while len(self.snapshots) >= MAX_SNAPSHOTS:
            self.snapshots.pop(next(iter(self.snapshots)))
        self.snapshots[token] = made


_cache = _SnapshotCache()


def load_snapshot(session: Session) -> DirectorySnapshot:
    """Return the directory as this transaction sees it; waits while it is built."""
    token = version.read_token(session)
    found = _cache.snapshots.get(token)
    if found is not None:
        return found
    with _cache.building:
        if token not in _cache.snapshots:
            start = time.perf_counter()
            made = snapshot.build_snapshot(session, _cache.newest(token))
            _cache.build_seconds = time.perf_counter() - start
            _cache.put(token, made)
        return _cache.snapshots[token]


def load_snapshot_or_stale(session: Session) -> DirectorySnapshot:
    """Return the directory as of now, or as it was while the new version is being built."""
    token = version.read_token(session)
    found = _cache.snapshots.get(token)
    before = _cache.newest(token)
    if (
        found
        or before is None
        or _cache.build_seconds < QUICK_BUILD_SECONDS
        or version.is_changed_in_session(session, token)
    ):
        return found or load_snapshot(session)
    if _cache.helper is None or not _cache.helper.is_alive():
        _cache.helper = threading.Thread(target=_build_in_background, name="directory", daemon=True)
        _cache.helper.start()
    return before


def _build_in_background() -> None:
    try:
        db.read_sync(load_snapshot)
    except Exception:
        log.exception("directory_not_built")  # whoever asks next tries again
