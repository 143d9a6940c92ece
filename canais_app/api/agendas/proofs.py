"""The lawyer's outcome, proofs and their verification, and disputes in the API."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from canais_app import routes
from canais_app.agenda import proof_pdf, proofs, schemas
from canais_app.agenda.booking import disputes, outcomes
from canais_app.agenda.models import Outcome
from canais_app.api.deps import NO_STORE_HEADERS, ClientAddress, Slug, ViewModel, attachment
from canais_app.kit import clock, db, limits
from canais_app.settings import settings

router = APIRouter(prefix=routes.API, tags=["agendas"])
READ, WRITE = "240/minute", "60/minute"
PROVE, VERIFY, DISPUTE = "10/hour", "30/minute", "5/hour"
ProofCode = Annotated[str, Path(max_length=20)]


class OutcomeResponse(BaseModel):
    """What the lawyer said, and the protocol of the complaint filed about it, if any."""

    lawyer_outcome: str
    complaint_protocol: str


class ProofRequest(BaseModel):
    """What to prove; one of the appointment's `proofs`."""

    kind: str = Field(max_length=20)


class ProofResponse(BaseModel):
    """The code that anybody may verify, and the address of its page."""

    code: str
    url: str


class ProofFacts(ViewModel):
    """What a code proves: nothing about a person."""

    code: str
    kind: str
    title: str
    agenda: str
    unit: str
    happened_at: str
    appointment_words: str


class DisputeRequest(schemas.Lawyer):
    """A registration that somebody else has used; only its fields count."""

    name: schemas.SingleLine = Field(default="Titular da inscrição", max_length=120)
    institution: schemas.SingleLine = Field(default="Instituição", max_length=120)


class Sentence(BaseModel):
    """An answer in words."""

    detail: str


@router.post("/appointments/{token}/not-attended")
async def report_not_attended(token: str, address: ClientAddress) -> OutcomeResponse:
    """Say that nobody came, from the start of the time on; files a complaint of its own kind."""
    return await _report(token, Outcome.NOT_ATTENDED, address)


@router.post("/appointments/{token}/attended")
async def report_attended(token: str, address: ClientAddress) -> OutcomeResponse:
    """Say that the appointment took place."""
    return await _report(token, Outcome.ATTENDED, address)


async def _report(token: str, outcome: Outcome, address: str) -> OutcomeResponse:
    limits.check_rate_limit(WRITE, "appointment", address)
    protocol = await db.write(
        outcomes.report_outcome, token, outcome, now=clock.now(), address=address
    )
    return OutcomeResponse(lawyer_outcome=outcome, complaint_protocol=protocol)


@router.post("/appointments/{token}/proofs", status_code=201)
async def issue_proof(token: str, request: ProofRequest, address: ClientAddress) -> ProofResponse:
    """Issue a proof of an appointment; the same fact has the same code."""
    limits.check_rate_limit(WRITE, "appointment", address)
    return _proof(await db.write(proofs.issue_proof, token, request.kind, now=clock.now()))


@router.get("/appointments/{token}/proofs/{code}.pdf", response_class=Response)
async def get_proof_pdf(token: str, code: str, address: ClientAddress) -> Response:
    """Return a proof as a PDF with the person's name, for the owner of the private link."""
    limits.check_rate_limit(READ, "appointment", address)
    shown = await db.read(proofs.load_private_proof, token, code, now=clock.now())
    return await _pdf(shown)


@router.post("/agendas/{slug}/no-free-time-proofs", status_code=201)
async def prove_no_free_time(slug: Slug, address: ClientAddress) -> ProofResponse:
    """Issue a proof that an agenda has no free time now; 422 when it has."""
    limits.check_rate_limit(PROVE, "no-free-time", address)
    return _proof(await db.write(proofs.issue_no_free_time, slug, now=clock.now()))


@router.get("/verify/{code}")
async def verify_proof(code: ProofCode, address: ClientAddress) -> ProofFacts:
    """Tell what a proof's code proves: what and when, and nothing about a person."""
    limits.check_rate_limit(VERIFY, "verify", address)
    return ProofFacts.model_validate(await db.read(proofs.verify_proof, code, now=clock.now()))


@router.get("/verify/{code}/pdf", response_class=Response)
async def get_public_proof_pdf(code: ProofCode, address: ClientAddress) -> Response:
    """Return a proof as a PDF without the person's name."""
    limits.check_rate_limit(VERIFY, "verify", address)
    found = await db.read(proofs.verify_proof, code, now=clock.now())
    return await _pdf(proofs.PrivateProof(found))


@router.post("/agendas/{slug}/disputes", status_code=202)
async def dispute_registration(
    slug: Slug, address: ClientAddress, request: DisputeRequest
) -> Sentence:
    """Say “não fui eu”: tells who booked with this registration, and the gabinete.

    The answer is the same whether anybody had.
    """
    limits.check_rate_limit(DISPUTE, "dispute", address)
    said = await db.write(disputes.dispute_registration, slug, request.oab, now=clock.now())
    return Sentence(detail=said)


def _proof(code: str) -> ProofResponse:
    return ProofResponse(code=code, url=settings().base_url + routes.proof(code))


async def _pdf(shown: proofs.PrivateProof) -> Response:
    body = await asyncio.to_thread(
        proof_pdf.render_proof, shown, settings().base_url, is_demo=not settings().is_production
    )
    headers = NO_STORE_HEADERS | attachment(f"comprovante-{shown.proof.code}.pdf")
    return Response(body, media_type="application/pdf", headers=headers)
