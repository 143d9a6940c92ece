"""Forms of reporters, and what the staff pages of complaints share."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
)

from canais_app.complaints.kinds import KIND_BY_CODE, ComplaintKindCode
from canais_app.complaints.lifecycle import MAX_REPORT_AGE
from canais_app.directory.channels import ChannelKind
from canais_app.kit import contacts
from canais_app.kit.errors import InvalidError, error_from_validation
from canais_app.kit.forms import parse_form
from canais_app.kit.text import pluralise
from canais_app.settings import settings

MAX_TEXT_LENGTH = 2000
CLOCK_TOLERANCE = timedelta(minutes=5)  # a visitor's clock may be ahead by this much
_CHANNELS = frozenset(str(kind) for kind in ChannelKind)
# Joiners of emoji and of some scripts, and the letters of flags, are not "printable".
_KEPT = frozenset("\n\t\u200c\u200d") | {chr(code) for code in range(0xE0020, 0xE0080)}


def _printable(sent: object) -> object:
    """Return the text without control characters and changes of direction."""
    if not isinstance(sent, str):
        return sent
    return "".join(c for c in sent if c.isprintable() or c in _KEPT).strip()


def _one_line(sent: object) -> object:
    return " ".join(sent.split()) if isinstance(sent, str) else sent


def _email(address: str) -> str:
    message = "Escreva um e-mail completo, como nome@provedor.com.br."
    accept_demo = not settings().is_production
    return contacts.clean_email(address, message, accept_demo=accept_demo) if address else ""


def _channel(sent: str) -> str:
    if sent and sent not in _CHANNELS:
        raise ValueError("Escolha um canal desta unidade.")
    return sent


def _empty(sent: str) -> str:
    if sent:
        raise ValueError("Deixe este campo vazio: ele existe para barrar envios automáticos.")
    return sent


# The limit stands first, or pydantic would not know it for one of a text.
ReportText = Annotated[
    str, StringConstraints(max_length=MAX_TEXT_LENGTH), BeforeValidator(_printable)
]
RequiredText = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_TEXT_LENGTH), BeforeValidator(_printable)
]
SingleLine = BeforeValidator(lambda sent: _one_line(_printable(sent)))
Email = Annotated[str, StringConstraints(max_length=200), SingleLine, AfterValidator(_email)]


class Report(BaseModel):
    """A report as it is sent. `occurred_at` without a value means now; `unit` is a slug."""

    unit: Annotated[str, StringConstraints(min_length=1, max_length=160), SingleLine]
    channel: Annotated[
        str,
        Field(json_schema_extra={"enum": ["", *ChannelKind]}),
        SingleLine,
        AfterValidator(_channel),
    ] = ""
    kind: ComplaintKindCode
    occurred_at: AwareDatetime | None = None
    text: ReportText = ""
    name: Annotated[str, StringConstraints(max_length=120), SingleLine] = ""
    email: Email = ""
    idempotency_key: Annotated[str, StringConstraints(max_length=100), SingleLine] = ""
    site: Annotated[str, AfterValidator(_empty)] = ""  # hidden from people; programs fill it


class ComplaintMessageForm(BaseModel):
    """A message of the reporter or of staff."""

    text: RequiredText


class RatingForm(BaseModel):
    """What an answer was worth; one of the two at a time is enough."""

    is_resolved: bool | None = None
    is_useful: bool | None = None


def parse_report(sent: Mapping[str, Any], *, now: datetime) -> Report:
    """Validate a report; all errors are told at once.

    Raises:
        InvalidError: one sentence per invalid field.
    """
    errors: dict[str, str] = {}
    report = None
    try:
        report = Report.model_validate(dict(sent))
    except ValidationError as wrong:
        errors = error_from_validation(wrong).errors
    kind, channel = sent.get("kind"), sent.get("channel")
    if not kind:
        errors["kind"] = "Escolha o que aconteceu."
    found = missing_channel_errors(str(kind), str(channel or ""))
    if report and report.occurred_at:
        found |= moment_errors(report.occurred_at, now=now)
    errors = found | errors
    if report is None or errors:
        count = pluralise(len(errors), "campo", "campos")
        raise InvalidError(f"Falta corrigir {count}.", errors)
    return report


def missing_channel_errors(kind: str, channel: str) -> dict[str, str]:
    """Return the error of a kind that belongs to some channels and is sent without one."""
    row = KIND_BY_CODE.get(kind)
    needs_channel = row is not None and bool(row.channels)
    return {"channel": "Escolha o canal que falhou."} if needs_channel and not channel else {}


def moment_errors(occurred_at: datetime, *, now: datetime) -> dict[str, str]:
    """Return the error of a moment in the future or more than 30 days ago."""
    if occurred_at > now + CLOCK_TOLERANCE:
        return {"occurred_at": "A falha precisa já ter acontecido."}
    if occurred_at < now - MAX_REPORT_AGE:
        return {"occurred_at": "Relate falhas dos últimos 30 dias; as mais antigas, à Ouvidoria."}
    return {}


class IdentityReasonForm(BaseModel):
    """The reason to open an identity."""

    why: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class ProtocolForm(BaseModel):
    """A protocol as a staff page sends it."""

    protocol: Annotated[str, StringConstraints(pattern=r"^[0-9-]{1,16}$")]


def parse_protocol(sent: object) -> str:
    """Return a protocol that a staff page sent.

    Raises:
        InvalidError: it cannot be one.
    """
    return parse_form(ProtocolForm, {"protocol": sent}).protocol
