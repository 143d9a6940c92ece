"""The one box: words, a phone, an e-mail or a case number in; ranked units and next steps out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlmodel import Session

from canais_app.directory import advice, cards, cnj, extras, kept, origins, search
from canais_app.directory.matching import LiveFilters
from canais_app.directory.models import Unit
from canais_app.directory.search import SearchResult
from canais_app.directory.snapshot import DirectorySnapshot
from canais_app.directory.views import CaseAnswer, SearchAnswer, UnitCard
from canais_app.expediente.calendar import CourtCalendar
from canais_app.expediente.queries import load_calendar
from canais_app.kit import paging
from canais_app.kit.errors import InvalidError

MAX_QUERY_LENGTH = 200


@dataclass(frozen=True)
class UnitFilters:
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
    filters: UnitFilters | None = None,
    *,
    now: datetime,
    limit: int = 20,
    cursor: str = "",
) -> SearchAnswer:
    """Return the units that best meet some words, with how the words were understood.

    Raises:
        InvalidError: too long a text, an unknown comarca, or a cursor not made here.
    """
    if len(words) > MAX_QUERY_LENGTH:
        raise InvalidError("Escreva até 200 letras.", {"q": "Escreva até 200 letras."})
    if cnj.is_like_case_number(words):
        return _answer_case_number(session, words, now)
    here = kept.load_snapshot_or_stale(session)
    calendar = load_calendar(session)
    offset = _offset(cursor)
    found = search.search_index(
        here.index,
        words,
        _resolve_filters(here, filters or UnitFilters()),
        live_filters=LiveFilters(
            here.open_mask(calendar, now),
            lambda: here.mask_of_units(extras.hooks.bookable(session)),
        ),
        offset=offset,
        limit=paging.clamp_page_size(limit),
    )
    more = offset + len(found.hits) < found.total
    return SearchAnswer(
        items=_cards(session, here, found, now, calendar),
        total=found.total,
        headline=advice.format_headline(found),
        next=paging.encode_cursor(offset + len(found.hits)) if more else "",
        understood=advice.explain_query(words, found.query),
        did_you_mean=advice.suggest_correction(words, found.query),
        facets=found.facets,
        advice=advice.build_advice(words, found, here.index.vocabulary.lexicon),
    )


def choose_units(
    session: Session,
    words: str,
    *,
    is_allowed: Callable[[Unit], bool] = lambda _: True,
    limit: int = 20,
) -> list[Unit]:
    """Return active units to choose one from: by name without words, else as the search ranks."""
    here = kept.load_snapshot(session)
    if not words.strip():
        found = sorted(here.units.values(), key=lambda unit: unit.name)
    else:
        unit = next((u for u in here.units.values() if u.code == words.strip()), None)
        moment = LiveFilters(
            here.mask_of_units([]), lambda: here.mask_of_units([])
        )  # neither is asked for
        text, every = words[:MAX_QUERY_LENGTH], len(here.units)
        ranked = search.search_index(
            here.index, text, search.IndexFilters(), live_filters=moment, limit=every
        )
        ids = [here.index.documents[hit.position].id for hit in ranked.hits]
        found = [unit] if unit else [here.units[id_] for id_ in ids]
    return list(islice(filter(is_allowed, found), limit))


def _offset(cursor: str) -> int:
    key = paging.decode_cursor(cursor)
    if not key:
        return 0
    if len(key) != 1 or not isinstance(key[0], int) or key[0] < 0:
        raise InvalidError("O cursor não vale.", {"cursor": "Use o valor de `next`."})
    return key[0]


def _resolve_filters(here: DirectorySnapshot, filters: UnitFilters) -> search.IndexFilters:
    comarca_id = None
    if filters.comarca:
        ids = [id_ for id_, row in here.comarcas.items() if row.slug == filters.comarca]
        if not ids:
            raise InvalidError("Comarca desconhecida.", {"comarca": "Escolha uma da lista."})
        comarca_id = ids[0]
    return search.IndexFilters(
        comarca_id=comarca_id,
        kind=filters.kind,
        channel=filters.channel,
        competence=filters.competence,
        degree=filters.degree,
        open_now=filters.open_now,
    )


def _cards(
    session: Session,
    here: DirectorySnapshot,
    found: SearchResult,
    now: datetime,
    calendar: CourtCalendar,
) -> list[UnitCard]:
    ids: Sequence[int] = [here.index.documents[hit.position].id for hit in found.hits]
    about = cards.load_card_context(session, here, ids, now, calendar)
    return [
        cards.build_card(here.units[id_], about, score=hit.score, parts=hit.parts)
        for id_, hit in zip(ids, found.hits, strict=True)
    ]


def _answer_case_number(session: Session, words: str, now: datetime) -> SearchAnswer:
    """Answer a case number typed into the box; nothing of it is kept or handed back."""
    try:
        answer = origins.find_case_origin(session, cnj.find_case_number(words) or words, now=now)
    except InvalidError as wrong:
        message = next(iter(wrong.errors.values()))
        answer = CaseAnswer(
            valid=False, origin_code="", comarca="", comarca_slug="", message=message, units=[]
        )
    return SearchAnswer(
        items=answer.units, total=len(answer.units), headline="Número de processo", case=answer
    )
