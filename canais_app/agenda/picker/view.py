"""Values of the picker's page, small enough to send to every open picker at each change.

The grid, which rarely changes, is apart from the slots' statuses (`marks`); a slot is its label
(`14h20`), so that a month takes a few kilobytes.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session

from canais_app import routes
from canais_app.agenda.formatting import format_full_start
from canais_app.agenda.models import MODALITY_NAMES, Modality
from canais_app.agenda.month_view import load_month_by_id
from canais_app.agenda.views import AgendaView, AttendanceKindView, MonthBoard, SlotDay, SlotTime
from canais_app.kit import clock, text


@dataclass
class KindChoice:
    """A kind of attendance to choose: its name, and `10 minutos · vídeo`."""

    name: str
    words: str


@dataclass
class AgendaSummaryView:
    """The agenda, in ready words."""

    title: str = ""
    kinds: list[KindChoice] = field(default_factory=list[KindChoice])  # none: nothing to choose
    kind_name: str = ""
    instructions: str = ""
    short_promise: str = ""
    unit_path: str = ""
    waitlist_path: str = ""
    hours: str = ""
    place: str = ""
    minutes: int = 0
    modalities: list[str] = field(default_factory=list[str])
    modality_words: str = ""
    accepts_parties: bool = False
    promises: list[str] = field(default_factory=list[str])  # what booking here means
    told: str = ""
    confirm_label: str = ""
    cancel_notice: int = 0


def agenda_summary_view(agenda: AgendaView, kind_name: str = "") -> AgendaSummaryView:
    """Return the page's values of an agenda, for a kind of attendance; empty: the first."""
    kind = next((one for one in agenda.kinds if one.name == kind_name), agenda.kinds[0])
    agenda = replace(
        agenda,
        needs_approval=kind.needs_approval,
        slot_minutes=kind.minutes,
        modalities=kind.modalities,
    )
    choices = [KindChoice(one.name, _kind_words(one)) for one in agenda.kinds]
    asks = "Este tipo de atendimento pede o nº do processo."
    return AgendaSummaryView(
        kinds=choices if len(choices) > 1 else [],
        kind_name=kind.name,
        instructions=" ".join([kind.instructions, asks * kind.needs_case_number]).strip(),
        short_promise=_short_promise(agenda),
        title=agenda.title,
        unit_path=routes.unit(agenda.unit_slug),
        waitlist_path=routes.waitlist(agenda.slug),
        hours=agenda.hours,
        place=agenda.place,
        minutes=agenda.slot_minutes,
        modalities=list(agenda.modalities),
        modality_words=format_modalities(agenda.modalities),
        accepts_parties=agenda.accepts_parties,
        promises=promises(agenda),
        told=recipients_text(agenda),
        confirm_label=confirm_label(agenda),
        cancel_notice=agenda.cancel_notice,
    )


def _kind_words(kind: AttendanceKindView) -> str:
    words = [text.format_duration(kind.minutes), format_modalities(kind.modalities).lower()]
    return " · ".join([*words, *["o gabinete aprova"] * kind.needs_approval])


def _short_promise(agenda: AgendaView) -> str:
    if agenda.needs_approval:
        return f"O gabinete aprova ou recusa em até {agenda.answer_hours} h"
    return "Você confirma pelo link do e-mail" if agenda.confirms_by_email else ""


def promises(agenda: AgendaView) -> list[str]:
    """Return what booking in an agenda means, before anything is sent."""
    words: list[str] = []
    if agenda.needs_approval:
        words.append(
            "Aqui você faz um pedido: o gabinete aprova ou recusa, e a resposta vem por e-mail. "
            "Até lá o horário não é seu."
        )
    if agenda.confirms_by_email:
        limit = text.format_duration(agenda.confirm_minutes)
        words.append(f"Depois de enviar, abra o link do e-mail em até {limit} para valer.")
    words.append(deadline_text(agenda.cancel_notice))
    return words


def deadline_text(cancel_notice: int) -> str:
    """Return until when an appointment can be changed, before its day is known."""
    if not cancel_notice:
        return "Dá para mudar ou cancelar até a hora marcada, pelo link do e-mail."
    limit = text.format_duration(cancel_notice)
    return f"Dá para mudar ou cancelar até {limit} antes, pelo link do e-mail."


def deadline_of(start: datetime, cancel_notice: int, now: datetime) -> str:
    """Return until when an appointment at `start` could be changed; none that has passed."""
    until = start - timedelta(minutes=cancel_notice)
    if until <= now:
        limit = text.format_duration(cancel_notice)
        return f"Faltam menos de {limit}: depois de marcar, só o gabinete muda ou cancela."
    return f"Dá para mudar ou cancelar até {format_full_start(until)}, pelo link do e-mail."


