"""Units as cards: ready words for what is open, why not, and how to reach whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from canais_app import routes
from canais_app.directory import channels, extras, notices
from canais_app.directory.models import Channel, Unit, UnitKind
from canais_app.directory.snapshot import KIND_NAMES, Snapshot
from canais_app.directory.views import ChannelView, OpenView, UnitCard
from canais_app.expediente.calendar import CourtCalendar
from canais_app.expediente.queries import load_calendar
from canais_app.expediente.rules import Cause, OpenState, Place
from canais_app.kit import clock
from canais_app.kit.text import WEEKDAYS_BARE, date_words, hour_words

SERVES = {
    UnitKind.CHAMBERS: "atendimento a advogados, com ou sem hora marcada",
    UnitKind.REGISTRY: "atende partes e advogados",
}


@dataclass(frozen=True)
class Around:
    """What is read once for a list of cards."""

    snapshot: Snapshot
    calendar: CourtCalendar
    notices: Sequence[notices.Scoped]
    agendas: Mapping[int, extras.Glimpse]
    troubles: Mapping[int, extras.Trouble]
    now: datetime


def around(
    session: Session,
    snapshot: Snapshot,
    unit_ids: Sequence[int],
    now: datetime,
    calendar: CourtCalendar | None = None,
) -> Around:
    """Read what stands around some units: calendar, notices, agendas, reported trouble."""
    return Around(
        snapshot=snapshot,
        calendar=calendar or load_calendar(session),
        notices=notices.in_force(session, now),
        agendas=extras.readers.agendas(session, unit_ids, now),
        troubles=extras.readers.troubles(session, unit_ids, now),
        now=now,
    )


def card(
    unit: Unit, about: Around, *, score: float = 0.0, parts: Mapping[str, float] | None = None
) -> UnitCard:
    """Return a unit as a card."""
    assert unit.id is not None  # noqa: S101 (a stored row)
    comarca = about.snapshot.comarcas.get(unit.comarca_id or 0)
    own = about.snapshot.channels.get(unit.id, [])
    kinds = {channel.kind for channel in own}
    state = open_view(about, unit)
    agenda = about.agendas.get(unit.id)
    trouble = about.troubles.get(unit.id)
    return UnitCard(
        id=unit.id,
        slug=unit.slug,
        href=routes.unit(unit.slug),
        name=unit.name,
        kind=unit.kind,
        kind_name=KIND_NAMES[UnitKind(unit.kind)],
        comarca=comarca.name if comarca else "",
        comarca_slug=comarca.slug if comarca else "",
        summary=summary(unit),
        competences=list(unit.competences),
        channels=_buttons(own, agenda),
        is_open=state.is_open,
        open_words=state.words,
        open_tone="warn" if trouble and state.is_open else "ok" if state.is_open else "off",
        open_reason=state.reason,
        next_change=state.next_change,
        deadlines_suspended=state.deadlines_suspended,
        on_call=state.on_call,
        notices=[n.words for n in about.notices if n.concerns(unit, kinds)],
        status=trouble.status if trouble else "",
        status_words=trouble.words if trouble else "",
        next_free=agenda.next_free if agenda else "",
        agenda_href=routes.agenda(agenda.slug) if agenda else "",
        verified=verified_words(own),
        report_href=routes.report(unit.slug),
        is_demo=unit.is_demo,
        score=score,
        parts=dict(parts or {}),
    )


def _buttons(own: Sequence[Channel], agenda: extras.Glimpse | None) -> list[ChannelView]:
    """Return the channels as buttons; the agenda's own page stands for any appointment row."""
    if agenda is None:
        return [channels.view(row) for row in own]
    kind = channels.ChannelKind.APPOINTMENT
    address = routes.agenda(agenda.slug)
    link = ChannelView(kind, channels.CHANNEL_NAMES[kind], "Ver horários", agenda.slug, address)
    return [link, *(channels.view(row) for row in own if row.kind != kind)]


def summary(unit: Unit) -> str:
    """Return the grey line under a unit's name."""
    tags = ", ".join(unit.competences)
    parts = [f"{unit.degree}º grau" if unit.degree else "", tags[:1].upper() + tags[1:]]
    serves = SERVES.get(UnitKind(unit.kind), "")
    if not unit.competences and not serves:
        serves = KIND_NAMES[UnitKind(unit.kind)].lower()
    return " · ".join(part for part in (*parts, serves) if part)


def verified_words(own: Sequence[Channel]) -> str:
    """Return the day since which all of a unit's contacts are verified; empty when one is not."""
    moments = [row.verified_at for row in own]
    known = [moment for moment in moments if moment is not None]
    return date_words(clock.local_day(min(known))) if known and len(known) == len(moments) else ""


def open_view(about: Around, unit: Unit) -> OpenView:
    """Return whether a unit is open, in words: `Aberta · fecha às 19h`."""
    place = Place(unit.comarca_id, unit.id)
    state = about.calendar.state_at(about.now, place, unit.hours)
    change = state.next_change
    return OpenView(
        is_open=state.is_open,
        words=open_words(state, about.now),
        reason=state.reason,
        next_change=clock.rfc3339(change) if change else "",
        deadlines_suspended=state.deadlines_suspended,
        on_call=about.calendar.on_call(about.now, place),
    )


def open_words(state: OpenState, now: datetime) -> str:
    """Return `Aberta · fecha às 19h`, `Fechada · abre amanhã às 12h (feriado: …)`.

    A closure's reason is not repeated: its notice stands on the same card.
    """
    change = state.next_change
    if state.is_open:
        return f"Aberta · fecha {_when_words(change, now)}" if change else "Aberta"
    plain = state.cause in (Cause.HOURS, Cause.CLOSURE)
    why = "" if plain else f" ({state.reason})"
    if change is None:
        return f"Fechada, sem previsão{why}"
    return f"Fechada · abre {_when_words(change, now)}{why}"


def _when_words(moment: datetime, now: datetime) -> str:
    day, today = clock.local_day(moment), clock.local_day(now)
    if day == today:
        return f"às {hour_words(moment)}"
    if day == today + timedelta(days=1):
        return f"amanhã às {hour_words(moment)}"
    if day < today + timedelta(days=7):
        return f"{WEEKDAYS_BARE[day.weekday()]} às {hour_words(moment)}"
    return f"em {date_words(day)} às {hour_words(moment)}"
