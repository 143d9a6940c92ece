"""The inbox of a unit: complaints that the Corregedoria forwarded, and what the unit does.

The unit answers to the Corregedoria, not to the reporter: the complaint stays *encaminhada*,
marked as answered by the unit. Nobody here sees who reported; texts are masked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Permission, Role, require_permission
from canais_app.complaints import lifecycle, queries
from canais_app.complaints.errors import IllegalTransitionError
from canais_app.complaints.kinds import COMPLAINT_KIND_NAMES, ComplaintKindCode
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.models import Complaint, ComplaintEvent
from canais_app.complaints.triage.case import Change, OpenCase, lock_complaint, open_case
from canais_app.directory.labels import channel_label
from canais_app.directory.models import Unit
from canais_app.kit import clock
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.kit.personal_data import mask_personal_data
from canais_app.kit.text import WEEKDAYS_BARE, format_date, format_datetime, initials

MAX_ROWS = 200
_EXCERPT = 80
# What the unit ticks before it writes; each becomes a line of its answer.
DEEDS = {
    "religamos": "Religamos ou trocamos o aparelho",
    "contato": "Corrigimos o contato publicado",
    "combinamos": "Combinamos quem responde",
    "ti": "Chamamos a TI",
    "ja_funcionava": "Já funcionava quando vimos",
    "nao_resolvido": "Ainda não resolvido",
}


@dataclass(frozen=True)
class InboxRow:
    """A complaint in a unit's list; `tone` is that of its deadline."""

    protocol: str
    title: str
    unit: str
    deadline: str
    tone: str
    excerpt: str
    same: int  # reports that were merged into it, with itself
    taker: str
    initials: str
    mark: str  # "voltou", "enviada" or empty


@dataclass(frozen=True)
class InboxStep:
    """A step of the history that the unit may read."""

    at: str
    text: str


@dataclass(frozen=True)
class InboxDetail:
    """One complaint for its unit."""

    protocol: str
    version: int
    title: str
    unit: str
    unit_code: str
    channel: str
    deadline: str
    tone: str
    received: str
    forwarded: str
    final: str
    reports: list[InboxStep]
    asked: list[InboxStep]
    answered: str  # what the unit answered; empty: nothing yet
    steps: list[InboxStep]
    taker: str
    is_mine: bool
    is_open: bool


def load_inbox(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    which: Literal["abertas", "enviadas"] = "abertas",
) -> list[InboxRow]:
    """Return the complaints with the actor's units: those to answer by deadline, or those sent."""
    require_permission(actor, Permission.ANSWER_COMPLAINTS)
    query = (
        select(Complaint, Unit)
        .join(Unit, col(Unit.id) == col(Complaint.unit_id))
        .where(col(Complaint.unit_id).in_(select(Unit.id).where(in_scope(actor))))
        .limit(MAX_ROWS)
    )
    if which == "abertas":
        query = query.where(*_to_answer()).order_by(
            col(Complaint.unit_due_at), col(Complaint.due_at), col(Complaint.id)
        )
    else:
        query = query.where(col(Complaint.unit_answered_at).is_not(None)).order_by(
            col(Complaint.unit_answered_at).desc(), col(Complaint.id).desc()
        )
    found = session.exec(query).all()
    marks = _load_marks(session, [row.id or 0 for row, _ in found])
    return [_inbox_row(row, unit, marks.get(row.id or 0, ("", "")), now) for row, unit in found]


def count_inbox(session: Session, actor: Actor) -> int:
    """Count what the actor's units have to answer; 0 for who answers for no unit."""
    if not any(grant.role is Role.MANAGER for grant in actor.grants):
        return 0
    query = (
        select(func.count())
        .select_from(Complaint)
        .where(col(Complaint.unit_id).in_(select(Unit.id).where(in_scope(actor))), *_to_answer())
    )
    return session.exec(query).one()


