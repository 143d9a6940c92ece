"""The waiting list's part of the API."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, ConfigDict

from canais_app import routes
from canais_app.agenda import schemas
from canais_app.agenda.booking import waitlist
from canais_app.api.deps import NO_STORE_HEADERS, ClientAddress, Slug
from canais_app.kit import clock, db, forms, limits

router = APIRouter(prefix=routes.API, tags=["agendas"])
READ, WRITE, JOIN = "240/minute", "60/minute", "20/minute"


class WaitlistEntryResponse(BaseModel):
    """A place in the line. `offer_token` opens the time that is kept, if there is one."""

    model_config = ConfigDict(from_attributes=True)

    agenda: str
    agenda_slug: str
    status: str
    first_day: str
    last_day: str
    modality: str
    ahead: int
    offer_token: str
    offer_until: str


class WaitlistJoinedResponse(WaitlistEntryResponse):
    """The same when entering, with the token of its private address."""

    token: str


@router.post("/agendas/{slug}/waitlist", status_code=201)
async def join_waitlist(
    slug: Slug,
    address: ClientAddress,
    sent: Annotated[dict[str, Any], Body(description="Os campos de WaitlistRequest.")],
) -> WaitlistJoinedResponse:
    """Enter the line for the days from `from` to `to`; 409 when this OAB is in it already."""
    limits.check_rate_limit(JOIN, "waitlist", address)
    wish = forms.parse_form(schemas.WaitlistRequest, sent)
    now = clock.now()
    token = await db.write(waitlist.join_waitlist, slug, wish, now=now)
    place = await db.read(waitlist.load_waitlist_view, token, now=now)
    return WaitlistJoinedResponse(
        token=token, **WaitlistEntryResponse.model_validate(place).model_dump()
    )


@router.get("/waitlist/{token}")
async def get_waitlist_entry(
    token: str, address: ClientAddress, answer: Response
) -> WaitlistEntryResponse:
    """Show a place in the line, and the time that is kept for it."""
    limits.check_rate_limit(READ, "waitlist", address)
    answer.headers.update(NO_STORE_HEADERS)
    found = await db.read(waitlist.load_waitlist_view, token, now=clock.now())
    return WaitlistEntryResponse.model_validate(found)


@router.delete("/waitlist/{token}", status_code=204)
async def leave_waitlist(token: str, address: ClientAddress) -> None:
    """Leave the line; a kept time goes to the next. A second time changes nothing."""
    limits.check_rate_limit(WRITE, "waitlist", address)
    await db.write(waitlist.leave_waitlist, token, now=clock.now())
