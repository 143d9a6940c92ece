"""Which cards each search shows, so that a changed unit is sent to those who see it and no others.

One reading per process and change makes the cards of all units that are on some screen; searches
that show none of those that moved are left alone.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session

from canais_app.directory import cards, snapshot
from canais_app.directory.views import UnitCard
from canais_app.kit.last_shown import LastShown
from canais_app.kit.text import pluralise

CardHashes = dict[int, int]  # by the unit's id


def _card_hash(card: UnitCard) -> int:
    """Return what a card says of its unit, as a number; what time alone changes is left out."""
    ways = tuple((way.kind, way.value, way.label) for way in card.channels)
    said = (card.name, card.href, card.summary, card.verified, card.agenda_href)
    return hash((*said, card.status_words, ways))


class CardTracker:
    """The marks of the cards by room, the room last shown at the end."""

    def __init__(self) -> None:
        self._shown = LastShown[CardHashes]()

    def update(self, room: str, items: Sequence[UnitCard]) -> str:
        """Remember what a room shows now; say in words which cards differ from before."""
        after = {card.id: _card_hash(card) for card in items}
        before = self._shown.swap(room, after)
        moved = [
            card.name for card in items if before.get(card.id, after[card.id]) != after[card.id]
        ]
        return _announcement(moved)

    def rooms_with_changes(
        self, session: Session, rooms: Iterable[str], now: datetime
    ) -> list[str]:
        """Return the rooms that show a unit which has changed; of unknown ones it is supposed."""
        searches = [room for room in rooms if "#" in room]
        shown = {room: self._shown.get(room, None) for room in searches}
        known = {room: hashes for room, hashes in shown.items() if hashes is not None}
        fresh = _load_cards(session, {id_ for hashes in known.values() for id_ in hashes}, now)
        return [
            room
            for room in searches
            if room not in known or any(fresh.get(i) != mark for i, mark in known[room].items())
        ]


def _load_cards(session: Session, ids: Iterable[int], now: datetime) -> CardHashes:
    here = snapshot.load_snapshot(session)
    there = [id_ for id_ in ids if id_ in here.units]
    about = cards.load_card_context(session, here, there, now)
    return {id_: _card_hash(cards.build_card(here.units[id_], about)) for id_ in there}


def _announcement(moved: Sequence[str]) -> str:
    if len(moved) > 1:
        return f"{pluralise(len(moved), 'unidade mudou', 'unidades mudaram')} nesta lista."
    return f"Os dados de {moved[0]} mudaram." if moved else ""


card_tracker = CardTracker()
