"""The calendar's version: a token that changes with every day and every notice."""

from canais_app.expediente.models import CalendarDay, CalendarVersion, Notice
from canais_app.kit import versions

VERSION = versions.CacheVersion(CalendarVersion, (CalendarDay, Notice))
CALENDAR_VERSION = versions.version_table("calendar_version")
