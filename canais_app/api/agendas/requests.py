"""Bookings and requests that wait for approval, for the gabinete's programs (bearer token)."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, Field

from canais_app import routes
from canais_app.agenda import slot_queries
from canais_app.agenda.booking import approvals
from canais_app.agenda.chambers import chambers_desk, staff_bookings
from canais_app.agenda.chambers.staff_bookings import StaffBooking
from canais_app.agenda.views import RequestView
from canais_app.api.deps import Bearer, Slug, TokenActor, as_token_owner
from canais_app.kit import clock, db

router = APIRouter(prefix=routes.API, tags=["gabinete"])
AppointmentId = Annotated[int, Path(ge=1, le=2**31 - 1)]


class RequestList(BaseModel):
    """Requests by slot, then by the time they were made."""

    items: list[RequestView]
    next: str | None = None


class BookingList(BaseModel):
    """Bookings by start."""

    items: list[StaffBooking]
    next: str | None = None


class AttendanceRequest(BaseModel):
    """The gabinete's mark; `confirmed` takes it back."""

    status: Literal["attended", "missed", "confirmed"]


class CancellationRequest(BaseModel):
    """Why a booking is cancelled, and up to three other times, held for the lawyer for 48 hours.

    Without `alternatives` the nearest free times are offered; an empty list offers none.
    """

    reason: str = Field(max_length=200)
    keep_closed: bool = True
    alternatives: list[AwareDatetime] | None = Field(default=None, max_length=3)


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


@router.get("/agendas/{slug}/bookings")
async def list_bookings(
    slug: Slug,
    actor: TokenActor,
    first: Annotated[str, Query(alias="from", max_length=40)] = "",
    last: Annotated[str, Query(alias="to", max_length=40)] = "",
) -> BookingList:
    """List the bookings of an agenda, with their persons; by default four weeks from today."""
    now = clock.now()
    span = slot_queries.parse_time_range(first, last, now=now)
    found = await db.read(staff_bookings.list_bookings, actor, slug, span, now=now)
    return BookingList(items=found)


@router.post("/bookings/{booking_id}/attendance", status_code=204)
async def mark_attendance(
    booking_id: AppointmentId, mark: AttendanceRequest, token: Bearer
) -> None:
    """Mark a booking that has begun."""
    work, status = chambers_desk.mark_attendance, mark.status
    await db.write(as_token_owner, token, work, booking_id, status, now=clock.now())


@router.post("/bookings/{booking_id}/cancel", status_code=204)
async def cancel_booking(
    booking_id: AppointmentId, sent: CancellationRequest, token: Bearer
) -> None:
    """Cancel a booking as the gabinete; the lawyer gets the reason and the alternatives."""
    await db.write(
        as_token_owner,
        token,
        chambers_desk.cancel_as_chambers,
        booking_id,
        sent.reason,
        now=clock.now(),
        keep_closed=sent.keep_closed,
        alternatives=sent.alternatives,
    )
