"""`canais import` and `canais export`: the contacts of the directory as a CSV file."""

from pathlib import Path
from typing import Annotated

import typer

from canais_app.kit import clock, db, text

Source = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]


def read(
    file: Source,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Só mostra o que mudaria.")] = False,
) -> None:
    """Corrige contatos pelo arquivo: todas as linhas, ou nenhuma."""
    from canais_app.accounts.roles import OPERATOR
    from canais_app.directory import importer

    changes = db.run(
        importer.import_contacts,
        file.read_bytes(),
        actor=OPERATOR,
        now=clock.now(),
        dry_run=dry_run,
    )
    for change in changes:
        typer.echo(f"{change.unit} {change.channel}: {change.before} → {change.after}")
    typer.echo(text.plural(len(changes), "contato corrigido", "contatos corrigidos"))


def write(file: Annotated[Path, typer.Argument(dir_okay=False)]) -> None:
    """Escreve os contatos do diretório num arquivo CSV."""
    from canais_app.directory import importer

    file.write_text(db.run_reading(importer.export_contacts), encoding="utf-8")
    typer.echo(f"Contatos escritos em {file}.")
