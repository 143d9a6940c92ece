"""The commands `canais import` and `canais export` of the units file."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.progress import Progress

from canais_app.commands.output import AsJson, print_json
from canais_app.directory.spreadsheet.diff import Difference
from canais_app.directory.spreadsheet.models import PlannedUnit
from canais_app.directory.spreadsheet.rows import ReportProgress
from canais_app.kit import clock, db
from canais_app.kit.errors import InvalidError
from canais_app.kit.text import pluralise

if TYPE_CHECKING:
    from canais_app.directory.spreadsheet.service import UploadedFile

Source = Annotated[
    Path, typer.Argument(help="Arquivo .csv ou .xlsx.", exists=True, dir_okay=False, readable=True)
]
Target = Annotated[Path, typer.Argument(help="Arquivo .csv ou .xlsx.", dir_okay=False)]
ColumnMap = Annotated[
    Path | None,
    typer.Option(
        "--map",
        help='JSON que diz que coluna é qual: {"Fone": "telefone", "Vara": "nome"}. Sem ele, a de '
        "uma lista de outro sistema é adivinhada.",
        exists=True,
        dir_okay=False,
        readable=True,
    ),
]
MAX_PRINTED = 50  # printed lines of each list


def import_file(
    file: Source,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Só mostra o que mudaria.")] = False,
    columns: ColumnMap = None,
    as_json: AsJson = False,
) -> None:
    """Leva o arquivo ao diretório: todas as linhas, ou nenhuma."""
    from canais_app.accounts.roles import OPERATOR
    from canais_app.directory.spreadsheet import service as spreadsheet

    sent = spreadsheet.UploadedFile(spreadsheet.file_kind(file.name), _read_content(file))
    sent = _map_columns(sent, columns)
    with _progress_bar() as progress:
        if dry_run:
            found = db.read_sync(
                spreadsheet.preview_file, sent, actor=OPERATOR, now=clock.now(), progress=progress
            )
        else:
            try:
                found = spreadsheet.run_import(
                    sent, actor=OPERATOR, now=clock.now(), progress=progress
                )
            except spreadsheet.FileRefusedError as refused:
                found = refused.found
    saved = not dry_run and not found.refusals
    if as_json:
        print_json({"saved": saved, **_summary(found)})
    else:
        _print(found, saved=saved)
    if found.refusals:
        raise typer.Exit(1)


def _map_columns(sent: "UploadedFile", columns: Path | None) -> "UploadedFile":
    """Turn a file of others into a units file; say on stderr how, and what is left out."""
    from canais_app.directory.spreadsheet import mapping, models
    from canais_app.directory.spreadsheet.loose_tables import recode
    from canais_app.directory.spreadsheet.rows import UnreadableFileError

    sent = replace(sent, content=recode(sent.kind, sent.content))
    if columns is None and mapping.is_units_file(sent.kind, sent.content):
        return sent
    try:
        table = mapping.load_table(sent.kind, sent.content)
    except UnreadableFileError:
        return sent
    known = _read_map(columns) if columns else {}
    stored = db.read_sync(models.load_directory)
    found = mapping.guess_columns(table, stored, {})
    if unknown := known.keys() - {column.name for column in found}:
        raise InvalidError(f"O arquivo não tem a coluna {', '.join(sorted(unknown))} do mapa.")
    targets = [known.get(c.name, mapping.UNUSED if known else c.target) for c in found]
    for column, target in zip(found, targets, strict=True):
        typer.echo(f"coluna {column.name}: {target or 'não usada'}", err=True)
    made = mapping.apply_mapping(table, targets, stored)
    for row in made.skipped:
        typer.echo(f"fora, linha {row.line}: {row.words}: {row.reason}", err=True)
    if not made.units:
        raise InvalidError("Nenhuma linha achou a sua unidade: diga com --map que coluna é qual.")
    return replace(sent, kind=".csv", content=made.content)


def _read_map(file: Path) -> dict[str, str]:
    """Return the targets by the names of the file's columns."""
    from canais_app.directory.spreadsheet import mapping

    try:
        known = TypeAdapter(dict[str, str]).validate_json(file.read_bytes())
    except ValidationError:
        raise InvalidError('O mapa precisa ser JSON, como {"Fone": "telefone"}.') from None
    wrong = sorted({target for target in known.values() if target not in mapping.TARGETS})
    if wrong:
        options = ", ".join(filter(None, mapping.TARGETS))
        raise InvalidError(f"O mapa diz {', '.join(wrong)}; escolha entre {options}.")
    return known


