"""`canais outbox`: what waits to leave, sending it now, trying again what failed."""

import asyncio

import typer

from canais_app.commands.output import AsJson, print_json
from canais_app.kit import clock, db

app = typer.Typer(help="Fila de mensagens.", no_args_is_help=True)


@app.command()
def status(*, as_json: AsJson = False) -> None:
    """Conta as mensagens por situação."""
    from canais_app.outbox import service

    found = db.run_reading(service.status, now=clock.now())
    if as_json:
        print_json(found)
        return
    typer.echo(
        f"aguardando {found.waiting} · agendadas {found.scheduled} · enviadas {found.sent} · "
        f"com falha {found.failed} · devolvidas {found.bounced} · "
        f"maior atraso {found.oldest_due_seconds} s"
    )


@app.command()
def drain() -> None:
    """Envia agora o que está na hora de sair."""
    from canais_app.kit.text import plural
    from canais_app.outbox import delivery

    sent = asyncio.run(delivery.drain())
    typer.echo(plural(sent, "mensagem enviada", "mensagens enviadas"))


@app.command()
def retry() -> None:
    """Põe de volta na fila o que falhou."""
    from canais_app.kit.text import plural
    from canais_app.outbox import service

    again = db.run(service.retry_all, now=clock.now())
    typer.echo(plural(again, "mensagem de volta na fila", "mensagens de volta na fila"))