def load_inbox_detail(
    session: Session, protocol: str, *, actor: Actor, now: datetime
) -> InboxDetail:
    """Return one forwarded complaint for the people of its unit.

    Raises:
        NotFoundError: no such protocol, never forwarded, or of another unit.
    """
    row, unit = _load(session, actor, protocol)
    events = queries.load_events(session, row)
    answers = [e for e in events if e.to_status == lifecycle.UNIT_ANSWERED]
    taken = [e for e in events if e.to_status == lifecycle.UNIT_TOOK]
    return InboxDetail(
        protocol=row.protocol,
        version=row.version,
        title=_title(row),
        unit=unit.name,
        unit_code=unit.code,
        channel=row.channel,
        deadline=_deadline(row, now)[0],
        tone=_deadline(row, now)[1],
        received=format_date(clock.to_local_day(row.created_at)),
        forwarded=format_date(clock.to_local_day(row.forwarded_at or row.created_at)),
        final=format_date(clock.to_local_day(row.due_at)),
        reports=_reports(session, row, events),
        asked=[
            InboxStep(format_datetime(e.at), mask_personal_data(e.text))
            for e in events
            if e.to_status in (lifecycle.UNIT_ASKED, lifecycle.UNIT_ASKED_AGAIN) and e.text
        ],
        answered=answers[-1].text if answers and row.unit_answered_at else "",
        steps=[_step(e) for e in reversed(events) if _is_for_unit(e)],
        taker=taken[-1].who if taken else "",
        is_mine=bool(taken) and taken[-1].staff_id == actor.staff_id,
        is_open=row.status == ComplaintStatus.FORWARDED,
    )


def take_complaint(session: Session, protocol: str, *, actor: Actor, now: datetime) -> Change:
    """Note who of the unit works on a complaint; taking it from a colleague is noted too.

    Raises:
        NotFoundError: no such protocol, or of another unit.
        ConflictError: it is not with the unit.
    """
    case = _open(session, actor, protocol, 0, now)
    case.add_event(to=lifecycle.UNIT_TOOK, public=False)
    case.audit("pegou, pela unidade", {})
    case.touch()
    return case.done()


def answer_to_corregedoria(  # noqa: PLR0913 (an answer has that many parts)
    session: Session,
    protocol: str,
    deeds: Sequence[str],
    words: str,
    version: int,
    *,
    actor: Actor,
    now: datetime,
) -> Change:
    """Answer to the Corregedoria; until it writes to the reporter, the unit may answer again.

    Raises:
        NotFoundError: no such protocol, or of another unit.
        ConflictError: it is not with the unit, or somebody was faster.
        InvalidError: nothing was ticked and nothing written.
    """
    case = _open(session, actor, protocol, version, now)
    ticked = [sentence for deed, sentence in DEEDS.items() if deed in deeds]
    if not words.strip():
        raise InvalidError(
            "Falta a resposta.", {"text": "Diga o que foi feito e desde quando funciona."}
        )
    text = "\n".join((*(f"• {sentence}." for sentence in ticked), words.strip()))
    case.row.unit_answered_at = now
    event = case.add_event(to=lifecycle.UNIT_ANSWERED, text=text, public=False)
    case.audit("respondeu, pela unidade", {"event": ["", event.id]})
    case.touch()
    return case.done()


def refuse_complaint(  # noqa: PLR0913 (it has that many parts)
    session: Session, protocol: str, reason: str, version: int, *, actor: Actor, now: datetime
) -> Change:
    """Give a complaint back that is not the unit's affair: it returns to review.

    Raises:
        NotFoundError: no such protocol, or of another unit.
        ConflictError: it is not with the unit, or somebody was faster.
        InvalidError: no reason was given.
    """
    case = _open(session, actor, protocol, version, now)
    if not reason.strip():
        raise InvalidError("Falta dizer o porquê.", {"reason": "Diga de quem é, se souber."})
    case.add_event(to=lifecycle.UNIT_REFUSED, text=reason.strip(), public=False)
    case.set_status(ComplaintStatus.IN_REVIEW, "")
    case.row.unit_answered_at = None
    return case.done()


def _open(session: Session, actor: Actor, protocol: str, version: int, now: datetime) -> OpenCase:
    _load(session, actor, protocol)
    row = lock_complaint(session, protocol)
    if row.status != ComplaintStatus.FORWARDED:
        raise IllegalTransitionError("Esta reclamação não está mais com a unidade.")
    return open_case(session, actor, row, version, author="unit", now=now)


def _load(session: Session, actor: Actor, protocol: str) -> tuple[Complaint, Unit]:
    require_permission(actor, Permission.ANSWER_COMPLAINTS)
    row = queries.load_by_protocol(session, protocol)
    unit = session.get_one(Unit, row.unit_id)
    require_permission(actor, Permission.ANSWER_COMPLAINTS, unit.path)
    if row.forwarded_at is None:
        raise NotFoundError("Não encontramos esta reclamação.")
    return row, unit


def in_scope(actor: Actor) -> ColumnElement[bool]:
    """Return the condition of the units for which the actor manages."""
    paths = [grant.unit_path for grant in actor.grants if grant.role is Role.MANAGER]
    known = [col(Unit.path).startswith(path, autoescape=True) for path in paths if path]
    return or_(*known) if known else col(Unit.id).is_(None)


