"""What the search page shows live: the notices, and the cards of what is being searched.

The room's variant is the search itself, so that viewers of one answer cost one search.
"""

from datetime import datetime
from urllib.parse import parse_qs, urlencode

from sqlmodel import Session

from canais_app.directory import notices, unit_search
from canais_app.directory.finder.card_tracker import card_tracker
from canais_app.directory.notice_announcer import notice_announcer
from canais_app.directory.unit_search import UnitFilters
from canais_app.directory.views import SearchAnswer
from canais_app.kit.paging import MAX_PAGE_SIZE

TOPIC = "finder:all"
FACET_NAMES = ("open_now", "channel:balcao_virtual", "degree:2")


def search_variant(words: str, filters: UnitFilters, count: int) -> str:
    """Return the name of the variant that shows the first `count` cards of a search."""
    chosen = {
        "q": words,
        "canal": filters.channel,
        "grau": filters.degree or "",
        "aberta": "1" if filters.open_now else "",
    }
    asked = {name: value for name, value in chosen.items() if value}
    return urlencode({**asked, "n": min(count, MAX_PAGE_SIZE)}) if asked else ""


def read_room(session: Session, room: str, now: datetime) -> dict[str, object]:
    """Read what a room shows: notices for all, cards where there is a search."""
    told = notices.list_current_and_announced(session, now)
    common = {"notices": told, "news": notice_announcer.announce_changes(room, told)}
    asked = {name: values[0] for name, values in parse_qs(room.partition("#")[2]).items()}
    if not asked:
        return common
    answer = unit_search.find_units(
        session,
        asked.get("q", ""),
        UnitFilters(
            channel=asked.get("canal", ""),
            degree=int(asked.get("grau", 0)),
            open_now="aberta" in asked,
        ),
        now=now,
        limit=int(asked["n"]),
    )
    moved = card_tracker.update(room, answer.items)
    return {
        **common,
        "news": common["news"] or moved,
        "cards": answer.items,
        "headline": answer.headline,
        "facets": facet_counts(answer),
        "cursor": answer.next,
    }


def facet_counts(answer: SearchAnswer) -> dict[str, int]:
    """Return the counts that stand on the filters."""
    return {name: answer.facets.get(name, 0) for name in FACET_NAMES}
