"""`canais doctor --contacts`: print the findings of the contact linter."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from canais_app.commands.output import print_json
from canais_app.kit import clock, db
from canais_app.kit.text import pluralise
from canais_app.settings import settings

if TYPE_CHECKING:
    from canais_app.directory.linter import LintReport

MAX_PRINTED = 20  # findings of each kind


def lint_contacts(*, as_json: bool) -> None:
    """Print the findings; exit with 1 when a contact cannot work."""
    from canais_app.accounts.roles import OPERATOR
    from canais_app.directory import linter

    accepts_demo = not settings().is_production
    report = db.read_sync(
        linter.lint_contacts, actor=OPERATOR, now=clock.now(), accepts_demo=accepts_demo
    )
    if as_json:
        found = [asdict(finding) for finding in report.findings]
        counts = {
            "units": report.units,
            "contacts": report.contacts,
            "counts": report.count_by_kind,
        }
        print_json({"ok": not report.has_failures, **counts, "findings": found})
    else:
        _print(report)
    if report.has_failures:
        raise typer.Exit(1)


def _print(report: "LintReport") -> None:
    units = pluralise(report.units, "unidade", "unidades")
    typer.echo(f"{pluralise(report.contacts, 'contato', 'contatos')} de {units}.")
    for kind, count in report.count_by_kind.items():
        typer.echo(f"{kind}: {pluralise(count, 'achado', 'achados')}")
        some = [finding for finding in report.findings if finding.sort == kind][:MAX_PRINTED]
        for finding in some:
            typer.echo(f"  {finding.code} {finding.channel}: {finding.words}")
        if count > MAX_PRINTED:
            typer.echo(f"  … e mais {count - MAX_PRINTED}; veja todos com --json")
