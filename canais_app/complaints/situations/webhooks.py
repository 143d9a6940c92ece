"""Webhooks: other systems are told of events, signed, retried, and on request told again."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from sqlmodel import Session, col, select

from canais_app.complaints.situations.models import Webhook, WebhookDelivery

OPENED, CLOSED = "situation.opened", "situation.closed"
INCIDENT_OPENED, INCIDENT_UPDATED = "incident.opened", "incident.updated"
INCIDENT_CLOSED = "incident.closed"


def enqueue(session: Session, event: str, payload: Mapping[str, object], *, now: datetime) -> None:
    """Store an event for every active webhook that wants it, in the caller's transaction."""
    hooks = session.exec(select(Webhook).where(col(Webhook.active))).all()
    event_id = str(uuid4())
    for hook in hooks:
        if not hook.events or event in hook.events:
            session.add(
                WebhookDelivery(
                    delivery_id=str(uuid4()),
                    webhook_id=hook.id or 0,
                    event_id=event_id,
                    event=event,
                    payload=dict(payload),
                    created_at=now,
                    due_at=now,
                )
            )
