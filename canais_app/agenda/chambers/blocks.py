"""Blocked periods of an agenda: block once or weekly, remove them, offer what they free.

Functions that take an actor raise `NotFoundError` when the agenda is another unit's.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.agenda import access, consequences, queries, tokens
from canais_app.agenda.availability.slots import do_overlap
from canais_app.agenda.booking import offers
from canais_app.agenda.models import AgendaBlock
from canais_app.agenda.notifications import appointments, changes
from canais_app.kit import clock, db, live, text
from canais_app.kit.errors import InvalidError

MAX_BLOCK_LENGTH = timedelta(days=120)
MAX_WEEKS = 52
KEEP_FALLEN, OFFER_FALLEN = "keep", "offer"
FALLEN_CHOICES = [  # what becomes of appointments in a new block
    ("", "Avisar antes de bloquear"),
    (OFFER_FALLEN, "Cancelar e oferecer outros horários"),
    (KEEP_FALLEN, "Manter marcado"),
]


def create_block(  # noqa: PLR0913, PLR0917 (a period has that many parts)
    session: Session,
    actor: Actor,
    agenda_id: int,
    start: datetime,
    end: datetime,
    reason: str,
    fallen: str = KEEP_FALLEN,
    *,
    now: datetime,
    weeks: int = 1,
) -> None:
    """Block a period for new appointments.

    `fallen` says what becomes of those in it: they stay and show as conflicts, or they are
    cancelled with other times; when it is empty, a block over any of them is refused.

    `weeks` above 1: also the same period of the weeks that follow, by the court's wall clock; such
    blocks are removed together.

    Raises:
        InvalidError: the period is reversed, over, longer than 120 days, or than a week if weekly;
            or nobody said what becomes of the appointments in it.
    """
    access.require_agenda(session, actor, agenda_id, Permission.EDIT_AGENDA, now=now)
    _check_period(start, end, weeks, now)
    reason = " ".join(reason.split())[:200]
    spans = [(_weeks_later(start, number), _weeks_later(end, number)) for number in range(weeks)]
    inside = [
        row
        for row in changes.load_coming(session, agenda_id, now=now)
        if any(do_overlap((row.starts_at, row.ends_at), span) for span in spans)
    ]
    if inside and fallen not in (KEEP_FALLEN, OFFER_FALLEN):
        count = text.pluralise(len(inside), "atendimento cai", "atendimentos caem")
        raise InvalidError.at("block_fallen", f"{count} neste período: escolha o que fazer.")
    series = text.generate_token()[:32] if weeks > 1 else ""
    for starts_at, ends_at in spans:
        row = AgendaBlock(
            agenda_id=agenda_id, starts_at=starts_at, ends_at=ends_at, reason=reason, series=series
        )
        session.add(row)
    session.flush()
    if inside and fallen == OFFER_FALLEN:
        agenda = queries.load_by_id(session, agenda_id, now=now, locked=True)
        for row in inside:
            why = reason or "o gabinete não atende nesse período"
            consequences.cancel_fallen(session, actor, agenda, row, why, now=now)
    entry: dict[str, object] = {"span": ["", f"{start.isoformat()}/{end.isoformat()}"]}
    if weeks > 1:
        entry["semanas"] = [1, weeks]
    audit.record_entry(session, actor, "bloqueou horário", "agenda", agenda_id, entry, now=now)
    live.emit(session, tokens.agenda_topic(agenda_id))


def _check_period(start: datetime, end: datetime, weeks: int, now: datetime) -> None:
    if end <= start:
        raise InvalidError(
            "O fim vem antes do começo.", {"until": "Escolha um fim depois do começo."}
        )
    if end <= now:
        raise InvalidError("Este período já passou.", {"day": "Escolha um dia que ainda vem."})
    if end - start > MAX_BLOCK_LENGTH:
        raise InvalidError("Bloqueie no máximo 120 dias.", {"until": "No máximo 120 dias."})
    if not 1 <= weeks <= MAX_WEEKS:
        raise InvalidError.at("weeks", f"De 1 a {MAX_WEEKS} semanas.")
    if weeks > 1 and end - start > timedelta(weeks=1):
        raise InvalidError.at("weeks", "Um período de mais de uma semana não se repete.")


def _weeks_later(moment: datetime, weeks: int) -> datetime:
    local = clock.to_local(moment)
    day = local.date() + timedelta(weeks=weeks)
    return clock.from_wall_clock(day, local.hour, local.minute)


def remove_block(session: Session, actor: Actor, block_id: int, *, now: datetime) -> None:
    """Remove a block, or all that were made with it and are to come.

    Its times are offered to the waiting list first, then to everybody.

    Raises:
        NotFoundError: the block does not exist, or is another unit's.
    """
    require_permission(actor, Permission.EDIT_AGENDA)
    found = db.get_or_404(session, AgendaBlock, block_id, "Este bloqueio já não existe.")
    agenda_id = found.agenda_id
    access.require_agenda(session, actor, agenda_id, Permission.EDIT_AGENDA, now=now)
    span = {"span": [f"{found.starts_at.isoformat()}/{found.ends_at.isoformat()}", ""]}
    together = [found, *_list_series(session, found, now)]
    freed = [(max(one.starts_at, now), one.ends_at) for one in together]
    for one in together:
        session.delete(one)
    session.flush()
    agenda = queries.load_by_id(session, agenda_id, now=now, locked=True)
    for each in freed:
        offered = offers.offer_to_waitlist(
            session, agenda, each, freed_at=now, now=now, excluded=()
        )
        appointments.notify(session, agenda, *offered, now=now)
    audit.record_entry(session, actor, "desbloqueou horário", "agenda", agenda_id, span, now=now)
    live.emit(session, tokens.agenda_topic(agenda_id))


def _list_series(session: Session, block: AgendaBlock, now: datetime) -> Sequence[AgendaBlock]:
    """Return the blocks to come that were made with this one."""
    if not block.series:
        return ()
    asked = select(AgendaBlock).where(
        col(AgendaBlock.agenda_id) == block.agenda_id,
        col(AgendaBlock.series) == block.series,
        col(AgendaBlock.id) != block.id,
        col(AgendaBlock.ends_at) > now,
    )
    return session.exec(asked).all()
