"""Complaints about the same failure: marked as duplicates of one original, and suggested."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.errors import IllegalTransitionError
from canais_app.complaints.kinds import COMPLAINT_KIND_NAMES, ComplaintKindCode
from canais_app.complaints.lifecycle import PENDING_STATUSES, ComplaintStatus
from canais_app.complaints.models import Complaint
from canais_app.complaints.triage import letters
from canais_app.complaints.triage.case import Change, lock_complaint, lock_original, open_case
from canais_app.directory.labels import channel_label
from canais_app.kit import clock
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.kit.text import format_date, strip_accents

REASON = "Este relato foi juntado a outro sobre a mesma falha. A resposta de lá vale para você."
_WINDOW = timedelta(days=10)
_EXAMINED, _SHOWN, _LEAST = 200, 5, 50  # rows read; suggestions; percent
_WORD = re.compile(r"[a-z0-9]{3,}")


@dataclass(frozen=True)
class LikelyDuplicate:
    """A complaint that may be about the same failure; `percent` says how alike they are."""

    protocol: str
    version: int
    words: str
    day: str
    percent: int


def mark_duplicate(  # noqa: PLR0913 (it has that many parts)
    session: Session,
    actor: Actor,
    protocol: str,
    original: str,
    reason: str,
    *,
    version: int = 0,
    now: datetime,
) -> Change:
    """Mark a complaint as a duplicate of an original, which counts it.

    An original that is itself a duplicate leads to its own original. Duplicates of the complaint
    go along.

    Raises:
        NotFoundError: no such protocol, or no such original.
        ConflictError: its status does not allow it, or somebody was faster.
        InvalidError: the original is missing, or is the complaint itself.
    """
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    # The lower id is locked first, so that two merges cannot wait for each other.
    first, second = _lock_both(session, protocol, original)
    row, target = (first, second) if first.protocol == protocol else (second, first)
    case = open_case(session, actor, row, version, now=now)
    if target.duplicate_of_id is not None and target.status == ComplaintStatus.DUPLICATE:
        target = lock_original(session, target.duplicate_of_id)
    if target.id == row.id:
        raise InvalidError(
            "Uma reclamação não é duplicada de si mesma.", {"original": "Escolha outra."}
        )
    if row.status == ComplaintStatus.FORWARDED:
        raise IllegalTransitionError("Ela está com a unidade: volte-a à análise antes de juntar.")
    event = case.set_status(ComplaintStatus.DUPLICATE, reason.strip() or REASON)
    row.duplicate_of_id = target.id
    case.change.handed_over += _hand_over_duplicates(session, row, target)
    target.duplicates += 1 + len(case.change.handed_over)
    target.version += 1
    session.add(target)
    letters.write_reporter(session, row, event, now=now)
    case.audit("juntou", {"original": ["", target.protocol]})
    return case.done()


def list_likely_duplicates(session: Session, actor: Actor, row: Complaint) -> list[LikelyDuplicate]:
    """Return open complaints of the same unit and channel, the most alike first."""
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    query = (
        select(Complaint)
        .where(
            col(Complaint.unit_id) == row.unit_id,
            col(Complaint.status).in_([str(status) for status in PENDING_STATUSES]),
            col(Complaint.channel) == row.channel,
            col(Complaint.occurred_at).between(
                row.occurred_at - _WINDOW, row.occurred_at + _WINDOW
            ),
            col(Complaint.id) != row.id,
        )
        .order_by(col(Complaint.due_at), col(Complaint.id))
        .limit(_EXAMINED)
    )
    found = [(_percent_alike(row, other), other) for other in session.exec(query)]
    found.sort(key=lambda pair: (-pair[0], pair[1].id or 0))
    return [
        LikelyDuplicate(
            other.protocol,
            other.version,
            f"{channel_label(other.channel) or 'Sem canal'} · "
            f"{COMPLAINT_KIND_NAMES[ComplaintKindCode(other.kind)].lower()}",
            format_date(clock.to_local_day(other.occurred_at))[:5],
            percent,
        )
        for percent, other in found[:_SHOWN]
        if percent >= _LEAST
    ]


def _percent_alike(one: Complaint, other: Complaint) -> int:
    """Return how alike two complaints of one unit and channel are: kind, time, words."""
    same_kind = 45 if one.kind == other.kind else 0
    apart = abs(one.occurred_at - other.occurred_at) / _WINDOW
    words = [set(_WORD.findall(strip_accents(text))) for text in (one.text, other.text)]
    union = words[0] | words[1]
    shared = len(words[0] & words[1]) / len(union) if union else 0.5
    return round(same_kind + 35 * max(0.0, 1 - apart) + 20 * shared)


def _lock_both(session: Session, protocol: str, original: str) -> tuple[Complaint, Complaint]:
    if not original.strip():
        raise InvalidError(
            "Falta dizer de qual relato este é duplicado.", {"original": "Escreva o protocolo."}
        )
    query = select(Complaint.protocol).where(
        col(Complaint.protocol).in_((protocol, original.strip()))
    )
    known = session.exec(query.order_by(col(Complaint.id))).all()
    if protocol not in known:
        raise NotFoundError("Não encontramos esta reclamação.")
    if original.strip() not in known:
        raise NotFoundError(
            "Não encontramos a reclamação original.", {"original": "Confira o protocolo."}
        )
    locked = [lock_complaint(session, one) for one in known]
    return locked[0], locked[-1]


def _hand_over_duplicates(session: Session, row: Complaint, target: Complaint) -> list[int]:
    """Give a complaint's own duplicates to its original; return their ids."""
    if not row.duplicates:
        return []
    children = session.exec(select(Complaint).where(col(Complaint.duplicate_of_id) == row.id)).all()
    for child in children:
        child.duplicate_of_id = target.id
        session.add(child)
    row.duplicates = 0
    return [child.id or 0 for child in children]
