"""A complaint as a row of the desk's list, with texts ready to show."""

from datetime import date, datetime

from canais_app import routes
from canais_app.complaints.kinds import COMPLAINT_KIND_NAMES, ComplaintKindCode
from canais_app.complaints.lifecycle import (
    CLOSED_STATUSES,
    COMPLAINT_STATUS_NAMES,
    PENDING_STATUSES,
    ComplaintStatus,
)
from canais_app.complaints.models import Complaint
from canais_app.complaints.queries import format_deadline_of, is_late
from canais_app.complaints.views import QueueRow
from canais_app.directory.labels import channel_label
from canais_app.directory.models import Comarca, Unit
from canais_app.kit import clock, text
from canais_app.kit.personal_data import mask_personal_data
from canais_app.kit.text import WEEKDAYS_BARE, format_date

_EXCERPT = 160
_NEAR = 2  # days


def list_row(
    row: Complaint, unit: Unit, comarca: Comarca | None, owner: str, *, now: datetime
) -> QueueRow:
    """Return a complaint as a row; its text is masked and shortened."""
    masked = " ".join(mask_personal_data(row.text).split())
    status = ComplaintStatus(row.status)
    return QueueRow(
        id=row.id or 0,
        version=row.version,
        protocol=row.protocol,
        href=routes.complaint(row.protocol),
        occurred=_moment_words(row.occurred_at, now),
        unit=unit.name,
        comarca=comarca.name if comarca else "",
        channel=channel_label(row.channel) or "Nenhum em particular",
        kind=COMPLAINT_KIND_NAMES[ComplaintKindCode(row.kind)],
        status=row.status,
        status_words=status_words(row),
        deadline=format_deadline_of(row, now),
        due_short=_short_deadline(row, now),
        due_tone=_deadline_tone(row, now),
        day=_day_heading(clock.to_local_day(row.due_at), clock.to_local_day(now)),
        late=is_late(row, now),
        text=masked if len(masked) <= _EXCERPT else masked[:_EXCERPT].rstrip() + "…",
        owner=owner,
        initials=text.initials(owner) if owner else "",
        unread=row.is_unread,
        same=row.duplicates + 1,
        closed=status in CLOSED_STATUSES,
    )


def _moment_words(moment: datetime, now: datetime) -> str:
    day, hour = clock.to_local_day(moment), text.format_hour(moment)
    is_this_year = day.year == clock.to_local_day(now).year
    return f"{format_date(day)[:5] if is_this_year else format_date(day)}, {hour}"


def status_words(row: Complaint) -> str:
    """Return the status as the list shows it, with what somebody waits for."""
    if row.waiting_since is not None:
        return "Aguarda quem relatou"
    if row.status == ComplaintStatus.FORWARDED:
        return "Unidade respondeu" if row.unit_answered_at else "Na unidade"
    return COMPLAINT_STATUS_NAMES[ComplaintStatus(row.status)]


def _runs(row: Complaint) -> bool:
    return row.status in PENDING_STATUSES and row.waiting_since is None


def _days_left(row: Complaint, now: datetime) -> int:
    return (clock.to_local_day(row.due_at) - clock.to_local_day(now)).days


def _short_deadline(row: Complaint, now: datetime) -> str:
    if not _runs(row):
        return "parado" if row.waiting_since is not None else "–"
    left = _days_left(row, now)
    if left == 0:
        return "hoje"
    words = "1 dia" if abs(left) == 1 else f"{abs(left)} dias"
    return words if left > 0 else f"há {words}"


def _deadline_tone(row: Complaint, now: datetime) -> str:
    if not _runs(row):
        return ""
    left = _days_left(row, now)
    return "hot" if left <= 0 else "due" if left <= _NEAR else ""


def _day_heading(day: date, today: date) -> str:
    weekday = WEEKDAYS_BARE[day.weekday()]
    names = {-1: "Ontem, ", 0: "Hoje, ", 1: "Amanhã, "}
    name = names.get((day - today).days, "")
    written = format_date(day) if day.year != today.year else format_date(day)[:5]
    title = f"{name}{weekday}, {written}"
    return title[:1].upper() + title[1:]
