"""Agendas, holds and appointments in the API."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from canais_app import routes
from canais_app.agenda import appointment_views, queries, schemas, slot_queries
from canais_app.agenda.booking import booking, cancellation, holds
from canais_app.agenda.models import Modality
from canais_app.agenda.notifications import appointments
from canais_app.agenda.statistics import AgendaStatistics
from canais_app.agenda.views import AgendaCard, AppointmentView, HeldSlot, OpenSlot
from canais_app.api.deps import NO_STORE_HEADERS, ClientAddress, Moment, Slug, ViewModel, attachment
from canais_app.api.public_answers import (
    NoParameters,
    accept_parameters,
    answer_model,
    get_and_head,
)
from canais_app.kit import clock, db, limits

router = APIRouter(prefix=routes.API, tags=["agendas"])
READ, WRITE, BOOK = "240/minute", "60/minute", "20/minute"
MAX_AGE = 5  # seconds: slots are taken all the time
MAX_SLOTS = 2000  # in one answer: a year of most agendas
BOUND_HELP = "A day of the court, as `2026-11-25`, or a moment, as `2026-11-25T14:00:00-04:00`."


class AttendanceKindItem(ViewModel):
    """A kind of attendance; `minutes` and `modalities` are its own, or the agenda's."""

    name: str
    minutes: int
    modalities: list[str]
    instructions: str
    needs_approval: bool
    needs_case_number: bool


class AgendaItem(ViewModel):
    """A published agenda.

    `needs_approval`: a booking is a request until the gabinete answers; `confirms_by_email`: it
    counts once the link in the e-mail is opened; `cancel_notice`: minutes before the start until
    which it can be moved or cancelled; `recipients`: who is told at once.
    """

    slug: str
    title: str
    unit: str
    unit_slug: str
    comarca: str
    modalities: list[str]
    needs_approval: bool
    confirms_by_email: bool
    cancel_notice: int
    recipients: list[str]
    answer_hours: int
    accepts_parties: bool
    kinds: list[AttendanceKindItem]
    next_free: str | None
    figures: AgendaStatistics


class AgendaList(BaseModel):
    """The published agendas, earliest free slot first."""

    items: list[AgendaItem]
    next: str | None = None


class SlotList(BaseModel):
    """Bookable slots, earliest first: at most two thousand.

    `next` is where the rest begins: ask again with it as `from`.
    """

    items: list[OpenSlot]
    next: str | None = None


class HoldRequest(BaseModel):
    """A slot to hold for five minutes."""

    start: AwareDatetime
    modality: str = Field(default="", max_length=12)
    kind: str = Field(default="", max_length=80)
    previous_token: str = Field(default="", max_length=100)


class HoldResponse(BaseModel):
    """A hold, valid until `expires_at`."""

    hold_token: str
    start: str
    end: str
    expires_at: str


class BookingResponse(ViewModel):
    """The readable code, and the token of the private page.

    `status`: `confirmed`, `preconfirmed` (waits for the link in the e-mail) or `pending` (waits
    for the gabinete's approval).
    """

    code: str
    token: str
    start: Moment
    end: Moment
    status: str


class ConfirmRequest(BaseModel):
    """Confirms an appointment; `key` is the one in the e-mail's link, if any."""

    key: str = Field(default="", max_length=100)


class AlternativeItem(ViewModel):
    """A slot that the gabinete offers to the lawyer; its token accepts it."""

    start: str
    token: str


class MoveRequest(BaseModel):
    """The new time."""

    start: AwareDatetime


class AppointmentResponse(ViewModel):
    """An appointment as the lawyer sees it."""

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
    requester: str
    institution: str
    registration: str
    kind: str
    instructions: str
    preferences: list[str]
    access_needs: list[str]
    booked_by: str
    answer_until: str
    lawyer_outcome: str
    can_report: bool
    complaint_protocol: str
    proofs: list[str]
    cancelled_by: str
    cancel_reason: str
    kept_until: str
    alternatives: list[AlternativeItem]


def _item(card: AgendaCard) -> AgendaItem:
    found = AgendaItem.model_validate(card)
    return found.model_copy(update={"next_free": card.next_free or None})


@get_and_head(router, "/agendas", response_model=AgendaList, dependencies=[NoParameters])
async def list_agendas(request: Request, address: ClientAddress) -> Response:
    """List the published agendas with the next free slot of each."""
    limits.check_rate_limit(READ, "agendas", address)
    cards = await db.read(queries.list_agendas, now=clock.now())
    return answer_model(request, AgendaList(items=[_item(card) for card in cards]), max_age=MAX_AGE)


