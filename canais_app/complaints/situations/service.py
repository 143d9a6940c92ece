"""What the Corregedoria does about a situation. Each function checks the permission and audits.

Every action takes the version that the person saw and raises it: a stale desk is refused. What
only changes the situation's own marks can be undone for ten seconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.models import Staff
from canais_app.accounts.queries import list_staff_with
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.models import Complaint
from canais_app.complaints.public_status.subscriptions import (
    StatusEvent,
    notify_subscribers,
    withdraw_news,
)
from canais_app.complaints.situations import episodes, letters
from canais_app.complaints.situations.models import HandOver, Situation
from canais_app.complaints.situations.queries import FALSE, TOPIC, members_of
from canais_app.directory.models import Unit
from canais_app.kit import live
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError

ENTITY = episodes.ENTITY
HANDLE = Permission.HANDLE_SITUATIONS
TRUE = "verdadeiro"
ANY_VERSION = 0  # of programs, which have not looked at the situation
UNDO_TIME = timedelta(seconds=13)  # ten, and the way from the press to here
MAX_NOTE, MAX_REASON, MAX_HAND_OVER = 1000, 300, 500


@dataclass(frozen=True)
class Done:
    """What was done, and the marks before it, to undo it while `version` is the newest."""

    code: str
    version: int
    words: str
    before: Mapping[str, Any]
    at: datetime


def assume(session: Session, actor: Actor, code: str, version: int, *, now: datetime) -> Done:
    """Become the owner of a situation.

    Raises:
        NotFoundError: no such situation.
        ConflictError: it has another owner, has ended, or changed since it was seen.
    """
    row = _lock(session, actor, code, version)
    if row.owner_id not in (None, actor.staff_id):
        raise ConflictError(f"Esta situação já está com {_name_of(session, row.owner_id)}.")
    changes = {"owner_id": actor.staff_id, "assumed_at": row.assumed_at or now}
    return _change(session, actor, row, changes, "assumiu", "assumiu.", now=now)


def pass_on(  # noqa: PLR0913, PLR0917 (an action has that many parts)
    session: Session,
    actor: Actor,
    code: str,
    version: int,
    to: int | None,
    note: str = "",
    *,
    now: datetime,
) -> Done:
    """Give a situation to another person, or back to the queue (`to` None), with a note.

    Raises:
        NotFoundError: no such situation.
        ConflictError: it has ended, or changed since it was seen.
        InvalidError: this person handles no situations.
    """
    row = _lock(session, actor, code, version)
    names = {person.id: person.name for person in list_staff_with(session, HANDLE)}
    if to is not None and to not in names:
        sentence = "Escolha uma pessoa da lista: quem trata situações."
        raise InvalidError(sentence, {"to": sentence})
    words = "devolveu à fila." if to is None else f"passou a {names[to]}."
    if note := _clean(note, MAX_NOTE):
        words = f"{words[:-1]}: “{note}”."
    changes = {"owner_id": to, "assumed_at": now if to else None}
    return _change(session, actor, row, changes, "passou", words, now=now)


def tell_unit(  # noqa: PLR0913 (an action has that many parts)
    session: Session, actor: Actor, code: str, version: int, words: str = "", *, now: datetime
) -> Done:
    """Write to the units of a situation, their e-mail channels and managers.

    Raises:
        NotFoundError: no such situation.
        ConflictError: it has ended, or changed since it was seen.
        InvalidError: no unit has an address.
    """
    row = _lock(session, actor, code, version)
    unit_ids = {unit_id for unit_id, _ in members_of(session, row)}
    units = session.exec(select(Unit).where(col(Unit.id).in_(unit_ids))).all()
    sent = sum(
        letters.tell_unit(session, unit, row, _clean(words, MAX_NOTE), now=now) for unit in units
    )
    if not sent:
        raise InvalidError("A unidade não tem e-mail publicado nem gestor: ligue.")
    return _change(
        session,
        actor,
        row,
        {"unit_told_at": now},
        "avisou",
        f"avisou {'a unidade' if len(units) == 1 else f'{len(units)} unidades'} por e-mail.",
        now=now,
    )


def add_note(  # noqa: PLR0913 (an action has that many parts)
    session: Session, actor: Actor, code: str, text: str, *, called: str = "", now: datetime
) -> None:
    """Note something, or the outcome of a call to `called`; both stay in the timeline.

    Raises:
        NotFoundError: no such situation.
        InvalidError: nothing was written.
    """
    row = _lock(session, actor, code, ANY_VERSION, must_be_open=False)
    words = _require(text, MAX_NOTE, "Escreva o que aconteceu.")
    said = f"ligou para {_clean(called, 80)}: “{words}”." if called else f"“{words}”"
    _record(session, actor, row, "ligou" if called else "nota", said, now=now)
    audit.record_entry(session, actor, "anotou", ENTITY, code, {"nota": ["", "…"]}, now=now)


def confirm(session: Session, actor: Actor, code: str, version: int, *, now: datetime) -> Done:
    """Say that a person checked the failure: it is public as confirmed, and true.

    Raises:
        NotFoundError: no such situation.
        ConflictError: it has ended, or changed since it was seen.
    """
    row = _lock(session, actor, code, version)
    if row.confirmed_at is not None:
        raise ConflictError("Esta situação já foi confirmada.")
    changes = {
        "confirmed_at": now,
        "confirmed_by": actor.name,
        "probable_at": row.probable_at or now,
        "level": episodes.PROBABLE,
        "verdict": TRUE,
        "verdict_reason": "",
    }
    words = "confirmou a falha; o público vê como confirmada."
    done = _change(session, actor, row, changes, "confirmou", words, now=now)
    members = members_of(session, row)
    subject = f"situation:{row.id}"
    notify_subscribers(
        session, subject, StatusEvent.CONFIRMED, members, due_at=now + UNDO_TIME, now=now
    )
    return done


def dismiss(  # noqa: PLR0913 (an action has that many parts)
    session: Session, actor: Actor, code: str, version: int, reason: str, *, now: datetime
) -> Done:
    """Mark an alarm as false: it is no longer public, and not raised again in this episode.

    Raises:
        NotFoundError: no such situation.
        ConflictError: it changed since it was seen.
        InvalidError: no reason was given.
    """
    row = _lock(session, actor, code, version, must_be_open=False)
    why = _require(reason, MAX_REASON, "Diga por que era falso: entra no histórico do alarme.")
    changes = {"verdict": FALSE, "verdict_reason": why, "confirmed_at": None, "confirmed_by": ""}
    return _change(session, actor, row, changes, "falso", f"marcou falso: “{why}”.", now=now)


def judge_true(session: Session, actor: Actor, code: str, version: int, *, now: datetime) -> Done:
    """Say afterwards that an alarm was true, for the budget of false ones.

    Raises:
        NotFoundError: no such situation.
        ConflictError: it changed since it was seen.
    """
    row = _lock(session, actor, code, version, must_be_open=False)
    changes = {"verdict": TRUE, "verdict_reason": ""}
    return _change(session, actor, row, changes, "verdadeiro", "julgou verdadeiro.", now=now)


def split_complaint(
    session: Session, actor: Actor, code: str, protocols: Sequence[str], *, now: datetime
) -> int:
    """Take complaints out of a situation; return how many.

    Raises:
        NotFoundError: no such situation, or none of the complaints is in it.
    """
    row = _lock(session, actor, code, ANY_VERSION, must_be_open=False)
    found = session.exec(
        select(Complaint).where(
            col(Complaint.situation_id) == row.id, col(Complaint.protocol).in_(protocols[:200])
        )
    ).all()
    if not found:
        raise NotFoundError("Estas reclamações não estão na situação.")
    for complaint in found:
        complaint.situation_id = None
        session.add(complaint)
    names = ", ".join(sorted(complaint.protocol for complaint in found))
    _record(session, actor, row, "separou", f"separou {names}.", now=now)
    audit.record_entry(
        session, actor, "separou", ENTITY, code, {"reclamações": [names, ""]}, now=now
    )
    return len(found)


def list_protocols(
    session: Session, actor: Actor, code: str, kinds: Sequence[str] = ()
) -> list[str]:
    """Return the protocols of a situation's complaints, of some kinds if given, for one answer.

    Raises:
        NotFoundError: no such situation.
    """
    row = _lock(session, actor, code, ANY_VERSION, must_be_open=False)
    query = select(Complaint.protocol).where(col(Complaint.situation_id) == row.id)
    if kinds:
        query = query.where(col(Complaint.kind).in_(kinds))
    return list(session.exec(query.order_by(col(Complaint.id))))


def record_answers(session: Session, actor: Actor, code: str, count: int, *, now: datetime) -> None:
    """Store that complaints of a situation were answered in one go."""
    row = _lock(session, actor, code, ANY_VERSION, must_be_open=False)
    words = "respondeu a 1 relato." if count == 1 else f"respondeu a {count} relatos de uma vez."
    _record(session, actor, row, "respondeu", words, now=now)


def hand_over(session: Session, actor: Actor, text: str, *, now: datetime) -> HandOver:
    """Leave a note to the next shift.

    Raises:
        InvalidError: nothing was written.
    """
    require_permission(actor, Permission.HANDLE_SITUATIONS)
    words = _require(text, MAX_HAND_OVER, "Escreva o que o próximo turno precisa saber.")
    note = HandOver(at=now, staff_id=actor.staff_id or 0, who=actor.name, text=words)
    session.add(note)
    session.flush()
    audit.record_entry(
        session, actor, "passou o turno", "turno", note.id, {"nota": ["", "…"]}, now=now
    )
    live.emit(session, TOPIC)
    return note


def undo(session: Session, actor: Actor, done: Done, *, now: datetime) -> None:
    """Take back what was done in the last ten seconds, and the letters to subscribers.

    Raises:
        ConflictError: it is too late, a letter was sent, or somebody did something since.
    """
    if now - done.at > UNDO_TIME:
        raise ConflictError("Passaram os dez segundos: já não dá para desfazer.")
    row = _lock(session, actor, done.code, done.version, must_be_open=False)
    withdraw_news(session, f"situation:{row.id}", done.at)
    _change(
        session, actor, row, dict(done.before), "desfez", "desfez o que acabou de fazer.", now=now
    )


def _lock(
    session: Session, actor: Actor, code: str, version: int, *, must_be_open: bool = True
) -> Situation:
    """Return a situation, locked, if it is as the person saw it."""
    require_permission(actor, Permission.HANDLE_SITUATIONS)
    query = select(Situation).where(col(Situation.code) == str(code)[:12]).with_for_update()
    row = session.exec(query.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFoundError("Não encontramos esta situação.")
    if version not in (ANY_VERSION, row.version):
        raise ConflictError("Outra pessoa mexeu nesta situação. Veja como está agora.")
    if must_be_open and row.closed_at is not None:
        raise ConflictError("Esta situação já se encerrou.")
    return row


def _change(  # noqa: PLR0913, PLR0917 (an action has that many parts)
    session: Session,
    actor: Actor,
    row: Situation,
    changes: Mapping[str, Any],
    kind: str,
    words: str,
    *,
    now: datetime,
) -> Done:
    before = {name: getattr(row, name) for name in changes}
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    session.add(row)
    _record(session, actor, row, kind, words, now=now)
    shown = {name: [_plain(before[name]), _plain(value)] for name, value in changes.items()}
    audit.record_entry(session, actor, kind, ENTITY, row.code, shown, now=now)
    return Done(row.code, row.version, words, before, now)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _record(  # noqa: PLR0913 (an event has that many parts)
    session: Session, actor: Actor, row: Situation, kind: str, words: str, *, now: datetime
) -> None:
    who = actor.name or "Equipe"
    episodes.add_event(session, row, kind, words, now=now, who=who, staff_id=actor.staff_id)
    live.emit(session, TOPIC)


def _name_of(session: Session, staff_id: int | None) -> str:
    person = session.get(Staff, staff_id) if staff_id else None
    if person is None or person.status != "active":
        raise NotFoundError("Não encontramos esta pessoa.")
    return person.name


def _clean(text: str, longest: int) -> str:
    return " ".join(str(text).split())[:longest]


def _require(text: str, longest: int, sentence: str) -> str:
    words = _clean(text, longest)
    if not words:
        raise InvalidError(sentence, {"text": sentence})
    return words
