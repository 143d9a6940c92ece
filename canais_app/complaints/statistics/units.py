"""How a figure names units, and how many there are."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from canais_app.complaints.statistics.counts import DashboardScope
from canais_app.directory.models import Comarca, Unit


@dataclass(frozen=True)
class UnitName:
    """How a figure names a unit."""

    id: int
    slug: str
    name: str
    comarca: str


def load_unit_names(session: Session) -> dict[int, UnitName]:
    """Return how each unit is named, by its id."""
    rows = session.execute(
        select(col(Unit.id), col(Unit.slug), col(Unit.name), col(Comarca.name)).outerjoin(
            Comarca, col(Comarca.id) == col(Unit.comarca_id)
        )
    )
    return {row[0]: UnitName(row[0], row[1], row[2], row[3] or "") for row in rows}


def load_comarca_name(session: Session, scope: DashboardScope) -> str:
    """Return the name of the comarca that a scope is kept to; empty when it is none."""
    if scope.comarca_id is None:
        return ""
    by_id = select(col(Comarca.name)).where(col(Comarca.id) == scope.comarca_id)
    return session.scalar(by_id) or ""


def count_units(session: Session, scope: DashboardScope) -> int:
    """Count the active units of a scope."""
    query = select(func.count()).select_from(Unit).where(col(Unit.active))
    if scope.comarca_id is not None:
        query = query.where(col(Unit.comarca_id) == scope.comarca_id)
    return session.scalar(query) or 0
