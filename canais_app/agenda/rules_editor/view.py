"""The editor's rows as they are first drawn, and the rows it adds and removes."""

from dataclasses import dataclass, field

from canais_app.agenda.models import Modality
from canais_app.agenda.rules import form_values
from canais_app.agenda.rules.form_values import Form

FIRST_WINDOW: Form = {
    "weekday": "0",
    "starts": "13:00",
    "ends": "15:00",
    "repeats": "cada-1",
    "valid_from": "",
    "valid_until": "",
}
FIRST_DAY_OVERRIDE: Form = {"day": "", "starts": "", "ends": ""}
FIRST_KIND: Form = {"name": "", "minutes": "", "instructions": "", "answer_hours": ""}
KIND_CHECKS = ("needs_approval", "needs_case_number", *(one.value for one in Modality))


@dataclass
class WindowLine:
    """A window's row as first drawn; afterwards the browser holds what is typed."""

    key: str
    weekday: str
    starts: str
    ends: str
    repeats: str
    valid_from: str
    valid_until: str
    fresh: bool = False  # just added: it gets the focus


@dataclass
class DayOverrideLine:
    """A special day's row as first drawn."""

    key: str
    day: str
    starts: str
    ends: str
    closed: bool
    fresh: bool = False


@dataclass
class KindLine:
    """A kind of attendance's row as first drawn; `checks` are its ticked boxes."""

    key: str
    name: str
    minutes: str
    instructions: str
    answer_hours: str
    checks: list[str] = field(default_factory=list[str])
    fresh: bool = False


@dataclass
class Problem:
    """An error with a link to its field."""

    field: str
    sentence: str


def window_rows(form: Form, fresh: str = "") -> list[WindowLine]:
    """Return the rows of windows, in the order they were added."""
    return [
        WindowLine(key, *(row.get(name, "") for name in FIRST_WINDOW), fresh=key == fresh)
        for key, row in form_values.rows_of_kind(form, "windows").items()
    ]


def day_override_rows(form: Form, fresh: str = "") -> list[DayOverrideLine]:
    """Return the rows of special days, in the order they were added."""
    return [
        DayOverrideLine(
            key,
            *(row.get(name, "") for name in FIRST_DAY_OVERRIDE),
            closed="closed" in row,
            fresh=key == fresh,
        )
        for key, row in form_values.rows_of_kind(form, "own_days").items()
    ]


def kind_rows(form: Form, fresh: str = "") -> list[KindLine]:
    """Return the rows of kinds of attendance, in the order they were added."""
    return [
        KindLine(
            key,
            *(row.get(name, "") for name in FIRST_KIND),
            checks=[name for name in KIND_CHECKS if name in row],
            fresh=key == fresh,
        )
        for key, row in form_values.rows_of_kind(form, "kinds").items()
    ]


def add_window(form: Form) -> tuple[Form, str]:
    """Add a window on the weekday after the last one, at its hours; return its key too."""
    rows = form_values.rows_of_kind(form, "windows")
    row = FIRST_WINDOW
    if rows:
        last = list(rows.values())[-1]
        weekday = (int(last["weekday"]) + 1) % 7 if last.get("weekday", "").isdigit() else 0
        row = FIRST_WINDOW | {name: last.get(name, "") for name in ("starts", "ends")}
        row |= {"weekday": str(weekday)}
    return _add_row(form, "windows", row)


def add_day_override(form: Form) -> tuple[Form, str]:
    """Add an empty special day; return its key too."""
    return _add_row(form, "own_days", FIRST_DAY_OVERRIDE)


def add_kind(form: Form) -> tuple[Form, str]:
    """Add a kind of attendance without a name; return its key too."""
    return _add_row(form, "kinds", FIRST_KIND)


def _add_row(form: Form, kind: str, row: Form) -> tuple[Form, str]:
    keys = form_values.rows_of_kind(form, kind)
    key = str(max(map(int, keys), default=-1) + 1)
    return form | {f"{kind}-{key}-{name}": value for name, value in row.items()}, key


def remove_row(form: Form, kind: str, key: str) -> Form:
    """Return the form without one of its rows."""
    prefix = f"{kind}-{key}-"
    return {name: value for name, value in form.items() if not name.startswith(prefix)}