def recipients_text(agenda: AgendaView) -> str:
    """Return who is told of a booking."""
    if agenda.confirms_by_email:
        then = "o gabinete" if agenda.needs_approval else "o gabinete e a secretaria"
        return f"O pedido de confirmação vai só para o seu e-mail; depois dela avisamos {then}."
    if agenda.needs_approval:
        return "O pedido vai para você e para o gabinete; se aprovado, também para a secretaria."
    return "A confirmação vai para você, para o gabinete e para a secretaria."


def confirm_label(agenda: AgendaView) -> str:
    """Return the label of the button that books."""
    if agenda.confirms_by_email:
        return "Reservar e receber o e-mail"
    return "Enviar pedido" if agenda.needs_approval else "Confirmar agendamento"


def modality_name(value: str) -> str:
    """Return `Vídeo` for `video`; an unknown value unchanged."""
    return MODALITY_NAMES[Modality(value)] if value in set(Modality) else value


def format_modalities(values: list[str]) -> str:
    """Return `Vídeo ou presencial`."""
    names = [modality_name(value) for value in values]
    *first, last = names or ["A combinar"]
    return f"{', '.join(first)} ou {last}".capitalize() if first else last


FREE, FULL = "free", "full"  # a day's states; a slot's are free, held and taken


@dataclass
class DayCell:
    """A day of the calendar. `words` is its caption; `full_name` is read aloud."""

    iso: str
    weekday: str  # `hoje`, `sex.`
    number: str
    month: str  # of a month's first day only
    full_name: str
    words: str
    state: str
    today: bool


@dataclass
class HalfDay:
    """The slots of half a day: `12h–15h`, `4 livres`."""

    name: str
    free: str
    times: list[str]


@dataclass
class ReservedTimes:
    """The times of a day that are not free: `14 horários já reservados`, and which."""

    count: str
    times: str


@dataclass
class MonthView:
    """A month board, sent as a whole at each change; days are ISO.

    `reserved` are the times that are not free, by day; `marks` their statuses, by
    `2026-11-25 14h20`; `attended_by` the substitutes by day; `first_open` is the calendar's tab
    stop when no day is chosen.
    """

    weeks: list[list[DayCell]] = field(default_factory=list[list[DayCell]])
    turns: dict[str, list[HalfDay]] = field(default_factory=dict[str, list[HalfDay]])
    marks: dict[str, str] = field(default_factory=dict[str, str])
    reserved: dict[str, ReservedTimes] = field(default_factory=dict[str, ReservedTimes])
    closures: list[str] = field(default_factory=list[str])
    stand_ins: list[str] = field(default_factory=list[str])
    attended_by: dict[str, str] = field(default_factory=dict[str, str])
    first_open: str = ""
    any_free: bool = False
    published: bool = True


def month_view(board: MonthBoard, now: datetime) -> MonthView:
    """Return a board as the page shows it."""
    return MonthView(
        weeks=calendar_weeks(board, now),
        turns=half_days_by_day(board),
        marks=slot_status(board),
        reserved=reserved_by_day(board),
        closures=closure_texts(board),
        stand_ins=[one.sentence for one in board.stand_ins],
        attended_by=substitutes_by_day(board),
        first_open=first_open_day(board),
        any_free=any(day.state == FREE for day in board.days),
        published=board.published,
    )


def format_free_count(count: int) -> str:
    """Return `1 livre`, `9 livres`, `nenhum livre`."""
    return text.pluralise(count, "livre", "livres") if count else "nenhum livre"


def format_day_name(day: date) -> str:
    """Return `Quarta, 25 de novembro`."""
    weekday = text.WEEKDAYS_BARE[day.weekday()].capitalize()
    return f"{weekday}, {text.format_day_and_month(day)}"


def _day_caption(day: SlotDay, *, today: bool) -> str:
    if day.state == FREE:
        return format_free_count(day.free)
    if day.state == FULL:
        return "lotado"
    if day.state == "closed":
        return day.note or "fechado"
    return "hoje" if today else ""


def day_cell(day: SlotDay, today: date) -> DayCell:
    """Return a day as the calendar shows it."""
    when = date.fromisoformat(day.date)
    return DayCell(
        iso=day.date,
        weekday="hoje" if when == today else text.WEEKDAY_SHORT_NAMES[when.weekday()],
        number="1º" if when.day == 1 else str(when.day),
        month=text.MONTH_NAMES[when.month - 1][:3] if when.day == 1 else "",
        full_name=format_day_name(when),
        words=_day_caption(day, today=when == today),
        state=day.state,
        today=when == today,
    )


def calendar_weeks(board: MonthBoard, now: datetime) -> list[list[DayCell]]:
    """Return the calendar's weeks, Monday first."""
    today = clock.to_local_day(now)
    cells = [day_cell(day, today) for day in board.days]
    return [cells[first : first + 7] for first in range(0, len(cells), 7)]


