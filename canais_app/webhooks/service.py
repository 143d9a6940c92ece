"""Webhooks: other systems are told of events, signed, retried, and on request told again.

A request has the event as JSON and these headers: `Canais-Event`, `Canais-Event-Id` (the same
when an event is sent again), `Canais-Delivery` (new then), and `Canais-Signature`:
`t=<unix seconds of sending>,v1=<hex HMAC-SHA256 of "t.body" under the webhook's secret>`.
"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog
from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.kit import clock, db, public_address, text
from canais_app.kit.encryption import decrypt, encrypt
from canais_app.kit.errors import AppError, ConflictError, InvalidError, NotFoundError
from canais_app.settings import settings
from canais_app.webhooks.models import Webhook, WebhookDelivery

OPENED, CLOSED = "situation.opened", "situation.closed"
INCIDENT_OPENED, INCIDENT_UPDATED = "incident.opened", "incident.updated"
INCIDENT_CLOSED = "incident.closed"
APPOINTMENT_REQUESTED, APPOINTMENT_BOOKED = "appointment.requested", "appointment.booked"
APPOINTMENT_MOVED, APPOINTMENT_CANCELLED = "appointment.moved", "appointment.cancelled"
APPOINTMENT_REFUSED, REQUEST_OVERDUE = "appointment.refused", "appointment.request_overdue"
APPOINTMENT_NOT_ATTENDED = "appointment.not_attended"
COMPLAINT_FILED, COMPLAINT_MOVED = "complaint.filed", "complaint.status_changed"
EVENTS = (
    OPENED,
    CLOSED,
    INCIDENT_OPENED,
    INCIDENT_UPDATED,
    INCIDENT_CLOSED,
    APPOINTMENT_REQUESTED,
    APPOINTMENT_BOOKED,
    APPOINTMENT_MOVED,
    APPOINTMENT_CANCELLED,
    APPOINTMENT_REFUSED,
    REQUEST_OVERDUE,
    APPOINTMENT_NOT_ATTENDED,
    COMPLAINT_FILED,
    COMPLAINT_MOVED,
)
WAITING, SENT, FAILED = "waiting", "sent", "failed"
# Minutes to the next attempt; then the delivery has failed.
BACKOFF = (1, 5, 30, 120, 360, 1440)
LEASE = timedelta(minutes=2)  # a claimed delivery is due again when its sender died
TIMEOUT = 10.0  # seconds
BATCH = 20
MAX_URL = 300
ENTITY = "webhook"
log = structlog.get_logger()


@dataclass(frozen=True)
class ClaimedDelivery:
    """A delivery to send now."""

    id: int
    delivery_id: str
    event_id: str
    event: str
    payload: Mapping[str, Any]
    url: str
    secret: str
    attempts: int


def enqueue(session: Session, event: str, payload: Mapping[str, object], *, now: datetime) -> None:
    """Store an event for every active webhook that wants it, in the caller's transaction."""
    enqueue_all(session, [(event, payload)], now=now)


def enqueue_all(
    session: Session, events: Sequence[tuple[str, Mapping[str, object]]], *, now: datetime
) -> None:
    """Store several events, in one look at the webhooks."""
    hooks = session.exec(select(Webhook).where(col(Webhook.active))).all() if events else ()
    for event, payload in events:
        event_id = str(uuid4())
        for hook in hooks:
            if not hook.events or event in hook.events:
                session.add(_delivery(hook.id or 0, event_id, event, payload, now))


def _delivery(
    webhook_id: int, event_id: str, event: str, payload: Mapping[str, Any], now: datetime
) -> WebhookDelivery:
    return WebhookDelivery(
        delivery_id=str(uuid4()),
        webhook_id=webhook_id,
        event_id=event_id,
        event=event,
        payload=dict(payload),
        created_at=now,
        due_at=now,
    )


async def check_url(url: str) -> None:
    """Refuse an address that must not be called.

    Raises:
        InvalidError: not https, unknown, or private.
    """
    await public_address.resolve_public(url, allow_private=settings().webhooks_private)


def add_webhook(
    session: Session, actor: Actor, url: str, events: Sequence[str] = (), *, now: datetime
) -> str:
    """Store a webhook for some events, or all; return its secret, shown only once.

    Raises:
        InvalidError: an unknown event, or too long an address. Check it first (`check_url`).
    """
    require_permission(actor, Permission.MANAGE_STAFF)
    if len(url) > MAX_URL:
        sentence = f"O endereço passa de {MAX_URL} letras."
        raise InvalidError(sentence, {"url": sentence})
    if unknown := set(events) - set(EVENTS):
        raise InvalidError(f"Não há o evento {min(unknown)}. Há: {', '.join(EVENTS)}.")
    secret = text.generate_token()
    row = Webhook(
        url=url, sealed_secret=encrypt(secret), events=sorted(set(events)), created_at=now
    )
    session.add(row)
    session.flush()
    change = {"endereço": ["", row.url], "eventos": ["", row.events]}
    audit.record_entry(session, actor, "criou", ENTITY, row.id, change, now=now)
    return secret


def remove_webhook(session: Session, actor: Actor, webhook_id: int, *, now: datetime) -> None:
    """Stop a webhook; what was sent stays listed.

    Raises:
        NotFoundError: there is none.
    """
    require_permission(actor, Permission.MANAGE_STAFF)
    row = session.get(Webhook, webhook_id)
    if row is None or not row.active:
        raise NotFoundError("Não encontramos este webhook.")
    row.active = False
    session.add(row)
    audit.record_entry(session, actor, "retirou", ENTITY, row.id, {"url": [row.url, ""]}, now=now)


