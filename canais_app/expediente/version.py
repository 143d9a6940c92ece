"""The calendar's version: a token that changes with every day and every notice."""

from canais_app.expediente.models import CalendarDay, CalendarVersion, Notice
from canais_app.kit import versions

_version = versions.keep(CalendarVersion, CalendarDay, Notice)
current = _version.current
