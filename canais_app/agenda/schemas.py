"""Validate and normalise the requests of lawyers; refusals are sentences in Portuguese."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    Field,
    field_validator,
    model_validator,
)

from canais_app.agenda.availability.slots import is_supported_year
from canais_app.agenda.models import Modality
from canais_app.directory.search import case_number
from canais_app.kit import contacts
from canais_app.kit.errors import InvalidError
from canais_app.settings import settings

_MIN_NAME_LETTERS = 3


def _one_line(sent: object) -> object:
    return " ".join(sent.split()) if isinstance(sent, str) else sent


def _check_day(day: date | None) -> date | None:
    if day is not None and not is_supported_year(day):
        raise ValueError("Escolha um dia deste século.")
    return day


REGISTRATION_FIELDS = (
    "name",
    "oab_number",
    "oab_uf",
    "email",
    "phone",
    "case_number",
    "subject",
    "modality",
    "consent",
)
SingleLine = Annotated[str, BeforeValidator(_one_line)]
EmptyIfNone = BeforeValidator(lambda sent: "" if sent is None else sent)
NoneIfEmpty = BeforeValidator(lambda sent: sent or None)
FormDay = Annotated[date, AfterValidator(_check_day)]
OptionalFormDay = Annotated[date | None, NoneIfEmpty, AfterValidator(_check_day)]


def to_supported_utc(start: datetime) -> datetime:
    """Return an aware moment in UTC.

    Raises:
        ValueError: its year is not supported.
    """
    if not is_supported_year(start):
        raise ValueError("Escolha um dos horários listados.")
    return start.astimezone(UTC)


def normalise_email(email: str) -> str:
    """Return a valid address in its normal form; demonstrations accept their own domain.

    Raises:
        ValueError: with the sentence for the field.
    """
    message = "Escreva um e-mail válido, como nome@exemplo.com.br."
    return contacts.clean_email(email, message, accept_demo=not settings().is_production)


class Lawyer(BaseModel):
    """A lawyer's name and OAB card. Its `repr` shows no personal data."""

    name: SingleLine = Field(max_length=120, repr=False)
    oab_number: Annotated[
        SingleLine, Field(max_length=12, repr=False), AfterValidator(contacts.clean_oab_number)
    ]
    oab_uf: Annotated[SingleLine, Field(max_length=2), AfterValidator(contacts.clean_oab_section)]

    @field_validator("name")
    @classmethod
    def _check_name(cls, name: str) -> str:
        if sum(c.isalpha() for c in name) < _MIN_NAME_LETTERS or not name.isprintable():
            raise ValueError("Escreva o nome completo, como consta na OAB.")
        return name

    @property
    def oab(self) -> str:
        """The OAB as limits compare it: `MT000123A`."""
        return f"{self.oab_uf}{self.oab_number}"


class _LawyerRequest(Lawyer):
    """A lawyer's contacts and subject. Its `repr` shows no personal data."""

    modality: Annotated[str, EmptyIfNone] = ""
    email: Annotated[SingleLine, Field(max_length=200, repr=False), AfterValidator(normalise_email)]
    phone: SingleLine = Field(max_length=30, repr=False)
    case_number: Annotated[SingleLine, EmptyIfNone] = Field(default="", max_length=40, repr=False)
    subject: SingleLine = Field(max_length=200, repr=False)
    consent: bool

    @field_validator("modality")
    @classmethod
    def _check_modality(cls, modality: str) -> str:
        if modality and modality not in set(Modality):
            raise ValueError("Escolha uma das modalidades desta agenda.")
        return modality

    @field_validator("phone")
    @classmethod
    def _clean_phone(cls, phone: str) -> str:
        return contacts.clean_phone(phone, "Escreva o telefone com DDD, como (65) 3000-0000.")

    @field_validator("case_number")
    @classmethod
    def _clean_case_number(cls, number: str) -> str:
        if not number:
            return ""
        try:
            return case_number.parse_case_number(number).digits
        except InvalidError as refusal:
            raise ValueError(refusal.errors.get("number", refusal.message)) from None

    @field_validator("subject")
    @classmethod
    def _check_subject(cls, subject: str) -> str:
        if sum(c.isalnum() for c in subject) < _MIN_NAME_LETTERS or not subject.isprintable():
            raise ValueError("Diga em uma linha o assunto do atendimento.")
        return subject

    @field_validator("consent")
    @classmethod
    def _require_consent(cls, consent: bool) -> bool:  # noqa: FBT001 (pydantic passes it by position)
        if not consent:
            raise ValueError("Marque a concordância com o uso dos dados para marcar o horário.")
        return consent


class BookingRequest(_LawyerRequest):
    """A request for one slot of an agenda."""

    start: Annotated[AwareDatetime, AfterValidator(to_supported_utc)]
    hold_token: Annotated[str, EmptyIfNone] = Field(default="", max_length=100, repr=False)
    idempotency_key: Annotated[str, EmptyIfNone] = Field(default="", max_length=200, repr=False)


class WaitlistRequest(_LawyerRequest):
    """A request to wait for a slot from `first` to `last`, both included.

    Without days it waits for any; without modality, for any of the agenda's.
    """

    first: OptionalFormDay = Field(default=None, alias="from")
    last: OptionalFormDay = Field(default=None, alias="to")

    @model_validator(mode="after")
    def _check_order(self) -> "WaitlistRequest":
        if self.first and self.last and self.last < self.first:
            raise InvalidError.at("to", "O fim vem antes do começo.")
        return self