def list_webhooks(session: Session, actor: Actor) -> Sequence[Webhook]:
    """Return the active webhooks."""
    require_permission(actor, Permission.MANAGE_STAFF)
    return session.exec(select(Webhook).where(col(Webhook.active)).order_by(col(Webhook.id))).all()


def list_deliveries(
    session: Session, actor: Actor, *, limit: int = 50
) -> Sequence[WebhookDelivery]:
    """Return the newest deliveries."""
    require_permission(actor, Permission.MANAGE_STAFF)
    query = select(WebhookDelivery).order_by(col(WebhookDelivery.id).desc()).limit(limit)
    return session.exec(query).all()


def send_again(session: Session, actor: Actor, delivery_id: str, *, now: datetime) -> str:
    """Queue an event once more: the same event id, a new delivery id, which is returned.

    Raises:
        NotFoundError: no such delivery.
        ConflictError: its webhook was switched off.
    """
    require_permission(actor, Permission.MANAGE_STAFF)
    query = select(WebhookDelivery).where(col(WebhookDelivery.delivery_id) == delivery_id)
    row = session.exec(query).first()
    if row is None:
        raise NotFoundError("Não encontramos este envio.")
    if not session.get_one(Webhook, row.webhook_id).active:
        raise ConflictError("Este endereço foi desligado: cadastre-o de novo.")
    again = _delivery(row.webhook_id, row.event_id, row.event, row.payload, now)
    session.add(again)
    change = {"envio": [delivery_id, again.delivery_id]}
    audit.record_entry(session, actor, "enviou de novo", ENTITY, row.webhook_id, change, now=now)
    return again.delivery_id


def sign(secret: str, sent_at: int, body: bytes) -> str:
    """Return the signature header of a body sent at a Unix time."""
    digest = hmac.new(secret.encode(), f"{sent_at}.".encode() + body, hashlib.sha256)
    return f"t={sent_at},v1={digest.hexdigest()}"


async def deliver_due() -> int:
    """Send the deliveries that are due; return how many arrived."""
    claimed = await db.write(claim_due, now=clock.now()) if await db.read(has_due) else []
    results = await asyncio.gather(*(_send(each) for each in claimed))
    for each, error in zip(claimed, results, strict=True):
        await db.write(record_result, each, error, now=clock.now())
    return sum(not error for error in results)


def has_due(session: Session) -> bool:
    """Whether a delivery is due."""
    query = select(WebhookDelivery.id).where(
        col(WebhookDelivery.status) == WAITING, col(WebhookDelivery.due_at) <= clock.now()
    )
    return session.exec(query.limit(1)).first() is not None


def claim_due(session: Session, *, now: datetime) -> list[ClaimedDelivery]:
    """Take due deliveries for two minutes; without a result they are due again."""
    rows = session.exec(
        select(WebhookDelivery, Webhook)
        .join(Webhook, col(Webhook.id) == col(WebhookDelivery.webhook_id))
        .where(
            col(WebhookDelivery.status) == WAITING,
            col(WebhookDelivery.due_at) <= now,
            col(Webhook.active),
        )
        .order_by(col(WebhookDelivery.id))
        .limit(BATCH)
        .with_for_update(of=WebhookDelivery, skip_locked=True)
    ).all()
    claimed: list[ClaimedDelivery] = []
    for row, hook in rows:
        row.attempts, row.due_at = row.attempts + 1, now + LEASE
        session.add(row)
        claimed.append(
            ClaimedDelivery(
                row.id or 0,
                row.delivery_id,
                row.event_id,
                row.event,
                row.payload,
                hook.url,
                decrypt(hook.sealed_secret),
                row.attempts,
            )
        )
    return claimed


def record_result(session: Session, sent: ClaimedDelivery, error: str, *, now: datetime) -> None:
    """Store that a delivery arrived, or when it is tried again."""
    row = session.get_one(WebhookDelivery, sent.id)
    row.last_error = error[:300]
    if not error:
        row.status, row.sent_at = SENT, now
    elif row.attempts > len(BACKOFF):
        row.status = FAILED
    else:
        row.due_at = now + timedelta(minutes=BACKOFF[row.attempts - 1])
    session.add(row)


async def _send(sent: ClaimedDelivery) -> str:
    """Post a delivery; return what went wrong, or an empty string."""
    import httpx2

    body = json.dumps(dict(sent.payload), ensure_ascii=False, separators=(",", ":")).encode()
    moment = int(clock.now().timestamp())
    try:
        target = await public_address.resolve_public(
            sent.url, allow_private=settings().webhooks_private
        )
        url = httpx2.URL(sent.url)
        headers = {
            "Content-Type": "application/json",
            "Host": url.netloc.decode("ascii"),
            "User-Agent": "canais-webhook/1",
            "Canais-Event": sent.event,
            "Canais-Event-Id": sent.event_id,
            "Canais-Delivery": sent.delivery_id,
            "Canais-Signature": sign(sent.secret, moment, body),
        }
        async with (
            httpx2.AsyncClient(timeout=TIMEOUT, follow_redirects=False) as client,
            # Streamed, so that the body of an answer, of any size, is not read.
            client.stream(
                "POST",
                url.copy_with(host=target.ip),
                content=body,
                headers=headers,
                extensions={"sni_hostname": target.host},
            ) as answer,
        ):
            pass
    except (httpx2.HTTPError, httpx2.InvalidURL, AppError) as wrong:
        log.info("webhook_not_delivered", delivery=sent.delivery_id, error=type(wrong).__name__)
        return str(wrong) or type(wrong).__name__
    return "" if answer.is_success else f"resposta {answer.status_code}"
