"""Many complaints in one action, and what was done undone.

Each complaint is changed in a savepoint of its own: what one refuses stays as it was, and the
result says why; the others are done. `versions` are those that the person has read, by protocol;
one that is missing is not checked (`case.py`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import delete
from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints import rollups
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.models import Complaint, ComplaintEvent
from canais_app.complaints.service import TOPIC
from canais_app.complaints.triage import duplicates, letters
from canais_app.complaints.triage import service as triage
from canais_app.complaints.triage.case import ENTITY, Change, lock_complaint, lock_original
from canais_app.kit import live
from canais_app.kit.errors import (
    AppError,
    AuthenticationRequiredError,
    ConflictError,
    InvalidError,
    PermissionDeniedError,
)

MAX_COMPLAINTS = 200
_GRACE = timedelta(seconds=3)  # the way from the press to here
Versions = Mapping[str, int]
_UNREAD: Versions = MappingProxyType({})


@dataclass(frozen=True)
class BulkResult:
    """What was done, and the sentence of each refusal by protocol."""

    done: list[Change]
    refused: dict[str, str]


def change_many(
    session: Session,
    actor: Actor,
    protocols: Sequence[str],
    versions: Versions,
    change: Callable[[str, int], Change],
) -> BulkResult:
    """Call `change` for each protocol and the version that was read, in a savepoint each.

    Raises:
        InvalidError: none was chosen, or too many.
        PermissionDeniedError: the actor does not triage.
    """
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    chosen = list(dict.fromkeys(protocols))
    if not chosen:
        raise InvalidError("Escolha pelo menos uma reclamação.")
    if len(chosen) > MAX_COMPLAINTS:
        raise InvalidError(f"Escolha até {MAX_COMPLAINTS} de cada vez.")
    done: list[Change] = []
    refused: dict[str, str] = {}
    for protocol in chosen:
        try:
            with session.begin_nested():
                done.append(change(protocol, versions.get(protocol, 0)))
        except (AuthenticationRequiredError, PermissionDeniedError):
            raise
        except AppError as refusal:
            refused[protocol] = refusal.message
    return BulkResult(done, refused)


def answer_all(  # noqa: PLR0913 (an answer has that many parts)
    session: Session,
    actor: Actor,
    protocols: Sequence[str],
    words: str,
    *,
    versions: Versions = _UNREAD,
    now: datetime,
) -> BulkResult:
    """Answer many complaints, as `triage.answer_complaint`; placeholders are filled for each."""

    def answer(protocol: str, version: int) -> Change:
        return triage.answer_complaint(session, actor, protocol, words, version=version, now=now)

    return change_many(session, actor, protocols, versions, answer)


def forward_all(  # noqa: PLR0913 (it has that many parts)
    session: Session,
    actor: Actor,
    protocols: Sequence[str],
    words: str,
    *,
    versions: Versions = _UNREAD,
    now: datetime,
) -> BulkResult:
    """Forward many complaints to their units, as `triage.forward_complaint`."""

    def forward(protocol: str, version: int) -> Change:
        return triage.forward_complaint(session, actor, protocol, words, version=version, now=now)

    return change_many(session, actor, protocols, versions, forward)


def move_all(  # noqa: PLR0913 (a move has that many parts)
    session: Session,
    actor: Actor,
    protocols: Sequence[str],
    to: ComplaintStatus,
    reason: str,
    *,
    versions: Versions = _UNREAD,
    now: datetime,
) -> BulkResult:
    """Move many complaints, as `triage.move_complaint`."""

    def move(protocol: str, version: int) -> Change:
        return triage.move_complaint(session, actor, protocol, to, reason, version=version, now=now)

    return change_many(session, actor, protocols, versions, move)


def assign_all(  # noqa: PLR0913 (it has that many parts)
    session: Session,
    actor: Actor,
    protocols: Sequence[str],
    owner_id: int | None,
    *,
    versions: Versions = _UNREAD,
    now: datetime,
) -> BulkResult:
    """Give many complaints to one person, as `triage.assign_complaint`."""

    def assign(protocol: str, version: int) -> Change:
        return triage.assign_complaint(session, actor, protocol, owner_id, version=version, now=now)

    return change_many(session, actor, protocols, versions, assign)


def merge_all(  # noqa: PLR0913 (a merge has that many parts)
    session: Session,
    actor: Actor,
    protocols: Sequence[str],
    original: str,
    *,
    versions: Versions = _UNREAD,
    now: datetime,
) -> BulkResult:
    """Mark many complaints as duplicates of one, which is left out of the list."""

    def merge(protocol: str, version: int) -> Change:
        return duplicates.mark_duplicate(
            session, actor, protocol, original, "", version=version, now=now
        )

    others = [protocol for protocol in protocols if protocol != original]
    return change_many(session, actor, others, versions, merge)


def undo_changes(
    session: Session, actor: Actor, changes: Iterable[Change], *, now: datetime
) -> BulkResult:
    """Undo what was done in the last ten seconds; what somebody changed since stays.

    The letters are withdrawn and the events removed; the audit log keeps both. What has a letter
    that was sent is refused.
    """
    known = {change.protocol: change for change in changes}

    def undo(protocol: str, _version: int) -> Change:
        return _undo(session, actor, known[protocol], now)

    return change_many(session, actor, list(known), _UNREAD, undo)


def _undo(session: Session, actor: Actor, change: Change, now: datetime) -> Change:
    row = lock_complaint(session, change.protocol)
    if now > change.at + letters.UNDO_PERIOD + _GRACE:
        raise ConflictError("Já passaram dez segundos: a mensagem saiu.")
    if row.version != change.version:
        raise ConflictError("Alguém mexeu nela depois.")
    letters.withdraw_letters(session, change.events)
    if change.answers_first:
        rollups.uncount_answer(session, row)
    _restore_original(session, row, change)
    now_is = {name: getattr(row, name) for name in change.before}
    for name, value in change.before.items():
        setattr(row, name, value)
    row.version += 1
    session.add(row)
    events = [event_id for _, event_id in change.events]
    session.connection().execute(delete(ComplaintEvent).where(col(ComplaintEvent.id).in_(events)))
    differs = {k: [v, change.before[k]] for k, v in now_is.items() if v != change.before[k]}
    audit.record_entry(session, actor, "desfez", ENTITY, row.protocol, differs, now=now)
    live.emit(session, TOPIC)
    session.flush()
    return Change(row.protocol, row.version, now_is, now)


def _restore_original(session: Session, row: Complaint, change: Change) -> None:
    """Correct the originals when a mark of duplicate is undone; its own duplicates return to it."""
    before = change.before["duplicate_of_id"]
    if before == row.duplicate_of_id:
        return
    _take_back_duplicates(session, row, change.handed_over)
    for original_id, step in ((row.duplicate_of_id, -1), (before, 1)):
        if original_id is not None:
            original = lock_original(session, original_id)
            original.duplicates = max(0, original.duplicates + step)
            session.add(original)


def _take_back_duplicates(session: Session, row: Complaint, ids: Sequence[int]) -> None:
    """Make duplicates that went along with a merge those of the complaint again."""
    if not ids or row.duplicate_of_id is None:
        return
    query = select(Complaint).where(
        col(Complaint.id).in_(ids), col(Complaint.duplicate_of_id) == row.duplicate_of_id
    )
    children = session.exec(query.with_for_update()).all()
    for child in children:
        child.duplicate_of_id = row.id
        session.add(child)
    original = lock_original(session, row.duplicate_of_id)
    original.duplicates = max(0, original.duplicates - len(children))
    row.duplicates += len(children)
    session.add(original)
