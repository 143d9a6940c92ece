"""What people send about units and channels, checked field by field: one sentence for each."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    ValidationInfo,
    create_model,
    model_validator,
)

from canais_app.directory import values
from canais_app.directory.channels import ChannelKind, type_of
from canais_app.directory.models import Feature, UnitKind
from canais_app.directory.unit_fields import TEXT_FIELDS

DAYS = tuple(f"day{day}" for day in range(7))  # the fields of a week, Monday first
MOST_LISTED = 2000


def _words(sent: object) -> str:
    if not isinstance(sent, str):
        raise ValueError("Escreva um texto.")  # noqa: TRY004 (pydantic reads ValueError)
    return sent


def _listed(sent: object) -> list[str]:
    """Read names separated by commas or new lines."""
    words = _words(sent)
    if len(words) > MOST_LISTED:
        raise ValueError(f"Use até {MOST_LISTED} letras.")
    return values.tags(words.replace("\n", ",").split(","))


def _contact(sent: str, info: ValidationInfo) -> str:
    """Check a contact by the kind that was sent before it."""
    kind = info.data.get("kind")
    return type_of(kind).clean(sent) if kind else sent


def _line(most: int, least: int = 0) -> AfterValidator:
    return AfterValidator(lambda sent: values.line(sent, most, least))


Name = Annotated[str, _line(200, 3)]
Line80 = Annotated[str, _line(80)]
Line200 = Annotated[str, _line(200)]
Listed = Annotated[list[str], BeforeValidator(_listed)]
Day = Annotated[list[list[str]], BeforeValidator(lambda sent: values.periods(_words(sent)))]
Contact = Annotated[str, AfterValidator(_contact)]
Code = Annotated[str, AfterValidator(values.code)]
Features = Annotated[dict[str, dict[str, str]], AfterValidator(values.features)]
Number = Annotated[int, Field(ge=-(2**31), lt=2**31)]  # what both databases hold
NO_TIME: list[list[str]] = []


class Week(BaseModel):
    """The hours of each weekday; all blank: the court's public hours (of a channel: the unit's)."""

    day0: Day = NO_TIME
    day1: Day = NO_TIME
    day2: Day = NO_TIME
    day3: Day = NO_TIME
    day4: Day = NO_TIME
    day5: Day = NO_TIME
    day6: Day = NO_TIME

    @property
    def hours(self) -> dict[str, list[list[str]]]:
        """Return the week as it is stored."""
        read = {str(day): getattr(self, name) for day, name in enumerate(DAYS)}
        return read if any(read.values()) else {}


_TEXTS: dict[str, Any] = {
    field.name: (Annotated[str, _line(field.max_length)], "") for field in TEXT_FIELDS
}
_Texts = create_model("_Texts", **_TEXTS)


class UnitDraft(Week, _Texts):
    """A unit's fields as its editor sends them."""

    name: Name
    kind: UnitKind
    competences: Listed = []
    aliases: Listed = []
    former_names: Listed = []
    accessibility: Features = {}

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, sent: Any) -> Any:  # noqa: ANN401 (what a browser sent)
        """Gather `has_rampa` and `note_rampa` into what is known of the building."""
        if not isinstance(sent, dict):
            return sent
        known = {
            one.value: {"has": sent.get(f"has_{one}") or "", "note": sent.get(f"note_{one}") or ""}
            for one in Feature
        }
        return {**sent, "accessibility": known}

    def columns(self) -> dict[str, Any]:
        """Return what the unit stores."""
        return {**self.model_dump(mode="json", exclude=set(DAYS)), "hours": self.hours}


class ChannelDraft(Week):
    """A channel's fields as its editor sends them; its contact by the rules of its kind."""

    kind: ChannelKind
    value: Contact
    label: Line80 = ""
    note: Line200 = ""

    def columns(self) -> dict[str, Any]:
        """Return what the channel stores, but for its kind, which does not change."""
        return {"value": self.value, "label": self.label, "note": self.note, "hours": self.hours}


class Basis(BaseModel):
    """Which version a form was filled from, and the newest that its author was shown."""

    version: Number
    seen: Number


class UnitCode(BaseModel):
    """Which unit is meant, by its code."""

    code: Line80


class NewUnit(BaseModel):
    """A unit to create, under another one or, as a root, in a comarca or in none."""

    name: Name
    code: Code
    kind: UnitKind
    degree: Literal[1, 2] = 1
    parent: Line80 = ""  # its code
    comarca: Line80 = ""  # its slug


class NewPlace(BaseModel):
    """Where a unit moves: under another one or, as a root, to a comarca or to none."""

    parent: Line80 = ""
    comarca: Line80 = ""


class ProposalDraft(BaseModel):
    """What a visitor says that a channel should be."""

    channel: Number
    wrong: Literal["valor", "extinto"]
    value: Annotated[str, _line(300)] = ""
    note: Annotated[str, _line(300)] = ""
    email: Annotated[str, AfterValidator(lambda sent: values.email(sent) if sent else "")] = ""
