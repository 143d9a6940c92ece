"""“Informação errada? Avise”: what visitors say that a contact should be, and what comes of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require
from canais_app.directory import changes, contacts, said, settling, values
from canais_app.directory.changes import By
from canais_app.directory.channels import ChannelKind, type_of
from canais_app.directory.drafts import ProposalDraft
from canais_app.directory.models import Channel, ContactProposal, Unit
from canais_app.directory.settling import ACCEPTED, GONE, OPEN, OTHER_VALUE, REFUSED
from canais_app.kit import clock, limits, live
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError
from canais_app.kit.text import date_words

RULE = "10/hour"  # proposals from one address
MOST_TOLD = 20  # addresses kept of one proposal
MOST_SHOWN = 100


@dataclass(frozen=True)
class ProposalRow:
    """A proposal beside what is published, for whoever decides."""

    id: int
    unit: str
    unit_code: str
    channel: str
    current: str
    proposed: str
    gone: bool
    note: str
    people: str
    since: str
    awaited: bool  # somebody left an address and is told


def propose(
    session: Session, slug: str, draft: ProposalDraft, *, address: str, now: datetime
) -> None:
    """Keep what a visitor says of a channel; the same said twice is one row that counts two.

    `address` is where the visitor comes from: it is counted for a while, never stored.

    Raises:
        TooManyRequestsError: too many from one address.
        NotFoundError: the unit has no such channel.
        InvalidError: the proposed contact cannot be one of this channel, or is published already.
    """
    limits.check(RULE, "proposal", address)
    unit, channel = _published(session, slug, draft.channel)
    value = _proposed(channel, draft)
    row = ContactProposal(
        unit_id=unit.id or 0,
        channel_id=draft.channel,
        wrong=draft.wrong,
        value=value,
        note=draft.note,
        emails=[draft.email] if draft.email else [],
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # somebody said so before
        _join(session, row)
    live.touch(session, changes.DESK_TOPIC)


def _published(session: Session, slug: str, channel_id: int) -> tuple[Unit, Channel]:
    found = session.exec(
        select(Unit, Channel).where(
            col(Channel.unit_id) == col(Unit.id),
            col(Channel.id) == channel_id,
            col(Channel.retired_at).is_(None),
            col(Unit.slug) == slug,
            col(Unit.active),
        )
    ).first()
    if found is None:
        raise NotFoundError("Este canal não está mais publicado. Atualize a página.")
    return found


def _proposed(channel: Channel, draft: ProposalDraft) -> str:
    if draft.wrong == GONE:
        return ""
    if not draft.value:
        raise _wrong("Escreva o contato certo.")
    try:
        value = type_of(channel.kind).clean(draft.value)
    except ValueError as wrong:
        raise _wrong(str(wrong)) from None
    if value == channel.value:
        raise _wrong("É o contato que já está publicado.")
    return value


def _wrong(sentence: str) -> InvalidError:
    return InvalidError("Falta corrigir 1 campo.", {"value": sentence})


def _join(session: Session, row: ContactProposal) -> None:
    known = session.exec(
        select(ContactProposal)
        .where(
            col(ContactProposal.channel_id) == row.channel_id,
            col(ContactProposal.wrong) == row.wrong,
            col(ContactProposal.value) == row.value,
            col(ContactProposal.status) == OPEN,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if known is None:
        raise ConflictError("A unidade acabou de responder a esta correção. Veja a página de novo.")
    known.count += 1
    known.note = known.note or row.note
    known.emails = list(dict.fromkeys([*known.emails, *row.emails]))[:MOST_TOLD]


def waiting(session: Session, *, actor: Actor) -> list[ProposalRow]:
    """Return the proposals that this person may settle, the oldest first."""
    require(actor, Permission.EDIT_DIRECTORY)
    rows = session.exec(
        select(ContactProposal, Channel, Unit)
        .join(Channel, col(Channel.id) == col(ContactProposal.channel_id))
        .join(Unit, col(Unit.id) == col(ContactProposal.unit_id))
        .where(col(ContactProposal.status) == OPEN, changes.mine(actor))
        .order_by(col(ContactProposal.id))
        .limit(MOST_SHOWN)
    ).all()
    return [_row(*found) for found in rows]


def _row(row: ContactProposal, channel: Channel, unit: Unit) -> ProposalRow:
    return ProposalRow(
        id=row.id or 0,
        unit=unit.name,
        unit_code=unit.code,
        channel=said.channel_name(ChannelKind(channel.kind)),
        current=said.value("value", channel.value),
        proposed=said.value("value", row.value),
        gone=row.wrong == GONE,
        note=row.note,
        people=str(row.count),
        since=date_words(clock.local_day(row.created_at)),
        awaited=bool(row.emails),
    )


def accept(session: Session, proposal_id: int, *, actor: Actor, now: datetime) -> str:
    """Do what a proposal says; the contact is verified by it. Return what was done, in words.

    Raises:
        NotFoundError: no such proposal, or of another's unit.
        ConflictError: somebody settled it first.
        InvalidError: the unit has the proposed contact already.
    """
    row, channel = _held(session, proposal_id, actor)
    by = By(actor, now)
    name = said.channel_name(channel.kind)
    if row.wrong == OTHER_VALUE:
        contacts.correct(session, channel, {"value": row.value}, "aceitar correção", by)
        return f"{name} corrigido: {said.value('value', row.value)}."
    contacts.close(session, channel, "aceitar correção", by)
    return f"{name} retirado."


def refuse(session: Session, proposal_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Close a proposal without doing what it says; its authors read the reason.

    Raises:
        NotFoundError: no such proposal, or of another's unit.
        ConflictError: somebody settled it first.
        InvalidError: under `reason`, when it is missing or too long.
    """
    try:
        words = values.line(reason, 300, 3)
    except ValueError as wrong:
        raise InvalidError("Falta corrigir 1 campo.", {"reason": str(wrong)}) from None
    row, channel = _held(session, proposal_id, actor)
    settling.settle(session, row, REFUSED, words, By(actor, now))
    told = {"proposto": said.value("value", row.value), "motivo": words}
    code = session.get_one(Unit, channel.unit_id).code
    audit.record(session, actor, "recusar correção", "channel", code, told, now=now)
    live.touch(session, changes.DESK_TOPIC)


def forget(session: Session, *, before: datetime) -> int:
    """Take the addresses out of proposals older than `before` that nobody has settled."""
    old = session.exec(
        select(ContactProposal).where(
            col(ContactProposal.created_at) < before, col(ContactProposal.status) == OPEN
        )
    ).all()
    named = [row for row in old if row.emails]
    for row in named:
        row.emails = []
    return len(named)


def _held(session: Session, proposal_id: int, actor: Actor) -> tuple[ContactProposal, Channel]:
    require(actor, Permission.EDIT_DIRECTORY)
    row = session.get(ContactProposal, proposal_id)
    if row is None:
        raise NotFoundError("Não encontramos esta correção.")
    unit = changes.held(session, session.get_one(Unit, row.unit_id).code, actor)
    session.refresh(row)
    if row.status != OPEN:
        done = "aceita" if row.status == ACCEPTED else "recusada"
        raise ConflictError(f"Esta correção já foi {done} por {row.settled_by}.")
    return row, changes.channel_of(session, unit, row.channel_id)
