"""Track the cards that each search shows, to update only the searches that show a changed unit.

One read per process and change builds the cards of all units that are on some screen.
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
    """Return a hash of a card, without the fields that change with time alone."""
    channels = tuple((c.kind, c.value, c.label) for c in card.channels)
    texts = (card.name, card.href, card.summary, card.verified, card.agenda_href)
    return hash((*texts, card.status_words, channels))


class CardTracker:
    """The hashes of the cards that each room last showed."""

    def __init__(self) -> None:
        self._shown = LastShown[CardHashes]()

    def update(self, room: str, items: Sequence[UnitCard]) -> str:
        """Store the cards that a room shows now; return an announcement of changed ones."""
        after = {card.id: _card_hash(card) for card in items}
        before = self._shown.swap(room, after)
        changed = [card for card in items if before.get(card.id, after[card.id]) != after[card.id]]
        return _announcement([card.name for card in changed])

    def rooms_with_changes(
        self, session: Session, rooms: Iterable[str], now: datetime
    ) -> list[str]:
        """Return the rooms that show a changed unit, or whose cards are unknown."""
        searches = [room for room in rooms if "#" in room]
        shown = {room: self._shown.get(room, None) for room in searches}
        known = {room: hashes for room, hashes in shown.items() if hashes is not None}
        fresh = _load_cards(session, {id_ for hashes in known.values() for id_ in hashes}, now)
        return [
            room
            for room in searches
            if room not in known or any(fresh.get(i) != old for i, old in known[room].items())
        ]


def _load_cards(session: Session, ids: Iterable[int], now: datetime) -> CardHashes:
    here = snapshot.load_snapshot(session)
    active = [id_ for id_ in ids if id_ in here.units]
    context = cards.load_card_context(session, here, active, now)
    return {id_: _card_hash(cards.build_card(here.units[id_], context)) for id_ in active}


def _announcement(names: Sequence[str]) -> str:
    if len(names) > 1:
        return f"{pluralise(len(names), 'unidade mudou', 'unidades mudaram')} nesta lista."
    return f"Os dados de {names[0]} mudaram." if names else ""


card_tracker = CardTracker()
