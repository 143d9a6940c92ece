"""Links that add an appointment to Google's or Outlook's calendar.

Those sites store the URL, so it contains the time, the gabinete and the place, and nothing of the
lawyer, the subject or the case.
"""

from datetime import UTC, datetime
from urllib.parse import urlencode

from canais_app.agenda.views import AppointmentView

GOOGLE_URL = "https://calendar.google.com/calendar/render"
OUTLOOK_URL = "https://outlook.live.com/calendar/0/action/compose"
OFFICE_URL = "https://outlook.office.com/calendar/0/action/compose"
_DETAILS = "O link para ver, mudar ou cancelar está no e-mail de confirmação."


def google_calendar_url(one: AppointmentView) -> str:
    """Return the URL that adds the appointment to Google's calendar."""
    span = "/".join(_utc(moment).strftime("%Y%m%dT%H%M%SZ") for moment in (one.start, one.end))
    query = {"action": "TEMPLATE", "text": _title(one), "dates": span}
    return f"{GOOGLE_URL}?{urlencode(query | {'details': _DETAILS, 'location': _location(one)})}"


def outlook_calendar_url(one: AppointmentView, base: str = OUTLOOK_URL) -> str:
    """Return the same for Outlook on the web (`OFFICE_URL`: of organisations)."""
    query = {
        "rru": "addevent",
        "subject": _title(one),
        "startdt": _utc(one.start).isoformat(),
        "enddt": _utc(one.end).isoformat(),
        "body": _DETAILS,
        "location": _location(one),
    }
    return f"{base}?{urlencode(query)}"


def _utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(UTC)


def _title(one: AppointmentView) -> str:
    return f"Atendimento: {one.agenda}"


def _location(one: AppointmentView) -> str:
    if one.modality == "presencial":
        return one.place or one.unit
    return "Por vídeo" if one.modality == "video" else "Por telefone"
