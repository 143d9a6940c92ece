"""Convert the rules form to terms and back, with a message for each wrong field.

A form is one flat mapping of texts. Each row has a stable number: `windows-3-starts`,
`own_days-7-day`. Fields that cannot be read are reported and left out, so that the preview can
show the rest while somebody types.
"""

import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ValidationError

from canais_app.agenda.availability.limits import REMINDER_HOURS, USUAL_REMINDER
from canais_app.agenda.availability.rule_values import AttendanceKind, DayOverride, Terms
from canais_app.agenda.availability.slots import END_OF_DAY, WeeklyWindow, is_supported_year
from canais_app.agenda.models import Modality
from canais_app.agenda.rules.row_fields import (
    MIN_MINUTES,
    DayOverrideFields,
    KindFields,
    WindowFields,
    between,
)
from canais_app.agenda.rules.validation import ValidationFinding
from canais_app.agenda.schemas import OptionalFormDay
from canais_app.kit.contacts import clean_link
from canais_app.kit.errors import InvalidError, error_from_validation
from canais_app.kit.forms import ShortText

MAX_VIDEO_LINK = 500  # an invitation of Teams is longer than other links


VideoLink = Annotated[
    str, AfterValidator(lambda sent: clean_link(sent, MAX_VIDEO_LINK) if sent.strip() else "")
]
LimitField = Annotated[int, between(0, 999)]
BufferField = Annotated[int, between(0, 480, minutes=True)]
SlotField = Annotated[int, between(MIN_MINUTES, 480, minutes=True)]


class RulesFields(BaseModel):
    """The fields that occur once in the form. Durations are in minutes."""

    title: ShortText = ""
    registry: ShortText = ""
    starts_on: OptionalFormDay = None
    place: ShortText = ""
    video_base_url: VideoLink = ""
    slot_minutes: SlotField = 20
    step_minutes: SlotField = 20
    buffer_before: BufferField = 0
    buffer_after: BufferField = 0
    capacity: Annotated[int, between(1, 50)] = 1
    notice_minutes: Annotated[int, between(0, 60 * 1440, minutes=True)] = 120
    horizon_days: Annotated[int, between(1, 365)] = 28
    horizon_in_business_days: bool = False
    max_per_day: LimitField = 0
    max_per_oab_per_day: LimitField = 1
    max_per_oab_per_month: LimitField = 0
    max_active_per_oab: LimitField = 3
    max_active_per_case: LimitField = 1
    max_active_per_email: LimitField = 5
    release_delay: Annotated[int, between(0, 7 * 1440, minutes=True)] = 30
    cancel_notice: Annotated[int, between(0, 30 * 1440, minutes=True)] = 120
    needs_approval: bool = False
    confirms_by_email: bool = False
    accepts_parties: bool = False
    answer_hours: Annotated[int, between(1, 240)] = 48
    confirm_minutes: Annotated[int, between(5, 1440, minutes=True)] = 30
    offer_minutes: Annotated[int, between(30, 2880, minutes=True)] = 120


M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")
Form = dict[str, str]
ROW_KINDS = ("windows", "own_days", "kinds")
MAX_ROWS, MAX_FIELDS, MAX_FIELD_LENGTH = 120, 2000, 600
UNIT_MINUTES = (1, 60, 1440)  # minutes, hours, days
DURATION_FIELDS = ("notice_minutes", "release_delay", "cancel_notice", "offer_minutes")
_ROW = re.compile(r"^(windows|own_days|kinds)-(\d{1,6})-([a-z_]{1,20})$")
_OPT_OUT = re.compile(r"^opt_outs-(\d{4}-\d\d-\d\d)$")


