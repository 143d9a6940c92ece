"""Which answers are due, and when."""

from datetime import date

from canais_app import routes
from canais_app.complaints.dashboard import view
from canais_app.complaints.dashboard.words.names import day_words
from canais_app.complaints.figures import Snapshot
from canais_app.complaints.lifecycle import STATUS_NAMES, Status
from canais_app.complaints.measures.deadlines import Deadline, Deadlines
from canais_app.complaints.measures.history import DAY
from canais_app.complaints.slices import Slice
from canais_app.kit import clock, text


def due_of(snapshot: Snapshot) -> view.Due:
    """Group the open complaints by the day they are due; the overdue come first."""
    due, chosen = snapshot.deadlines, snapshot.chosen
    today = clock.local_day(snapshot.at)
    days: dict[date | None, list[Deadline]] = {}
    for item in due.items:
        day = clock.local_day(item.due_at)
        days.setdefault(day if day >= today else None, []).append(item)
    overdue = text.plural(due.overdue, "vencido", "vencidos") if due.overdue else "Nenhum vencido"
    said = due_words(due)
    return view.Due(
        title=said[0].upper() + said[1:],
        about=f"{overdue}. 30 dias, mais 30 uma vez",
        days=[
            view.DueDay(_day(day, today), day == today, [_row(i, today) for i in items])
            for day, items in days.items()
        ],
        all_words=f"Ver {text.plural(due.open, 'aberta', 'abertas')}" if due.open else "",
        all_href=routes.complaint_list(
            Slice(
                comarca=chosen.comarca,
                unit=chosen.unit,
                channel=chosen.channel,
                kind=chosen.kind,
            ).query(situacao="abertas")
        ),
        csv=routes.figures_file("prazos.csv", chosen.query()),
    )


def due_words(due: Deadlines) -> str:
    """Return how many answers are due today, for the headline."""
    if due.today:
        return text.plural(due.today, "prazo vence hoje", "prazos vencem hoje")
    return "nenhum prazo vence hoje"


def _day(day: date | None, today: date) -> str:
    if day is None:
        return "Vencidos"
    name = f"{text.WEEKDAYS_BARE[day.weekday()]}, {day_words(day)}"
    if day == today:
        return f"Hoje, {name}"
    if day == today + DAY:
        return f"Amanhã, {name}"
    return name[0].upper() + name[1:]


def _row(item: Deadline, today: date) -> view.DueRow:
    late = (today - clock.local_day(item.due_at)).days
    words = f"dia {item.day} de {item.days}"
    if late > 0:
        words = f"vencido há {text.plural(late, 'dia', 'dias')}"
    return view.DueRow(
        unit=item.unit.name,
        about=f"{item.protocol} · {STATUS_NAMES[Status(item.status)].lower()}",
        href=routes.complaint(item.protocol),
        due=words,
        pressing=late >= 0,
    )
