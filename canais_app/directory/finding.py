"""The one box: words, a phone, an e-mail or a case number in; ranked units and next steps out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlmodel import Session

from canais_app.directory import advice, cards, cnj, extras, kept, origins, search
from canais_app.directory.matching import Moment
from canais_app.directory.models import Unit
from canais_app.directory.search import Found
from canais_app.directory.snapshot import Snapshot
from canais_app.directory.views import CaseAnswer, SearchAnswer, UnitCard
from canais_app.expediente.calendar import CourtCalendar
from canais_app.expediente.queries import load_calendar
from canais_app.kit import paging
from canais_app.kit.errors import InvalidError

LONGEST_TEXT = 200


@dataclass(frozen=True)
class Filters:
    """Choices beside the words, as they stand in an address. Empty ones do not choose."""

    comarca: str = ""
    kind: str = ""
    channel: str = ""
    competence: str = ""
    degree: int = 0
    open_now: bool = False


def find_units(  # noqa: PLR0913 (the contract of all doors)
    session: Session,
    words: str,
    filters: Filters | None = None,
    *,
    now: datetime,
    limit: int = 20,
    cursor: str = "",
) -> SearchAnswer:
    """Return the units that best meet some words, with how the words were understood.

    Raises:
        InvalidError: too long a text, an unknown comarca, or a cursor not made here.
    """
    if len(words) > LONGEST_TEXT:
        raise InvalidError("Escreva até 200 letras.", {"q": "Escreva até 200 letras."})
    if cnj.looks_like_case(words):
        return _case_instead(session, words, now)
    here = kept.load_quickly(session)
    calendar = load_calendar(session)
    offset = _offset(cursor)
    found = search.search(
        here.index,
        words,
        _chosen(here, filters or Filters()),
        moment=Moment(
            here.is_open(calendar, now), lambda: here.mask(extras.readers.bookable(session))
        ),
        offset=offset,
        limit=paging.clip(limit),
    )
    more = offset + len(found.hits) < found.total
    return SearchAnswer(
        items=_cards(session, here, found, now, calendar),
        total=found.total,
        headline=advice.headline(found),
        next=paging.encode(offset + len(found.hits)) if more else "",
        understood=advice.understood(words, found.reading),
        did_you_mean=advice.corrected(words, found.reading),
        facets=found.facets,
        advice=advice.next_steps(words, found, here.index.vocabulary.lexicon),
    )


def choose_units(
    session: Session,
    words: str,
    *,
    is_allowed: Callable[[Unit], bool] = lambda _: True,
    limit: int = 20,
) -> list[Unit]:
    """Return active units to choose one from: by name without words, else as the search ranks."""
    here = kept.load(session)
    if not words.strip():
        found = sorted(here.units.values(), key=lambda unit: unit.name)
    else:
        unit = next((u for u in here.units.values() if u.code == words.strip()), None)
        moment = Moment(here.mask([]), lambda: here.mask([]))  # neither is asked for
        text, every = words[:LONGEST_TEXT], len(here.units)
        ranked = search.search(here.index, text, search.Filters(), moment=moment, limit=every)
        ids = [here.index.documents[hit.at].id for hit in ranked.hits]
        found = [unit] if unit else [here.units[id_] for id_ in ids]
    return list(islice(filter(is_allowed, found), limit))


def _offset(cursor: str) -> int:
    key = paging.decode(cursor)
    if not key:
        return 0
    if len(key) != 1 or not isinstance(key[0], int) or key[0] < 0:
        raise InvalidError("O cursor não vale.", {"cursor": "Use o valor de `next`."})
    return key[0]


def _chosen(here: Snapshot, filters: Filters) -> search.Filters:
    comarca_id = None
    if filters.comarca:
        ids = [id_ for id_, row in here.comarcas.items() if row.slug == filters.comarca]
        if not ids:
            raise InvalidError("Comarca desconhecida.", {"comarca": "Escolha uma da lista."})
        comarca_id = ids[0]
    return search.Filters(
        comarca_id=comarca_id,
        kind=filters.kind,
        channel=filters.channel,
        competence=filters.competence,
        degree=filters.degree,
        open_now=filters.open_now,
    )


def _cards(
    session: Session, here: Snapshot, found: Found, now: datetime, calendar: CourtCalendar
) -> list[UnitCard]:
    ids: Sequence[int] = [here.index.documents[hit.at].id for hit in found.hits]
    about = cards.around(session, here, ids, now, calendar)
    return [
        cards.card(here.units[id_], about, score=hit.score, parts=hit.parts)
        for id_, hit in zip(ids, found.hits, strict=True)
    ]


def _case_instead(session: Session, words: str, now: datetime) -> SearchAnswer:
    """Answer a case number typed into the box; nothing of it is kept or handed back."""
    try:
        answer = origins.case_origin(session, cnj.find(words) or words, now=now)
    except InvalidError as wrong:
        message = next(iter(wrong.errors.values()))
        answer = CaseAnswer(
            valid=False, origin_code="", comarca="", comarca_slug="", message=message, units=[]
        )
    return SearchAnswer(
        items=answer.units, total=len(answer.units), headline="Número de processo", case=answer
    )
