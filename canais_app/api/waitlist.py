"""The waiting list's part of the API."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, ConfigDict

from canais_app import routes
from canais_app.agenda import service
from canais_app.api.deps import PRIVATE, Address, Slug
from canais_app.kit import clock, db, forms, limits

router = APIRouter(prefix=routes.API, tags=["agendas"])
READ, WRITE, JOIN = "240/minute", "60/minute", "20/minute"


class PlaceAnswer(BaseModel):
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


class NewPlace(PlaceAnswer):
    """The same when entering, with the token of its private address."""

    token: str


@router.post("/agendas/{slug}/waitlist", status_code=201)
async def join_waitlist(
    slug: Slug,
    address: Address,
    sent: Annotated[dict[str, Any], Body(description="Os campos de WaitlistRequest.")],
) -> NewPlace:
    """Enter the line for the days from `from` to `to`; 409 when this OAB is in it already."""
    limits.check(JOIN, "waitlist", address)
    wish = forms.parse(service.WaitlistRequest, sent)
    now = clock.now()
    token = await db.in_session(service.join, slug, wish, now=now)
    place = await db.in_reading(service.place, token, now=now)
    return NewPlace(token=token, **PlaceAnswer.model_validate(place).model_dump())


@router.get("/waitlist/{token}")
async def see_place(token: str, address: Address, answer: Response) -> PlaceAnswer:
    """Show a place in the line, and the time that is kept for it."""
    limits.check(READ, "waitlist", address)
    answer.headers.update(PRIVATE)
    found = await db.in_reading(service.place, token, now=clock.now())
    return PlaceAnswer.model_validate(found)


@router.delete("/waitlist/{token}", status_code=204)
async def leave_waitlist(token: str, address: Address) -> None:
    """Leave the line; a kept time goes to the next. A second time changes nothing."""
    limits.check(WRITE, "waitlist", address)
    await db.in_session(service.leave, token, now=clock.now())
