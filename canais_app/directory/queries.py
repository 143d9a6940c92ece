"""What the directory answers: units found, one unit, comarcas, the origin of a case."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.directory import cards, channels, cnj, search, snapshot
from canais_app.directory.lexicon import Meaning
from canais_app.directory.models import Channel, CnjOrigin, Comarca, Municipality, Unit, UnitKind
from canais_app.directory.search import Found
from canais_app.directory.snapshot import Snapshot
from canais_app.directory.understanding import Reading
from canais_app.directory.views import (
    CaseAnswer,
    ComarcaView,
    SearchAnswer,
    Understood,
    UnitCard,
    UnitRef,
)
from canais_app.expediente.calendar import CourtCalendar
from canais_app.expediente.queries import load_calendar
from canais_app.kit import clock, paging
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.kit.text import fold, plural

LONGEST_TEXT = 200
MOST_UNITS_OF_A_CASE = 12
TRIBUNAL = "0000"
APPEALS = "9xxx"
NEXT_STEPS = (
    "Tente menos palavras, o nome da comarca ou o assunto (por exemplo, “família Sinop”). "
    "Se preferir, veja as comarcas de A a Z ou ligue para a Ouvidoria: 0800 647 1420."
)


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
    here = snapshot.load(session)
    calendar = load_calendar(session)
    offset = _offset(cursor)
    found = search.search(
        here.index,
        words,
        _chosen(here, filters or Filters()),
        is_open=here.is_open(calendar, now),
        offset=offset,
        limit=paging.clip(limit),
    )
    more = offset + len(found.hits) < found.total
    return SearchAnswer(
        items=_cards(session, here, found, now, calendar),
        total=found.total,
        headline=_headline(found),
        next=paging.encode(offset + len(found.hits)) if more else "",
        understood=_understood(words, found.reading),
        did_you_mean=_corrected(words, found.reading),
        facets=found.facets,
        advice=_advice(found),
    )


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
    session: Session,
    here: Snapshot,
    found: Found,
    now: datetime,
    calendar: CourtCalendar | None = None,
) -> list[UnitCard]:
    ids = [here.index.documents[hit.at].id for hit in found.hits]
    about = cards.around(session, here, ids, now, calendar)
    return [
        cards.card(here.units[id_], about, score=hit.score, parts=hit.parts)
        for id_, hit in zip(ids, found.hits, strict=True)
    ]


def _meanings(reading: Reading) -> list[Meaning]:
    return [group.meanings[0] for group in reading.groups if group.meanings]


def _headline(found: Found) -> str:
    if not found.total:
        return "Nenhuma unidade encontrada"
    places = [m.place.comarca for m in _meanings(found.reading) if m.place and m.place.comarca]
    where = f" em {places[0]}" if len(set(places)) == 1 else ""
    count = plural(found.total, "unidade", "unidades")
    return f"{count}{where} mais próximas do que você escreveu" if found.partial else count + where


def _understood(words: str, reading: Reading) -> list[Understood]:
    return [
        Understood(
            kind=_meaning_kind(group.meanings[0]),
            label=group.meanings[0].label,
            words=words[group.start : group.end],
            rest=" ".join(f"{words[: group.start]} {words[group.end :]}".split()),
        )
        for group in reading.groups
        if group.meanings
    ]


def _meaning_kind(meaning: Meaning) -> str:
    if meaning.place:
        return "comarca" if meaning.place.comarca_id else "unconfirmed"
    if meaning.channel:
        return "channel"
    if meaning.degree:
        return "degree"
    return "open_now" if meaning.open_now else "subject"


def _corrected(words: str, reading: Reading) -> str:
    text = words
    for start, end, right in sorted(reading.corrections, reverse=True):
        text = f"{text[:start]}{right}{text[end:]}"
    return text if reading.corrections else ""


def _advice(found: Found) -> str:
    unsure = [
        m.place.name for m in _meanings(found.reading) if m.place and m.place.comarca_id is None
    ]
    if unsure:
        return (
            f"Ainda não confirmamos qual comarca atende {unsure[0]}. Para não indicar o fórum "
            "errado, ligue para a Ouvidoria (0800 647 1420) ou veja as comarcas de A a Z."
        )
    if not found.total:
        return NEXT_STEPS
    if found.dropped_channel:
        return "Nenhuma destas unidades tem o canal pedido; veja os canais que elas têm."
    return ""


def _case_instead(session: Session, words: str, now: datetime) -> SearchAnswer:
    """Answer a case number typed into the box; nothing of it is kept or handed back."""
    try:
        answer = case_origin(session, cnj.find(words) or words, now=now)
    except InvalidError as wrong:
        message = next(iter(wrong.errors.values()))
        answer = CaseAnswer(
            valid=False, origin_code="", comarca="", comarca_slug="", message=message, units=[]
        )
    return SearchAnswer(
        items=answer.units, total=len(answer.units), headline="Número de processo", case=answer
    )


def case_origin(session: Session, number: object, *, now: datetime) -> CaseAnswer:
    """Say where a case began, and list that comarca's units. The number is not kept.

    Raises:
        InvalidError: under `number`, when it is no case number.
    """
    case = cnj.parse(number)
    if not case.is_ours:
        return CaseAnswer(
            valid=True,
            origin_code="",
            comarca="",
            comarca_slug="",
            message="Este número é de outro tribunal: o TJMT usa “.8.11.”. Confira com quem o deu.",
            units=[],
        )
    code = APPEALS if case.origin.startswith("9") else case.origin
    origin = session.get(CnjOrigin, code)
    here = snapshot.load(session)
    comarca = here.comarcas.get(origin.comarca_id or 0) if origin else None
    installed = comarca if comarca and comarca.installed else None
    return CaseAnswer(
        valid=True,
        origin_code=case.origin,
        comarca=installed.name if installed else "",
        comarca_slug=installed.slug if installed else "",
        message=_origin_words(origin, installed),
        units=_units_of_origin(session, here, code, installed, now),
    )


def _origin_words(origin: CnjOrigin | None, comarca: Comarca | None) -> str:
    if origin is None:
        return "Origem não identificada; confirme a unidade no PJe."
    if origin.code == TRIBUNAL:
        return "Origem: Tribunal de Justiça (2º grau); confirme a unidade no PJe."
    if origin.code == APPEALS:
        return "Origem: Turmas Recursais; confirme a unidade no PJe."
    if comarca is None:
        return f"Origem: {origin.description}, ainda não instalada; confirme a unidade no PJe."
    return f"Origem: comarca de {comarca.name}; confirme a unidade no PJe."


def _units_of_origin(
    session: Session, here: Snapshot, code: str, comarca: Comarca | None, now: datetime
) -> list[UnitCard]:
    if code not in (TRIBUNAL, APPEALS) and comarca is None:
        return []
    filters = search.Filters(comarca_id=comarca.id if comarca else None)
    if code == TRIBUNAL:
        filters = search.Filters(degree=2)
    if code == APPEALS:
        filters = search.Filters(kind=UnitKind.APPEALS_PANEL)
    nobody = here.index.mask([])
    found = search.search(here.index, "", filters, is_open=nobody, limit=MOST_UNITS_OF_A_CASE)
    return _cards(session, here, found, now)


def unit_card(session: Session, slug: str, *, now: datetime) -> UnitCard:
    """Return one unit as a card.

    Raises:
        NotFoundError: no active unit has this slug.
    """
    here = snapshot.load(session)
    unit = here.find(slug)
    return cards.card(unit, cards.around(session, here, [unit.id or 0], now))


def comarca_cards(session: Session, slug: str, *, now: datetime) -> tuple[str, list[UnitCard]]:
    """Return an installed comarca's name and all its units as cards, in the tree's order.

    Raises:
        NotFoundError: no installed comarca has this slug.
    """
    here = snapshot.load(session)
    comarca = here.comarca(slug)
    units = [unit for unit in here.units.values() if unit.comarca_id == comarca.id]
    units.sort(key=lambda unit: [int(id_) for id_ in unit.path.split("/") if id_])
    about = cards.around(session, here, [unit.id or 0 for unit in units], now)
    return comarca.name, [cards.card(unit, about) for unit in units]


def unit_paths(session: Session) -> list[tuple[str, date]]:
    """Return the address of every unit's page, from A to Z, and the day it last changed."""
    units = snapshot.load(session).units.values()
    return sorted((routes.unit(u.slug), clock.local_day(u.updated_at)) for u in units)


