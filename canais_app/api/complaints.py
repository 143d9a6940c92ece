"""Complaints in the API: file, track, statistics."""

from datetime import date
from typing import Annotated, Any, Literal, NamedTuple

from fastapi import APIRouter, Body, Depends, Header, Path, Query, Response
from pydantic import BaseModel, Field

from canais_app import routes
from canais_app.api.deps import (
    NO_STORE_HEADERS,
    ClientAddress,
    Day,
    Moment,
    Slug,
    TokenActor,
    ViewModel,
)
from canais_app.api.openapi import body_schema
from canais_app.complaints import queries, reporter, service, visits
from canais_app.complaints.schemas import ComplaintMessageForm, RatingForm, Report, parse_report
from canais_app.complaints.statistics.summary import count_complaints
from canais_app.directory.channels import ChannelKind
from canais_app.kit import clock, db, limits

router = APIRouter(prefix=routes.API, tags=["relatos"])
# TRACK limits guesses of a secret.
TRACK, VISITS = "30/minute", "120/minute"
ProtocolPath = Annotated[str, Path(max_length=5000)]
ChannelPath = Annotated[ChannelKind, Path()]
CasePath = Annotated[str, Path(max_length=12)]
IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", max_length=100)]


class FiledResponse(ViewModel):
    """Protocol and secret, which open the complaint again. The secret is shown only once."""

    protocol: str
    secret: str
    due_at: Moment


class MeTooRequest(BaseModel):
    """Where it happened, for a case of several units or channels."""

    unit: Annotated[str, Field(max_length=160)] = ""
    channel: ChannelKind | Literal[""] = ""


class VisitRequest(BaseModel):
    """The button that was used."""

    unit: Annotated[str, Field(min_length=1, max_length=160)]
    channel: ChannelKind


class MeTooResponse(BaseModel):
    """Whether this person was counted now; False: counted before, today."""

    counted: bool


class StepItem(ViewModel):
    """A step in the timeline of a complaint."""

    at: Moment = Field(validation_alias="moment")
    title: str
    who: str
    text: str


class ComplaintResponse(ViewModel):
    """A complaint as its author sees it."""

    protocol: str
    status: str
    status_words: str
    unit: str
    unit_slug: str
    channel: str
    kind: str
    text: str
    occurred_at: Moment
    created_at: Moment
    due_at: Moment
    deadline: str
    may_reopen: bool
    may_rate: bool
    is_waiting: bool
    is_resolved: bool | None
    is_useful: bool | None
    steps: list[StepItem]


class StatItem(BaseModel):
    """A count of complaints."""

    unit: str | None
    unit_name: str | None
    day: date | None
    count: int


class StatList(BaseModel):
    """Counts by the chosen grouping."""

    items: list[StatItem]
    next: str | None = None


@router.post("/complaints", status_code=201)
async def file_complaint(
    sent: Annotated[dict[str, Any], Body(), body_schema(Report, "idempotency_key", "site")],
    response: Response,
    address: ClientAddress,
    idempotency_key: IdempotencyKey = "",
) -> FiledResponse:
    """Report a failure: `unit`, `channel`, `kind`; optional `occurred_at`, `text`, `name`, `email`.

    Without name and e-mail it is anonymous. An `Idempotency-Key` should be random (a UUID): it and
    the same report return the same secret again; with another report it answers 409.
    """
    now = clock.now()
    report = parse_report({**sent, "idempotency_key": idempotency_key}, now=now)
    fingerprint = service.reporter_fingerprint(address, now=now)
    filed = await db.write(service.file_complaint, report, now=now, reporter=fingerprint)
    response.headers.update(NO_STORE_HEADERS)
    return FiledResponse.model_validate(filed)


@router.post("/units/{slug}/channels/{channel}/me-too")
async def count_me_too(slug: Slug, channel: ChannelPath, address: ClientAddress) -> MeTooResponse:
    """Count who met the same failure, without a report: once per unit, channel and day."""
    now = clock.now()
    reporter = service.reporter_fingerprint(address, now=now)
    return MeTooResponse(
        counted=await db.write(service.count_me_too, slug, channel, now=now, reporter=reporter)
    )


