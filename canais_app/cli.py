"""The command `canais`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from canais_app import __version__
from canais_app.commands import bench, files, find, maintenance, outbox, rollups, staff, webhooks
from canais_app.commands.seed import seed_demo
from canais_app.kit import db, logs
from canais_app.kit.errors import AppError, BusyError

app = typer.Typer(
    help="Portal dos Canais de Atendimento Digital.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"canais {__version__}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Mostra a versão e termina."
        ),
    ] = False,
) -> None:
    """Portal dos Canais de Atendimento Digital."""
    import canais_app.models  # noqa: F401 (importing registers the tables)
    from canais_app import wiring

    wiring.connect_hooks()


@app.command()
def serve(
    *,
    rolling: Annotated[
        bool,
        typer.Option(
            "--rolling", help="Inicia ao lado do servidor anterior, numa troca de versão."
        ),
    ] = False,
) -> None:
    """Constrói o que mudou e atende em http://127.0.0.1:$CANAIS_PORT."""
    from canais_app import serve as server

    server.run_server(rolling=rolling)


@app.command()
def build(
    archive: Annotated[
        Path | None,
        typer.Option(help="Escreve as páginas também neste arquivo .tar.gz.", dir_okay=False),
    ] = None,
) -> None:
    """Constrói as páginas, se o que as compõe mudou."""
    from canais_app import serve as server

    server.build_pages()
    if archive is not None:
        server.write_archive(archive)
        typer.echo(f"Páginas em {archive}: descompacte em .web/ das outras máquinas.")


@app.command()
def migrate() -> None:
    """Leva o banco de dados à versão atual."""
    from canais_app.kit.migrations import upgrade_database

    upgrade_database()
    typer.echo("Banco de dados na versão atual.")


@app.command()
def worker(
    parent: Annotated[int, typer.Option(hidden=True, help="Termina com este processo.")] = 0,
) -> None:
    """Faz o que acontece sozinho (PostgreSQL): e-mails, prazos, lembretes, trabalho da noite."""
    from canais_app.jobs import worker as job

    job.main(parent)


app.command("seed")(seed_demo)
app.command("search")(find.search_units)
app.command("slots")(find.list_slots)
app.command("import")(files.import_file)
app.command("export")(files.export_file)
app.add_typer(staff.app, name="staff")
app.add_typer(outbox.app, name="outbox")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(rollups.app, name="rollups")
app.command("nightly")(maintenance.run_retention)
app.command("calibrate")(maintenance.calibrate_alarms)
app.command("backup")(maintenance.backup_database)
app.command("restore")(maintenance.restore_database)
app.command("doctor")(maintenance.run_checks)
app.command("bench-data")(bench.bench_data)
app.add_typer(bench.app, name="bench")


def main() -> None:
    """Run a command; an `AppError` is printed as one sentence, with exit code 1."""
    logs.configure_logging()
    try:
        with db.long_running():
            app()
    except BusyError as busy:
        typer.echo(busy.message, err=True)
        sys.exit(1)
    except AppError as refusal:
        typer.echo(refusal.message, err=True)
        for field, sentence in refusal.errors.items():
            typer.echo(f"  {field}: {sentence}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
