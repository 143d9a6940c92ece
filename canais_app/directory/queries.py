"""Read single units and comarcas. `unit_search` searches."""

from collections import Counter, defaultdict
from datetime import date, datetime

from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.directory import cards, channels, snapshot
from canais_app.directory.models import Channel, Comarca, Municipality, Unit
from canais_app.directory.views import ComarcaView, NamedChoice, UnitCard, UnitRef
from canais_app.kit import clock
from canais_app.kit.errors import NotFoundError
from canais_app.kit.text import strip_accents


def load_unit_card(session: Session, slug: str, *, now: datetime) -> UnitCard:
    """Return one unit as a card.

    Raises:
        NotFoundError: no active unit has this slug.
    """
    here = snapshot.load_snapshot(session)
    unit = here.find_unit(slug)
    return cards.build_card(unit, cards.load_card_context(session, here, [unit.id or 0], now))


def load_comarca_cards(session: Session, slug: str, *, now: datetime) -> tuple[str, list[UnitCard]]:
    """Return an installed comarca's name and its units as cards, in the tree's order.

    Raises:
        NotFoundError: no installed comarca has this slug.
    """
    here = snapshot.load_snapshot(session)
    comarca = here.find_comarca(slug)
    units = [unit for unit in here.units.values() if unit.comarca_id == comarca.id]
    units.sort(key=lambda unit: [int(id_) for id_ in unit.path.split("/") if id_])
    about = cards.load_card_context(session, here, [unit.id or 0 for unit in units], now)
    return comarca.name, [cards.build_card(unit, about) for unit in units]


def list_unit_paths(session: Session) -> list[tuple[str, date]]:
    """Return the path of every unit's page, sorted, with the day of its last change."""
    units = snapshot.load_snapshot(session).units.values()
    return sorted((routes.unit(u.slug), clock.to_local_day(u.updated_at)) for u in units)


def load_unit_ref(session: Session, slug: str) -> UnitRef:
    """Return a unit for other rooms; its successor once it is retired.

    Raises:
        NotFoundError: no unit has or had this slug.
    """
    found = _load_active_unit(session, slug)
    if found is None:
        found = _load_active_unit(session, snapshot.load_snapshot(session).redirects.get(slug, ""))
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
        channels=[channels.channel_view(row) for row in channels.sort_channels(list(rows))],
    )


def _load_active_unit(session: Session, slug: str) -> tuple[Unit, Comarca | None] | None:
    return session.exec(
        select(Unit, Comarca)
        .join(Comarca, isouter=True)
        .where(col(Unit.slug) == slug, col(Unit.active))
    ).first()


def list_comarcas(session: Session) -> list[ComarcaView]:
    """Return the installed comarcas from A to Z with the towns known to be served by each."""
    towns: defaultdict[int, list[str]] = defaultdict(list)
    for town in session.exec(select(Municipality).where(col(Municipality.comarca_id).is_not(None))):
        towns[town.comarca_id or 0].append(town.name)
    here = snapshot.load_snapshot(session)
    count = Counter(unit.comarca_id for unit in here.units.values())
    rows = [row for row in here.comarcas.values() if row.installed]
    return [
        ComarcaView(
            id=row.id or 0,
            slug=row.slug,
            name=row.name,
            towns=sorted(
                (t for t in towns[row.id or 0] if strip_accents(t) != strip_accents(row.name)),
                key=strip_accents,
            ),
            units=count[row.id],
        )
        for row in sorted(rows, key=lambda row: strip_accents(row.name))
    ]


def list_comarca_choices(session: Session) -> list[NamedChoice]:
    """Return the installed comarcas from A to Z, to choose one."""
    rows = [row for row in snapshot.load_snapshot(session).comarcas.values() if row.installed]
    rows.sort(key=lambda row: strip_accents(row.name))
    return [NamedChoice(row.id or 0, row.slug, row.name) for row in rows]
