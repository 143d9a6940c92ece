"""`canais doctor --contacts`: what is wrong with the contacts of the directory."""

from dataclasses import asdict

import typer

from canais_app.commands.output import print_json
from canais_app.kit import clock, db
from canais_app.kit.text import plural
from canais_app.settings import settings

SHOWN = 20  # findings of a sort that are printed


def lint(*, as_json: bool) -> None:
    """Print every finding; leave with 1 when a contact cannot work as it is stored."""
    from canais_app.accounts.roles import OPERATOR
    from canais_app.directory import linter

    accepts_demo = not settings().is_production
    report = db.run_reading(linter.lint, actor=OPERATOR, now=clock.now(), accepts_demo=accepts_demo)
    if as_json:
        found = [asdict(finding) for finding in report.findings]
        counts = {"units": report.units, "contacts": report.contacts, "counts": report.counts}
        print_json({"ok": not report.fails, **counts, "findings": found})
    else:
        _print(report)
    if report.fails:
        raise typer.Exit(1)


def _print(report) -> None:  # noqa: ANN001 (Report, imported late)
    units = plural(report.units, "unidade", "unidades")
    typer.echo(f"{plural(report.contacts, 'contato', 'contatos')} de {units}.")
    for sort, count in report.counts.items():
        typer.echo(f"{sort}: {plural(count, 'achado', 'achados')}")
        some = [finding for finding in report.findings if finding.sort == sort][:SHOWN]
        for finding in some:
            typer.echo(f"  {finding.code} {finding.channel}: {finding.words}")
        if count > SHOWN:
            typer.echo(f"  … e mais {count - SHOWN}; veja todos com --json")
