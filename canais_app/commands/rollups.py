"""`canais rollups`: prove that the counts equal the complaints, or count again."""

import typer

from canais_app.commands.output import AsJson, print_json
from canais_app.kit import db

app = typer.Typer(help="Contagens das reclamações.", no_args_is_help=True)


@app.command("verify")
def verify_counts(*, as_json: AsJson = False) -> None:
    """Compara cada contagem com as reclamações; termina com 1 se algo difere."""
    from canais_app.complaints import rollups

    found = db.read_sync(rollups.verify)
    fine = not any(check.different for check in found)
    if as_json:
        print_json({"ok": fine, "tables": found})
    else:
        for check in found:
            state = f"{check.different} DIFEREM" if check.different else "confere"
            typer.echo(f"{check.table}: {check.total} contados, {state}")
            for row in check.differences:
                where = ", ".join(f"{name} {value}" for name, value in row.key.items())
                typer.echo(f"  {where}: guardado {row.stored}, contado {row.counted}")
    if not fine:
        raise typer.Exit(1)


@app.command("rebuild")
def rebuild_counts(*, as_json: AsJson = False) -> None:
    """Conta tudo de novo a partir das reclamações e confere o resultado."""
    from canais_app.complaints import rollups

    db.write_sync(rollups.rebuild)
    verify_counts(as_json=as_json)
