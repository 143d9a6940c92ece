"""Tables of the webhooks and their deliveries."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from canais_app.kit.models import Table


class Webhook(Table, table=True):
    """An address that is told of events, signed with its secret."""

    id: int | None = Field(default=None, primary_key=True)
    url: str = Field(max_length=300)
    sealed_secret: str = Field(max_length=300)
    events: list[str] = Field(default_factory=list, sa_type=JSON)
    active: bool = True
    created_at: datetime


class WebhookDelivery(Table, table=True):
    """One sending of an event to a webhook. `event_id` is stable, the delivery's id is new."""

    __table_args__ = (Index("ix_webhook_due", "status", "due_at"),)

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: str = Field(unique=True, max_length=36)
    webhook_id: int = Field(foreign_key="webhook.id", index=True)
    event_id: str = Field(index=True, max_length=36)
    event: str = Field(max_length=40)
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    status: str = Field(default="waiting", max_length=12)  # waiting, sent, failed
    attempts: int = 0
    created_at: datetime
    due_at: datetime
    sent_at: datetime | None = None
    last_error: str = Field(default="", max_length=300)
