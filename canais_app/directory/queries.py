"""What the directory answers: units found, one unit, comarcas, the origin of a case."""

from collections import Counter, defaultdict

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app.directory import channels
from canais_app.directory.models import Channel, Comarca, Municipality, Unit
from canais_app.directory.views import ComarcaView, UnitRef
from canais_app.kit.errors import NotFoundError
from canais_app.kit.text import fold


def unit_ref(session: Session, slug: str) -> UnitRef:
    """Return what other rooms need of a unit.

    Raises:
        NotFoundError: no active unit has this slug.
    """
    found = session.exec(
        select(Unit, Comarca)
        .join(Comarca, isouter=True)
        .where(col(Unit.slug) == slug, col(Unit.active))
    ).first()
    if found is None:
        raise NotFoundError("Não encontramos esta unidade.")
    unit, comarca = found
    assert unit.id is not None  # noqa: S101 (a stored row)
    rows = session.exec(select(Channel).where(col(Channel.unit_id) == unit.id)).all()
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
