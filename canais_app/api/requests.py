"""Booking requests that wait for approval, for the gabinete's programs (bearer token)."""

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
    """Requests by slot, then by the time they were made."""

    items: list[RequestView]
    next: str | None = None


class RefusalRequest(BaseModel):
    """Why a request is refused; the lawyer gets the reason."""

    reason: str = Field(default="", max_length=200)


@router.get("/agendas/{slug}/requests")
async def list_requests(slug: Slug, actor: TokenActor) -> RequestList:
    """List the pending requests of an agenda that the actor may work on."""
    return RequestList(items=await db.read(approvals.list_requests, actor, slug, now=clock.now()))


@router.post("/requests/{request_id}/approve", status_code=204)
async def approve_request(request_id: AppointmentId, token: Bearer) -> None:
    """Approve a request; 409 with the reason when the slot is taken."""
    await db.write(as_token_owner, token, approvals.approve_request, request_id, now=clock.now())


@router.post("/requests/{request_id}/refuse", status_code=204)
async def refuse_request(request_id: AppointmentId, refusal: RefusalRequest, token: Bearer) -> None:
    """Refuse a request with a reason for the lawyer."""
    await db.write(
        as_token_owner, token, approvals.refuse_request, request_id, refusal.reason, now=clock.now()
    )
