"""The editor's rows as they are drawn first, and what it shows before anything is read."""

from dataclasses import dataclass

from canais_app.agenda.rules import form_values
from canais_app.agenda.rules.editor import EditorView
from canais_app.agenda.rules.form_values import Form
from canais_app.agenda.rules.preview import PreviewView

EMPTY_EDITOR = EditorView(
    agenda_id=0,
    slug="",
    title="",
    unit="",
    published=False,
    state="",
    newest=0,
    base=0,
    form={},
    draft="",
    changed="",
    changes=[],
)
EMPTY_PREVIEW = PreviewView(span="", total="", weeks=[])
FIRST_WINDOW: Form = {
    "weekday": "0",
    "starts": "13:00",
    "ends": "15:00",
    "repeats": "cada-1",
    "valid_from": "",
    "valid_until": "",
}
FIRST_DAY_OVERRIDE: Form = {"day": "", "starts": "", "ends": ""}


@dataclass
class WindowLine:
    """A window's row as it is first drawn; afterwards the browser keeps what is typed."""

    key: str
    weekday: str
    starts: str
    ends: str
    repeats: str
    valid_from: str
    valid_until: str
    fresh: bool = False  # just added: the focus goes there


@dataclass
class DayOverrideLine:
    """A special day's row, likewise."""

    key: str
    day: str
    closed: bool
    starts: str
    ends: str
    fresh: bool = False


@dataclass
class Problem:
    """What has to be mended, with a link to its field."""

    field: str
    sentence: str


def window_rows(form: Form, fresh: str = "") -> list[WindowLine]:
    """Return the rows of windows, in the order in which they were added."""
    return [
        WindowLine(key, *(row.get(name, "") for name in FIRST_WINDOW), fresh=key == fresh)
        for key, row in form_values.rows_of_kind(form, "windows").items()
    ]


def day_override_rows(form: Form, fresh: str = "") -> list[DayOverrideLine]:
    """Return the rows of special days, likewise."""
    return [
        DayOverrideLine(
            key,
            row.get("day", ""),
            "closed" in row,
            row.get("starts", ""),
            row.get("ends", ""),
            fresh=key == fresh,
        )
        for key, row in form_values.rows_of_kind(form, "own_days").items()
    ]


def add_window(form: Form) -> tuple[Form, str]:
    """Return a form with one more window, on the day after the last and at its hours; its key."""
    rows = form_values.rows_of_kind(form, "windows")
    key = str(max((int(one) for one in rows), default=-1) + 1)
    row = FIRST_WINDOW
    if rows:
        last = list(rows.values())[-1]
        weekday = (int(last["weekday"]) + 1) % 7 if last.get("weekday", "").isdigit() else 0
        row = FIRST_WINDOW | {name: last.get(name, "") for name in ("starts", "ends")}
        row |= {"weekday": str(weekday)}
    return form | {f"windows-{key}-{name}": value for name, value in row.items()}, key


def add_day_override(form: Form) -> tuple[Form, str]:
    """Return a form with one more special day, and its key."""
    rows = form_values.rows_of_kind(form, "own_days")
    key = str(max((int(one) for one in rows), default=-1) + 1)
    return form | {
        f"own_days-{key}-{name}": value for name, value in FIRST_DAY_OVERRIDE.items()
    }, key


def remove_row(form: Form, kind: str, key: str) -> Form:
    """Return a form without one of its rows."""
    row = f"{kind}-{key}-"
    return {name: value for name, value in form.items() if not name.startswith(row)}
