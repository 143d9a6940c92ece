"""The audit log: append-only entries in a hash chain."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import func, insert
from sqlmodel import Session, col, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import Actor

GENESIS_HASH = "0" * 64
# PostgreSQL advisory lock that serialises the writers of the chain.
_CHAIN_LOCK = 20261124
BATCH_ROWS = 1000
HASHED_FIELDS = ("actor_id", "actor", "door", "action", "entity", "entity_id", "changes")


@dataclass(frozen=True)
class ChainReport:
    """The result of a verification; `broken_id` is the first entry that does not verify."""

    count: int
    broken_id: int | None
    head: str

    @property
    def is_intact(self) -> bool:
        """Whether every entry verifies."""
        return self.broken_id is None


def record_entry(  # noqa: PLR0913, PLR0917 (the fields of an entry)
    session: Session,
    actor: Actor,
    action: str,
    entity: str,
    entity_id: object,
    changes: Mapping[str, object],
    *,
    now: datetime,
) -> None:
    """Write one entry in the caller's transaction.

    `changes` is the difference by field, as `{"name": ["before", "after"]}`, without secrets.
    """
    record_entries(session, actor, action, entity, [(entity_id, changes)], now=now)


def record_entries(  # noqa: PLR0913 (the fields of an entry)
    session: Session,
    actor: Actor,
    action: str,
    entity: str,
    changes: Iterable[tuple[object, Mapping[str, object]]],
    *,
    now: datetime,
) -> None:
    """Write one entry for each (entity's id, difference by field), as `record_entry` does."""
    if session.get_bind().dialect.name == "postgresql":
        session.exec(select(func.pg_advisory_xact_lock(_CHAIN_LOCK)))
    last = select(AuditEntry.hash).order_by(col(AuditEntry.id).desc()).limit(1)
    previous = session.exec(last).first() or GENESIS_HASH
    pending = iter(changes)
    while batch := list(islice(pending, BATCH_ROWS)):
        rows: list[dict[str, Any]] = []
        for entity_id, change in batch:
            row = {
                "at": now.astimezone(UTC),
                "actor_id": actor.staff_id,
                "actor": actor.name or "público",
                "door": actor.door,
                "action": action,
                "entity": entity,
                "entity_id": str(entity_id),
                "changes": json.loads(json.dumps(dict(change), default=str)),
                "previous_hash": previous,
            }
            previous = row["hash"] = _hash_entry(row)
            rows.append(row)
        session.connection().execute(insert(AuditEntry), rows)


def _hash_entry(row: Mapping[str, Any]) -> str:
    parts = [row["previous_hash"], row["at"].astimezone(UTC).isoformat()]
    parts += [row[name] for name in HASHED_FIELDS]
    canonical = json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def verify_chain(session: Session) -> ChainReport:
    """Check the whole chain, up to the first entry that was altered, removed or inserted."""
    previous, count = GENESIS_HASH, 0
    rows = session.scalars(
        select(AuditEntry).order_by(col(AuditEntry.id)).execution_options(yield_per=1000)
    )
    for entry in rows:
        count += 1
        if entry.previous_hash != previous or _hash_entry(vars(entry)) != entry.hash:
            return ChainReport(count, entry.id, previous)
        previous = entry.hash
    return ChainReport(count, None, previous)