@dataclass(frozen=True)
class ParsedForm:
    """A parsed form; `errors` are by form field, `rows` are the row numbers by kind."""

    terms: Terms
    title: str = ""
    registry: str = ""
    starts_on: date | None = None
    errors: dict[str, str] = field(default_factory=dict[str, str])
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def form_field_of(self, finding: ValidationFinding) -> str:
        """Return the form field of a finding, whose rows are numbered by position."""
        kind, dash, rest = finding.field.partition("-")
        number, _, name = rest.partition("-")
        if kind not in ROW_KINDS or not dash:
            return finding.field
        return f"{kind}-{self.rows[kind][int(number)]}-{name}"


def clean_form(sent: object) -> Form:
    """Return a form as a browser sent it, reduced to short texts.

    Raises:
        InvalidError: it is no mapping, or has too many fields.
    """
    if not isinstance(sent, dict) or len(sent) > MAX_FIELDS:
        raise InvalidError("Envie os campos do formulário.")
    return {
        str(name): value[:MAX_FIELD_LENGTH].replace("\x00", "")
        for name, value in sent.items()
        if isinstance(value, str) and len(str(name)) < 60  # noqa: PLR2004 (the longest name)
    }


def parse_rules_form(form: Form) -> ParsedForm:
    """Parse a form into terms and errors."""
    fields, errors = _validate_fields(_multiply_units(form))
    windows, window_keys, window_errors = _parse_rows(
        form, "windows", WindowFields, WindowFields.to_window
    )
    own_days, day_keys, day_errors = _parse_rows(
        form, "own_days", DayOverrideFields, DayOverrideFields.to_day_override
    )
    kinds, kind_keys, kind_errors = _parse_rows(form, "kinds", KindFields, KindFields.to_kind)
    terms = Terms(
        windows=windows,
        own_days=own_days,
        kinds=kinds,
        opt_outs=tuple(_parse_opt_outs(form)),
        modalities=tuple(m.value for m in Modality if f"modalities-{m}" in form),
        reminder_hours=tuple(n for n in REMINDER_HOURS if f"reminders-{n}" in form)
        or (USUAL_REMINDER,),
        **fields.model_dump(exclude={"title", "registry", "starts_on"}),
    )
    return ParsedForm(
        terms,
        fields.title,
        fields.registry,
        fields.starts_on,
        errors | window_errors | day_errors | kind_errors,
        {"windows": window_keys, "own_days": day_keys, "kinds": kind_keys},
    )


