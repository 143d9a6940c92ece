"""Slugs of units, made of their names; a former slug redirects for ever."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from canais_app.directory.models import FormerSlug, Unit
from canais_app.kit.errors import field_error
from canais_app.kit.text import slugify, strip_accents

MAX_SLUG_LENGTH = 150  # leaves room for a number


def find_free_slug(session: Session, name: str, unit_id: int | None = None) -> str:
    """Return a slug for a name that no other unit has or had."""
    base = slugify(name)[:MAX_SLUG_LENGTH].strip("-") or "unidade"
    number, slug = 1, base
    while not _is_slug_free(session, slug, unit_id):
        number += 1
        slug = f"{base}-{number}"
    return slug


def _is_slug_free(session: Session, slug: str, unit_id: int | None) -> bool:
    owner = session.exec(select(Unit.id).where(col(Unit.slug) == slug)).first()
    former = session.get(FormerSlug, slug)
    return owner in (None, unit_id) and (former is None or former.unit_id == unit_id)


def refuse_duplicate_name(
    session: Session, name: str, comarca_id: int | None, parent_id: int | None, unit_id: int | None
) -> None:
    """Refuse the name of another unit in use of the same comarca, under the same unit.

    Raises:
        InvalidError: at `name`.
    """
    beside = select(Unit).where(
        Unit.comarca_id == comarca_id, Unit.parent_id == parent_id, col(Unit.active)
    )
    for other in session.exec(beside):
        if other.id != unit_id and strip_accents(other.name) == strip_accents(name):
            raise field_error("name", f"Já existe «{other.name}», com o código {other.code}.")


def rename_unit(session: Session, unit: Unit, name: str, former: Sequence[str]) -> dict[str, Any]:
    """Return the new name, slug and former names of a unit, and store its former slug.

    A former name or slug that the unit takes again is no longer a former one.
    """
    assert unit.id is not None  # noqa: S101 (a stored row)
    slug = find_free_slug(session, name, unit.id)
    if slug != unit.slug:
        session.merge(FormerSlug(slug=unit.slug, unit_id=unit.id))
        reused = session.get(FormerSlug, slug)
        if reused is not None:
            session.delete(reused)
    others = [n for n in (*former, unit.name) if strip_accents(n) != strip_accents(name)]
    return {"name": name, "slug": slug, "former_names": list(dict.fromkeys(others))}
