"""Turn situations into the words and shapes of the desk."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from canais_app import routes
from canais_app.complaints.kinds import COMPLAINT_KIND_NAMES, ComplaintKindCode
from canais_app.complaints.situations.desk.view import DeskView, GroupView, ItemView, LineView
from canais_app.complaints.situations.detail import BUDGET, MonthBudget
from canais_app.complaints.situations.incident_forms import STATUS_NAMES, IncidentStatus
from canais_app.complaints.situations.listing import PROBABLE, IncidentRow, ListState, SituationRow
from canais_app.complaints.situations.models import HandOver, SituationEvent
from canais_app.complaints.situations.queries import IncidentKind
from canais_app.complaints.statistics.alarms.judge import QUIET
from canais_app.directory.labels import channel_label
from canais_app.kit import clock
from canais_app.kit.text import format_datetime, format_hour, format_number, initials, pluralise

ASSUME_WITHIN = timedelta(minutes=30)  # after it became probable
NEAR = timedelta(minutes=10)
MONTHS = (
    "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro",
    "outubro", "novembro", "dezembro",
)  # fmt: skip


def present_desk(  # noqa: PLR0913 (the parts of the page)
    rows: Sequence[SituationRow],
    incidents: Sequence[IncidentRow],
    closed: Sequence[SituationRow],
    budget: MonthBudget,
    note: HandOver | None,
    *,
    query: str,
    now: datetime,
) -> DeskView:
    """Return the list by urgency, the budget and the note of the last shift."""
    active = [row for row in incidents if row.started_at <= now]
    known = {row.incident for row in rows}
    lone = [row for row in rows if row.state == ListState.NOW]
    watched = [row for row in rows if row.state in (ListState.WATCHED, ListState.FALSE)]
    muted = [row for row in rows if row.state == ListState.MUTED]
    of_now = [
        *(incident_item(row, now) for row in active if row.kind == IncidentKind.INCIDENT),
        *(situation_item(row, query, now) for row in lone),
    ]
    silent = [
        *(incident_item(row, now) for row in active if row.kind == IncidentKind.MAINTENANCE),
        *(situation_item(row, query, now) for row in muted if not row.incident),
    ]
    groups = [
        GroupView(f"Agora · {len(of_now)}", "visto / esperado na pior janela", of_now),
        GroupView(
            f"Em observação · {len(watched)}",
            "fecha após 2 horas calmas",
            [situation_item(row, query, now) for row in watched],
        ),
        GroupView(f"Silenciada · {len(silent)}", "conta, mas não alarma", silent),
    ]
    today = [
        row
        for row in closed
        if row.closed_at and clock.to_local_day(row.closed_at) == clock.to_local_day(now)
    ]
    in_incident = sum(row.units for row in active if row.kind == IncidentKind.INCIDENT)
    units = len({row.unit or row.code for row in lone})
    return DeskView(
        hot=_headline(len([r for r in active if r.kind == IncidentKind.INCIDENT]), units),
        rest=" agora" if units or active else "Nenhuma unidade acima do normal agora",
        summary=(
            f"{pluralise(units, 'unidade', 'unidades')} acima do normal, {in_incident} em "
            f"incidente, {len(watched)} em observação, {len(silent)} silenciadas."
        ),
        time=format_hour(now),
        iso=clock.to_rfc3339(now),
        stamp=now.isoformat(),
        groups=[group for group in groups if group.items],
        closed_words=f"Encerradas hoje · {len(today)}",
        closed=[situation_item(row, query, now) for row in today],
        is_empty=not (of_now or watched or silent or known - {""}),
        **_budget(budget, query, now),
        hand_over=note.text if note else "",
        hand_over_who=f"{note.who}, {format_hour(note.at)}" if note else "",
    )


def _headline(incidents: int, units: int) -> str:
    parts = []
    if incidents:
        parts.append(pluralise(incidents, "incidente", "incidentes"))
    if units:
        parts.append(f"{pluralise(units, 'unidade', 'unidades')} acima do normal")
    return " e ".join(parts)


def _budget(budget: MonthBudget, query: str, now: datetime) -> dict[str, Any]:
    month = MONTHS[clock.to_local_day(now).month - 1]
    waiting = len(budget.unjudged)
    true = pluralise(budget.true, "confirmado", "confirmados")
    false = pluralise(budget.false, "falso", "falsos")
    judged = f"{true}, {false}, {waiting} sem julgamento"
    alarms = pluralise(budget.alarms, "alarme", "alarmes")
    return {
        "budget": f"Alarmes falsos em {month}: {budget.false} de até {BUDGET}",
        "budget_words": f"{alarms} no mês: {judged}.",
        "budget_pips": [n < budget.false for n in range(max(BUDGET, budget.false))],
        "unjudged": f"Julgar {waiting}" if waiting else "",
        "unjudged_href": _href(budget.unjudged[0], query) if waiting else "",
    }


def _href(code: str, query: str) -> str:
    return routes.situation(code) + (f"?{query}" if query else "")


def situation_item(row: SituationRow, query: str, now: datetime) -> ItemView:
    """Return a situation as the list shows it."""
    mark, level = level_of(row)
    words, tone = clock_of(row, now)
    quiet = row.state != ListState.NOW
    return ItemView(
        code=row.code,
        href=_href(row.code, query),
        mark=mark,
        level=level,
        clock=words,
        clock_tone=tone,
        title=row.unit_name,
        about=describe(row),
        seen=str(row.seen),
        expected=format_number(row.expected, 1),
        people=pluralise(row.people, "pessoa", "pessoas"),
        since=f"desde {format_hour(row.first_report_at)}",
        owner=row.owner or "sem responsável",
        initials=initials(row.owner) if row.owner else "",
        quiet=quiet,
    )


def incident_item(row: IncidentRow, now: datetime) -> ItemView:
    """Return an incident as the list of situations shows it."""
    words, tone = promise_of(row, now)
    planned = row.kind == IncidentKind.MAINTENANCE
    return ItemView(
        code=row.code,
        href=routes.incident(row.code),
        mark="mute" if planned else "inc",
        level="Manutenção" if planned else "■ Incidente",
        clock=words,
        clock_tone=tone,
        title=row.title,
        about=(
            f"{pluralise(row.units, 'unidade', 'unidades')} · "
            f"{STATUS_NAMES[IncidentStatus(row.status)].lower()}"
        ),
        since=f"desde {format_hour(row.started_at)}",
        quiet=True,
    )


def level_of(row: SituationRow) -> tuple[str, str]:
    """Return the mark of a situation's level and its words."""
    if row.state == ListState.FALSE:
        return "mute", "Falso"
    if row.state == ListState.CLOSED:
        return "obs", "Encerrada"
    if row.state == ListState.MUTED:
        return "mute", f"No incidente {row.incident}" if row.incident else "Silenciada"
    if row.state == ListState.WATCHED:
        return "obs", "Voltou ao normal"
    if row.confirmed:
        return "inc", "■ Confirmada"
    return ("prov", "▲ Provável") if row.level == PROBABLE else ("poss", "△ Possível")