def terms_to_form(terms: Terms, *, title: str, registry: str, since: date) -> Form:
    """Return terms as a form, without the days before `since`."""
    form = {
        name: str(value)
        for name, value in terms.model_dump(include=set(RulesFields.model_fields)).items()
        if not isinstance(value, bool)
    }
    for name in DURATION_FIELDS:
        unit = max(unit for unit in UNIT_MINUTES if getattr(terms, name) % unit == 0)
        form |= {name: str(getattr(terms, name) // unit), f"{name}-unit": str(unit)}
    form |= {"title": title, "registry": registry, "starts_on": ""}
    form |= {
        name: "true"
        for name in (
            "horizon_in_business_days",
            "needs_approval",
            "confirms_by_email",
            "accepts_parties",
        )
        if getattr(terms, name)
    }
    form |= {f"modalities-{modality}": "true" for modality in terms.modalities}
    form |= {f"reminders-{hours}": "true" for hours in terms.reminder_hours}
    form |= {f"opt_outs-{day}": "true" for day in terms.opt_outs if day >= since}
    for number, window in enumerate(terms.windows):
        form |= _row_fields("windows", number, window_to_row(window))
    coming = (own for own in terms.own_days if own.day >= since)
    for number, own in enumerate(coming):
        form |= _row_fields("own_days", number, day_override_to_row(own))
    for number, kind in enumerate(terms.kinds):
        form |= _row_fields("kinds", number, kind_to_row(kind))
    return form


def _format_end(ends: time) -> str:
    """Return an end as a time field can show it: midnight is 00:00."""
    return "00:00" if ends == END_OF_DAY else f"{ends:%H:%M}"


def window_to_row(window: WeeklyWindow) -> Form:
    """Return a window as its row's fields."""
    return {
        "weekday": str(window.weekday),
        "starts": f"{window.starts:%H:%M}",
        "ends": _format_end(window.ends),
        "repeats": f"mes-{window.nth_week}" if window.nth_week else f"cada-{window.every_weeks}",
        "valid_from": window.valid_from.isoformat() if window.valid_from else "",
        "valid_until": window.valid_until.isoformat() if window.valid_until else "",
    }


def day_override_to_row(own: DayOverride) -> Form:
    """Return a special day as its row's fields."""
    row = {
        "day": own.day.isoformat(),
        "starts": f"{own.starts:%H:%M}" if own.starts else "",
        "ends": _format_end(own.ends) if own.ends else "",
    }
    return row | ({"closed": "true"} if own.is_closed else {})


def kind_to_row(kind: AttendanceKind) -> Form:
    """Return a kind of attendance as its row's fields; the agenda's own values are empty."""
    row = {
        "name": kind.name,
        "minutes": str(kind.minutes or ""),
        "instructions": kind.instructions,
        "answer_hours": str(kind.answer_hours or ""),
    }
    row |= dict.fromkeys(kind.modalities, "true")
    checked = ("needs_approval", "needs_case_number")
    return row | {name: "true" for name in checked if getattr(kind, name)}


def rows_of_kind(form: Form, kind: str) -> dict[str, Form]:
    """Return the rows of one kind by number, in the order they were added."""
    found: dict[str, Form] = {}
    for name, value in form.items():
        row = _ROW.match(name)
        if row and row[1] == kind:
            found.setdefault(row[2], {})[row[3]] = value
    return {key: found[key] for key in sorted(found, key=int)[:MAX_ROWS]}


def _row_fields(kind: str, number: int, fields: Form) -> Form:
    return {f"{kind}-{number}-{name}": value for name, value in fields.items()}


def _parse_rows(
    form: Form, kind: str, model: type[M], make: Callable[[M], T]
) -> tuple[tuple[T, ...], tuple[str, ...], dict[str, str]]:
    """Return the valid rows of one kind as rules, their numbers, and errors of the others."""
    parsed: dict[str, T] = {}
    errors: dict[str, str] = {}
    for key, fields in rows_of_kind(form, kind).items():
        try:
            parsed[key] = make(model.model_validate(fields))
        except ValidationError as invalid:
            row_errors = error_from_validation(invalid).errors
        except InvalidError as invalid:
            row_errors = invalid.errors
        else:
            continue
        errors |= {f"{kind}-{key}-{name}": message for name, message in row_errors.items()}
    return tuple(parsed.values()), tuple(parsed), errors


def _validate_fields(sent: Mapping[str, object]) -> tuple[RulesFields, dict[str, str]]:
    """Return the readable fields (defaults for the others), and the errors by field."""
    try:
        return RulesFields.model_validate(sent), {}
    except ValidationError as invalid:
        errors = error_from_validation(invalid).errors
    readable = {name: value for name, value in sent.items() if name not in errors}
    return RulesFields.model_validate(readable), errors


def _multiply_units(form: Form) -> dict[str, object]:
    """Convert durations to minutes; values that are no number stay as typed."""
    fields: dict[str, object] = dict(form)
    for name in DURATION_FIELDS:
        number, unit = form.get(name, ""), form.get(f"{name}-unit", "1")
        if number.isascii() and number.isdigit() and unit in {str(u) for u in UNIT_MINUTES}:
            fields[name] = int(number) * int(unit)
    return fields


def _parse_opt_outs(form: Form) -> list[date]:
    days: list[date] = []
    for name in sorted(form):
        found = _OPT_OUT.match(name)
        if found:
            with contextlib.suppress(ValueError):
                days.append(date.fromisoformat(found[1]))
    return [day for day in days if is_supported_year(day)]
