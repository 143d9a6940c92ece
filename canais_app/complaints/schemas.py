"""What people send about a failure, checked as far as can be without the database."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, StringConstraints

from canais_app.complaints.lifecycle import MAX_REPORT_AGE
from canais_app.complaints.models import COMPLAINT_KINDS, ComplaintKindCode
from canais_app.directory.channels import ChannelKind
from canais_app.kit import contacts
from canais_app.kit.errors import InvalidError
from canais_app.settings import settings

MAX_TEXT_LENGTH = 2000
CLOCK_TOLERANCE = timedelta(minutes=5)  # a visitor's clock may be that much early
KINDS_OF_ANY_CHANNEL = frozenset(row.kind for row in COMPLAINT_KINDS if not row.needs_channel)


def _printable(sent: object) -> object:
    if not isinstance(sent, str):
        return sent
    return "".join(c for c in sent if c.isprintable() or c in "\n\t").strip()


def _one_line(sent: object) -> object:
    return " ".join(sent.split()) if isinstance(sent, str) else sent


def _email(address: str) -> str:
    message = "Escreva um e-mail completo, como nome@provedor.com.br."
    accept_demo = not settings().is_production
    return contacts.clean_email(address, message, accept_demo=accept_demo) if address else ""


Printable = BeforeValidator(_printable)
SingleLine = BeforeValidator(_one_line)
ReportText = Annotated[str, Printable, StringConstraints(max_length=MAX_TEXT_LENGTH)]
RequiredText = Annotated[
    str, Printable, StringConstraints(min_length=1, max_length=MAX_TEXT_LENGTH)
]
Email = Annotated[
    str, Printable, SingleLine, StringConstraints(max_length=200), AfterValidator(_email)
]


class Report(BaseModel):
    """One report. `occurred_at` without a value means now; `unit` is a slug."""

    unit: Annotated[str, Printable, StringConstraints(min_length=1, max_length=160)]
    channel: Literal[""] | ChannelKind = ""
    kind: ComplaintKindCode
    occurred_at: AwareDatetime | None = None
    text: ReportText = ""
    name: Annotated[str, Printable, SingleLine, StringConstraints(max_length=120)] = ""
    email: Email = ""
    idempotency_key: Annotated[str, Printable, StringConstraints(max_length=100)] = ""


class ComplaintMessageForm(BaseModel):
    """Something written by a person or by staff about a complaint."""

    text: RequiredText


def resolve_occurred_at(report: Report, *, now: datetime) -> datetime:
    """Return when it happened.

    Raises:
        InvalidError: in the future, or longer ago than 30 days.
    """
    moment = report.occurred_at or now
    if moment > now + CLOCK_TOLERANCE:
        raise InvalidError(
            "Confira quando aconteceu.", {"occurred_at": "A falha precisa já ter acontecido."}
        )
    if moment < now - MAX_REPORT_AGE:
        raise InvalidError(
            "Confira quando aconteceu.",
            {"occurred_at": "Relate falhas dos últimos 30 dias; as mais antigas, à Ouvidoria."},
        )
    return min(moment, now)


def resolve_channel(report: Report, published: frozenset[str]) -> str:
    """Return the channel that failed: one that the unit publishes, unless the kind allows others.

    Raises:
        InvalidError: no channel was chosen, or the unit has no such channel.
    """
    if report.kind in KINDS_OF_ANY_CHANNEL or report.channel in published:
        return str(report.channel)
    if not report.channel:
        raise InvalidError("Falta dizer o canal.", {"channel": "Escolha o canal que falhou."})
    raise InvalidError(
        "Esta unidade não publica esse canal.", {"channel": "Escolha um canal desta unidade."}
    )
