"""What people send about units and channels, checked field by field: one sentence for each."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ValidationInfo,
    create_model,
    model_validator,
)

from canais_app.directory import validation
from canais_app.directory.channels import ChannelKind, type_of
from canais_app.directory.models import TEXT_FIELDS, Feature, UnitKind
from canais_app.kit.forms import RowId

DAY_FIELDS = tuple(f"day{day}" for day in range(7))  # the fields of a week, Monday first
MAX_LIST_LENGTH = 2000


def _require_text(sent: object) -> str:
    if not isinstance(sent, str):
        raise ValueError("Escreva um texto.")  # noqa: TRY004 (pydantic reads ValueError)
    return sent


def _listed(sent: object) -> list[str]:
    """Read names separated by commas or new lines."""
    words = _require_text(sent)
    if len(words) > MAX_LIST_LENGTH:
        raise ValueError(f"Use até {MAX_LIST_LENGTH} letras.")
    return validation.validate_names(words.replace("\n", ",").split(","))


def _contact(sent: str, info: ValidationInfo) -> str:
    """Check a contact by the kind that was sent before it."""
    kind = info.data.get("kind")
    return type_of(kind).clean(sent) if kind else sent


def _line_validator(most: int, least: int = 0) -> AfterValidator:
    return AfterValidator(lambda sent: validation.validate_line(sent, most, least))


Name = Annotated[str, _line_validator(200, 3)]
Line80 = Annotated[str, _line_validator(80)]
Line200 = Annotated[str, _line_validator(200)]
NameList = Annotated[list[str], BeforeValidator(_listed)]
DayHours = Annotated[
    list[list[str]], BeforeValidator(lambda sent: validation.parse_periods(_require_text(sent)))
]
ContactValue = Annotated[str, AfterValidator(_contact)]
UnitCodeText = Annotated[str, AfterValidator(validation.validate_unit_code)]
Features = Annotated[dict[str, dict[str, str]], AfterValidator(validation.validate_features)]
CLOSED_DAY: list[list[str]] = []


class WeekForm(BaseModel):
    """The hours of each weekday; all blank: the court's public hours (of a channel: the unit's)."""

    day0: DayHours = CLOSED_DAY
    day1: DayHours = CLOSED_DAY
    day2: DayHours = CLOSED_DAY
    day3: DayHours = CLOSED_DAY
    day4: DayHours = CLOSED_DAY
    day5: DayHours = CLOSED_DAY
    day6: DayHours = CLOSED_DAY

    @property
    def to_hours(self) -> dict[str, list[list[str]]]:
        """Return the week as it is stored."""
        read = {str(day): getattr(self, name) for day, name in enumerate(DAY_FIELDS)}
        return read if any(read.values()) else {}


_TEXTS: dict[str, Any] = {
    field.name: (Annotated[str, _line_validator(field.max_length)], "") for field in TEXT_FIELDS
}
_Texts = create_model("_Texts", **_TEXTS)


class UnitForm(WeekForm, _Texts):
    """A unit's fields as its editor sends them."""

    name: Name
    kind: UnitKind
    competences: NameList = []
    aliases: NameList = []
    former_names: NameList = []
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

    def to_columns(self) -> dict[str, Any]:
        """Return what the unit stores."""
        return {**self.model_dump(mode="json", exclude=set(DAY_FIELDS)), "hours": self.to_hours}


class ChannelForm(WeekForm):
    """A channel's fields as its editor sends them; its contact by the rules of its kind."""

    kind: ChannelKind
    value: ContactValue
    label: Line80 = ""
    note: Line200 = ""

    def to_columns(self) -> dict[str, Any]:
        """Return what the channel stores, but for its kind, which does not change."""
        return {"value": self.value, "label": self.label, "note": self.note, "hours": self.to_hours}


class BaseVersion(BaseModel):
    """Which version a form was filled from, and the newest that its author was shown."""

    version: RowId
    seen: RowId


class UnitCodeForm(BaseModel):
    """Which unit is meant, by its code."""

    code: Line80


class NewUnitForm(BaseModel):
    """A unit to create, under another one or, as a root, in a comarca or in none."""

    name: Name
    code: UnitCodeText
    kind: UnitKind
    degree: Literal[1, 2] = 1
    parent: Line80 = ""  # its code
    comarca: Line80 = ""  # its slug


class MoveUnitForm(BaseModel):
    """Where a unit moves: under another one or, as a root, to a comarca or to none."""

    parent: Line80 = ""
    comarca: Line80 = ""


class CorrectionForm(BaseModel):
    """What a visitor says that a channel should be."""

    channel: RowId
    wrong: Literal["valor", "extinto"]
    value: Annotated[str, _line_validator(300)] = ""
    note: Annotated[str, _line_validator(300)] = ""
    email: Annotated[
        str, AfterValidator(lambda sent: validation.normalise_email(sent) if sent else "")
    ] = ""
