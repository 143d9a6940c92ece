"""`canais bench-data`: generate rows for benchmarks; `canais bench`: simulations."""

from typing import Annotated

import typer
from rich.progress import Progress

from canais_app.commands.output import AsJson, print_json
from canais_app.kit import clock, db

app = typer.Typer(help="Simulações com o código do portal.", no_args_is_help=True)
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


@app.callback()
def options() -> None:
    """Simulações com o código do portal."""


@app.command("spikes")
def simulate_spikes(  # noqa: PLR0913 (the parts of a world)
    *,
    reports_per_day: Annotated[float, typer.Option(min=1, max=20_000)] = 95,
    phi: Annotated[float, typer.Option(min=1, max=10, help="Variância φm + κm².")] = 1.0,
    kappa: Annotated[float, typer.Option(min=0, max=10)] = 0.0,
    months: Annotated[int, typer.Option(min=1, max=24, help="Meses de 21 dias úteis.")] = 3,
    seed: Annotated[int, typer.Option(min=0, help="A mesma semente dá os mesmos números.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Simula os alarmes: falsos por mês, e falhas plantadas que aparecem em duas horas."""
    from canais_app.complaints.statistics.alarms.simulation import World, simulate

    found = simulate(World(reports_per_day, phi, kappa, months, seed))
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        typer.echo(f"{name}: {value}")
