"""`canais seed`: write the demonstration data."""

import typer

from canais_app.commands.output import AsJson, print_json
from canais_app.kit import clock, db


def seed_demo(*, as_json: AsJson = False) -> None:
    """Semeia comarcas, calendário e, fora da produção, a demonstração se não há unidades."""
    from canais_app import demo
    from canais_app.settings import settings

    if settings().is_production:
        db.write_sync(demo.load_facts)
        done = demo.SeedSummary(sown=False)
        if as_json:
            print_json({"password": "", **done.__dict__})
            return
        typer.echo("Comarcas, origens e calendário gravados. As unidades vêm por canais import.")
        return
    done = db.write_sync(demo.seed_demo, clock.now())
    if as_json:
        print_json({"password": demo.DEMO_PASSWORD if done.log_ins else "", **done.__dict__})
        return
    if done.sown:
        typer.echo(
            f"Dados de demonstração: {done.units} unidades, {done.channels} canais, "
            f"{done.agendas} agendas, {done.appointments} atendimentos, "
            f"{done.complaints} reclamações."
        )
    else:
        typer.echo("Já há unidades no banco: nada foi semeado.")
    if done.log_ins:
        typer.echo("Contas de demonstração, todas com a senha " + demo.DEMO_PASSWORD + ":")
    for entry in done.log_ins:
        typer.echo(f"  {entry.email:<32} {entry.role}")
