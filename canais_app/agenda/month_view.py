"""Four weeks of an agenda for the calendar: its days and their slots."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from sqlmodel import Session

from canais_app.agenda.availability import service as availability
from canais_app.agenda.availability.rule_values import TermsVersions
from canais_app.agenda.availability.slots import DayPlan
from canais_app.agenda.queries import load_by_id, require_supported_days
from canais_app.agenda.views import MonthBoard, SlotDay, SlotTime, SubstituteView
from canais_app.kit import clock, text

MONTH_DAYS = 28
HALF_DAY_SPLIT_HOUR = 15  # splits the court's hours, 12h–19h, into two parts


def load_month_by_id(  # noqa: PLR0913 (an agenda, days, and the conditions)
    session: Session,
    agenda_id: int,
    first_day: date,
    *,
    now: datetime,
    kind: str = "",
    excluded_id: int | None = None,
) -> MonthBoard:
    """Return four weeks of an agenda, from the Monday of `first_day`'s week.

    The slots are those of `kind`, a kind of attendance; empty: the first. An appointment that
    would move, `excluded_id`, takes none. An agenda that is not published has no free day.
    """
    agenda = load_by_id(session, agenda_id, now=now)
    if not agenda.row.published:
        agenda = replace(agenda, versions=TermsVersions())
    require_supported_days(first_day)
    monday = first_day - timedelta(days=first_day.weekday())
    days = [monday + timedelta(days=n) for n in range(MONTH_DAYS)]
    plans = availability.plan_days(
        session, agenda, days, now=now, excluded_id=excluded_id, kind=kind
    )
    return MonthBoard(
        agenda_id=agenda.id,
        slug=agenda.row.slug,
        first_day=monday.isoformat(),
        days=[_slot_day(plan) for plan in plans],
        times={
            plan.day.isoformat(): _slot_times(
                plan, agenda.versions.terms_on(plan.day).modalities_of(kind)
            )
            for plan in plans
        },
        published=agenda.row.published,
        stand_ins=[
            SubstituteView(
                its.first_day.isoformat(), its.last_day.isoformat(), its.name, its.public_text
            )
            for its in agenda.substitutes
            if its.first_day <= days[-1] and its.last_day >= monday
        ],
    )


def _slot_day(plan: DayPlan) -> SlotDay:
    return SlotDay(
        date=plan.day.isoformat(),
        label=text.format_long_date(plan.day),
        weekday=text.WEEKDAY_NAMES[plan.day.weekday()],
        free=plan.free,
        state=plan.state,
        note=plan.reason,
    )


def _slot_times(plan: DayPlan, modalities: Sequence[str]) -> list[SlotTime]:
    if not plan.slots:
        return []
    labels = [(_slot_label(slot.start), _slot_label(slot.end)) for slot in plan.slots]
    names = _half_day_names(labels)
    return [
        SlotTime(start.iso, start.label, end.iso, names[start.late], slot.status, list(modalities))
        for slot, (start, end) in zip(plan.slots, labels, strict=True)
    ]


class _SlotLabel(NamedTuple):
    iso: str
    label: str
    late: bool


@lru_cache(maxsize=50_000)
def _slot_label(moment: datetime) -> _SlotLabel:
    # Cached: every view of a month formats the same few thousand moments.
    late = clock.to_local(moment).hour >= HALF_DAY_SPLIT_HOUR
    return _SlotLabel(clock.to_rfc3339(moment), text.format_hour(moment), late)


def _half_day_names(labels: list[tuple[_SlotLabel, _SlotLabel]]) -> dict[bool, str]:
    """Name the day's two halves by the hours they span: `12h–15h`, `15h–19h`."""
    names: dict[bool, str] = {}
    for late in (False, True):
        part = [(start, end) for start, end in labels if start.late == late]
        if part:
            names[late] = f"{part[0][0].label}–{part[-1][1].label}"
    return names
