"""How the figures name units, filters and days, and link to the complaints behind a count."""

from datetime import date

from canais_app import routes
from canais_app.complaints.measures.units import UnitName
from canais_app.complaints.models import KIND_NAMES, Kind
from canais_app.complaints.slices import Slice
from canais_app.directory.said import channel_name


def short(unit: UnitName) -> str:
    """Return the name without the sector, which `place` says."""
    return unit.name.partition(" — ")[0]


def place(unit: UnitName) -> str:
    """Return the sector, and the comarca where the name does not say it."""
    sector = unit.name.partition(" — ")[2]
    comarca = "" if unit.comarca in unit.name else unit.comarca
    return " · ".join(part for part in (sector, comarca) if part)


def filter_words(chosen: Slice) -> str:
    """Return ` (WhatsApp, não responde)`; empty when nothing is chosen."""
    parts = [channel_name(chosen.channel)] if chosen.channel else []
    parts += [KIND_NAMES[Kind(chosen.kind)].lower()] if chosen.kind else []
    return f" ({', '.join(parts)})" if parts else ""


def day_words(day: date) -> str:
    """Return `24/11`."""
    return f"{day.day}/{day.month}"


def behind(chosen: Slice, first: date, last: date, **changes: str) -> str:
    """Return the address of the complaints of some days of a slice."""
    dates = {"p": "", "de": first.isoformat(), "ate": last.isoformat()}
    return routes.complaint_list(chosen.query(**dates, **changes))
