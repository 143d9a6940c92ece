"""Convert the form of a calendar day to a validated value, and back."""

from collections.abc import Mapping

from canais_app.expediente.models import CalendarDay
from canais_app.expediente.service import CalendarDayForm
from canais_app.kit.forms import parse_form

LABELS = (
    ("effect", "O que muda"),
    ("name", "Nome"),
    ("first_day", "Primeiro dia"),
    ("last_day", "Último dia"),
    ("opens_at", "Abre às"),
    ("comarca_id", "Onde"),
    ("act", "Ato"),
)
FIELDS = (*(name for name, _ in LABELS), "editing")


def parse_day_form(form: Mapping[str, str]) -> CalendarDayForm:
    """Return the day of a form; without a last day it is one day.

    Raises:
        InvalidError: one sentence for each wrong field.
    """
    late = form.get("effect") == "opens_late"
    sent = {
        **form,
        "last_day": form.get("last_day") or form.get("first_day", ""),
        "opens_at": (form.get("opens_at") or None) if late else None,
        "comarca_id": form.get("comarca_id") or None,
    }
    return parse_form(CalendarDayForm, sent)


def blank_day_form(year: int) -> dict[str, str]:
    """Return an empty form for a year."""
    return {**dict.fromkeys(FIELDS, ""), "effect": "closed", "first_day": f"{year}-01-01"}


def day_form_of(row: CalendarDay) -> dict[str, str]:
    """Return the form of a stored day."""
    return {
        "effect": row.effect,
        "name": row.name,
        "first_day": row.first_day.isoformat(),
        "last_day": row.last_day.isoformat(),
        "opens_at": row.opens_at.strftime("%H:%M") if row.opens_at else "",
        "comarca_id": str(row.comarca_id or ""),
        "act": row.act,
        "editing": str(row.id),
    }
