"""The record of who did what: the whole chain walked, and one altered byte found in it."""

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from unittest import mock

from bench.claim import Claim, sized

ENTRIES = sized(10_000, 300)
ALTERED = sized(7_777, 222)
BAR_SECONDS = 2.0


def claims() -> Iterable[Claim]:
    """Measure it on a database of its own."""
    with tempfile.TemporaryDirectory(prefix="canais-bench-") as var:
        path = Path(var) / "bench.db"
        environment = {"CANAIS_DATABASE_URL": f"sqlite:///{path}", "CANAIS_VAR_DIR": var}
        with mock.patch.dict(os.environ, environment):
            yield from _measured(path)


def _measured(path: Path) -> Iterable[Claim]:
    from canais_app.accounts import audit
    from canais_app.accounts.roles import SYSTEM
    from canais_app.kit import clock, db, migrations
    from canais_app.settings import settings

    settings.cache_clear()
    db.get_engine.cache_clear()
    migrations.upgrade_database()
    with db.write_transaction() as session:
        for number in range(ENTRIES):
            change = {"name": ["antes", "depois"]}
            audit.record_entry(session, SYSTEM, "mudar", "unit", number, change, now=clock.now())
    begun = time.perf_counter()
    with db.read_transaction() as session:
        report = audit.verify_chain(session)
    taken = time.perf_counter() - begun
    yield Claim(
        f"auditoria de {ENTRIES} itens conferida do primeiro ao último",
        f"{taken:.2f} s, {'íntegra' if report.is_intact else 'rompida'}",
        f"≤ {BAR_SECONDS:.0f} s",
        report.is_intact and report.count == ENTRIES and taken <= BAR_SECONDS,
    )
    db.get_engine().dispose()
    _alter(path)
    with db.read_transaction() as session:
        found = audit.verify_chain(session).broken_id
    db.get_engine().dispose()
    yield Claim(
        "um byte alterado na auditoria, encontrado e nomeado",
        f"item {found} (alterado: {ALTERED})",
        "o item alterado",
        found == ALTERED,
        exact=True,
    )


def _alter(path: Path) -> None:
    """Change a byte behind the database's back, as whoever has the disk could."""
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TRIGGER audit_entry_no_update")
        connection.execute("UPDATE audit_entry SET entity = 'unis' WHERE id = ?", (ALTERED,))
    connection.close()
