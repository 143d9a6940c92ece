"""What the directory answers: one unit, comarcas. Searching is in `finding.py`."""

from collections import Counter, defaultdict
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.directory import cards, channels, kept
from canais_app.directory.models import Channel, Comarca, Municipality, Unit
from canais_app.directory.views import ComarcaView, UnitCard, UnitRef
from canais_app.kit import clock
from canais_app.kit.errors import NotFoundError
from canais_app.kit.text import fold


def unit_card(session: Session, slug: str, *, now: datetime) -> UnitCard:
    """Return one unit as a card.

    Raises:
        NotFoundError: no active unit has this slug.
    """
    here = kept.load(session)
    unit = here.find(slug)
    return cards.card(unit, cards.around(session, here, [unit.id or 0], now))


def comarca_cards(session: Session, slug: str, *, now: datetime) -> tuple[str, list[UnitCard]]:
    """Return an installed comarca's name and all its units as cards, in the tree's order.

    Raises:
        NotFoundError: no installed comarca has this slug.
    """
    here = kept.load(session)
    comarca = here.comarca(slug)
    units = [unit for unit in here.units.values() if unit.comarca_id == comarca.id]
    units.sort(key=lambda unit: [int(id_) for id_ in unit.path.split("/") if id_])
    about = cards.around(session, here, [unit.id or 0 for unit in units], now)
    return comarca.name, [cards.card(unit, about) for unit in units]


def unit_paths(session: Session) -> list[tuple[str, date]]:
    """Return the address of every unit's page, from A to Z, and the day it last changed."""
    units = kept.load(session).units.values()
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
    return kept.load(session).moved.get(slug, "")


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