def export_file(file: Target) -> None:
    """Escreve o diretório inteiro num arquivo .csv ou .xlsx."""
    from canais_app.accounts.roles import OPERATOR
    from canais_app.directory.spreadsheet import service as spreadsheet

    kind = spreadsheet.file_kind(file.name)
    try:
        with _atomic_write(file) as out:
            count = db.read_sync(spreadsheet.export_file, kind, out, actor=OPERATOR)
    except OSError as wrong:
        raise InvalidError(f"Não foi possível escrever {file}: {wrong.strerror}.") from None
    typer.echo(f"{pluralise(count, 'unidade', 'unidades')} em {file}.")


def _read_content(file: Path) -> bytes:
    from canais_app.directory.spreadsheet import service as spreadsheet

    try:
        spreadsheet.check_file_size(file.stat().st_size)
        return file.read_bytes()
    except OSError as wrong:
        raise InvalidError(f"Não foi possível ler {file}: {wrong.strerror}.") from None


@contextmanager
def _atomic_write(file: Path) -> Iterator[BinaryIO]:
    """Write a temporary file beside it and replace it at the end."""
    beside = file.with_name(f".{file.name}.parte")
    try:
        with beside.open("wb") as out:
            yield out
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def _progress_bar() -> Iterator[ReportProgress]:
    """Show the progress on stderr, on a terminal only."""
    with Progress(
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
    ) as bar:
        task = bar.add_task("Lendo…", total=None)

        def report(doing: str, done: int, total: int) -> None:
            bar.update(task, description=f"{doing}…", completed=done, total=total or None)

        yield report


def _summary(found: Difference) -> dict[str, object]:
    return {
        "counts": _counts(found),
        "new": [{"line": w.line, "code": w.code, "name": w.name} for w in found.new],
        "changed": [
            {
                "line": w.line,
                "code": w.code,
                "name": w.name,
                "fields": [asdict(change) for change in w.changes],
            }
            for w in found.changed
        ],
        "conflicts": [
            {
                "line": w.line,
                "code": w.code,
                "name": w.name,
                "fields": [asdict(change) for change in w.conflicts],
            }
            for w in found.conflicts
        ],
        "missing": [{"code": unit.code, "name": unit.name} for unit in found.missing],
        "refused": [asdict(refusal) for refusal in found.refused],
    }


def _counts(found: Difference) -> dict[str, int]:
    return {
        "new": len(found.new),
        "changed": len(found.changed),
        "conflicts": len(found.conflicts),
        "missing": len(found.missing),
        "refused": found.refusals,
        "same": found.same,
    }


def _print(found: Difference, *, saved: bool) -> None:
    lines = [
        *_print_some([f"nova {w.code}: {w.name}" for w in found.new]),
        *_print_some([line for w in found.changed for line in _change_lines(w)]),
        *_print_some(
            [
                f"conflito {w.code}, {c.column}: fica {c.before}, que mudou depois da exportação; "
                f"o arquivo diz {c.after}"
                for w in found.conflicts
                for c in w.conflicts
            ]
        ),
        *_print_some([f"ausente {unit.code}: {unit.name}" for unit in found.missing]),
        *_print_some(
            [f"recusado, {r.location}: {r.reason}" for r in found.refused], found.refusals
        ),
    ]
    for line in lines:
        typer.echo(line)
    typer.echo(
        f"novas {len(found.new)} · mudadas {len(found.changed)} · "
        f"conflitos {len(found.conflicts)} · "
        f"ausentes no arquivo {len(found.missing)} · recusas {found.refusals} · "
        f"iguais {found.same}"
    )
    if found.changed_lines():
        typer.echo("Gravado." if saved else "Nada foi gravado.")
    elif not found.refusals:
        typer.echo("Nada a gravar: o arquivo diz o que já está no diretório.")


def _change_lines(unit: PlannedUnit) -> list[str]:
    return [
        f"mudada {unit.code}, {change.column}: {change.before or '—'} → {change.after or '—'}"
        for change in unit.changes
    ]


def _print_some(lines: list[str], count: int = 0) -> list[str]:
    more = max(count, len(lines)) - MAX_PRINTED
    return [*lines[:MAX_PRINTED], f"  … e mais {more}"] if more > 0 else lines
