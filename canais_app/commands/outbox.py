"""`canais outbox`: count, send and retry messages."""

import asyncio

import typer

from canais_app.commands.output import AsJson, print_json
from canais_app.kit import clock, db

app = typer.Typer(help="Fila de mensagens.", no_args_is_help=True)


@app.command("status")
def print_status(*, as_json: AsJson = False) -> None:
    """Conta as mensagens por situação."""
    from canais_app.outbox import service

    found = db.read_sync(service.count_messages, now=clock.now())
    if as_json:
        print_json(found)
        return
    typer.echo(
        f"aguardando {found.waiting} · agendadas {found.scheduled} · enviadas {found.sent} · "
        f"com falha {found.failed} · devolvidas {found.bounced} · "
        f"maior atraso {found.oldest_due_seconds} s"
    )


@app.command("drain")
def drain_queue() -> None:
    """Envia agora o que está na hora de sair."""
    from canais_app.kit.text import pluralise
    from canais_app.outbox import delivery

    sent = asyncio.run(delivery.send_due_messages())
    typer.echo(pluralise(sent, "mensagem enviada", "mensagens enviadas"))


@app.command("retry")
def retry_failed() -> None:
    """Põe de volta na fila o que falhou."""
    from canais_app.kit.text import pluralise
    from canais_app.outbox import retries

    again = db.write_sync(retries.retry_all_failed, now=clock.now())
    typer.echo(pluralise(again, "mensagem de volta na fila", "mensagens de volta na fila"))
