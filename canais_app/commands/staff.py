"""`canais staff`: invite staff, also the first account."""

from typing import Annotated

import typer

from canais_app.accounts.roles import Role
from canais_app.kit import clock, db

app = typer.Typer(help="Contas de servidores e magistrados.", no_args_is_help=True)


@app.callback()
def staff() -> None:
    """Contas de servidores e magistrados."""


@app.command("invite")
def invite_staff(
    email: Annotated[str, typer.Argument(help="Endereço institucional.")],
    *,
    role: Annotated[Role, typer.Option(help="Perfil.")],
    unit: Annotated[str, typer.Option(help="Endereço da unidade (gestor e gabinete).")] = "",
    name: Annotated[str, typer.Option(help="Nome; sem ele, o começo do e-mail.")] = "",
) -> None:
    """Cria a conta e envia o convite com o link de uso único."""
    from canais_app.accounts import password_links
    from canais_app.accounts.roles import OPERATOR
    from canais_app.directory import queries

    def work(session: db.Session) -> None:
        unit_id = queries.load_unit_ref(session, unit).id if unit else None
        shown = name or email.partition("@")[0]
        password_links.invite_staff(
            session, email, shown, [(role, unit_id)], actor=OPERATOR, now=clock.now()
        )

    db.write_sync(work)
    typer.echo(f"Convite para {email} na fila de mensagens.")
