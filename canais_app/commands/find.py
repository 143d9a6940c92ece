"""`canais search` and `canais slots`: the screens' own queries, on the command line."""

from datetime import datetime
from typing import Annotated

import typer

from canais_app.commands.output import AsJson, print_json
from canais_app.kit import clock, db

BOUND = "2026-11-25, 25/11/2026 ou 2026-11-25T14:00-04:00."


def search(
    text: Annotated[str, typer.Argument(help="Comarca, vara, assunto ou canal.")],
    *,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 10,
    as_json: AsJson = False,
) -> None:
    """Procura unidades como a caixa de busca do portal."""
    from canais_app.complaints.instability import watch
    from canais_app.directory.finding import find_units

    db.run_reading(watch.read, clock.now())
    found = db.run_reading(find_units, text, now=clock.now(), limit=limit)
    if as_json:
        print_json(found)
        return
    typer.echo(found.headline)
    for card in found.items:
        typer.echo(f"  {card.name}: {card.open_words}")
        for channel in card.channels:
            typer.echo(f"      {channel.name}: {channel.value}")
    if found.did_you_mean:
        typer.echo(f"Você quis dizer: {found.did_you_mean}?")
    if not found.items and found.advice:
        typer.echo(found.advice)


def slots(
    agenda: Annotated[str, typer.Argument(help="O endereço da agenda, como em /agenda/….")],
    *,
    first: Annotated[str, typer.Option("--from", help=f"Primeiro dia, ou momento: {BOUND}")],
    last: Annotated[str, typer.Option("--to", help=f"Último dia, ou momento: {BOUND}")],
    modality: Annotated[str, typer.Option(help="video, presencial ou telefone.")] = "",
    as_json: AsJson = False,
) -> None:
    """Lista os horários livres de uma agenda."""
    from canais_app.agenda.times import openings
    from canais_app.kit import text

    _check(first, last, modality)
    now = clock.now()
    asked = openings.read(first, last, now=now)
    found = db.run_reading(openings.between, agenda, asked, now=now, modality=modality)
    if as_json:
        print_json({"items": found})
        return
    for slot in found:
        start, end = (datetime.fromisoformat(at) for at in (slot.start, slot.end))
        day = text.short_day(clock.local_day(start))
        hours = f"{text.hour_words(start)} às {text.hour_words(end)}"
        typer.echo(f"{day}, {hours}, {', '.join(slot.modalities)}: {slot.free}")
    typer.echo(text.plural(len(found), "horário livre", "horários livres"))


def _check(first: str, last: str, modality: str) -> None:
    """Refuse as misuse what cannot be read at all."""
    from canais_app.agenda.models import Modality
    from canais_app.agenda.times import openings

    for name, words in (("--from", first), ("--to", last)):
        if not openings.is_bound(words):
            raise typer.BadParameter(openings.UNREADABLE, param_hint=name)
    if modality and modality not in set(Modality):
        raise typer.BadParameter("Escolha uma das opções.", param_hint="--modality")
