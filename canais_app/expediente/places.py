"""Read comarcas and units by table name: this package must not import the directory."""

from sqlalchemy import column, select, table
from sqlmodel import Session

from canais_app.kit import cache_version

_COMARCA = table("comarca", column("id"), column("slug"), column("name"))
_UNIT = table("unit", column("id"), column("name"), column("path"))
DIRECTORY_VERSION = cache_version.version_table("directory_version")


def load_comarca_ids(session: Session) -> dict[str, int]:
    """Return the id of each comarca by its slug."""
    rows = session.execute(select(_COMARCA.c.slug, _COMARCA.c.id))
    return dict(rows.all())


def load_comarca_name(session: Session, comarca_id: int) -> str:
    """Return a comarca's name; empty when there is none."""
    return session.scalar(select(_COMARCA.c.name).where(_COMARCA.c.id == comarca_id)) or ""


def load_unit_name(session: Session, unit_id: int) -> str:
    """Return a unit's name; empty when there is none."""
    return session.scalar(select(_UNIT.c.name).where(_UNIT.c.id == unit_id)) or ""


def load_unit_path(session: Session, unit_id: int) -> str:
    """Return a unit's path in the tree, as `/1/24/`; empty when there is none."""
    return session.scalar(select(_UNIT.c.path).where(_UNIT.c.id == unit_id)) or ""


def load_unit_paths(session: Session) -> dict[int, str]:
    """Return the path of every unit in the tree, by id."""
    return dict(session.execute(select(_UNIT.c.id, _UNIT.c.path)).all())
