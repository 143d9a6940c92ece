"""News of failures by e-mail: subscribe, confirm by a button, tell, and leave by one click.

An address gets news once the link of its confirmation letter was opened and its button pressed: a
program that follows links confirms nothing. A request has the same answer for every address.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, StringConstraints
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from canais_app import routes
from canais_app.complaints.situations.models import StatusSubscription
from canais_app.directory import snapshot
from canais_app.directory.labels import channel_label
from canais_app.directory.snapshot import DirectorySnapshot
from canais_app.kit import contacts, encryption, limits, text
from canais_app.kit.encryption import DecryptionError
from canais_app.kit.errors import AppError, InvalidError, NotFoundError
from canais_app.outbox import messages
from canais_app.outbox import service as outbox
from canais_app.outbox.messages import Message
from canais_app.settings import settings

LINK_LIFETIME = timedelta(hours=48)
MIN_RESEND_INTERVAL = timedelta(minutes=10)  # so that nobody can flood another's mailbox
MAX_PLACES = 20  # per e-mail address
REQUEST_LIMIT = "10/hour"  # per address of the network
STATE = "estado"
STATE_NAME = "todo o Estado"
_COMARCA, _UNIT = "comarca:", "unidade:"
_EMAIL_MESSAGE = "Escreva um e-mail completo, como nome@provedor.com.br."


class StatusEvent(StrEnum):
    """What happened to a public failure."""

    PUBLIC = "publica"
    CONFIRMED = "confirmada"
    NEWS = "novidade"
    ENDED = "encerrada"


_TITLES = {
    StatusEvent.PUBLIC: "Instabilidade relatada por usuários",
    StatusEvent.CONFIRMED: "Instabilidade confirmada",
    StatusEvent.NEWS: "Novidade da falha",
    StatusEvent.ENDED: "Voltou ao normal",
}


_TOLD_ONCE = (StatusEvent.PUBLIC, StatusEvent.ENDED)


def _email(address: str) -> str:
    accept_demo = not settings().is_production
    return contacts.clean_email(address, _EMAIL_MESSAGE, accept_demo=accept_demo).lower()


class SubscriptionForm(BaseModel):
    """A request of news. `place` is `estado`, `comarca:sinop` or `unidade:1a-vara-civel`."""

    email: Annotated[str, StringConstraints(max_length=200), AfterValidator(_email)]
    place: Annotated[str, StringConstraints(max_length=170)] = STATE


@dataclass(frozen=True)
class SubscriptionView:
    """A subscription as its owner sees it."""

    place: str
    place_name: str
    is_confirmed: bool


def request_subscription(
    session: Session, form: SubscriptionForm, *, reporter: str, now: datetime
) -> None:
    """Store an unconfirmed subscription and queue its confirmation letter.

    Nothing is sent to an address that is subscribed already, that was written to lately, or that
    has too many subscriptions: the caller's answer is the same. `reporter` is the fingerprint of
    the caller's address.

    Raises:
        InvalidError: no such place.
        TooManyRequestsError: too many requests from one address.
    """
    limits.check_rate_limit(REQUEST_LIMIT, "status-subscription", reporter)
    name = name_place(session, form.place)
    row = session.exec(
        select(StatusSubscription).where(
            col(StatusSubscription.email) == form.email, col(StatusSubscription.place) == form.place
        )
    ).first()
    if row is not None and (row.confirmed_at or now - row.created_at < MIN_RESEND_INTERVAL):
        return
    if row is None and _count_places(session, form.email) >= MAX_PLACES:
        return
    token = text.generate_token()
    row = row or StatusSubscription(
        email=form.email, place=form.place, token_hash="", created_at=now
    )
    row.token_hash, row.sealed_token = text.hash_token(token), encryption.encrypt(token)
    row.created_at = now
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # the same request at the same time
        return
    context = {
        "place": name,
        "expires_at": now + LINK_LIFETIME,
        "page_url": settings().base_url + routes.status_subscription(token),
        "sequence": int(now.timestamp()),
    }
    letter = Message(
        messages.STATUS_CONFIRMATION, f"status:{row.id}", "subscriber", form.email, context
    )
    outbox.enqueue(session, letter, now=now)


def load_subscription(session: Session, token: str, *, now: datetime) -> SubscriptionView:
    """Return the subscription of a link; opening it changes nothing.

    Raises:
        NotFoundError: the link is unknown, or was not confirmed in time.
    """
    row = _find(session, token, now=now)
    return SubscriptionView(
        row.place, _known_name(session, row.place), row.confirmed_at is not None
    )


def confirm(session: Session, token: str, *, now: datetime) -> SubscriptionView:
    """Confirm a subscription; a repeat changes nothing.

    Raises:
        NotFoundError: the link is unknown, or too old.
    """
    row = _find(session, token, now=now)
    row.confirmed_at = row.confirmed_at or now
    session.add(row)
    return SubscriptionView(row.place, _known_name(session, row.place), is_confirmed=True)


def unsubscribe(session: Session, token: str) -> None:
    """Delete a subscription with its address. A repeat, or an unknown link, changes nothing."""
    session.connection().execute(
        delete(StatusSubscription).where(
            col(StatusSubscription.token_hash) == text.hash_token(token)
        )
    )


def delete_unconfirmed(session: Session, *, now: datetime) -> None:
    """Delete the addresses that were not confirmed in time."""
    session.connection().execute(
        delete(StatusSubscription).where(
            col(StatusSubscription.confirmed_at).is_(None),
            col(StatusSubscription.created_at) < now - LINK_LIFETIME,
        )
    )


def notify_subscribers(  # noqa: PLR0913 (news has that many parts)
    session: Session,
    subject: str,
    event: StatusEvent,
    members: Collection[tuple[int, str]],
    *,
    title: str = "",
    words: str = "",
    due_at: datetime | None = None,
    now: datetime,
) -> int:
    """Queue one letter to each address that follows a place of the news; return how many.

    Call it in the transaction of the change. `subject` names what it is about, and is the same
    for all news of it: `situation:12`, `incident:3`. `members` are the affected (unit id,
    channel), the channel being empty where none is known; `title` is an incident's public title,
    `words` a public text. Failures becoming public, and their end, are told once per subject. With
    `due_at`, letters wait until then, and `withdraw_news` takes them back.
    """
    here = snapshot.load_snapshot(session)
    places = _places_of(here, {unit_id for unit_id, _ in members})
    if not members or not places:
        return 0
    rows = session.exec(
        select(StatusSubscription).where(
            col(StatusSubscription.place).in_(places),
            col(StatusSubscription.confirmed_at).is_not(None),
        )
    ).all()
    chosen: dict[str, StatusSubscription] = {}
    for row in sorted(rows, key=lambda row: (row.place != STATE, row.place)):
        chosen[row.email] = row  # the narrowest place of an address comes last
    context = {
        "title": f"{_TITLES[event]}: {title or _name_members(here, members)}",
        "lines": [*filter(None, (words, _name_members(here, members) if title else ""))],
        "moment": now,
        "sequence": str(event) if event in _TOLD_ONCE else f"{event}-{int(now.timestamp())}",
    }
    letters = [
        Message(
            messages.STATUS_NEWS,
            f"status:{subject}:{row.id}",
            "subscriber",
            row.email,
            context | _links(session, row, token),
            due_at=due_at,
        )
        for row in chosen.values()
        if (token := _token_of(row))
    ]
    outbox.enqueue(session, *letters, now=now)
    return len(letters)


def withdraw_news(session: Session, subject: str, told_at: datetime) -> None:
    """Withdraw the letters that `notify_subscribers` queued about a subject at a moment.

    Raises:
        ConflictError: one was sent, or is being sent.
    """
    thread = f"status:{subject}:"
    outbox.withdraw_all(session, thread, (messages.STATUS_NEWS,), created_at=told_at)


def count_subscribers(session: Session, unit_ids: Collection[int]) -> int:
    """Count the addresses that news of some units would reach."""
    places = _places_of(snapshot.load_snapshot(session), unit_ids)
    query = select(func.count(func.distinct(col(StatusSubscription.email)))).where(
        col(StatusSubscription.place).in_(places), col(StatusSubscription.confirmed_at).is_not(None)
    )
    return session.exec(query).one()


def name_place(session: Session, place: str) -> str:
    """Return the name of a place that can be followed.

    Raises:
        InvalidError: there is none.
    """
    if place == STATE:
        return STATE_NAME
    here = snapshot.load_snapshot(session)
    try:
        if place.startswith(_COMARCA):
            return f"comarca de {here.find_comarca(place.removeprefix(_COMARCA)).name}"
        if place.startswith(_UNIT):
            return here.find_unit(place.removeprefix(_UNIT)).name
    except AppError:  # unknown, or renamed
        pass
    raise InvalidError("Confira de onde quer receber.", {"place": "Escolha um lugar da lista."})


def _known_name(session: Session, place: str) -> str:
    try:
        return name_place(session, place)
    except InvalidError:  # the unit was renamed or retired since
        return place.partition(":")[2]


def _find(session: Session, token: str, *, now: datetime) -> StatusSubscription:
    row = session.exec(
        select(StatusSubscription).where(
            col(StatusSubscription.token_hash) == text.hash_token(token)
        )
    ).first()
    if row is None or (row.confirmed_at is None and now - row.created_at > LINK_LIFETIME):
        raise NotFoundError("Este link venceu ou já foi usado para sair. Peça outro.")
    return row


def _count_places(session: Session, email: str) -> int:
    counted = select(func.count()).where(col(StatusSubscription.email) == email)
    return session.exec(counted).one()


def _places_of(here: DirectorySnapshot, unit_ids: Iterable[int]) -> set[str]:
    places = {STATE}
    for unit_id in unit_ids:
        unit = here.units.get(unit_id)
        if unit is None:
            continue
        former = (old for old, present in here.redirects.items() if present == unit.slug)
        places.update(f"{_UNIT}{slug}" for slug in (unit.slug, *former))
        if comarca := here.comarcas.get(unit.comarca_id or 0):
            places.add(f"{_COMARCA}{comarca.slug}")
    return places


def _name_members(here: DirectorySnapshot, members: Collection[tuple[int, str]]) -> str:
    """Return `Balcão Virtual, 1ª Vara de Sinop`, or how many units when there are several."""
    channels = " e ".join(dict.fromkeys(channel_label(c) for _, c in members if c))
    units: Mapping[int, str] = {
        id_: here.units[id_].name for id_, _ in members if id_ in here.units
    }
    if len(units) == 1:
        where = next(iter(units.values()))
    else:
        where = text.pluralise(len(units), "unidade", "unidades")
    return f"{channels}, {where}" if channels else where


def _links(session: Session, row: StatusSubscription, token: str) -> dict[str, str]:
    base = settings().base_url
    return {
        "place": _known_name(session, row.place),
        "page_url": base + _page_of(row.place),
        messages.UNSUBSCRIBE_KEY: base + routes.status_unsubscribe(token),
    }


def _token_of(row: StatusSubscription) -> str:
    """Return the link's token; empty after a change of the secret key."""
    try:
        return encryption.decrypt(row.sealed_token)
    except DecryptionError:
        return ""


def _page_of(place: str) -> str:
    if place.startswith(_COMARCA):
        return routes.status(place.removeprefix(_COMARCA))
    if place.startswith(_UNIT):
        return routes.unit(place.removeprefix(_UNIT))
    return routes.STATUS