@get_and_head(
    router,
    "/agendas/{slug}/slots",
    response_model=SlotList,
    dependencies=[Depends(accept_parameters("from", "to", "modality", "kind"))],
)
async def list_slots(  # noqa: PLR0913, PLR0917 (the parameters of the address)
    request: Request,
    slug: Slug,
    address: ClientAddress,
    first: Annotated[str, Query(alias="from", max_length=40, description=BOUND_HELP)] = "",
    last: Annotated[str, Query(alias="to", max_length=40, description=BOUND_HELP)] = "",
    modality: Annotated[Modality | Literal[""], Query()] = "",
    kind: Annotated[str, Query(max_length=80, description="A kind of attendance.")] = "",
) -> Response:
    """List the bookable slots from `from` to `to` (default: from today, for four weeks).

    A last day is included; a last moment is not.
    """
    limits.check_rate_limit(READ, "slots", address)
    now = clock.now()
    time_range = slot_queries.parse_time_range(first, last, now=now)
    found = await db.read(
        slot_queries.list_slots_in_range,
        slug,
        time_range,
        now=now,
        modality=modality,
        kind=kind,
        limit=MAX_SLOTS + 1,
    )
    following = found[MAX_SLOTS].start if len(found) > MAX_SLOTS else None
    page = SlotList(items=list(found[:MAX_SLOTS]), next=following)
    return answer_model(request, page, max_age=MAX_AGE)


@router.post("/agendas/{slug}/holds", status_code=201)
async def hold_slot(slug: Slug, request: HoldRequest, address: ClientAddress) -> HoldResponse:
    """Hold a slot for five minutes; 409 when it is taken."""
    limits.check_rate_limit(WRITE, "hold", address)
    held: HeldSlot = await db.write(
        holds.hold_slot,
        slug,
        request.start,
        request.modality,
        now=clock.now(),
        previous_token=request.previous_token,
        kind=request.kind,
        client=limits.address_mark("booking", address, now=clock.now()),
    )
    return HoldResponse(
        hold_token=held.token,
        start=clock.to_rfc3339(held.start),
        end=clock.to_rfc3339(held.end),
        expires_at=clock.to_rfc3339(held.expires_at),
    )


@router.delete("/agendas/{slug}/holds/{token}", status_code=204)
async def release_hold(slug: Slug, token: str, address: ClientAddress) -> None:  # noqa: ARG001 (the path names its agenda)
    """Release a hold."""
    limits.check_rate_limit(WRITE, "hold", address)
    await db.write(holds.release_hold, token)


@router.post("/agendas/{slug}/appointments", status_code=201)
async def book_slot(
    slug: Slug,
    address: ClientAddress,
    sent: schemas.BookingRequest,
    key: Annotated[str, Header(alias="Idempotency-Key", max_length=200)] = "",
) -> BookingResponse:
    """Book a slot; the same `Idempotency-Key` with the same body returns the same booking."""
    limits.check_rate_limit(BOOK, "book", address)
    request = sent.model_copy(update={"idempotency_key": key})
    now = clock.now()
    client = limits.address_mark("booking", address, now=now)
    return BookingResponse.model_validate(
        await db.write(booking.book, slug, request, now=now, client=client)
    )


@router.get("/appointments/{token}")
async def get_appointment(
    token: str, address: ClientAddress, response: Response
) -> AppointmentResponse:
    """Return an appointment by its private token."""
    limits.check_rate_limit(READ, "appointment", address)
    response.headers.update(NO_STORE_HEADERS)
    view: AppointmentView = await db.read(
        appointment_views.load_view_by_token, token, now=clock.now()
    )
    return AppointmentResponse.model_validate(view)


@router.delete("/appointments/{token}", status_code=204)
async def cancel_appointment(token: str, address: ClientAddress) -> None:
    """Cancel an appointment; a repeat changes nothing."""
    limits.check_rate_limit(WRITE, "appointment", address)
    await db.write(cancellation.cancel_by_link, token, now=clock.now())


@router.post("/appointments/{token}/confirm")
async def confirm_appointment(
    token: str, address: ClientAddress, request: ConfirmRequest | None = None
) -> BookingResponse:
    """Confirm an appointment by the key of the e-mail, or accept an offer by its token.

    409 when the slot is no longer reserved; a repeat changes nothing.
    """
    limits.check_rate_limit(WRITE, "appointment", address)
    key = request.key if request else ""
    return BookingResponse.model_validate(
        await db.write(booking.confirm_appointment, token, now=clock.now(), key=key)
    )


@router.post("/appointments/{token}/move")
async def move_appointment(
    token: str, request: MoveRequest, address: ClientAddress
) -> BookingResponse:
    """Move an appointment; 409 when the new slot is taken, and the old one is kept."""
    limits.check_rate_limit(WRITE, "appointment", address)
    return BookingResponse.model_validate(
        await db.write(cancellation.move_appointment, token, request.start, now=clock.now())
    )


@router.get("/appointments/{token}/invite.ics", response_class=Response)
async def get_invitation(token: str, address: ClientAddress) -> Response:
    """Return the appointment's current calendar file."""
    limits.check_rate_limit(READ, "appointment", address)
    body = await db.read(appointments.build_invitation, token, now=clock.now())
    headers = NO_STORE_HEADERS | attachment("atendimento.ics")
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)
