"""The agenda part of the API: the same services the picker calls."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Header, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from canais_app import routes
from canais_app.agenda import own, queries, service
from canais_app.agenda.mail import letters
from canais_app.agenda.models import Modality
from canais_app.agenda.times import openings
from canais_app.agenda.views import AgendaCard, AppointmentView, Hold
from canais_app.api.deps import PRIVATE, Address, Slug
from canais_app.kit import clock, db, forms, limits

router = APIRouter(prefix=routes.API, tags=["agendas"])
READ, WRITE, BOOK = "240/minute", "60/minute", "20/minute"
BOUND = "A day of the court, as `2026-11-25`, or a moment, as `2026-11-25T14:00:00-04:00`."


class FigureItem(BaseModel):
    """How soon, and how often it then happens: shares from 0 to 1 over the last 180 days.

    `attended` is of the appointments noted as kept or missed, `cancelled` those that the gabinete
    cancelled, of all. Null: fewer than five, or no free time.
    """

    model_config = ConfigDict(from_attributes=True)

    days_to_next: int | None
    attended: float | None
    cancelled: float | None


class AgendaItem(BaseModel):
    """A published agenda."""

    model_config = ConfigDict(from_attributes=True)

    slug: str
    title: str
    unit: str
    unit_slug: str
    comarca: str
    modalities: list[str]
    next_free: str | None
    figures: FigureItem


class AgendaList(BaseModel):
    """The published agendas, earliest free time first."""

    items: list[AgendaItem]
    next: str | None = None


class SlotItem(BaseModel):
    """A time that can be booked now. `free` counts its seats."""

    model_config = ConfigDict(from_attributes=True)

    start: str
    end: str
    modality: str
    modalities: list[str]
    free: int


class SlotList(BaseModel):
    """Bookable times, earliest first."""

    items: list[SlotItem]
    next: str | None = None


class HoldWish(BaseModel):
    """A time to keep for five minutes."""

    start: AwareDatetime
    modality: str = Field(default="", max_length=12)
    previous_token: str = Field(default="", max_length=100)


class HoldAnswer(BaseModel):
    """What keeps the time until `expires_at`."""

    hold_token: str
    start: str
    end: str
    expires_at: str


class BookedAnswer(BaseModel):
    """The code to read out, and the token of the private address.

    `status`: `confirmed`, or what it waits for: `preconfirmed` (the link in the e-mail) or
    `pending` (the gabinete's approval).
    """

    code: str
    token: str
    start: str
    end: str
    status: str


class Yes(BaseModel):
    """Says yes to a kept time; `key` is the one in the e-mail's link, where there is one."""

    key: str = Field(default="", max_length=100)


class OtherTimeItem(BaseModel):
    """A time that the gabinete keeps for the lawyer; its token says yes to it."""

    model_config = ConfigDict(from_attributes=True)

    start: str
    token: str


class MoveWish(BaseModel):
    """The new time."""

    start: AwareDatetime


class AppointmentAnswer(BaseModel):
    """An appointment, as its owner sees it."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    status: str
    agenda: str
    agenda_slug: str
    unit: str
    start: str
    end: str
    modality: str
    place: str
    video_url: str
    name: str
    oab: str
    email: str
    phone: str
    case_number: str
    subject: str
    can_change: bool
    change_until: str
    cancelled_by: str
    cancel_reason: str
    kept_until: str
    alternatives: list[OtherTimeItem]


def _item(card: AgendaCard) -> AgendaItem:
    found = AgendaItem.model_validate(card)
    return found.model_copy(update={"next_free": card.next_free or None})


@router.get("/agendas")
async def list_agendas(address: Address) -> AgendaList:
    """List the published agendas with the next free time of each."""
    limits.check(READ, "agendas", address)
    cards = await db.in_reading(queries.agendas, now=clock.now())
    return AgendaList(items=[_item(card) for card in cards])


@router.get("/agendas/{slug}/slots")
async def list_slots(
    slug: Slug,
    address: Address,
    first: Annotated[str, Query(alias="from", max_length=40, description=BOUND)] = "",
    last: Annotated[str, Query(alias="to", max_length=40, description=BOUND)] = "",
    modality: Annotated[Modality | Literal[""], Query()] = "",
) -> SlotList:
    """List the bookable times from `from` to `to` (default: from today, for four weeks).

    A last day is included; a last moment is not.
    """
    limits.check(READ, "slots", address)
    now = clock.now()
    asked = openings.read(first, last, now=now)
    found = await db.in_reading(openings.between, slug, asked, now=now, modality=modality)
    return SlotList(items=[SlotItem.model_validate(slot) for slot in found])


@router.post("/agendas/{slug}/holds", status_code=201)
async def hold_slot(slug: Slug, wish: HoldWish, address: Address) -> HoldAnswer:
    """Keep a time for five minutes; 409 when somebody else has it."""
    limits.check(WRITE, "hold", address)
    held: Hold = await db.in_session(
        service.hold,
        slug,
        wish.start,
        wish.modality,
        now=clock.now(),
        previous_token=wish.previous_token,
    )
    return HoldAnswer(
        hold_token=held.token,
        start=clock.rfc3339(held.start),
        end=clock.rfc3339(held.end),
        expires_at=clock.rfc3339(held.expires_at),
    )


@router.delete("/agendas/{slug}/holds/{token}", status_code=204)
async def release_hold(slug: Slug, token: str, address: Address) -> None:  # noqa: ARG001 (the path names its agenda)
    """Give a held time up."""
    limits.check(WRITE, "hold", address)
    await db.in_session(service.release, token)


@router.post("/agendas/{slug}/appointments", status_code=201)
async def book_slot(
    slug: Slug,
    address: Address,
    sent: Annotated[dict[str, Any], Body(description="Os campos de BookingRequest.")],
    key: Annotated[str, Header(alias="Idempotency-Key", max_length=200)] = "",
) -> BookedAnswer:
    """Book a time; the same `Idempotency-Key` with the same body gives the same booking."""
    limits.check(BOOK, "book", address)
    wish = forms.parse(service.BookingRequest, {**sent, "idempotency_key": key})
    return _booked(await db.in_session(service.book, slug, wish, now=clock.now()))


def _booked(booked: service.Booked) -> BookedAnswer:
    return BookedAnswer(
        code=booked.code,
        token=booked.token,
        start=clock.rfc3339(booked.start),
        end=clock.rfc3339(booked.end),
        status=booked.status,
    )


@router.get("/appointments/{token}")
async def see_appointment(token: str, address: Address, answer: Response) -> AppointmentAnswer:
    """Show an appointment to who has its private address."""
    limits.check(READ, "appointment", address)
    answer.headers.update(PRIVATE)
    view: AppointmentView = await db.in_reading(own.view_by_token, token, now=clock.now())
    return AppointmentAnswer.model_validate(view)


@router.delete("/appointments/{token}", status_code=204)
async def cancel_appointment(token: str, address: Address) -> None:
    """Cancel; a second time changes nothing."""
    limits.check(WRITE, "appointment", address)
    await db.in_session(service.cancel, token, now=clock.now())


@router.post("/appointments/{token}/confirm")
async def confirm_appointment(token: str, address: Address, yes: Yes | None = None) -> BookedAnswer:
    """Say yes to a time that is kept: by the key of the e-mail, or by an offer's own token.

    409 when it is kept no longer; a second time changes nothing.
    """
    limits.check(WRITE, "appointment", address)
    key = yes.key if yes else ""
    return _booked(await db.in_session(service.confirm, token, now=clock.now(), key=key))


@router.post("/appointments/{token}/move")
async def move_appointment(token: str, wish: MoveWish, address: Address) -> BookedAnswer:
    """Change the time; 409 when somebody else has the new one, and the old one is kept."""
    limits.check(WRITE, "appointment", address)
    return _booked(await db.in_session(service.move, token, wish.start, now=clock.now()))


@router.get("/appointments/{token}/invite.ics", response_class=Response)
async def invite(token: str, address: Address) -> Response:
    """Give the calendar file of the appointment as it stands."""
    limits.check(READ, "appointment", address)
    words = await db.in_reading(letters.invitation, token, now=clock.now())
    headers = PRIVATE | {"Content-Disposition": 'attachment; filename="atendimento.ics"'}
    return Response(words, media_type="text/calendar; charset=utf-8", headers=headers)
