"""The whole directory, small enough for a telephone to keep and read without a connection."""

import gzip
import json
from typing import Any

from sqlmodel import Session

from canais_app.directory import channels, kept, version
from canais_app.directory.models import Channel, Unit, UnitKind
from canais_app.directory.snapshot import KIND_NAMES, Snapshot
from canais_app.kit.text import fold

_kept: dict[str, bytes] = {}


def packed(session: Session) -> tuple[str, bytes]:
    """Return the directory's version and its content, as gzip of JSON; made once per version.

    The content is `{"demo": bool, "places": [[place, [unit, …]], …]}`, a unit being
    `[slug, name, kind, hours, [[channel, words, href], …]]`.
    """
    mark = version.current(session)
    if mark not in _kept:
        body = json.dumps(content(session), ensure_ascii=False, separators=(",", ":"))
        made = gzip.compress(body.encode(), mtime=0)
        _kept.clear()
        _kept[mark] = made
    return mark, _kept[mark]


def content(session: Session) -> dict[str, Any]:
    """Return every active unit under its comarca, from A to Z, the 2nd degree first."""
    here = kept.load(session)
    places: dict[str, list[Any]] = {}
    for unit in sorted(here.units.values(), key=lambda unit: unit.path):
        places.setdefault(_place(here, unit), []).append(_entry(here, unit))
    ordered = sorted(places.items(), key=lambda item: (item[0] != SECOND_DEGREE, fold(item[0])))
    return {"demo": any(u.is_demo for u in here.units.values()), "places": ordered}


SECOND_DEGREE = "Tribunal e unidades estaduais"


def _place(here: Snapshot, unit: Unit) -> str:
    comarca = here.comarcas.get(unit.comarca_id or 0)
    return comarca.name if comarca else SECOND_DEGREE


def _entry(here: Snapshot, unit: Unit) -> list[Any]:
    rows = here.channels.get(unit.id or 0, [])
    own = [row for row in rows if channels.type_of(row.kind).is_offline]
    hours = channels.hours_words(unit.hours) if unit.hours else ""
    return [unit.slug, unit.name, KIND_NAMES[UnitKind(unit.kind)], hours, list(map(_way, own))]


def _way(channel: Channel) -> list[str]:
    shown = channels.view(channel)
    return [shown.name, shown.value, shown.href]
