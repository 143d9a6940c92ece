"""Incidents and maintenance: declare, tell, follow, merge, close and review.

Alarms of the members are silent while an incident is open, and their reports count to it. Each
function checks the permission, the version that the person saw, and audits.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.public_status.subscriptions import StatusEvent, notify_subscribers
from canais_app.complaints.situations import episodes
from canais_app.complaints.situations.incident_forms import (
    STATUS_NAMES,
    IncidentForm,
    IncidentStatus,
    ReviewForm,
    UpdateForm,
)
from canais_app.complaints.situations.incident_members import (
    ANY_VERSION,
    ENTITY,
    announce,
    claim_open,
    claim_situation,
    join_members,
    load_members,
    lock,
    named_members,
    situations_of,
)
from canais_app.complaints.situations.models import Incident, IncidentUpdate, Situation
from canais_app.complaints.situations.queries import FALSE, TOPIC, IncidentKind, members_of
from canais_app.directory.models import Unit
from canais_app.expediente.calendar import DAY
from canais_app.expediente.queries import load_calendar
from canais_app.expediente.rules import Location
from canais_app.kit import clock, live
from canais_app.kit.errors import ConflictError, InvalidError
from canais_app.webhooks import service as webhooks

REVIEW_DAYS = 5  # working days after the end


def declare(session: Session, actor: Actor, form: IncidentForm, *, now: datetime) -> Incident:
    """Declare an incident or a maintenance; its situations and members join it.

    Raises:
        ConflictError: a situation has ended, or is in another incident.
        InvalidError: no member, or no such unit or situation.
    """
    require_permission(actor, Permission.HANDLE_SITUATIONS)
    situations = _load_situations(session, form.situations)
    members = {pair for row in situations for pair in members_of(session, row)}
    members |= named_members(session, form)
    if not members:
        raise InvalidError("Escolha pelo menos uma unidade e um canal.")
    started = form.started_at or min((row.first_report_at for row in situations), default=now)
    row = Incident(
        code=_draw_code(session, now),
        title=form.title,
        kind=form.kind,
        status=IncidentStatus.CONFIRMED,
        works=form.works,
        is_public=form.is_public,
        comarca_id=_common_comarca(session, members),
        owner_id=actor.staff_id,
        started_at=started,
        noticed_at=min((row.opened_at for row in situations), default=now),
        confirmed_at=now,
        ends_at=form.ends_at,
        next_update_at=_promise(form.next_update_minutes, now),
    )
    session.add(row)
    session.flush()
    join_members(session, row, members, now)
    for situation in situations:
        claim_situation(session, actor, situation, row, now)
    if row.kind == IncidentKind.INCIDENT:
        claim_open(session, actor, row, now)
    if form.text:
        _store_update(session, actor, row, form.text, is_public=form.is_public, now=now)
    change = {"título": ["", row.title], "unidades": ["", len({unit for unit, _ in members})]}
    announce(session, actor, row, "declarou", change, webhooks.INCIDENT_OPENED, now=now)
    if row.is_public and row.started_at <= now:
        _tell_subscribers(session, row, StatusEvent.CONFIRMED, form.text, now=now)
    return row


def publish(  # noqa: PLR0913 (news has that many parts)
    session: Session, actor: Actor, code: str, version: int, form: UpdateForm, *, now: datetime
) -> Incident:
    """Publish news or an internal note, and move the incident on when the form says so.

    Public news of an open incident promises when the next comes.

    Raises:
        NotFoundError: no such incident.
        ConflictError: it has ended, or changed since it was seen.
        InvalidError: the promise is missing, or the step is not the next one.
    """
    row = lock(session, actor, code, version)
    closing = form.status is IncidentStatus.CLOSED
    planned = row.kind == IncidentKind.MAINTENANCE
    if form.is_public and form.next_update_minutes is None and not (closing or planned):
        sentence = "Prometa quando sai a próxima notícia."
        raise InvalidError(sentence, {"next_update_minutes": sentence})
    if form.works is not None:
        row.works = form.works
    row.ends_at = form.ends_at or row.ends_at
    if form.is_public:
        row.is_public = True
        row.next_update_at = None if closing else _promise(form.next_update_minutes, now)
    before = row.status
    if form.status is not None and form.status != row.status:
        _move(session, row, form.status, now)
    _store_update(session, actor, row, form.text, is_public=form.is_public, now=now)
    change = {"situação": [before, row.status], "notícia": ["", form.text]}
    hook = webhooks.INCIDENT_CLOSED if closing else webhooks.INCIDENT_UPDATED
    announce(session, actor, row, "publicou" if form.is_public else "anotou", change, hook, now=now)
    if row.is_public and (form.is_public or closing):
        event = StatusEvent.ENDED if closing else StatusEvent.NEWS
        _tell_subscribers(session, row, event, form.text, now=now)
    return row


def _move(session: Session, row: Incident, to: IncidentStatus, now: datetime) -> None:
    order = list(IncidentStatus)
    back = row.status == IncidentStatus.WATCHED and to is IncidentStatus.REPAIR
    if order.index(to) < order.index(IncidentStatus(row.status)) and not back:
        raise InvalidError(f"O incidente já está {STATUS_NAMES[IncidentStatus(row.status)]}.")
    row.status = to
    if to in (IncidentStatus.WATCHED, IncidentStatus.CLOSED):
        row.restored_at = row.restored_at or now
    elif back:
        row.restored_at = None
    if to is IncidentStatus.CLOSED:
        row.closed_at = now
        for situation in situations_of(session, row):
            episodes.close(session, situation, f"Encerrada com o incidente {row.code}.", now=now)


def merge(  # noqa: PLR0913 (two incidents)
    session: Session, actor: Actor, code: str, version: int, into: str, *, now: datetime
) -> Incident:
    """Join an incident to another, which takes its members and situations.

    Raises:
        NotFoundError: one of them does not exist.
        ConflictError: one of them has ended, or changed since it was seen.
    """
    if code == into:
        raise InvalidError("Escolha outro incidente.")
    target = lock(session, actor, into, ANY_VERSION)
    row = lock(session, actor, code, version)
    members = {(m.unit_id, m.channel) for m in load_members(session, row.id or 0)}
    join_members(session, target, members, now)
    for situation in situations_of(session, row):
        situation.incident_id = target.id
        session.add(situation)
    row.merged_into_id, row.closed_at = target.id, now
    row.status = IncidentStatus.CLOSED
    target.started_at = min(target.started_at, row.started_at)
    _store_update(
        session, actor, target, f"Recebeu o incidente {row.code}.", is_public=False, now=now
    )
    announce(session, actor, row, "juntou", {"em": ["", into]}, webhooks.INCIDENT_CLOSED, now=now)
    return target


def mark_false(  # noqa: PLR0913 (an action has that many parts)
    session: Session, actor: Actor, code: str, version: int, reason: str, *, now: datetime
) -> None:
    """Say that it was no incident: it leaves the public page and its alarms count as false.

    Raises:
        NotFoundError: no such incident.
        ConflictError: it has ended, or changed since it was seen.
        InvalidError: no reason was given.
    """
    row = lock(session, actor, code, version)
    why = " ".join(str(reason).split())[:300]
    if not why:
        raise InvalidError("Diga por que não era incidente.", {"reason": "Diga o motivo."})
    for situation in situations_of(session, row):
        situation.incident_id, situation.verdict, situation.verdict_reason = None, FALSE, why
        session.add(situation)
    row.false_reason, row.closed_at, row.status = why, now, IncidentStatus.CLOSED
    _store_update(session, actor, row, f"Não era incidente: {why}"[:280], is_public=False, now=now)
    change = {"motivo": ["", why]}
    announce(session, actor, row, "marcou falso", change, webhooks.INCIDENT_CLOSED, now=now)


def write_review(  # noqa: PLR0913 (an action has that many parts)
    session: Session, actor: Actor, code: str, version: int, form: ReviewForm, *, now: datetime
) -> None:
    """Store the post-mortem, during the incident or after it.

    Raises:
        NotFoundError: no such incident.
        ConflictError: it changed since it was seen.
        InvalidError: it is marked as done without what happened.
    """
    row = lock(session, actor, code, version, must_be_open=False)
    if form.is_done and (not form.what.strip() or row.closed_at is None):
        raise InvalidError("Conclua depois do fim, dizendo o que houve e por quê.")
    written: dict[str, Any] = {"by": actor.name, "at": now.isoformat()}
    changes = {"concluída": [row.review.get("is_done", False), form.is_done]}
    row.review = {**form.model_dump(mode="json"), **written}
    row.version += 1
    session.add(row)
    audit.record_entry(session, actor, "escreveu a análise", ENTITY, code, changes, now=now)
    live.emit(session, TOPIC)


def review_due_on(session: Session, row: Incident) -> date | None:
    """Return the last day for the post-mortem: five working days after the end."""
    if row.closed_at is None:
        return None
    calendar, day = load_calendar(session), clock.to_local_day(row.closed_at)
    for _ in range(REVIEW_DAYS):
        day = calendar.find_first_open_day(day + DAY, Location(row.comarca_id))
    return day


def _load_situations(session: Session, codes: Collection[str]) -> Sequence[Situation]:
    rows = session.exec(
        select(Situation).where(col(Situation.code).in_(codes)).with_for_update()
    ).all()
    if len(rows) != len(set(codes)):
        raise InvalidError("Alguma situação não existe.")
    for row in rows:
        if row.closed_at is not None or row.incident_id is not None:
            raise ConflictError(f"A situação {row.code} já se encerrou ou está em outro incidente.")
    return rows


def _common_comarca(session: Session, members: Collection[tuple[int, str]]) -> int | None:
    """Return the comarca of all members, if they share one."""
    ids = {unit_id for unit_id, _ in members}
    found = set(session.exec(select(Unit.comarca_id).where(col(Unit.id).in_(ids))))
    return found.pop() if len(found) == 1 else None


def _draw_code(session: Session, now: datetime) -> str:
    """Return the next code of the year, as `2026-018`."""
    year = clock.to_local_day(now).year
    last = session.exec(
        select(Incident.code)
        .where(col(Incident.code).startswith(f"{year}-"))
        .order_by(col(Incident.id).desc())
        .limit(1)
    ).first()
    return f"{year}-{int(last.partition('-')[2]) + 1 if last else 1:03d}"


def _promise(minutes: int | None, now: datetime) -> datetime | None:
    return now + timedelta(minutes=minutes) if minutes else None


def _store_update(  # noqa: PLR0913 (news has that many parts)
    session: Session, actor: Actor, row: Incident, text: str, *, is_public: bool, now: datetime
) -> None:
    session.add(
        IncidentUpdate(
            incident_id=row.id or 0,
            at=now,
            staff_id=actor.staff_id,
            who=actor.name,
            status=row.status,
            is_public=is_public,
            text=text,
        )
    )


def _tell_subscribers(
    session: Session, row: Incident, event: StatusEvent, words: str, *, now: datetime
) -> None:
    members = [(m.unit_id, m.channel) for m in load_members(session, row.id or 0)]
    notify_subscribers(
        session, f"incident:{row.id}", event, members, title=row.title, words=words, now=now
    )
