"""The public failures of the last days as entries of a feed, newest change first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.complaints.public_status.incidents import ENDED_SHOWN, list_public_incidents
from canais_app.complaints.situations.models import Situation
from canais_app.complaints.situations.queries import FALSE, LEVEL_NAMES, MIN_PEOPLE, PublicLevel
from canais_app.directory import snapshot
from canais_app.directory.labels import channel_label
from canais_app.directory.snapshot import DirectorySnapshot
from canais_app.kit.text import format_datetime, pluralise


@dataclass(frozen=True)
class FeedEntry:
    """An entry; `key` is the same for ever. `path` is the page to read more."""

    key: str
    title: str
    summary: str
    path: str
    term: str
    published: datetime
    updated: datetime


def list_feed_entries(session: Session, *, now: datetime, comarca: str = "") -> list[FeedEntry]:
    """Return the failures of the state, or of a comarca.

    Raises:
        NotFoundError: no such comarca.
    """
    here = snapshot.load_snapshot(session)
    unit_ids: frozenset[int] | None = None
    if comarca:
        place = here.find_comarca(comarca)
        mine = (id_ for id_, unit in here.units.items() if unit.comarca_id == place.id)
        unit_ids = frozenset(mine)
    found = [
        *_of_situations(session, here, now - ENDED_SHOWN, unit_ids),
        *_of_incidents(session, here, now, unit_ids, comarca),
    ]
    return sorted(found, key=lambda entry: entry.updated, reverse=True)


def _of_situations(
    session: Session, here: DirectorySnapshot, since: datetime, unit_ids: frozenset[int] | None
) -> Iterator[FeedEntry]:
    rows = session.exec(
        select(Situation).where(
            col(Situation.unit_id).is_not(None),
            col(Situation.probable_at).is_not(None),
            col(Situation.people) >= MIN_PEOPLE,
            col(Situation.verdict) != FALSE,
            col(Situation.incident_id).is_(None),
            col(Situation.muted_by_id).is_(None),
            col(Situation.closed_at).is_(None) | (col(Situation.closed_at) >= since),
        )
    )
    for row in rows:
        unit = here.units.get(row.unit_id or 0)
        if unit is None or row.probable_at is None:
            continue
        if unit_ids is not None and unit.id not in unit_ids:
            continue
        level = PublicLevel.CONFIRMED if row.confirmed_at else PublicLevel.REPORTED
        ended = "Encerrada: " if row.closed_at else ""
        over = f" Encerrada em {format_datetime(row.closed_at)}." if row.closed_at else ""
        channel = channel_label(row.channel)
        yield FeedEntry(
            key=f"situation/{row.code}",
            title=f"{ended}{LEVEL_NAMES[level]}: {channel}, {unit.name}",
            summary=f"{channel}, {unit.name}: desde {format_datetime(row.first_report_at)}.{over}",
            path=routes.unit(unit.slug),
            term=level,
            published=row.probable_at,
            updated=row.closed_at or row.confirmed_at or row.probable_at,
        )


def _of_incidents(
    session: Session,
    here: DirectorySnapshot,
    now: datetime,
    unit_ids: frozenset[int] | None,
    comarca: str,
) -> Iterator[FeedEntry]:
    for found in list_public_incidents(session, here, now, unit_ids, since=now - ENDED_SHOWN):
        over = found.ends_at is not None and found.ends_at <= now
        news = [words for _, words in found.updates]
        changed = [at for at, _ in found.updates]
        units = pluralise(len(found.units), "unidade", "unidades")
        channels = ", ".join(map(channel_label, found.channels))
        yield FeedEntry(
            key=f"incident/{found.code}",
            title=f"{'Encerrado: ' if over else ''}{found.title}",
            summary=" ".join([f"{channels or 'Atendimento'}: {units}.", *news[:3]]),
            path=routes.status(comarca),
            term=found.kind,
            published=found.started_at,
            updated=max(
                [*changed, found.started_at, *([found.ends_at] if over and found.ends_at else [])]
            ),
        )
