"""How the figures name units, filters and days, and link to the complaints behind a count."""

from datetime import date

from canais_app import routes
from canais_app.complaints.measures.units import UnitName
from canais_app.complaints.models import COMPLAINT_KIND_NAMES, ComplaintKindCode
from canais_app.complaints.slices import DashboardFilter
from canais_app.directory.said import channel_label


def short_unit_name(unit: UnitName) -> str:
    """Return the name without the sector, which `place` says."""
    return unit.name.partition(" — ")[0]


def unit_place(unit: UnitName) -> str:
    """Return the sector, and the comarca where the name does not say it."""
    sector = unit.name.partition(" — ")[2]
    comarca = "" if unit.comarca in unit.name else unit.comarca
    return " · ".join(part for part in (sector, comarca) if part)


def format_filters(filters: DashboardFilter) -> str:
    """Return ` (WhatsApp, não responde)`; empty when nothing is chosen."""
    parts = [channel_label(filters.channel)] if filters.channel else []
    parts += [COMPLAINT_KIND_NAMES[ComplaintKindCode(filters.kind)].lower()] if filters.kind else []
    return f" ({', '.join(parts)})" if parts else ""


def format_short_day(day: date) -> str:
    """Return `24/11`."""
    return f"{day.day}/{day.month}"


def complaints_href(filters: DashboardFilter, first: date, last: date, **changes: str) -> str:
    """Return the address of the complaints of some days of a slice."""
    dates = {"p": "", "de": first.isoformat(), "ate": last.isoformat()}
    return routes.complaint_list(filters.to_query(**dates, **changes))
