"""Build units' cards: whether they are open, why not, and how to reach them, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session

from canais_app import routes
from canais_app.directory import channels, hooks, notices
from canais_app.directory.models import UNIT_KIND_NAMES, Channel, Unit, UnitKind
from canais_app.directory.snapshot import DirectorySnapshot
from canais_app.directory.views import ChannelView, OpenView, UnitCard
from canais_app.expediente.calendar import CourtCalendar
from canais_app.expediente.queries import load_calendar
from canais_app.expediente.rules import Cause, Location, OpenState
from canais_app.kit import clock
from canais_app.kit.text import WEEKDAYS_BARE, format_date, format_hour

FRESH = timedelta(days=90)  # a contact checked longer ago is old
AUDIENCE_BY_KIND = {
    UnitKind.CHAMBERS: "atendimento a advogados, com ou sem hora marcada",
    UnitKind.REGISTRY: "atende partes e advogados",
}


@dataclass(frozen=True)
class CardContext:
    """Data read once for a list of cards."""

    snapshot: DirectorySnapshot
    calendar: CourtCalendar
    notices: Sequence[notices.ScopedNotice]
    agendas: Mapping[int, hooks.AgendaSummary]
    outages: Mapping[int, hooks.Outage]
    now: datetime


def load_card_context(
    session: Session,
    snapshot: DirectorySnapshot,
    unit_ids: Sequence[int],
    now: datetime,
    calendar: CourtCalendar | None = None,
) -> CardContext:
    """Read the calendar, notices, agendas and outages of some units."""
    return CardContext(
        snapshot=snapshot,
        calendar=calendar or load_calendar(session),
        notices=notices.list_in_force(session, now),
        agendas=hooks.hooks.agendas(session, unit_ids, now),
        outages=hooks.hooks.outages(session, unit_ids, now),
        now=now,
    )


def build_card(
    unit: Unit, about: CardContext, *, score: float = 0.0, parts: Mapping[str, float] | None = None
) -> UnitCard:
    """Return a unit as a card."""
    assert unit.id is not None  # noqa: S101 (a stored row)
    comarca = about.snapshot.comarcas.get(unit.comarca_id or 0)
    own = about.snapshot.channels.get(unit.id, [])
    kinds = {channel.kind for channel in own}
    state = build_open_view(about, unit)
    agenda = about.agendas.get(unit.id)
    outage = about.outages.get(unit.id)
    verified = find_oldest_verification(own)
    return UnitCard(
        id=unit.id,
        code=unit.code,
        slug=unit.slug,
        href=routes.unit(unit.slug),
        name=unit.name,
        kind=unit.kind,
        kind_name=UNIT_KIND_NAMES[UnitKind(unit.kind)],
        comarca=comarca.name if comarca else "",
        comarca_slug=comarca.slug if comarca else "",
        summary=summarise_unit(unit),
        competences=list(unit.competences),
        channels=_place_troubles(_channel_views(own, agenda), outage),
        is_open=state.is_open,
        open_words=state.words,
        open_tone="warn" if outage and state.is_open else "ok" if state.is_open else "off",
        open_reason=state.reason,
        next_change=state.next_change,
        deadlines_suspended=state.deadlines_suspended,
        on_call=state.on_call,
        notices=[n.words for n in about.notices if n.applies_to(unit, kinds)],
        status=outage.status if outage else "",
        status_words=outage.words if outage else "",
        next_free=agenda.next_free if agenda else "",
        agenda_href=routes.agenda(agenda.slug) if agenda else "",
        verified=format_date(verified) if verified else "",
        verified_on=verified.isoformat() if verified else "",
        updated_at=clock.to_rfc3339(unit.updated_at),
        report_href=routes.report(unit.slug),
        is_demo=unit.is_demo,
        score=score,
        parts=dict(parts or {}),
    )


def _channel_views(own: Sequence[Channel], agenda: hooks.AgendaSummary | None) -> list[ChannelView]:
    """Return the channels as buttons; a published agenda replaces the appointment channel."""
    if agenda is None:
        return [channels.channel_view(row) for row in own]
    kind = channels.ChannelKind.APPOINTMENT
    address = routes.agenda(agenda.slug)
    link = ChannelView(kind, channels.CHANNEL_NAMES[kind], "Ver horários", agenda.slug, address)
    return [link, *(channels.channel_view(row) for row in own if row.kind != kind)]


def _place_troubles(views: list[ChannelView], outage: hooks.Outage | None) -> list[ChannelView]:
    """Return the channels with what is wrong with them; those in trouble go last."""
    if outage is None or not outage.channels:
        return views
    told = [replace(view, trouble=outage.channels.get(view.kind, "")) for view in views]
    return sorted(told, key=lambda view: view.trouble != "")


def summarise_unit(unit: Unit) -> str:
    """Return the summary line under a unit's name."""
    tags = ", ".join(unit.competences)
    parts = [f"{unit.degree}º grau" if unit.degree else "", tags[:1].upper() + tags[1:]]
    serves = AUDIENCE_BY_KIND.get(UnitKind(unit.kind), "")
    if not unit.competences and not serves:
        serves = UNIT_KIND_NAMES[UnitKind(unit.kind)].lower()
    return " · ".join(part for part in (*parts, serves) if part)


def find_oldest_verification(own: Sequence[Channel]) -> date | None:
    """Return the day of the oldest verification of the contacts; None when one has none."""
    moments = [row.verified_at for row in own]
    known = [moment for moment in moments if moment is not None]
    return clock.to_local_day(min(known)) if known and len(known) == len(moments) else None


def build_open_view(about: CardContext, unit: Unit) -> OpenView:
    """Return whether a unit is open now, and until when."""
    place = Location(unit.comarca_id, unit.id)
    state = about.calendar.open_state_at(about.now, place, unit.hours)
    change = state.next_change
    return OpenView(
        is_open=state.is_open,
        words=format_open_state(state, about.now),
        reason=state.reason,
        next_change=clock.to_rfc3339(change) if change else "",
        deadlines_suspended=state.deadlines_suspended,
        on_call=about.calendar.is_plantao(about.now, place),
    )


def format_open_state(state: OpenState, now: datetime) -> str:
    """Return `Aberta · fecha às 19h`, `Fechada · abre amanhã às 12h (feriado: …)`.

    A closure's reason is left out: its notice is on the same card.
    """
    change = state.next_change
    if state.is_open:
        return f"Aberta · fecha {_format_when(change, now)}" if change else "Aberta"
    plain = state.cause in (Cause.HOURS, Cause.CLOSURE)
    if change is None:  # that today is a weekend is not why it never opens
        plain = plain or state.cause is Cause.WEEKEND
    why = "" if plain else f" ({state.reason})"
    if change is None:
        return f"Fechada, sem previsão{why}"
    return f"Fechada · abre {_format_when(change, now)}{why}"


def _format_when(moment: datetime, now: datetime) -> str:
    day, today = clock.to_local_day(moment), clock.to_local_day(now)
    if day == today:
        return f"às {format_hour(moment)}"
    if day == today + timedelta(days=1):
        return f"amanhã às {format_hour(moment)}"
    if day < today + timedelta(days=7):
        return f"{WEEKDAYS_BARE[day.weekday()]} às {format_hour(moment)}"
    return f"em {format_date(day)} às {format_hour(moment)}"
