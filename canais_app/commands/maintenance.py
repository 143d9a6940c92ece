"""`canais nightly`, `calibrate`, `backup`, `restore` and `doctor`."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from canais_app.commands.output import AsJson, print_json
from canais_app.kit import clock, db

File = Annotated[Path, typer.Argument(help="Arquivo da cópia.", dir_okay=False)]


def run_retention(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Só diz o que faria; nada é gravado.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Faz agora o trabalho da noite: retenção de dados e limpeza."""
    from canais_app.complaints import attachments
    from canais_app.jobs import retention as work

    now = clock.now()
    if dry_run:
        done = work.preview_retention(now=now)
    else:
        done = db.write_sync(work.run_retention, now=now)
        attachments.delete_files(db.read_sync(attachments.find_stray_files, now=now))
    if as_json:
        print_json(done)
        return
    verb = "Seriam anonimizados" if dry_run else "Anonimizados"
    typer.echo(
        f"{verb}: {done.appointments} atendimentos, {done.complaints} reclamações, "
        f"{done.letters} mensagens."
    )


def calibrate_alarms(*, as_json: AsJson = False) -> None:
    """Calibra os alarmes com os relatos até ontem e guarda os números."""
    from canais_app.complaints.situations import nightly_fit

    now = clock.now()
    figures = nightly_fit.calculate_figures(db.read_sync(nightly_fit.load_past, now=now))
    db.write_sync(nightly_fit.store_calibration, figures, now=now)
    if as_json:
        print_json(figures)
        return
    typer.echo(
        f"{figures['people']} pessoas, {len(figures['series'])} canais de unidades; "
        f"α {figures['alpha']:.1e}, de grupos {figures['group_alpha']:.1e}; "
        f"{len(figures['drift'])} com piora lenta."
    )


def backup_database(file: File, *, as_json: AsJson = False) -> None:
    """Copia o banco inteiro para um arquivo, com o portal no ar."""
    from canais_app.jobs import backup as work
    from canais_app.kit.errors import InvalidError

    try:
        done = work.write_backup(file, now=clock.now())
    except OSError as wrong:
        raise InvalidError(f"Não foi possível escrever {file}: {wrong.strerror}.") from None
    if as_json:
        print_json(done)
        return
    typer.echo(f"{done.rows} linhas de {done.tables} tabelas em {file}.")


def restore_database(file: File, *, as_json: AsJson = False) -> None:
    """Enche um banco vazio e migrado com uma cópia; pare o portal antes."""
    from canais_app.jobs import backup as work

    done = db.write_sync(work.restore_backup, file)
    if as_json:
        print_json(done)
        return
    typer.echo(f"{done.rows} linhas de {done.tables} tabelas restauradas.")


def run_checks(
    *,
    contacts: Annotated[
        bool, typer.Option("--contacts", help="Examina os contatos do diretório.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Examina configuração, banco, migrações, correio, relógio, páginas e auditoria."""
    from canais_app.commands import checks
    from canais_app.commands.contacts import lint_contacts

    if contacts:
        lint_contacts(as_json=as_json)
        return

    found = [_run_check(name, check) for name, check in checks.ALL_CHECKS]
    if as_json:
        print_json({"ok": all(f["ok"] for f in found), "checks": found})
    else:
        for finding in found:
            typer.echo(
                f"{'ok   ' if finding['ok'] else 'FALHA'} {finding['name']}: {finding['words']}"
            )
    if not all(finding["ok"] for finding in found):
        raise typer.Exit(1)


def _run_check(name: str, check: Callable[[], tuple[bool, str]]) -> dict[str, object]:
    try:
        fine, words = check()
    except Exception as wrong:  # noqa: BLE001 (a check that fails by an error is a finding)
        fine, words = False, f"{type(wrong).__name__}: {str(wrong).splitlines()[0][:200]}"
    return {"name": name, "ok": fine, "words": words}
