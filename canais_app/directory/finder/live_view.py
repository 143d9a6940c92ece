"""The live view of the search page: notices, and the cards of the current search.

The room's variant is the query, so that all viewers of one answer share one search.
"""

from datetime import datetime
from urllib.parse import parse_qs, urlencode

from sqlmodel import Session

from canais_app.directory import notices, unit_search
from canais_app.directory.finder.card_tracker import card_tracker
from canais_app.directory.unit_search import UnitFilters
from canais_app.directory.views import SearchAnswer
from canais_app.kit.paging import MAX_PAGE_SIZE

TOPIC = "finder:all"
FACET_NAMES = ("open_now", "channel:balcao_virtual", "degree:2")


def search_variant(words: str, filters: UnitFilters, count: int) -> str:
    """Return the variant of the room that shows the first `count` cards of a search."""
    given = {
        "q": words,
        "canal": filters.channel,
        "grau": filters.degree or "",
        "aberta": "1" if filters.open_now else "",
    }
    query = {name: value for name, value in given.items() if value}
    return urlencode({**query, "n": min(count, MAX_PAGE_SIZE)}) if query else ""


def read_room(session: Session, room: str, now: datetime) -> dict[str, object]:
    """Read a room's notices and, where there is a search, its cards."""
    current = notices.list_current_and_announced(session, now)
    common = {"notices": current, "news": notices.notice_announcer.announce_changes(room, current)}
    query = {name: values[0] for name, values in parse_qs(room.partition("#")[2]).items()}
    if not query:
        return common
    answer = unit_search.find_units(
        session,
        query.get("q", ""),
        UnitFilters(
            channel=query.get("canal", ""),
            degree=int(query.get("grau", 0)),
            open_now="aberta" in query,
        ),
        now=now,
        limit=int(query["n"]),
    )
    changes = card_tracker.update(room, answer.items)
    return {
        **common,
        "news": common["news"] or changes,
        "cards": answer.items,
        "headline": answer.headline,
        "facets": facet_counts(answer),
        "cursor": answer.next,
    }


def facet_counts(answer: SearchAnswer) -> dict[str, int]:
    """Return the counts that the filters show."""
    return {name: answer.facets.get(name, 0) for name in FACET_NAMES}
