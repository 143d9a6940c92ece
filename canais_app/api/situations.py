"""Situations and incidents in the API, for staff with a bearer token."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path
from pydantic import BaseModel, Field
from sqlmodel import Session

from canais_app import routes
from canais_app.accounts.roles import Actor
from canais_app.api.deps import Bearer, Moment, ViewModel, as_token_owner
from canais_app.api.openapi import body_schema
from canais_app.complaints.situations import incidents, listing, service
from canais_app.complaints.situations.incident_forms import IncidentForm
from canais_app.kit import clock, db
from canais_app.kit.forms import parse_form

router = APIRouter(prefix=routes.API, tags=["situações"])
IncidentBody = Annotated[dict[str, Any], Body(), body_schema(IncidentForm)]
Code = Annotated[str, Path(max_length=12)]


class SituationItem(ViewModel):
    """A situation: an alarm episode of a unit's channel, or of several units."""

    code: str
    scope: str
    level: str
    state: str
    unit: str
    unit_name: str
    comarca: str
    channel: str
    kind: str
    seen: int
    expected: float
    people: int
    first_report_at: Moment
    opened_at: Moment
    closed_at: Moment | None
    owner: str
    confirmed: bool
    verdict: str
    incident: str
    version: int


class SituationList(BaseModel):
    """Situations, the most urgent first."""

    items: list[SituationItem]
    next: str | None = None


class IncidentItem(ViewModel):
    """An incident or a maintenance."""

    code: str
    title: str
    kind: str
    status: str
    is_public: bool
    works: str
    units: int
    started_at: Moment
    ends_at: Moment | None
    next_update_at: Moment | None
    closed_at: Moment | None
    version: int


class IncidentList(BaseModel):
    """Incidents, open ones first."""

    items: list[IncidentItem]
    next: str | None = None


class ActionRequest(BaseModel):
    """An action; `version` as it was read, or 0. `reason` is needed to dismiss."""

    version: int = Field(default=0, ge=0)
    reason: str = Field(default="", max_length=300)


@router.get("/situations")
async def list_situations(
    token: Bearer, state: Literal["open", "closed"] = "open"
) -> SituationList:
    """List situations: the open ones, or those closed in the last seven days."""

    def work(session: Session, actor: Actor) -> list[listing.SituationRow]:
        return listing.list_situations(session, actor, is_open=state == "open", now=clock.now())

    rows = await db.read(as_token_owner, token, work)
    return SituationList(items=[SituationItem.model_validate(row) for row in rows])


@router.post("/situations/{code}/incident", status_code=201)
async def declare_from_situation(code: Code, token: Bearer, sent: IncidentBody) -> IncidentItem:
    """Declare an incident with this situation in it; fields as of `POST /incidents`."""
    form = parse_form(IncidentForm, sent)
    return await _declare(token, form.model_copy(update={"situations": [code, *form.situations]}))


@router.post("/situations/{code}/{action}", status_code=200)
async def act(
    code: Code,
    action: Literal["assume", "confirm", "dismiss"],
    token: Bearer,
    sent: Annotated[ActionRequest, Body()] = ActionRequest(),  # noqa: B008 (a constant)
) -> SituationItem:
    """Become the owner of a situation, confirm it, or mark it as false with a reason."""

    def work(session: Session, actor: Actor, now: datetime) -> listing.SituationRow:
        if action == "assume":
            service.assume(session, actor, code, sent.version, now=now)
        elif action == "confirm":
            service.confirm(session, actor, code, sent.version, now=now)
        else:
            service.dismiss(session, actor, code, sent.version, sent.reason, now=now)
        return listing.load_situation(session, actor, code, now=now)

    row = await db.write(as_token_owner, token, work, clock.now())
    return SituationItem.model_validate(row)


@router.get("/incidents")
async def list_incidents(token: Bearer, state: Literal["open", "closed"] = "open") -> IncidentList:
    """List incidents and planned maintenance: the open ones, or the last hundred closed."""

    def work(session: Session, actor: Actor) -> list[listing.IncidentRow]:
        return listing.list_incidents(session, actor, is_open=state == "open")

    rows = await db.read(as_token_owner, token, work)
    return IncidentList(items=[IncidentItem.model_validate(row) for row in rows])


@router.post("/incidents", status_code=201)
async def declare_incident(token: Bearer, sent: IncidentBody) -> IncidentItem:
    """Declare an incident, or a maintenance ahead of its window."""
    return await _declare(token, parse_form(IncidentForm, sent))


async def _declare(token: str, form: IncidentForm) -> IncidentItem:
    def work(session: Session, actor: Actor, now: datetime) -> listing.IncidentRow:
        made = incidents.declare(session, actor, form, now=now)
        return listing.load_incident_row(session, actor, made.code)

    row = await db.write(as_token_owner, token, work, clock.now())
    return IncidentItem.model_validate(row)
