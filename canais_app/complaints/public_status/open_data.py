"""Open data as files, written by the worker, so that a request reads no table.

One month is counted at a time: memory stays flat however many complaints there are. Files are
replaced whole; beside each stands its gzip.
"""

import gzip
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any, Self

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app.complaints.models import ComplaintHour
from canais_app.complaints.public_status.datasets import DATASET_BY_NAME, LICENCE
from canais_app.complaints.public_status.suppression import suppress_counts
from canais_app.directory import snapshot
from canais_app.directory.channels import CHANNEL_TYPES, type_of
from canais_app.directory.models import Comarca, Unit
from canais_app.directory.snapshot import DirectorySnapshot
from canais_app.kit import clock, export
from canais_app.settings import settings

Row = Sequence[object]
_DECEMBER = 12


def file_path(dataset: str, kind: str) -> Path:
    """Return the file of a data set; it may not exist yet."""
    return settings().var_dir / "open-data" / f"{dataset}.{kind}"


def written_at() -> datetime | None:
    """Return when the files of complaints were written, if they were."""
    path = file_path("complaints-state", "json")
    return datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.exists() else None


def is_due(now: datetime) -> bool:
    """Whether the files are missing or of another day."""
    written = written_at()
    return written is None or clock.to_local_day(written) != clock.to_local_day(now)


def write_files(session: Session, *, now: datetime) -> None:
    """Write the files of units and complaints."""
    write_units(session, now=now)
    write_complaints(session, now=now)


def write_units(session: Session, *, now: datetime) -> None:
    """Write the units with their channels as CSV, JSON and GeoJSON."""
    here = snapshot.load_snapshot(session)
    columns = tuple(DATASET_BY_NAME["units"].columns)
    rows = [_unit_row(here, unit) for unit in sorted(here.units.values(), key=lambda u: u.path)]
    with _Writer("units", columns, now) as writer:
        writer.add(rows)
    features = [_feature(dict(zip(columns, row, strict=True))) for row in rows]
    content = {"type": "FeatureCollection", "license": LICENCE, "features": features}
    path = file_path("units", "geojson")
    draft = path.with_suffix(".geojson.new")
    draft.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    _publish(draft, path)


def write_complaints(session: Session, *, now: datetime) -> None:
    """Write the complaints by month, unit and channel, and their totals of the state."""
    units = {
        id_: (comarca or "", slug, name)
        for id_, slug, name, comarca in session.exec(
            select(Unit.id, Unit.slug, Unit.name, Comarca.name).join(Comarca, isouter=True)
        )
    }
    with (
        _Writer("complaints", tuple(DATASET_BY_NAME["complaints"].columns), now) as by_unit,
        _Writer(
            "complaints-state", tuple(DATASET_BY_NAME["complaints-state"].columns), now
        ) as total,
    ):
        for month, first, end in _months(session, now):
            counted = _count(session, first, end)
            cells = sorted(
                (*units[unit_id], channel, count)
                for unit_id, channel, count in counted
                if count and unit_id in units
            )
            public = suppress_counts([c[-1] for c in cells], [c[-2] for c in cells])
            by_unit.add(
                (month, *cell[:-1], shown) for cell, shown in zip(cells, public.cells, strict=True)
            )
            total.add(
                (month, channel, shown)
                for channel, shown in sorted(public.totals.items(), key=lambda kv: str(kv[0]))
            )


class _Writer:
    """Writes rows as CSV and JSON at once; the files appear when all rows are written."""

    def __init__(self, dataset: str, columns: tuple[str, ...], now: datetime) -> None:
        self.columns = columns
        self.paths = {kind: file_path(dataset, kind) for kind in ("csv", "json")}
        self.drafts = {kind: path.with_suffix(f".{kind}.new") for kind, path in self.paths.items()}
        self.opening = {"generated_at": clock.to_rfc3339(now), "license": LICENCE}
        self.is_empty = True
        self._files = ExitStack()

    def __enter__(self) -> Self:
        self.paths["csv"].parent.mkdir(parents=True, exist_ok=True)
        self.csv: IO[str] = self._files.enter_context(
            self.drafts["csv"].open("w", encoding="utf-8", newline="")
        )
        self.json: IO[str] = self._files.enter_context(
            self.drafts["json"].open("w", encoding="utf-8")
        )
        self.csv.write(export.open_data_lines([], self.columns, header=True))
        opening = json.dumps(self.opening, ensure_ascii=False).removesuffix("}")
        self.json.write(f'{opening}, "items": [')
        return self

    def add(self, rows: Iterable[Row]) -> None:
        """Write some rows."""
        found = list(rows)
        if not found:
            return
        self.csv.write(export.open_data_lines(found, self.columns, header=False))
        items = (
            json.dumps(dict(zip(self.columns, row, strict=True)), ensure_ascii=False)
            for row in found
        )
        self.json.write(("" if self.is_empty else ",") + "\n" + ",\n".join(items))
        self.is_empty = False

    def __exit__(self, wrong: type[BaseException] | None, *_: object) -> None:
        if wrong is None:
            self.json.write("\n]}\n")
        self._files.close()
        if wrong is None:
            for kind, draft in self.drafts.items():
                _publish(draft, self.paths[kind])


def _publish(draft: Path, path: Path) -> None:
    """Put a written file and its gzip in the place of the old ones."""
    packed = Path(f"{path}.gz.new")
    with draft.open("rb") as source, gzip.open(packed, "wb") as target:
        shutil.copyfileobj(source, target)
    packed.replace(f"{path}.gz")
    draft.replace(path)


def _months(session: Session, now: datetime) -> Iterator[tuple[str, int, int]]:
    """Yield each month from the first complaint on, with its first hour and the one after it."""
    first = session.exec(select(func.min(col(ComplaintHour.hour)))).one()
    if first is None:
        return
    day, last = clock.to_local_day(clock.hour_start(first)).replace(day=1), clock.to_local_day(now)
    while day <= last:
        after = date(day.year + day.month // _DECEMBER, day.month % _DECEMBER + 1, 1)
        yield (
            day.strftime("%Y-%m"),
            clock.hour_number(clock.from_wall_clock(day, 0)),
            clock.hour_number(clock.from_wall_clock(after, 0)),
        )
        day = after


def _count(session: Session, first: int, end: int) -> list[tuple[int, str, int]]:
    unit, channel = col(ComplaintHour.unit_id), col(ComplaintHour.channel)
    query = (
        select(unit, channel, func.sum(col(ComplaintHour.count)))
        .where(col(ComplaintHour.hour) >= first, col(ComplaintHour.hour) < end)
        .group_by(unit, channel)
    )
    return [(unit_id, kind, int(count)) for unit_id, kind, count in session.exec(query)]


def _unit_row(here: DirectorySnapshot, unit: Unit) -> Row:
    place = here.comarcas.get(unit.comarca_id or 0)
    rows = reversed(here.channels.get(unit.id or 0, []))
    values = {row.kind: type_of(row.kind).show(row.value) for row in rows}
    return (
        unit.code,
        unit.slug,
        unit.name,
        unit.kind,
        unit.degree,
        place.name if place else "",
        ", ".join(unit.competences),
        *(values.get(kind.kind, "") for kind in CHANNEL_TYPES),
        place.latitude if place else "",
        place.longitude if place else "",
    )


def _feature(row: Mapping[str, Any]) -> dict[str, Any]:
    known = row["latitude"] != ""
    point = {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
    properties = {k: v for k, v in row.items() if k not in ("latitude", "longitude")}
    return {"type": "Feature", "geometry": point if known else None, "properties": properties}