def unit_ref(session: Session, slug: str) -> UnitRef:
    """Return what other rooms need of a unit; of its successor once it is retired.

    Raises:
        NotFoundError: no unit has or had this slug.
    """
    found = _current(session, slug) or _current(session, _moved_to(session, slug))
    if found is None:
        raise NotFoundError("Não encontramos esta unidade.")
    unit, comarca = found
    assert unit.id is not None  # noqa: S101 (a stored row)
    rows = session.exec(
        select(Channel).where(col(Channel.unit_id) == unit.id, col(Channel.retired_at).is_(None))
    ).all()
    return UnitRef(
        id=unit.id,
        slug=unit.slug,
        name=unit.name,
        kind=unit.kind,
        comarca=comarca.name if comarca else "",
        comarca_id=unit.comarca_id,
        path=unit.path,
        hours=unit.hours,
        channels=[channels.view(row) for row in channels.in_order(list(rows))],
    )


def _current(session: Session, slug: str) -> tuple[Unit, Comarca | None] | None:
    return session.exec(
        select(Unit, Comarca)
        .join(Comarca, isouter=True)
        .where(col(Unit.slug) == slug, col(Unit.active))
    ).first()


def _moved_to(session: Session, slug: str) -> str:
    return snapshot.load(session).moved.get(slug, "")


def comarcas(session: Session) -> list[ComarcaView]:
    """Return the installed comarcas from A to Z with the towns known to be served by each."""
    towns: defaultdict[int, list[str]] = defaultdict(list)
    for town in session.exec(select(Municipality).where(col(Municipality.comarca_id).is_not(None))):
        towns[town.comarca_id or 0].append(town.name)
    count = Counter(dict(session.exec(_units_by_comarca()).all()))
    rows = session.exec(select(Comarca).where(col(Comarca.installed))).all()
    return [
        ComarcaView(
            id=row.id or 0,
            slug=row.slug,
            name=row.name,
            towns=sorted((t for t in towns[row.id or 0] if fold(t) != fold(row.name)), key=fold),
            units=count[row.id],
        )
        for row in sorted(rows, key=lambda row: fold(row.name))
    ]


def _units_by_comarca():  # noqa: ANN202 (a SQLAlchemy statement)
    return (
        select(Unit.comarca_id, func.count())
        .where(col(Unit.active), col(Unit.comarca_id).is_not(None))
        .group_by(col(Unit.comarca_id))
    )