def _to_answer() -> tuple[ColumnElement[bool], ...]:
    return (
        col(Complaint.status) == ComplaintStatus.FORWARDED,
        col(Complaint.unit_answered_at).is_(None),
    )


def _load_marks(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return, by complaint, who of the unit took it, and whether it came back."""
    kinds = (lifecycle.UNIT_TOOK, lifecycle.UNIT_ASKED_AGAIN, lifecycle.UNIT_ANSWERED)
    query = (
        select(ComplaintEvent)
        .where(col(ComplaintEvent.complaint_id).in_(ids), col(ComplaintEvent.to_status).in_(kinds))
        .order_by(col(ComplaintEvent.id))
    )
    found: dict[int, tuple[str, str]] = {}
    for event in session.exec(query):
        taker, mark = found.get(event.complaint_id, ("", ""))
        if event.to_status == lifecycle.UNIT_TOOK:
            taker = event.who
        else:
            mark = "voltou" if event.to_status == lifecycle.UNIT_ASKED_AGAIN else "enviada"
        found[event.complaint_id] = taker, mark
    return found


def _inbox_row(row: Complaint, unit: Unit, marks: tuple[str, str], now: datetime) -> InboxRow:
    text = " ".join(mask_personal_data(row.text).split())
    deadline, tone = _deadline(row, now)
    return InboxRow(
        protocol=row.protocol,
        title=_title(row),
        unit=unit.name,
        deadline=deadline,
        tone=tone,
        excerpt=text if len(text) <= _EXCERPT else text[:_EXCERPT].rstrip() + "…",
        same=row.duplicates + 1,
        taker=marks[0],
        initials=initials(marks[0]) if marks[0] else "",
        mark=marks[1],
    )


def _title(row: Complaint) -> str:
    kind = COMPLAINT_KIND_NAMES[ComplaintKindCode(row.kind)]
    return f"{channel_label(row.channel) or 'Atendimento'} · {kind[:1].lower()}{kind[1:]}"


def _deadline(row: Complaint, now: datetime) -> tuple[str, str]:
    """Return the unit's deadline in words, and the tone of its tag."""
    day = clock.to_local_day(row.unit_due_at or row.due_at)
    left = (day - clock.to_local_day(now)).days
    date = format_date(day)[:5]
    if left < 0:
        return f"venceu em {date}", "bad"
    near = {0: f"hoje, {date}", 1: f"amanhã, {date}"}
    if left in near:
        return near[left], "warn"
    if left < 7:  # noqa: PLR2004 (a week)
        date = f"{WEEKDAYS_BARE[day.weekday()]}, {date}"
    return date, "warn" if left <= 2 else ""  # noqa: PLR2004 (days)


def _reports(session: Session, row: Complaint, events: Sequence[ComplaintEvent]) -> list[InboxStep]:
    """Return what the reporter and those of the duplicates wrote."""
    found = [InboxStep(format_datetime(row.created_at), mask_personal_data(row.text))]
    found += [
        InboxStep(format_datetime(e.at), mask_personal_data(e.text))
        for e in events
        if e.author == "reporter" and e.text
    ]
    if row.duplicates:
        query = (
            select(Complaint)
            .where(col(Complaint.duplicate_of_id) == row.id)
            .order_by(col(Complaint.id))
            .limit(10)
        )
        found += [
            InboxStep(format_datetime(other.created_at), mask_personal_data(other.text))
            for other in session.exec(query)
        ]
    return [step for step in found if step.text]


def _is_for_unit(event: ComplaintEvent) -> bool:
    is_move = event.to_status in lifecycle.COMPLAINT_STATUS_NAMES
    return is_move or event.to_status in lifecycle.UNIT_EVENTS


def _step(event: ComplaintEvent) -> InboxStep:
    day = format_date(clock.to_local_day(event.at))[:5]
    words = {
        lifecycle.UNIT_TOOK: f"{event.who} pegou.",
        lifecycle.UNIT_ANSWERED: f"{event.who} respondeu à Corregedoria.",
        lifecycle.UNIT_REFUSED: f"{event.who} devolveu: {mask_personal_data(event.text)}",
        lifecycle.UNIT_ASKED: f"Encaminhada por {event.who}; e-mail à unidade.",
        lifecycle.UNIT_ASKED_AGAIN: f"Voltou, por {event.who}.",
    }
    if event.to_status in words:
        return InboxStep(day, words[event.to_status])
    status = lifecycle.COMPLAINT_STATUS_NAMES[ComplaintStatus(event.to_status)]
    return InboxStep(day, f"{status}.")
