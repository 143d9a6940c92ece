"""What a unit sees of the failures of its own channels now, and what it says of them.

Its words go into the timeline of the Corregedoria's situation, or of the incident as a note.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.situations import episodes
from canais_app.complaints.situations.incident_members import acknowledge, load_members
from canais_app.complaints.situations.models import (
    Incident,
    IncidentUpdate,
    Situation,
    SituationEvent,
)
from canais_app.complaints.situations.queries import (
    FALSE,
    LEVEL_NAMES,
    TOPIC,
    PublicLevel,
    is_public,
    list_troubles,
)
from canais_app.complaints.triage.unit_inbox import in_scope
from canais_app.directory.labels import channel_label
from canais_app.directory.models import Unit
from canais_app.kit import live
from canais_app.kit.errors import NotFoundError
from canais_app.kit.text import format_hour, pluralise

ENTITY = episodes.ENTITY
WORKS, FAILS, KNOWS = "voltou", "ainda_nao", "ciente"
_WORDS = {WORKS: "voltou a funcionar", FAILS: "ainda não voltou", KNOWS: "está ciente"}
MAX_WORDS = 160


@dataclass(frozen=True)
class OwnFailure:
    """A failure of a unit's channel; `code` is of a situation or an incident."""

    code: str
    unit_id: int
    unit: str
    finding: str
    public: str
    said: str  # what the unit said last, and when; empty: nothing yet
    is_incident: bool
    is_known: bool


def list_own_failures(session: Session, *, actor: Actor, now: datetime) -> list[OwnFailure]:
    """Return what fails now at the actor's units: what the public sees or the unit was told."""
    require_permission(actor, Permission.ANSWER_COMPLAINTS)
    units = session.exec(select(Unit).where(in_scope(actor))).all()
    return _list_failures(session, units, now) if units else []


def say(  # noqa: PLR0913 (an answer has that many parts)
    session: Session,
    code: str,
    unit_id: int,
    answer: str,
    words: str = "",
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Say for a unit that a failure is over, goes on (`words`: until when), or is known.

    Raises:
        NotFoundError: nothing of that code fails at the unit now, or the unit is not the actor's.
    """
    unit = session.get(Unit, unit_id)
    if unit is None or answer not in _WORDS:
        raise NotFoundError("Não encontramos esta unidade.")
    require_permission(actor, Permission.ANSWER_COMPLAINTS, unit.path)
    found = [each for each in _list_failures(session, [unit], now) if each.code == code]
    if not found:
        raise NotFoundError("Esta falha já se encerrou.")
    more = " ".join(words.split())[:MAX_WORDS]
    text = f"{_opening(unit)}{_WORDS[answer]}{f': “{more}”' if more else ''}."
    if not found[0].is_incident:
        _note_in_situation(session, actor, code, answer, text, now)
    elif answer == KNOWS:
        return acknowledge(session, actor, code, unit_id, now=now)
    else:
        _note_in_incident(session, actor, code, text, now)
    entity = "incidente" if found[0].is_incident else ENTITY
    change = {"unidade": ["", unit_id], "resposta": ["", _WORDS[answer]]}
    audit.record_entry(session, actor, "respondeu, pela unidade", entity, code, change, now=now)
    live.emit(session, TOPIC)
    return None


def _list_failures(session: Session, units: Collection[Unit], now: datetime) -> list[OwnFailure]:
    names = {unit.id or 0: unit for unit in units}
    found: dict[tuple[str, int], OwnFailure] = {}
    for trouble in list_troubles(session, now, unit_ids=names):
        if trouble.level is PublicLevel.MAINTENANCE or not trouble.code:
            continue
        unit = names[trouble.unit_id]
        about = channel_label(trouble.channel) if trouble.channel else "Atendimento"
        people = pluralise(trouble.people, "pessoa relatou", "pessoas relataram")
        relate = f"{people} falha" if trouble.people else trouble.title
        is_known, said = _last_words(session, trouble.code, unit, trouble.incident_id)
        found[trouble.code, trouble.unit_id] = OwnFailure(
            trouble.code,
            trouble.unit_id,
            unit.name,
            f"{about}: {relate} desde {format_hour(trouble.since)}.",
            f"O público já vê “{LEVEL_NAMES[trouble.level].lower()}”.",
            said,
            is_incident=trouble.incident_id is not None,
            is_known=is_known,
        )
    for row in _told_only(session, names):
        unit = names[row.place_id]
        people = pluralise(row.people, "pessoa relatou", "pessoas relataram")
        _, said = _last_words(session, row.code, unit, None)
        finding = f"{channel_label(row.channel)}: {people} falha desde "
        found[row.code, row.place_id] = OwnFailure(
            row.code,
            row.place_id,
            unit.name,
            f"{finding}{format_hour(row.first_report_at)}.",
            "A Corregedoria avisou; o público ainda não vê.",
            said,
            is_incident=False,
            is_known=True,
        )
    return list(found.values())


def _told_only(session: Session, units: Iterable[int]) -> list[Situation]:
    """Return the situations that the units were told of, and the public was not."""
    query = select(Situation).where(
        col(Situation.closed_at).is_(None),
        col(Situation.unit_id).in_(units),
        col(Situation.unit_told_at).is_not(None),
        col(Situation.incident_id).is_(None),
        col(Situation.muted_by_id).is_(None),
        col(Situation.verdict) != FALSE,
    )
    return [row for row in session.exec(query) if not is_public(row)]


def _opening(unit: Unit) -> str:
    return f"disse por {unit.name}: "


def _last_words(
    session: Session, code: str, unit: Unit, incident_id: int | None
) -> tuple[bool, str]:
    """Return whether the unit knows of a failure, and what it said last."""
    table = SituationEvent if incident_id is None else IncidentUpdate
    query = select(table).where(col(table.text).startswith(_opening(unit), autoescape=True))
    if incident_id is None:
        query = query.join(Situation, col(Situation.id) == col(SituationEvent.situation_id))
        query = query.where(col(Situation.code) == code)
        is_known = True
    else:
        query = query.where(col(IncidentUpdate.incident_id) == incident_id)
        members = load_members(session, incident_id)
        is_known = all(m.acknowledged_at for m in members if m.unit_id == unit.id)
    last = session.exec(query.order_by(col(table.id).desc()).limit(1)).first()
    if last is None:
        return is_known, ""
    return is_known, f"{last.text.removeprefix(_opening(unit))[:-1]}, às {format_hour(last.at)}"


def _note_in_situation(  # noqa: PLR0913, PLR0917 (an event has that many parts)
    session: Session, actor: Actor, code: str, answer: str, text: str, now: datetime
) -> None:
    row = session.exec(select(Situation).where(col(Situation.code) == code)).one()
    episodes.add_event(
        session, row, answer, text, now=now, who=actor.name or "Equipe", staff_id=actor.staff_id
    )


def _note_in_incident(session: Session, actor: Actor, code: str, text: str, now: datetime) -> None:
    row = session.exec(select(Incident).where(col(Incident.code) == code)).one()
    note = IncidentUpdate(
        incident_id=row.id or 0, at=now, staff_id=actor.staff_id, who=actor.name,
        status=row.status, is_public=False, text=text[:280],
    )  # fmt: skip
    session.add(note)