@router.post("/incidents/{code}/me-too")
async def count_me_too_of_case(
    code: CasePath, address: ClientAddress, sent: MeTooRequest | None = None
) -> MeTooResponse:
    """Count who met a public situation or incident, named by its code.

    `unit` and `channel` are needed when the case has several.
    """
    now, place = clock.now(), sent or MeTooRequest()
    reporter = service.reporter_fingerprint(address, now=now)
    counted = await db.write(
        service.count_me_too_of_case, code, place.unit, place.channel, now=now, reporter=reporter
    )
    return MeTooResponse(counted=counted)


@router.post("/visits", status_code=204)
async def count_visit(sent: VisitRequest, address: ClientAddress) -> None:
    """Count the use of a channel's button, without identity: rates are reports per visit."""
    limits.check_rate_limit(VISITS, "visit", address)
    await db.write(visits.count_visit, sent.unit, sent.channel, now=clock.now())


class TrackedReport(NamedTuple):
    """The report that a request names, and the secret that opens it."""

    protocol: str
    secret: str


def _track(
    protocol: ProtocolPath,
    response: Response,
    address: ClientAddress,
    secret: Annotated[str, Header(alias="X-Complaint-Secret")] = "",
) -> TrackedReport:
    """Limit guesses of a secret; keep the answer out of caches."""
    limits.check_rate_limit(TRACK, "track", address)
    response.headers.update(NO_STORE_HEADERS)
    return TrackedReport(protocol, secret)


Tracked = Annotated[TrackedReport, Depends(_track)]


@router.get("/complaints/{protocol}")
async def read_complaint(report: Tracked) -> ComplaintResponse:
    """Return a complaint. A wrong secret and an unknown protocol get the same answer."""
    return await _answer(report)


@router.post("/complaints/{protocol}/messages", status_code=201)
async def write_message(report: Tracked, sent: ComplaintMessageForm) -> ComplaintResponse:
    """Add `text` to a report."""
    await db.write(reporter.add_reporter_message, *report, sent.text, now=clock.now())
    return await _answer(report)


@router.post("/complaints/{protocol}/rating")
async def rate_answer(report: Tracked, sent: RatingForm) -> ComplaintResponse:
    """Say whether the answer solved the failure (`is_resolved`) and was useful (`is_useful`)."""
    await db.write(reporter.rate_answer, *report, sent, now=clock.now())
    return await _answer(report)


@router.delete("/complaints/{protocol}/text")
async def withdraw_text(report: Tracked) -> ComplaintResponse:
    """Remove the text, the reporter's messages and the photo; the report itself stays."""
    await db.write(reporter.withdraw_text, *report, now=clock.now())
    return await _answer(report)


@router.post("/complaints/{protocol}/reopen")
async def reopen_complaint(report: Tracked, sent: ComplaintMessageForm) -> ComplaintResponse:
    """Reopen an answered or closed report; `text` says why."""
    await db.write(reporter.reopen_complaint, *report, sent.text, now=clock.now())
    return await _answer(report)


async def _answer(report: TrackedReport) -> ComplaintResponse:
    view = await db.read(queries.load_reporter_view, *report, now=clock.now())
    return ComplaintResponse.model_validate(view)


@router.get("/stats/complaints")
async def get_statistics(
    actor: TokenActor,
    first: Annotated[Day, Query(alias="from")],
    last: Annotated[Day, Query(alias="to")],
    by: Literal["unit", "day", "unit,day", "day,unit"] = "unit",
) -> StatList:
    """Count complaints (staff), by unit, day, or both."""
    parts = frozenset(by.split(","))
    rows = await db.read(count_complaints, actor, first, last, parts)
    return StatList(
        items=[
            StatItem(
                unit=row.unit or None, unit_name=row.unit_name or None, day=row.day, count=row.count
            )
            for row in rows
        ]
    )
