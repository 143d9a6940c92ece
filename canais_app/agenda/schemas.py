"""Validate and normalise the requests of lawyers; refusals are sentences in Portuguese."""

import base64
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from canais_app.agenda.availability.slots import is_supported_year
from canais_app.agenda.models import Modality, Requester
from canais_app.directory.search import case_number
from canais_app.kit import contacts
from canais_app.kit.encryption import keyed_digest
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
    "requester",
    "name",
    "oab_number",
    "oab_uf",
    "institution",
    "registration",
    "email",
    "phone",
    "case_number",
    "subject",
    "kind",
    "booked_by_name",
    "booked_by_email",
    "modality",
    "consent",
)
MISSING_TEXT = "Preencha este campo."
OTHER_SECTION_TEXT = "Este número é da OAB/{pasted}, e a UF escolhida é {chosen}. Confira as duas."
# The first letter of a stored registration; a lawyer's begins with the section.
LETTERS = {
    Requester.PUBLIC_DEFENDER: "D",
    Requester.PROSECUTOR: "M",
    Requester.PUBLIC_ATTORNEY: "P",
}
PARTY_DIGEST = 11  # characters
Preference = Literal["idoso", "pcd", "gestante_lactante", "reu_preso"]
AccessNeed = Literal["libras", "legenda", "rampa", "leitor_de_tela", "outra"]
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
    """A person who asks for an appointment, and their registration.

    A lawyer has an OAB card; a public defender, prosecutor or public attorney an institution and
    a registration in it, `oab_uf` being its state, or empty for a federal one; a party has none.
    The `repr` shows no personal data.
    """

    requester: Requester = Requester.LAWYER
    name: SingleLine = Field(max_length=120, repr=False)
    oab_uf: Annotated[SingleLine, Field(max_length=2)] = Field(default="", validate_default=True)
    oab_number: Annotated[SingleLine, Field(max_length=30, repr=False)] = Field(
        default="", validate_default=True
    )
    institution: SingleLine = Field(default="", max_length=120, validate_default=True)
    registration: SingleLine = Field(default="", max_length=30, repr=False, validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _read_pasted_section(cls, sent: Any) -> Any:  # noqa: ANN401 (what a client sent)
        """Let `OAB/MT 1.234` fill in the section when none is chosen."""
        if not isinstance(sent, Mapping) or sent.get("oab_uf"):
            return sent
        number = sent.get("oab_number")
        section = contacts.find_oab_section(number) if isinstance(number, str) else ""
        return {**sent, "oab_uf": section} if section else sent

    @field_validator("name")
    @classmethod
    def _check_name(cls, name: str) -> str:
        if sum(c.isalpha() for c in name) < _MIN_NAME_LETTERS or not name.isprintable():
            raise ValueError("Escreva o nome completo, como consta na OAB.")
        return name

    @field_validator("oab_uf")
    @classmethod
    def _check_section(cls, section: str, info: ValidationInfo) -> str:
        requester = info.data.get("requester")
        if requester == Requester.PARTY or (requester in LETTERS and not section):
            return ""
        if not section:
            raise ValueError(MISSING_TEXT)
        return contacts.clean_oab_section(section)

    @field_validator("oab_number")
    @classmethod
    def _check_number(cls, number: str, info: ValidationInfo) -> str:
        if info.data.get("requester") != Requester.LAWYER:
            return ""
        if not number:
            raise ValueError(MISSING_TEXT)
        chosen, pasted = info.data.get("oab_uf", ""), contacts.find_oab_section(number)
        if chosen and pasted and chosen != pasted:
            raise ValueError(OTHER_SECTION_TEXT.format(pasted=pasted, chosen=chosen))
        return contacts.clean_oab_number(number)

    @field_validator("institution")
    @classmethod
    def _check_institution(cls, name: str, info: ValidationInfo) -> str:
        if info.data.get("requester") not in LETTERS:
            return ""
        if sum(c.isalpha() for c in name) < _MIN_NAME_LETTERS or not name.isprintable():
            raise ValueError("Escreva o nome da instituição.")
        return name

    @field_validator("registration")
    @classmethod
    def _check_registration(cls, number: str, info: ValidationInfo) -> str:
        if info.data.get("requester") not in LETTERS:
            return ""
        if not number:
            raise ValueError(MISSING_TEXT)
        return contacts.clean_registration(number)

    @property
    def oab(self) -> str:
        """The registration as limits compare it: `MT000123A`; `DMT45` of an institution.

        A party's is a digest of the e-mail address: at most 12 characters each.
        """
        if self.requester == Requester.LAWYER:
            return f"{self.oab_uf}{self.oab_number}"
        if self.requester == Requester.PARTY:
            digest = base64.b32encode(keyed_digest("party", getattr(self, "email", self.name)))
            return f"{contacts.PARTY_LETTER}{digest.decode()[:PARTY_DIGEST]}"
        return f"{LETTERS[self.requester]}{self.oab_uf or contacts.FEDERAL}{self.registration}"


class _LawyerRequest(Lawyer):
    """A lawyer's contacts and subject. Its `repr` shows no personal data."""

    modality: Annotated[str, EmptyIfNone] = ""
    email: Annotated[SingleLine, Field(max_length=200, repr=False), AfterValidator(normalise_email)]
    phone: SingleLine = Field(max_length=30, repr=False)
    case_number: Annotated[SingleLine, EmptyIfNone] = Field(default="", max_length=80, repr=False)
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
    """A request for one slot of an agenda.

    `kind` is one of the agenda's kinds of attendance; empty: the first. Who books for another
    person is named in `booked_by_name` and `booked_by_email`, both or neither.
    """

    start: Annotated[AwareDatetime, AfterValidator(to_supported_utc)]
    kind: Annotated[SingleLine, EmptyIfNone] = Field(default="", max_length=80)
    preferences: list[Preference] = Field(default_factory=list, max_length=4)
    access_needs: list[AccessNeed] = Field(default_factory=list, max_length=5)
    booked_by_name: Annotated[SingleLine, EmptyIfNone] = Field(
        default="", max_length=120, repr=False
    )
    booked_by_email: Annotated[SingleLine, EmptyIfNone] = Field(
        default="", max_length=200, repr=False
    )
    hold_token: Annotated[str, EmptyIfNone] = Field(default="", max_length=100, repr=False)
    idempotency_key: Annotated[str, EmptyIfNone] = Field(default="", max_length=200, repr=False)

    @field_validator("booked_by_email")
    @classmethod
    def _clean_booker(cls, email: str) -> str:
        return normalise_email(email) if email else ""

    @model_validator(mode="after")
    def _name_the_booker(self) -> Self:
        name, email = self.booked_by_name, self.booked_by_email
        if bool(name) != bool(email):
            missing = "booked_by_email" if name else "booked_by_name"
            raise InvalidError.at(missing, "Diga o nome e o e-mail de quem marca.")
        if email and email == self.email:
            raise InvalidError.at(
                "booked_by_email", "Use outro e-mail: este é o de quem será atendida(o)."
            )
        return self


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
