"""State of the webhooks page: add with a secret shown once, switch off, send again."""

from typing import Annotated, Any

import reflex as rx
from pydantic import BaseModel, StringConstraints
from sqlmodel import Session

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, staff_event
from canais_app.kit import clock, db
from canais_app.kit.errors import InvalidError
from canais_app.kit.forms import ShortText, SingleLineText, parse_form, parse_id
from canais_app.kit.text import format_datetime
from canais_app.webhooks import service as webhooks
from canais_app.webhooks.models import WebhookDelivery

MANAGE = Permission.MANAGE_STAFF


class WebhookForm(BaseModel):
    """The address of a new webhook."""

    url: Annotated[SingleLineText, StringConstraints(min_length=1, max_length=webhooks.MAX_URL)]


class DeliveryForm(BaseModel):
    """A delivery, as its button names it."""

    delivery: ShortText


class WebhooksState(StaffState, rx.State):
    """`secret` holds a new secret until the page is left; it is stored encrypted only."""

    hooks: list[dict[str, Any]] = []
    deliveries: list[dict[str, Any]] = []
    offered: list[str] = []
    secret: str = ""

    @staff_event(MANAGE)
    async def load(self, actor: Actor) -> None:
        """Show every webhook and the newest deliveries."""
        self.reset()
        await self._show(actor)

    @staff_event(MANAGE, temporal=True)
    async def add(self, actor: Actor, form: dict[str, Any]) -> None:
        """Store a webhook and show its secret once."""
        url = parse_form(WebhookForm, form).url
        events = [event for event in webhooks.EVENTS if f"e-{event}" in form]
        try:
            await webhooks.check_url(url)
        except InvalidError as refusal:
            raise InvalidError(refusal.message, {"url": refusal.message}) from None
        self.secret = await db.write(webhooks.add_webhook, actor, url, events, now=clock.now())
        await self._show(actor)

    @staff_event(MANAGE, temporal=True)
    async def remove(self, actor: Actor, webhook: int) -> None:
        """Switch a webhook off."""
        await db.write(webhooks.remove_webhook, actor, parse_id(webhook), now=clock.now())
        self.secret, self.news = "", "Desligado: nada mais sai para este endereço."
        await self._show(actor)

    @staff_event(MANAGE, temporal=True)
    async def send_again(self, actor: Actor, delivery: str) -> None:
        """Queue an event once more."""
        sent = parse_form(DeliveryForm, {"delivery": delivery}).delivery
        await db.write(webhooks.send_again, actor, sent, now=clock.now())
        self.news = "Na fila: sai em até um minuto."
        await self._show(actor)

    async def _show(self, actor: Actor) -> None:
        self.hooks, self.deliveries = await db.read(_load, actor)
        self.offered = list(webhooks.EVENTS)


def _load(session: Session, actor: Actor) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    hooks = webhooks.list_webhooks(session, actor)
    urls = {hook.id or 0: hook.url for hook in hooks}
    shown = [
        {
            "id": hook.id or 0,
            "url": hook.url,
            "events": ", ".join(hook.events) or "todos",
            "since": format_datetime(hook.created_at),
        }
        for hook in hooks
    ]
    return shown, [_delivery(row, urls) for row in webhooks.list_deliveries(session, actor)]


def _delivery(row: WebhookDelivery, urls: dict[int, str]) -> dict[str, Any]:
    words, tone = f"Saiu na tentativa {row.attempts}", "ok"
    if row.status == webhooks.FAILED:
        words, tone = f"Não saiu em {row.attempts} tentativas: {row.last_error}", "bad"
    elif row.status == webhooks.WAITING and row.last_error:
        words, tone = f"Nova tentativa em {format_datetime(row.due_at)}: {row.last_error}", "warn"
    elif row.status == webhooks.WAITING:
        words, tone = "Na fila", "off"
    return {
        "id": row.delivery_id,
        "at": format_datetime(row.sent_at or row.created_at),
        "event": row.event,
        "url": urls.get(row.webhook_id, "endereço desligado"),
        "state": words,
        "tone": tone,
        "may_repeat": row.webhook_id in urls and row.status != webhooks.WAITING,
    }
