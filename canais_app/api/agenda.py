"""The agenda part of the API: the same services the picker calls."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Header, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from canais_app import routes
from canais_app.agenda import appointment_views, queries, schemas, slot_queries, views
from canais_app.agenda.booking import booking, cancellation, holds
from canais_app.agenda.models import Modality
from canais_app.agenda.notifications import appointments
from canais_app.agenda.views import AgendaCard, AppointmentView, HeldSlot
from canais_app.api.deps import NO_STORE_HEADERS, ClientAddress, Slug
from canais_app.kit import clock, db, forms, limits

router = APIRouter(prefix=routes.API, tags=["agendas"])
READ, WRITE, BOOK = "240/minute", "60/minute", "20/minute"
BOUND_HELP = "A day of the court, as `2026-11-25`, or a moment, as `2026-11-25T14:00:00-04:00`."


class StatisticsItem(BaseModel):
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
    figures: StatisticsItem


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


class HoldRequest(BaseModel):
    """A time to keep for five minutes."""

    start: AwareDatetime
    modality: str = Field(default="", max_length=12)
    previous_token: str = Field(default="", max_length=100)


class HoldResponse(BaseModel):
    """What keeps the time until `expires_at`."""

    hold_token: str
    start: str
    end: str
    expires_at: str


class BookingResponse(BaseModel):
    """The code to read out, and the token of the private address.

    `status`: `confirmed`, or what it waits for: `preconfirmed` (the link in the e-mail) or
    `pending` (the gabinete's approval).
    """

    code: str
    token: str
    start: str
    end: str
    status: str


class ConfirmRequest(BaseModel):
    """Says yes to a kept time; `key` is the one in the e-mail's link, where there is one."""

    key: str = Field(default="", max_length=100)


class AlternativeItem(BaseModel):
    """A time that the gabinete keeps for the lawyer; its token says yes to it."""

    model_config = ConfigDict(from_attributes=True)

    start: str
    token: str


class MoveRequest(BaseModel):
    """The new time."""

    start: AwareDatetime


class AppointmentResponse(BaseModel):
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
    alternatives: list[AlternativeItem]


def _item(card: AgendaCard) -> AgendaItem:
    found = AgendaItem.model_validate(card)
    return found.model_copy(update={"next_free": card.next_free or None})


@router.get("/agendas")
async def list_agendas(address: ClientAddress) -> AgendaList:
    """List the published agendas with the next free time of each."""
    limits.check_rate_limit(READ, "agendas", address)
    cards = await db.read(queries.list_agendas, now=clock.now())
    return AgendaList(items=[_item(card) for card in cards])


@router.get("/agendas/{slug}/slots")
async def list_slots(
    slug: Slug,
    address: ClientAddress,
    first: Annotated[str, Query(alias="from", max_length=40, description=BOUND_HELP)] = "",
    last: Annotated[str, Query(alias="to", max_length=40, description=BOUND_HELP)] = "",
    modality: Annotated[Modality | Literal[""], Query()] = "",
) -> SlotList:
    """List the bookable times from `from` to `to` (default: from today, for four weeks).

    A last day is included; a last moment is not.
    """
    limits.check_rate_limit(READ, "slots", address)
    now = clock.now()
    asked = slot_queries.parse_time_range(first, last, now=now)
    found = await db.read(slot_queries.list_slots_in_range, slug, asked, now=now, modality=modality)
    return SlotList(items=[SlotItem.model_validate(slot) for slot in found])


@router.post("/agendas/{slug}/holds", status_code=201)
async def hold_slot(slug: Slug, wish: HoldRequest, address: ClientAddress) -> HoldResponse:
    """Keep a time for five minutes; 409 when somebody else has it."""
    limits.check_rate_limit(WRITE, "hold", address)
    held: HeldSlot = await db.write(
        holds.hold_slot,
        slug,
        wish.start,
        wish.modality,
        now=clock.now(),
        previous_token=wish.previous_token,
    )
    return HoldResponse(
        hold_token=held.token,
        start=clock.to_rfc3339(held.start),
        end=clock.to_rfc3339(held.end),
        expires_at=clock.to_rfc3339(held.expires_at),
    )


@router.delete("/agendas/{slug}/holds/{token}", status_code=204)
async def release_hold(slug: Slug, token: str, address: ClientAddress) -> None:  # noqa: ARG001 (the path names its agenda)
    """Give a held time up."""
    limits.check_rate_limit(WRITE, "hold", address)
    await db.write(holds.release_hold, token)


@router.post("/agendas/{slug}/appointments", status_code=201)
async def book_slot(
    slug: Slug,
    address: ClientAddress,
    sent: Annotated[dict[str, Any], Body(description="Os campos de BookingRequest.")],
    key: Annotated[str, Header(alias="Idempotency-Key", max_length=200)] = "",
) -> BookingResponse:
    """Book a time; the same `Idempotency-Key` with the same body gives the same booking."""
    limits.check_rate_limit(BOOK, "book", address)
    wish = forms.parse_form(schemas.BookingRequest, {**sent, "idempotency_key": key})
    return _booking_response(await db.write(booking.book, slug, wish, now=clock.now()))


def _booking_response(booked: views.BookingResult) -> BookingResponse:
    return BookingResponse(
        code=booked.code,
        token=booked.token,
        start=clock.to_rfc3339(booked.start),
        end=clock.to_rfc3339(booked.end),
        status=booked.status,
    )


@router.get("/appointments/{token}")
async def get_appointment(
    token: str, address: ClientAddress, answer: Response
) -> AppointmentResponse:
    """Show an appointment to who has its private address."""
    limits.check_rate_limit(READ, "appointment", address)
    answer.headers.update(NO_STORE_HEADERS)
    view: AppointmentView = await db.read(
        appointment_views.load_view_by_token, token, now=clock.now()
    )
    return AppointmentResponse.model_validate(view)


@router.delete("/appointments/{token}", status_code=204)
async def cancel_appointment(token: str, address: ClientAddress) -> None:
    """Cancel; a second time changes nothing."""
    limits.check_rate_limit(WRITE, "appointment", address)
    await db.write(cancellation.cancel_by_link, token, now=clock.now())


@router.post("/appointments/{token}/confirm")
async def confirm_appointment(
    token: str, address: ClientAddress, yes: ConfirmRequest | None = None
) -> BookingResponse:
    """Say yes to a time that is kept: by the key of the e-mail, or by an offer's own token.

    409 when it is kept no longer; a second time changes nothing.
    """
    limits.check_rate_limit(WRITE, "appointment", address)
    key = yes.key if yes else ""
    return _booking_response(
        await db.write(booking.confirm_appointment, token, now=clock.now(), key=key)
    )


@router.post("/appointments/{token}/move")
async def move_appointment(
    token: str, wish: MoveRequest, address: ClientAddress
) -> BookingResponse:
    """Change the time; 409 when somebody else has the new one, and the old one is kept."""
    limits.check_rate_limit(WRITE, "appointment", address)
    return _booking_response(
        await db.write(cancellation.move_appointment, token, wish.start, now=clock.now())
    )


@router.get("/appointments/{token}/invite.ics", response_class=Response)
async def get_invitation(token: str, address: ClientAddress) -> Response:
    """Give the calendar file of the appointment as it stands."""
    limits.check_rate_limit(READ, "appointment", address)
    words = await db.read(appointments.build_invitation, token, now=clock.now())
    headers = NO_STORE_HEADERS | {"Content-Disposition": 'attachment; filename="atendimento.ics"'}
    return Response(words, media_type="text/calendar; charset=utf-8", headers=headers)
