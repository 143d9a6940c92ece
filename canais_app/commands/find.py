"""`canais search` and `canais slots`: the pages' queries on the command line."""

from datetime import datetime
from typing import Annotated

import typer

from canais_app.commands.output import AsJson, print_json
from canais_app.kit import clock, db

BOUND_HELP = "2026-11-25, 25/11/2026 ou 2026-11-25T14:00-04:00."


def search_units(
    text: Annotated[str, typer.Argument(help="Comarca, vara, assunto ou canal.")],
    *,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 10,
    as_json: AsJson = False,
) -> None:
    """Procura unidades como a caixa de busca do portal."""
    from canais_app.complaints.public_status.outages import outage_cache
    from canais_app.directory.unit_search import find_units

    db.read_sync(outage_cache.read, clock.now())
    found = db.read_sync(find_units, text, now=clock.now(), limit=limit)
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


def list_slots(
    agenda: Annotated[str, typer.Argument(help="O endereço da agenda, como em /agenda/….")],
    *,
    first: Annotated[str, typer.Option("--from", help=f"Primeiro dia, ou momento: {BOUND_HELP}")],
    last: Annotated[str, typer.Option("--to", help=f"Último dia, ou momento: {BOUND_HELP}")],
    modality: Annotated[str, typer.Option(help="video, presencial ou telefone.")] = "",
    as_json: AsJson = False,
) -> None:
    """Lista os horários livres de uma agenda."""
    from canais_app.agenda import slot_queries
    from canais_app.kit import text

    _require_valid_bounds(first, last, modality)
    now = clock.now()
    time_range = slot_queries.parse_time_range(first, last, now=now)
    found = db.read_sync(
        slot_queries.list_slots_in_range, agenda, time_range, now=now, modality=modality
    )
    if as_json:
        print_json({"items": found})
        return
    for slot in found:
        start, end = (datetime.fromisoformat(at) for at in (slot.start, slot.end))
        day = text.format_short_date(clock.to_local_day(start))
        hours = f"{text.format_hour(start)} às {text.format_hour(end)}"
        typer.echo(f"{day}, {hours}, {', '.join(slot.modalities)}: {slot.free}")
    typer.echo(text.pluralise(len(found), "horário livre", "horários livres"))


def _require_valid_bounds(first: str, last: str, modality: str) -> None:
    """Report unreadable arguments as usage errors."""
    from canais_app.agenda import slot_queries
    from canais_app.agenda.models import Modality

    for name, words in (("--from", first), ("--to", last)):
        if not slot_queries.is_parsable_bound(words):
            raise typer.BadParameter(slot_queries.UNREADABLE_TEXT, param_hint=name)
    if modality and modality not in set(Modality):
        raise typer.BadParameter("Escolha uma das opções.", param_hint="--modality")
