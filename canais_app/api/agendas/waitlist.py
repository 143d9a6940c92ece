"""The waiting list in the API."""

from fastapi import APIRouter, Response

from canais_app import routes
from canais_app.agenda import schemas
from canais_app.agenda.booking import waitlist
from canais_app.api.deps import NO_STORE_HEADERS, ClientAddress, Slug, ViewModel
from canais_app.kit import clock, db, limits

router = APIRouter(prefix=routes.API, tags=["agendas"])
READ, WRITE, JOIN = "240/minute", "60/minute", "20/minute"


class WaitlistEntryResponse(ViewModel):
    """A waitlist entry. `offer_token` opens the offered slot, if there is one."""

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
    """A new entry, with the token of its private page."""

    token: str


@router.post("/agendas/{slug}/waitlist", status_code=201)
async def join_waitlist(
    slug: Slug, address: ClientAddress, request: schemas.WaitlistRequest
) -> WaitlistJoinedResponse:
    """Join for the days from `from` to `to`; 409 when this OAB is on the list already."""
    limits.check_rate_limit(JOIN, "waitlist", address)
    now = clock.now()
    token = await db.write(waitlist.join_waitlist, slug, request, now=now)
    view = await db.read(waitlist.load_waitlist_view, token, now=now)
    return WaitlistJoinedResponse(
        token=token, **WaitlistEntryResponse.model_validate(view).model_dump()
    )


@router.get("/waitlist/{token}")
async def get_waitlist_entry(
    token: str, address: ClientAddress, response: Response
) -> WaitlistEntryResponse:
    """Return an entry and the slot offered to it."""
    limits.check_rate_limit(READ, "waitlist", address)
    response.headers.update(NO_STORE_HEADERS)
    found = await db.read(waitlist.load_waitlist_view, token, now=clock.now())
    return WaitlistEntryResponse.model_validate(found)


@router.delete("/waitlist/{token}", status_code=204)
async def leave_waitlist(token: str, address: ClientAddress) -> None:
    """Leave the list; an offered slot passes to the next. A repeat changes nothing."""
    limits.check_rate_limit(WRITE, "waitlist", address)
    await db.write(waitlist.leave_waitlist, token, now=clock.now())
