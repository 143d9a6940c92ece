"""Which answers are due, and when."""

from datetime import date

from canais_app import routes
from canais_app.complaints.dashboard import view
from canais_app.complaints.dashboard.words.names import format_short_day
from canais_app.complaints.figures import DashboardSnapshot
from canais_app.complaints.lifecycle import COMPLAINT_STATUS_NAMES, ComplaintStatus
from canais_app.complaints.measures.deadlines import Deadline, Deadlines
from canais_app.complaints.measures.history import DAY
from canais_app.complaints.slices import DashboardFilter
from canais_app.kit import clock, text


def present_deadlines(snapshot: DashboardSnapshot) -> view.DeadlinesView:
    """Group the open complaints by the day they are due; the overdue come first."""
    due, chosen = snapshot.deadlines, snapshot.chosen
    today = clock.to_local_day(snapshot.at)
    days: dict[date | None, list[Deadline]] = {}
    for item in due.items:
        day = clock.to_local_day(item.due_at)
        days.setdefault(day if day >= today else None, []).append(item)
    overdue = (
        text.pluralise(due.overdue, "vencido", "vencidos") if due.overdue else "Nenhum vencido"
    )
    said = format_due_count(due)
    return view.DeadlinesView(
        title=said[0].upper() + said[1:],
        about=f"{overdue}. 30 dias, mais 30 uma vez",
        days=[
            view.DeadlineDay(
                _deadline_day(day, today), day == today, [_deadline_row(i, today) for i in items]
            )
            for day, items in days.items()
        ],
        all_words=f"Ver {text.pluralise(due.open, 'aberta', 'abertas')}" if due.open else "",
        all_href=routes.complaint_list(
            DashboardFilter(
                comarca=chosen.comarca,
                unit=chosen.unit,
                channel=chosen.channel,
                kind=chosen.kind,
            ).to_query(situacao="abertas")
        ),
        csv=routes.figures_file("prazos.csv", chosen.to_query()),
    )


def format_due_count(due: Deadlines) -> str:
    """Return how many answers are due today, for the headline."""
    if due.today:
        return text.pluralise(due.today, "prazo vence hoje", "prazos vencem hoje")
    return "nenhum prazo vence hoje"


def _deadline_day(day: date | None, today: date) -> str:
    if day is None:
        return "Vencidos"
    name = f"{text.WEEKDAYS_BARE[day.weekday()]}, {format_short_day(day)}"
    if day == today:
        return f"Hoje, {name}"
    if day == today + DAY:
        return f"Amanhã, {name}"
    return name[0].upper() + name[1:]


def _deadline_row(item: Deadline, today: date) -> view.DeadlineRow:
    late = (today - clock.to_local_day(item.due_at)).days
    words = f"dia {item.day} de {item.days}"
    if late > 0:
        words = f"vencido há {text.pluralise(late, 'dia', 'dias')}"
    return view.DeadlineRow(
        unit=item.unit.name,
        about=f"{item.protocol} · {COMPLAINT_STATUS_NAMES[ComplaintStatus(item.status)].lower()}",
        href=routes.complaint(item.protocol),
        due=words,
        pressing=late >= 0,
    )
