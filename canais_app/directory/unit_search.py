"""Search the directory by words, a phone, an e-mail or a case number.

The answer holds the ranked units and, in plain sentences, how the text was understood and what to
do next.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from sqlmodel import Session

from canais_app.directory import cards, hooks, retired_units, snapshot
from canais_app.directory.answers import parse_answer
from canais_app.directory.models import CnjOrigin, Comarca, Unit, UnitKind
from canais_app.directory.search import case_number, ranking, scoring
from canais_app.directory.search.lexicon import Lexicon, Meaning
from canais_app.directory.search.query_parser import ParsedQuery, Term
from canais_app.directory.search.ranking import SearchResult, UnitFilters
from canais_app.directory.search.scoring import LiveFilters
from canais_app.directory.snapshot import DirectorySnapshot
from canais_app.directory.views import CaseAnswer, NamedChoice, QueryPart, SearchAnswer, UnitCard
from canais_app.expediente.calendar import CourtCalendar
from canais_app.expediente.queries import load_calendar
from canais_app.kit.errors import InvalidError
from canais_app.kit.paging import MAX_PAGE_SIZE
from canais_app.kit.text import pluralise

NOTHING_FOUND_TIP = (
    "Tente menos palavras, o nome da comarca ou o assunto (por exemplo, “família Sinop”). "
    "Se preferir, veja as comarcas de A a Z ou ligue para a Ouvidoria: 0800 647 1420."
)
NO_CONTACT_TEXT = (
    "Nenhuma unidade tem esse telefone, e-mail ou CEP. Confira, ou procure pelo nome da unidade."
)
NO_CHANNEL_TEXT = "Nenhuma destas unidades tem o canal pedido; veja os canais que elas têm."
NONE_OPEN_TEXT = "Nenhuma destas unidades está aberta agora: veja quando cada uma abre."
NO_AGENDA_TEXT = (
    "Nenhum gabinete destes publica agenda. O advogado pode ir sem hora marcada, por ordem de "
    "chegada; ou ligue para o gabinete ou a secretaria."
)
MAX_NAMES = 4
MAX_QUERY_LENGTH = 200
NONE_FOUND = "Nenhuma unidade com essas palavras: tente outras, como na busca do portal."
MAX_UNITS = 12
TRIBUNAL_CODE = "0000"
APPEALS_CODE = "9xxx"
CONFIRM_TEXT = "confirme a unidade no PJe"


def find_units(  # noqa: PLR0913 (the contract of all doors)
    session: Session,
    words: str,
    filters: UnitFilters | None = None,
    *,
    now: datetime,
    limit: int = 20,
    offset: int = 0,
) -> SearchAnswer:
    """Return a page of the units that best meet some words, and how the words were understood.

    Raises:
        InvalidError: too long a text, or an unknown comarca.
    """
    if len(words) > MAX_QUERY_LENGTH:
        raise InvalidError.at("q", "Escreva até 200 letras.")
    if case_number.is_like_case_number(words):
        return _answer_case_number(session, words, now)
    here = snapshot.load_snapshot_or_stale(session)
    filters = filters or UnitFilters()
    if filters.comarca and filters.comarca not in {row.slug for row in here.comarcas.values()}:
        raise InvalidError("Comarca desconhecida.", {"comarca": "Escolha uma da lista."})
    calendar = load_calendar(session)
    found = ranking.search_index(
        here.index,
        words,
        filters,
        live_filters=LiveFilters(
            here.open_mask(calendar, now), lambda: here.mask_of_units(hooks.hooks.bookable(session))
        ),
        offset=offset,
        limit=max(1, min(limit, MAX_PAGE_SIZE)),
    )
    end = offset + len(found.hits)
    gone = retired_units.find_retired(here, words, found) if not offset else []
    hits = [(here.index.documents[hit.position].id, hit.score, hit.parts) for hit in found.hits]
    if gone:  # the units that attend in their place come first
        first = dict.fromkeys(successor.id or 0 for _, successor in gone)
        hits = [*((id_, 0.0, {}) for id_ in first), *(hit for hit in hits if hit[0] not in first)]
    total = max(found.total, len(hits))
    return SearchAnswer(
        items=_cards(session, here, hits, now, calendar),
        total=total,
        headline=_format_headline(replace(found, total=total)),
        next=end if end < found.total else 0,
        understood=_explain_query(words, found.query),
        did_you_mean=_suggest_correction(words, found.query),
        facets=found.facets,
        answers=[parse_answer(sentence) for sentence in dict.fromkeys(found.notes.says)],
        remarks=" ".join(
            [
                *(retired_units.describe_succession(*pair) for pair in gone),
                *(_remarks(words, found, here.index.vocabulary.lexicon) if not gone else ()),
            ]
        ),
    )


def choose_units(
    session: Session,
    words: str,
    *,
    is_allowed: Callable[[Unit], bool] = lambda _: True,
    limit: int | None = 20,
) -> list[NamedChoice]:
    """Return active units to choose from: by name without words, by code, or as ranked."""
    units = islice(filter(is_allowed, match_units(session, words)), limit)
    return [NamedChoice(unit.id or 0, unit.code, unit.name) for unit in units]


def describe_found(words: str, count: int) -> str:
    """Return how many units a search has offered, for a chooser; empty without words."""
    if not words.strip():
        return ""
    return pluralise(count, "unidade encontrada.", "unidades encontradas.") if count else NONE_FOUND


def match_units(session: Session, words: str) -> list[Unit]:
    """Return the active units that match: by name without words, by code, or as ranked."""
    here = snapshot.load_snapshot(session)
    if not words.strip():
        return sorted(here.units.values(), key=lambda unit: unit.name)
    unit = next((u for u in here.units.values() if u.code == words.strip()), None)
    if unit is not None:
        return [unit]
    none = here.mask_of_units([])
    ranked = ranking.search_index(
        here.index,
        words[:MAX_QUERY_LENGTH],
        UnitFilters(),
        live_filters=LiveFilters(none, lambda: none),
        limit=len(here.units),
    )
    return [here.units[here.index.documents[hit.position].id] for hit in ranked.hits]


def _cards(
    session: Session,
    here: DirectorySnapshot,
    hits: Sequence[tuple[int, float, dict[str, float]]],
    now: datetime,
    calendar: CourtCalendar,
) -> list[UnitCard]:
    """Return the cards of some units, given as (id, score, parts of the score)."""
    about = cards.load_card_context(session, here, [id_ for id_, *_ in hits], now, calendar)
    return [
        cards.build_card(here.units[id_], about, score=score, parts=parts)
        for id_, score, parts in hits
    ]


# --- case numbers --------------------------------------------------------------------------


def find_case_origin(session: Session, number: object, *, now: datetime) -> CaseAnswer:
    """Return where a case began, and units of that comarca. The number is not stored.

    Raises:
        InvalidError: at `number`, when it is not a case number.
    """
    case = case_number.parse_case_number(number)
    if not case.is_of_tjmt:
        message = "Este número é de outro tribunal: o TJMT usa “.8.11.”. Confira com quem o deu."
        return CaseAnswer(valid=True, message=message)
    code = APPEALS_CODE if case.origin.startswith("9") else case.origin
    origin = session.get(CnjOrigin, code)
    here = snapshot.load_snapshot(session)
    comarca = here.comarcas.get(origin.comarca_id or 0) if origin else None
    installed = comarca if comarca and comarca.installed else None
    return CaseAnswer(
        valid=True,
        origin_code=case.origin,
        comarca=installed.name if installed else "",
        comarca_slug=installed.slug if installed else "",
        message=_origin_text(origin, installed),
        units=_origin_units(session, here, code, installed, now),
    )


def _origin_text(origin: CnjOrigin | None, comarca: Comarca | None) -> str:
    if origin is None:
        return f"Origem não identificada; {CONFIRM_TEXT}."
    if origin.code == TRIBUNAL_CODE:
        return f"Origem: Tribunal de Justiça (2º grau); {CONFIRM_TEXT}."
    if origin.code == APPEALS_CODE:
        return f"Origem: Turmas Recursais; {CONFIRM_TEXT}."
    if comarca is None:
        return f"Origem: {origin.description}, ainda não instalada; {CONFIRM_TEXT}."
    return f"Origem: comarca de {comarca.name}; {CONFIRM_TEXT}."


def _origin_units(
    session: Session, here: DirectorySnapshot, code: str, comarca: Comarca | None, now: datetime
) -> list[UnitCard]:
    """Return units of the origin, those that answer for the whole comarca first."""
    index = here.index
    if code == TRIBUNAL_CODE:
        mask = index.get_mask(index.degrees, 2)
    elif code == APPEALS_CODE:
        mask = index.get_mask(index.kinds, UnitKind.APPEALS_PANEL)
    else:
        mask = index.get_mask(index.comarcas, comarca.id if comarca else -1)
    found = sorted(mask.nonzero()[0], key=lambda at: -index.front_door[at])
    ids = [index.documents[at].id for at in found[:MAX_UNITS]]
    about = cards.load_card_context(session, here, ids, now)
    return [cards.build_card(here.units[id_], about) for id_ in ids]


def _answer_case_number(session: Session, words: str, now: datetime) -> SearchAnswer:
    """Answer a case number; the number is neither stored nor returned."""
    try:
        answer = find_case_origin(session, case_number.find_case_number(words) or words, now=now)
    except InvalidError as wrong:
        answer = CaseAnswer(valid=False, message=next(iter(wrong.errors.values())))
    return SearchAnswer(
        items=answer.units, total=len(answer.units), headline="Número de processo", case=answer
    )


# --- words about the answer ----------------------------------------------------------------


def _format_headline(found: SearchResult) -> str:
    if not found.total:
        return "Nenhuma unidade encontrada"
    meanings = [meaning for term in found.query.terms for meaning in term.meanings]
    places = [m.place.comarca for m in meanings if m.place and m.place.comarca]
    where = f" em {places[0]}" if len(set(places)) == 1 else ""
    count = pluralise(found.total, "unidade", "unidades")
    near = found.notes.partial or found.notes.no_number
    return f"{count}{where} mais próximas do que você escreveu" if near else count + where


def _explain_query(words: str, query: ParsedQuery) -> list[QueryPart]:
    """Return each part of the text that has a meaning, and the text without it."""
    return [
        QueryPart(
            kind=_kind(term.meanings[0]),
            label=term.meanings[0].label,
            words=words[term.start : term.end],
            rest=" ".join(f"{words[: term.start]} {words[term.end :]}".split()),
        )
        for term in query.terms
        if term.meanings and term.meanings[0].label and not scoring.is_soft(term)
    ]


def _kind(meaning: Meaning) -> str:
    if meaning.place:
        return "comarca" if meaning.place.comarca_id else "unconfirmed"
    if meaning.is_outside_state:
        return "outside"
    if meaning.words:
        return "subject"
    if meaning.channel:
        return "channel"
    return "degree" if meaning.degree else "open_now"


def _suggest_correction(words: str, query: ParsedQuery) -> str:
    """Return the text with all guesses applied; empty when there are none."""
    text = words
    for start, end, right in sorted(query.guesses, reverse=True):
        text = f"{text[:start]}{right}{text[end:]}"
    return text if text != words else ""


def _remarks(words: str, found: SearchResult, lexicon: Lexicon) -> Iterator[str]:
    """Yield sentences: what the person should know or do next."""
    notes = found.notes
    unsure = [t.place.name for t in found.query.terms if t.place and not t.place.comarca_id]
    if unsure:
        yield (
            f"Ainda não confirmamos qual comarca atende {unsure[0]}. Para não indicar o fórum "
            "errado, ligue para a Ouvidoria (0800 647 1420) ou veja as comarcas de A a Z."
        )
        return
    if notes.no_contact:
        yield NO_CONTACT_TEXT
        return
    if notes.unmatched_places:
        yield f"Não conhecemos {_quoted(words, notes.unmatched_places)} em Mato Grosso."
    elif notes.unknown and found.total:
        yield f"Não entendemos {_quoted(words, notes.unknown)}; a busca foi feita sem isso."
    for missing in notes.missing:
        yield (
            f"Nenhuma unidade daqui indica {missing.lower()}: pergunte na Diretoria do Foro ou na "
            "Distribuição."
        )
    if notes.no_number and found.total:
        yield "Não há unidade com esse número; veja as que há."
    yield from (_broader_text(asked, answered) for asked, answered in notes.broader if found.total)
    yield from _ambiguous(words, found.query, lexicon)
    yield from _missing(found)


def _missing(found: SearchResult) -> Iterator[str]:
    """Yield what was asked for and no unit found has."""
    notes = found.notes
    if not found.total:
        yield from () if notes.says else (NOTHING_FOUND_TIP,)
        return
    if notes.none_open:
        yield NONE_OPEN_TEXT
    if notes.no_agenda:
        yield NO_AGENDA_TEXT
    if notes.no_channel:
        yield NO_CHANNEL_TEXT


def _broader_text(asked: str, answered: str) -> str:
    return (
        f"Nenhuma unidade daqui é só de {asked.lower()}; estas são de {answered.lower()}, que "
        "costuma julgar o assunto onde não há vara especializada. Confirme com a unidade."
    )


def _ambiguous(words: str, query: ParsedQuery, lexicon: Lexicon) -> Iterator[str]:
    sure = any(term.is_sure_place for term in query.terms)
    for term in query.terms:
        if len(near := [m.place.name for m in term.meanings if m.place]) > 1:
            yield f"{_quoted(words, [term])} pode ser {_join_alternatives(near)}: confira o nome."
        found = lexicon.gazetteer.parts.get(term.literal, ()) if term.is_part and not sure else ()
        names = sorted(place.name for place in found)
        if 1 < len(names) <= MAX_NAMES:
            quoted = _quoted(words, [term])
            yield f"{quoted} pode ser {_join_alternatives(names)}: escreva o nome inteiro."
        elif names:
            yield f"Há {len(names)} lugares com {_quoted(words, [term])}: escreva o nome inteiro."


def _join_alternatives(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} ou {names[-1]}"


def _quoted(words: str, terms: Iterable[Term]) -> str:
    return ", ".join(f"“{words[term.start : term.end]}”" for term in terms)
