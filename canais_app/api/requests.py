"""Requests that wait for a gabinete, for its own programs: a bearer token says who asks."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from canais_app import routes
from canais_app.agenda.booking import approvals
from canais_app.agenda.views import RequestView
from canais_app.api.deps import Bearer, Slug, TokenActor, as_token_owner
from canais_app.kit import clock, db

router = APIRouter(prefix=routes.API, tags=["gabinete"])
AppointmentId = Annotated[int, Path(ge=1, le=2**31 - 1)]


class RequestList(BaseModel):
    """Requests by time; who asked first comes before others."""

    items: list[RequestView]
    next: str | None = None


class RefusalRequest(BaseModel):
    """Why a request is refused: the lawyer reads it."""

    reason: str = Field(default="", max_length=200)


@router.get("/agendas/{slug}/requests")
async def list_requests(slug: Slug, who: TokenActor) -> RequestList:
    """List the requests that wait for an answer in an agenda of one's own."""
    return RequestList(items=await db.read(approvals.list_requests, who, slug, now=clock.now()))


@router.post("/requests/{request_id}/approve", status_code=204)
async def approve_request(request_id: AppointmentId, token: Bearer) -> None:
    """Give the time that was asked for; 409 with the reason when another has it."""
    await db.write(as_token_owner, token, approvals.approve_request, request_id, now=clock.now())


@router.post("/requests/{request_id}/refuse", status_code=204)
async def refuse_request(request_id: AppointmentId, said: RefusalRequest, token: Bearer) -> None:
    """Refuse a request, with the reason that the lawyer reads."""
    await db.write(
        as_token_owner, token, approvals.refuse_request, request_id, said.reason, now=clock.now()
    )
