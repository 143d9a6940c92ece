"""Find retired units by a search, and the units that attend in their place."""

from datetime import datetime

from canais_app.directory.models import Unit
from canais_app.directory.search import ranking
from canais_app.directory.search.ranking import SearchResult, UnitFilters
from canais_app.directory.search.scoring import LiveFilters
from canais_app.directory.snapshot import DirectorySnapshot
from canais_app.kit import clock
from canais_app.kit.text import format_date

MAX_RETIRED = 3


def find_retired(
    here: DirectorySnapshot, words: str, found: SearchResult
) -> list[tuple[Unit, Unit]]:
    """Return (retired unit, successor) for a search that units in use answer badly, or not at all.

    Only retired units that meet every word count.
    """
    notes, key = found.notes, found.query.key
    is_weak = not found.total or notes.partial or notes.no_number or notes.no_contact
    if not (here.successors and (is_weak or key in here.retired.exact_names)):
        return []
    none = here.retired.mask_of([])
    gone = ranking.search_index(
        here.retired,
        words,
        UnitFilters(),
        live_filters=LiveFilters(none, lambda: none),
        limit=MAX_RETIRED,
    )
    less = gone.notes
    if less.partial or less.no_number or less.unknown or less.broader:
        return []
    return [here.successors[here.retired.documents[hit.position].id] for hit in gone.hits]


def describe_succession(unit: Unit, successor: Unit) -> str:
    """Return the sentence about a retired unit."""
    since = f" em {_day(unit.retired_at)}" if unit.retired_at else ""
    return f"{unit.name} foi extinta{since}; atende {successor.name}."


def _day(moment: datetime) -> str:
    return format_date(clock.to_local_day(moment))
