"""`canais webhooks`: tell other systems of the portal's events."""

import asyncio
from typing import Annotated

import typer

from canais_app.accounts.roles import OPERATOR
from canais_app.commands.output import AsJson, print_json
from canais_app.kit import clock, db

app = typer.Typer(help="Avisos a outros sistemas (webhooks).", no_args_is_help=True)
Event = Annotated[list[str] | None, typer.Option("--event", help="Só este evento; repita.")]


@app.command("add")
def add_webhook(url: str, event: Event = None) -> None:
    """Cadastra um endereço https e mostra o segredo, uma única vez."""
    from canais_app.webhooks import service as webhooks

    asyncio.run(webhooks.check_url(url))
    secret = db.write_sync(webhooks.add_webhook, OPERATOR, url, event or (), now=clock.now())
    typer.echo(secret)


@app.command("list")
def list_webhooks(*, as_json: AsJson = False) -> None:
    """Lista os endereços e os últimos envios."""
    from canais_app.webhooks import service as webhooks

    hooks = db.read_sync(webhooks.list_webhooks, OPERATOR)
    sent = db.read_sync(webhooks.list_deliveries, OPERATOR)
    found = {
        "webhooks": [{"id": row.id, "url": row.url, "events": row.events} for row in hooks],
        "deliveries": [
            {
                "delivery": row.delivery_id,
                "event": row.event,
                "event_id": row.event_id,
                "webhook": row.webhook_id,
                "status": row.status,
                "attempts": row.attempts,
                "error": row.last_error,
            }
            for row in sent
        ],
    }
    if as_json:
        print_json(found)
        return
    for row in hooks:
        typer.echo(f"{row.id}  {row.url}  {', '.join(row.events) or 'todos os eventos'}")
    for row in sent:
        typer.echo(f"{row.delivery_id}  {row.event}  {row.status}  {row.last_error}")


@app.command("remove")
def remove_webhook(webhook_id: int) -> None:
    """Deixa de avisar um endereço."""
    from canais_app.webhooks import service as webhooks

    db.write_sync(webhooks.remove_webhook, OPERATOR, webhook_id, now=clock.now())


@app.command("resend")
def send_again(delivery: str) -> None:
    """Envia um evento de novo: o mesmo evento, outro envio."""
    from canais_app.webhooks import service as webhooks

    typer.echo(db.write_sync(webhooks.send_again, OPERATOR, delivery, now=clock.now()))
