"""Declared closures: their units raise no alarm."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app.directory.models import Comarca, Unit
from canais_app.expediente.queries import load_notices_since
from canais_app.expediente.rules import NoticeKind


@dataclass(frozen=True)
class Suppressed:
    """A declared closure: its units raise no alarm."""

    place: str
    reason: str
    act: str
    act_url: str
    since: datetime


def load_suppressed(session: Session, now: datetime) -> tuple[set[int], tuple[Suppressed, ...]]:
    """Return the units under a declared closure of a comarca or unit, and the closures."""
    units: set[int] = set()
    said: list[Suppressed] = []
    for closure in load_notices_since(session, now):
        if closure.kind != NoticeKind.CLOSED or not closure.is_in_force(now):
            continue
        if closure.unit_id is None and closure.comarca_id is None:
            continue
        unit = session.get(Unit, closure.unit_id) if closure.unit_id else None
        comarca = session.get(Comarca, closure.comarca_id) if closure.comarca_id else None
        below = (
            col(Unit.path).startswith(unit.path, autoescape=True)
            if unit and unit.path
            else col(Unit.id) == closure.unit_id
            if unit
            else col(Unit.comarca_id) == closure.comarca_id
        )
        units.update(i for i in session.scalars(select(col(Unit.id)).where(below)) if i)
        place = unit.name if unit else comarca.name if comarca else ""
        said.append(
            Suppressed(place, closure.text, closure.act, closure.act_url, closure.starts_at)
        )
    return units, tuple(said)