def half_days_by_day(board: MonthBoard) -> dict[str, list[HalfDay]]:
    """Return the slots of each day by half day."""
    return {day: _half_days(times) for day, times in board.times.items() if times}


def _half_days(times: list[SlotTime]) -> list[HalfDay]:
    parts: dict[str, list[SlotTime]] = {}
    for slot in times:
        parts.setdefault(slot.turn, []).append(slot)
    return [
        HalfDay(
            name, format_free_count(sum(t.status == FREE for t in part)), [t.label for t in part]
        )
        for name, part in parts.items()
    ]


def slot_status(board: MonthBoard) -> dict[str, str]:
    """Return the statuses of slots that are not free, by `2026-11-25 14h20`."""
    return {
        f"{day} {time.label}": time.status
        for day, times in board.times.items()
        for time in times
        if time.status != FREE
    }


def reserved_by_day(board: MonthBoard) -> dict[str, ReservedTimes]:
    """Return the times that are not free, by ISO day."""
    found: dict[str, ReservedTimes] = {}
    for day, times in board.times.items():
        taken = [
            f"{time.label} (em preenchimento)" if time.status == "held" else time.label
            for time in times
            if time.status != FREE
        ]
        if taken:
            count = text.pluralise(len(taken), "horário já reservado", "horários já reservados")
            found[day] = ReservedTimes(count, ", ".join(taken))
    return found


def closure_texts(board: MonthBoard) -> list[str]:
    """Return the closed periods with their reasons: `8/12: Dia da Justiça`."""
    spans: list[tuple[str, date, date]] = []
    for day in board.days:
        if day.state != "closed" or not day.note:
            continue
        when = date.fromisoformat(day.date)
        if spans and spans[-1][0] == day.note:
            spans[-1] = (day.note, spans[-1][1], when)
        else:
            spans.append((day.note, when, when))
    return [_closure_text(*span) for span in spans]


def _closure_text(note: str, first: date, last: date) -> str:
    start = f"{first.day}/{first.month}"
    return f"{start}: {note}" if first == last else f"{start} a {last.day}/{last.month}: {note}"


def substitutes_by_day(board: MonthBoard) -> dict[str, str]:
    """Return the substitute's name by ISO day."""
    return {
        day.date: one.name
        for day in board.days
        for one in board.stand_ins
        if one.first_day <= day.date <= one.last_day
    }


def first_open_day(board: MonthBoard) -> str:
    """Return the first day with a free slot, else the first full one, else an empty string."""
    by_state = {day.state: day.date for day in reversed(board.days)}
    return by_state.get(FREE) or by_state.get(FULL) or ""


@dataclass
class LatestChange:
    """The latest change of a board: the slot and a sentence."""

    day: str = ""
    label: str = ""
    words: str = ""


_CHANGE_TEXTS = {
    "taken": "{label} acabou de ser reservado por outra pessoa.",
    "held": "{label} está em preenchimento por outra pessoa.",
    FREE: "{label} voltou a ficar livre.",
}


def describe_change(
    before: dict[str, str], after: dict[str, str], listed: dict[str, list[HalfDay]]
) -> LatestChange:
    """Return the most important change between two sets of marks: taken, held, then free."""
    changed = [
        (after.get(name, FREE), name)
        for name in before.keys() | after.keys()
        if before.get(name) != after.get(name)
    ]
    order = tuple(_CHANGE_TEXTS)
    for status, name in sorted(changed, key=lambda row: (order.index(row[0]), row[1])):
        day, _, label = name.partition(" ")
        if any(label in turn.times for turn in listed.get(day, [])):
            return LatestChange(day, label, _CHANGE_TEXTS[status].format(label=label))
    return LatestChange()


MOVE_VARIANT = "mudar"  # of an agenda's live rooms: the boards of those who move


def board_variant(first: date, kind: str) -> str:
    """Return the variant of a live room: the first day of its board, and the kind."""
    return f"{first.isoformat()}/{kind}"


def move_variant(first: date, kind: str, appointment_id: int) -> str:
    """Return the same where an appointment would move: its own time counts as free."""
    return f"{MOVE_VARIANT}:{appointment_id}/{board_variant(first, kind)}"


def read_board(session: Session, room: str, now: datetime) -> MonthBoard:
    """Return the board that a live room of an agenda shows."""
    topic, _, variant = room.partition("#")
    excluded = None
    if variant.startswith(f"{MOVE_VARIANT}:"):
        moved, _, variant = variant.partition("/")
        excluded = int(moved.partition(":")[2])
    first, _, kind = variant.partition("/")
    return load_month_by_id(
        session,
        int(topic.partition(":")[2]),
        date.fromisoformat(first),
        now=now,
        kind=kind,
        excluded_id=excluded,
    )
