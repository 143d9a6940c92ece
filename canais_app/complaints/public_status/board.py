"""The public status board: counts of the reports of the last 24 hours by place."""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.complaints.models import ComplaintHour
from canais_app.complaints.views import ChannelStatus, PlaceStatus, StatusBoard
from canais_app.directory import notices
from canais_app.directory.labels import channel_label
from canais_app.directory.models import Comarca, Unit
from canais_app.directory.views import NoticeView
from canais_app.kit import clock
from canais_app.kit.errors import NotFoundError
from canais_app.kit.text import format_datetime, pluralise, strip_accents

STATUS_WINDOW = timedelta(hours=24)


@dataclass(frozen=True)
class _Counts:
    recent: Counter[int]
    by_channel: dict[int, Counter[str]]
    known: frozenset[int]


def load_status_board(
    session: Session, *, now: datetime, comarca: str = "", unit: str = ""
) -> StatusBoard:
    """Return the board of the state by comarca, of a comarca by unit, or of a unit by channel.

    Raises:
        NotFoundError: no such comarca or unit.
    """
    counts = _load_counts(session, now)
    if unit:
        return _unit_board(session, unit, counts, now)
    if comarca:
        return _comarca_board(session, comarca, counts, now)
    return _state_board(session, counts, now)


def _state_board(session: Session, counts: _Counts, now: datetime) -> StatusBoard:
    units = session.exec(select(Unit.id, Unit.comarca_id).where(col(Unit.active))).all()
    recent: Counter[int | None] = Counter()
    known: set[int | None] = set()
    for unit_id, comarca_id in units:
        recent[comarca_id] += counts.recent[unit_id or 0]
        if unit_id in counts.known:
            known.add(comarca_id)
    comarcas = session.exec(select(Comarca).where(col(Comarca.installed))).all()
    places = [
        _place_status(c.slug, c.name, recent[c.id], known=c.id in known, href=routes.status(c.slug))
        for c in comarcas
    ]
    if recent[None] or None in known:
        places.append(_place_status("", "2º grau e Núcleos", recent[None], known=True))
    planned = notices.list_current_and_announced(session, now)
    return _board("Mato Grosso", "comarcas", places, planned, now)


def _comarca_board(session: Session, slug: str, counts: _Counts, now: datetime) -> StatusBoard:
    found = session.exec(
        select(Comarca).where(col(Comarca.slug) == slug, col(Comarca.installed))
    ).first()
    if found is None:
        raise NotFoundError("Não encontramos esta comarca.")
    units = session.exec(
        select(Unit).where(col(Unit.comarca_id) == found.id, col(Unit.active))
    ).all()
    places = [_unit_status(unit, found.name, counts) for unit in units]
    planned = [
        n for n in notices.list_current_and_announced(session, now) if n.concerns_comarca(slug)
    ]
    return _board(f"Comarca de {found.name}", "unidades", places, planned, now)


def _unit_board(session: Session, slug: str, counts: _Counts, now: datetime) -> StatusBoard:
    found = session.exec(
        select(Unit, Comarca)
        .join(Comarca, isouter=True)
        .where(col(Unit.slug) == slug, col(Unit.active))
    ).first()
    if found is None:
        raise NotFoundError("Não encontramos esta unidade.")
    unit, comarca = found
    places = [_unit_status(unit, comarca.name if comarca else "", counts)]
    return _board(
        unit.name, "unidade", places, notices.list_current_and_announced(session, now, unit), now
    )


def _unit_status(unit: Unit, comarca: str, counts: _Counts) -> PlaceStatus:
    id_ = unit.id or 0
    channels = [
        ChannelStatus(c, channel_label(c) or "Nenhum em particular", n)
        for c, n in counts.by_channel.get(id_, Counter()).most_common()
    ]
    status = _place_status(unit.slug, unit.name, counts.recent[id_], known=id_ in counts.known)
    return replace(status, comarca=comarca, href=routes.unit(unit.slug), channels=channels)


def _place_status(slug: str, name: str, count: int, *, known: bool, href: str = "") -> PlaceStatus:
    words = pluralise(count, "relato", "relatos") if count else "Nenhum relato"
    return PlaceStatus(
        slug=slug,
        name=name,
        comarca="",
        href=href,
        count=count,
        known=known,
        words=words if known else "Sem dados",
    )


def _board(
    title: str, kind: str, places: list[PlaceStatus], planned: list[NoticeView], now: datetime
) -> StatusBoard:
    total = sum(place.count for place in places)
    where = ""
    if total and kind != "unidade":
        with_reports = sum(1 for place in places if place.count)
        where = f", em {pluralise(with_reports, kind.removesuffix('s'), kind)}"
    reports = pluralise(total, "relato de falha", "relatos de falha") if total else "Nenhum relato"
    return StatusBoard(
        title=title,
        kind=kind,
        at=format_datetime(now),
        sentence=f"{reports} nas últimas 24 horas{where}.",
        total=total,
        places=sorted(places, key=lambda p: (-p.count, not p.known, strip_accents(p.name))),
        planned=planned,
    )


def _load_counts(session: Session, now: datetime) -> _Counts:
    since = now.replace(minute=0, second=0, microsecond=0) - STATUS_WINDOW + timedelta(hours=1)
    query = (
        select(ComplaintHour.unit_id, ComplaintHour.channel, func.sum(col(ComplaintHour.count)))
        .where(
            col(ComplaintHour.hour) >= clock.hour_number(since),
            col(ComplaintHour.hour) <= clock.hour_number(now),
        )
        .group_by(col(ComplaintHour.unit_id), col(ComplaintHour.channel))
    )
    recent: Counter[int] = Counter()
    by_channel: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for unit_id, channel, count in session.exec(query).all():
        recent[unit_id] += count
        by_channel[unit_id][channel] += count
    known = session.exec(select(ComplaintHour.unit_id).distinct()).all()
    return _Counts(recent, dict(by_channel), frozenset(known))
