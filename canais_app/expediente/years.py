"""Fill a whole year of the calendar: propose its days to an administrator, or seed them."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import extract, func, select
from sqlmodel import Session, col

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.expediente.holidays import ProposedDay, generate_recess, generate_year
from canais_app.expediente.models import CalendarDay
from canais_app.expediente.places import load_comarca_ids
from canais_app.expediente.queries import TOPIC
from canais_app.expediente.rules import Effect
from canais_app.expediente.service import SUPPORTED_YEARS
from canais_app.kit import live
from canais_app.kit.errors import InvalidError
from canais_app.kit.text import format_date


def propose_year(session: Session, year: int) -> list[ProposedDay]:
    """Return the days of a year that the calendar does not have yet, earliest first.

    A day that was moved within the year counts as present.

    Raises:
        InvalidError: an unsupported year.
    """
    if year not in SUPPORTED_YEARS:
        raise InvalidError(f"Escolha um ano entre {SUPPORTED_YEARS[0]} e {SUPPORTED_YEARS[-1]}.")
    names = {id_: slug for slug, id_ in load_comarca_ids(session).items()}
    rows = session.scalars(_select_year(year)).all()
    present = Counter((row.name, names.get(row.comarca_id or 0, "")) for row in rows)
    starts = {(row.first_day, row.effect, names.get(row.comarca_id or 0, "")) for row in rows}
    missing: list[ProposedDay] = []
    for day in _year(year, running=not _recess_runs(session, year)):
        if (day.first, day.effect, day.comarca) in starts:
            present[day.name, day.comarca] -= 1
        else:
            missing.append(day)
    return [day for day in missing if not _take_match(present, (day.name, day.comarca))]


def accept_proposal(
    session: Session, actor: Actor, year: int, chosen: Collection[str], *, now: datetime
) -> int:
    """Store the proposed days chosen by key; return how many.

    Raises:
        InvalidError: none was chosen.
    """
    require_permission(actor, Permission.EDIT_CALENDAR)
    days = [day for day in propose_year(session, year) if day.key in chosen]
    if not days:
        raise InvalidError("Escolha ao menos um dia da proposta.")
    written = _write(session, days)
    changes = {format_date(day.first): ["", day.name] for day in days}
    audit.record_entry(session, actor, "incluir ano", "calendário", year, changes, now=now)
    live.emit(session, TOPIC)
    return written


def seed_years(session: Session, years: Sequence[int]) -> int:
    """Store the days of those `years` that have none; return how many were stored.

    A year with days is left as the administrators edited it.
    """
    written = 0
    for year in years:
        if session.scalar(_select_year(year).limit(1)) is None:
            written += _write(session, _year(year, running=not _recess_runs(session, year)))
    if written:
        live.emit(session, TOPIC)
    return written


def _select_year(year: int):  # noqa: ANN202 (a SQLAlchemy statement)
    return select(CalendarDay).where(extract("year", col(CalendarDay.first_day)) == year)


def _recess_runs(session: Session, year: int) -> bool:
    """Whether the recess that began the year before is stored."""
    recess = col(CalendarDay.effect) == Effect.RECESS
    before = _select_year(year - 1).where(recess).with_only_columns(func.count())
    return bool(session.scalar(before))


def _year(year: int, *, running: bool) -> list[ProposedDay]:
    return [*([generate_recess(year - 1)] if running else []), *generate_year(year)]


def _take_match(present: Counter[tuple[str, str]], key: tuple[str, str]) -> bool:
    present[key] -= 1
    return present[key] >= 0


def _write(session: Session, days: Sequence[ProposedDay]) -> int:
    comarcas = load_comarca_ids(session)
    rows = [
        CalendarDay(
            first_day=day.first,
            last_day=day.last,
            effect=day.effect,
            opens_at=day.opens,
            name=day.name,
            comarca_id=comarcas[day.comarca] if day.comarca else None,
            source=day.source,
        )
        for day in days
        if not day.comarca or day.comarca in comarcas
    ]
    session.add_all(rows)
    session.flush()
    return len(rows)
