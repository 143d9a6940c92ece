"""A person's own views of the desk's list, kept as the query of its address."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qsl

from pydantic import BaseModel, StringConstraints
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.models import SavedView
from canais_app.complaints.triage.listing import ListFilter
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError
from canais_app.kit.forms import parse_form
from canais_app.kit.personal_data import mask_personal_data

MAX_VIEWS = 20
ENTITY = "visão guardada"


class ViewForm(BaseModel):
    """The name of a view to keep."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


@dataclass(frozen=True)
class OwnView:
    """A view that a person kept."""

    id: int
    name: str
    query: str


def list_own_views(session: Session, actor: Actor) -> list[OwnView]:
    """Return the actor's own views, by name."""
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    query = select(SavedView).where(col(SavedView.staff_id) == actor.staff_id)
    rows = session.exec(query.order_by(col(SavedView.name)))
    return [OwnView(row.id or 0, row.name, row.query) for row in rows]


def save_own_view(session: Session, actor: Actor, name: str, query: str, *, now: datetime) -> None:
    """Keep a filter under a name.

    Raises:
        InvalidError: the filter is not valid, or its words are somebody's data.
        ConflictError: the name is taken, or there are too many.
    """
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    wanted = parse_form(ListFilter, dict(parse_qsl(query)))
    if mask_personal_data(wanted.q) != wanted.q:
        raise InvalidError("As palavras procuradas parecem dados de uma pessoa: não as guardamos.")
    mine = select(func.count()).where(col(SavedView.staff_id) == actor.staff_id)
    if session.exec(mine).one() >= MAX_VIEWS:
        raise ConflictError(f"Você já tem {MAX_VIEWS} visões: apague uma antes.")
    row = SavedView(staff_id=actor.staff_id or 0, name=name, query=query)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise ConflictError("Você já tem uma visão com este nome.") from None
    audit.record_entry(session, actor, "guardou", ENTITY, row.id, {"name": ["", name]}, now=now)


def delete_own_view(session: Session, actor: Actor, view_id: int, *, now: datetime) -> None:
    """Delete one of the actor's own views.

    Raises:
        NotFoundError: it does not exist, or is somebody else's.
    """
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    row = session.get(SavedView, view_id)
    if row is None or row.staff_id != actor.staff_id:
        raise NotFoundError("Esta visão não existe mais.")
    session.delete(row)
    audit.record_entry(session, actor, "apagou", ENTITY, view_id, {"name": [row.name, ""]}, now=now)
