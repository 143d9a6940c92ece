"""`canais bench-data`: generate rows for benchmarks."""

from typing import Annotated

import typer
from rich.progress import Progress

from canais_app.commands.output import AsJson, print_json
from canais_app.kit import clock, db

Count = Annotated[int, typer.Option(min=0, max=5_000_000)]


def bench_data(  # noqa: PLR0913 (one option for each kind of row)
    *,
    units: Count = 0,
    appointments: Count = 0,
    complaints: Count = 0,
    seed: Annotated[int, typer.Option(help="A mesma semente gera os mesmos dados.")] = 1,
    agenda: Annotated[str, typer.Option(help="Todos os atendimentos nesta agenda.")] = "",
    days: Annotated[int, typer.Option(min=30, max=1500, help="Dias das reclamações.")] = 400,
    phi: Annotated[
        float, typer.Option(min=1, max=5, help="Variância de um dia por sua média; 1: Poisson.")
    ] = 1.2,
    as_json: AsJson = False,
) -> None:
    """Gera unidades, atendimentos e reclamações em massa, para medir."""
    from canais_app.demo import bulk

    with Progress(transient=True, disable=as_json) as bar:
        task = bar.add_task("Gerando…", total=units + appointments + complaints)
        done = db.write_sync(
            bulk.generate_rows,
            units=units,
            appointments=appointments,
            complaints=complaints,
            seed=seed,
            agenda=agenda,
            days=days,
            phi=phi,
            now=clock.now(),
            report_progress=lambda count: bar.advance(task, count),
        )
    if as_json:
        print_json(done)
        return
    typer.echo(
        f"Gerados: {done.units} unidades, {done.appointments} atendimentos, "
        f"{done.complaints} reclamações."
    )