def clock_of(row: SituationRow, now: datetime) -> tuple[str, str]:  # noqa: PLR0911 (one for each duty)
    """Return the next duty of a situation in words, and its tone."""
    if row.state == ListState.CLOSED:
        return f"às {format_hour(row.closed_at)}" if row.closed_at else "", ""
    if row.state == ListState.MUTED:
        return (f"conta em {row.muted_by}" if row.muted_by else "conta, não alarma"), ""
    if row.quiet_since:
        return f"calma {ago(row.quiet_since, now)}, fecha com {QUIET // 60} h", ""
    if row.unit_told_at:
        return f"unidade avisada {ago(row.unit_told_at, now)}", ""
    if row.owner:
        return f"assumida {ago(row.assumed_at, now)}" if row.assumed_at else "assumida", ""
    if row.probable_at is None:
        return f"só interno · {ago(row.opened_at, now)}", ""
    left = row.probable_at + ASSUME_WITHIN - now
    if left <= timedelta(0):
        return f"atrasado: assumir {ago(row.probable_at, now)}", "late"
    return f"assumir em {minutes(left)}", "near" if left < NEAR else ""


def promise_of(row: IncidentRow, now: datetime) -> tuple[str, str]:
    """Return the promise of the next news in words, and its tone."""
    if row.next_update_at is None:
        until = f"até {format_datetime(row.ends_at)}" if row.ends_at else "sem previsão de fim"
        return until, ""
    left = row.next_update_at - now
    if left <= timedelta(0):
        return f"atrasado: notícia prometida para {format_hour(row.next_update_at)}", "late"
    return f"atualizar em {minutes(left)}", "near" if left < NEAR else ""


def minutes(span: timedelta) -> str:
    """Return a span as `8 min`, `1 h 12` or `3 dias`."""
    total = max(int(span.total_seconds() // 60), 0)
    if total < 60:  # noqa: PLR2004 (minutes of an hour)
        return f"{total} min"
    hours, rest = divmod(total, 60)
    if hours < 48:  # noqa: PLR2004 (then days are easier)
        return f"{hours} h {rest:02d}" if rest else f"{hours} h"
    return f"{hours // 24} dias"


def ago(moment: datetime, now: datetime) -> str:
    """Return `há 8 min`."""
    return f"há {minutes(now - moment)}"


def describe(row: SituationRow) -> str:
    """Return the channel and the most frequent kind."""
    channel = channel_label(row.channel) if row.channel else "Vários canais"
    kind = COMPLAINT_KIND_NAMES[ComplaintKindCode(row.kind)].lower() if row.kind else ""
    return f"{channel} · {kind}" if kind else channel


def present_news(news: Sequence[tuple[SituationEvent, str]], query: str) -> list[LineView]:
    """Return what happened since the last visit."""
    return [
        LineView(
            at=format_hour(event.at),
            words=f"{code}: {event.who} {event.text}"
            if event.staff_id
            else f"{code}: {event.text}",
            href=_href(code, query),
        )
        for event, code in news
    ]
