"""The calendar's version: a token that changes with every day and every notice."""

from canais_app.expediente.models import CalendarDay, CalendarVersion, Notice
from canais_app.kit import cache_version

VERSION = cache_version.CacheVersion(CalendarVersion, (CalendarDay, Notice))
CALENDAR_VERSION = cache_version.version_table("calendar_version")
