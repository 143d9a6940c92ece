"""The offline bundle: the whole directory, small enough to be stored on a phone."""

import gzip
import json
from typing import Any

from sqlmodel import Session

from canais_app.directory import channels, snapshot
from canais_app.directory.models import UNIT_KIND_NAMES, VERSION, Channel, Unit, UnitKind
from canais_app.directory.snapshot import DirectorySnapshot
from canais_app.kit.text import strip_accents

SECOND_DEGREE = "Tribunal e unidades estaduais"
_bundle_cache: dict[str, bytes] = {}


def load_offline_bundle(session: Session) -> tuple[str, bytes]:
    """Return the directory's version and its content as gzipped JSON; built once per version.

    The content is `{"demo": bool, "places": [[place, [unit, …]], …]}`, a unit being
    `[slug, name, kind, hours, [[channel, words, href], …]]`.
    """
    token = VERSION.read_token(session)
    if token not in _bundle_cache:
        body = json.dumps(build_content(session), ensure_ascii=False, separators=(",", ":"))
        bundle = gzip.compress(body.encode(), mtime=0)
        _bundle_cache.clear()
        _bundle_cache[token] = bundle
    return token, _bundle_cache[token]


def build_content(session: Session) -> dict[str, Any]:
    """Return the active units by comarca, from A to Z, the 2nd degree first."""
    here = snapshot.load_snapshot(session)
    places: dict[str, list[Any]] = {}
    for unit in sorted(here.units.values(), key=lambda unit: unit.path):
        places.setdefault(_group_name(here, unit), []).append(_unit_entry(here, unit))
    ordered = sorted(
        places.items(), key=lambda item: (item[0] != SECOND_DEGREE, strip_accents(item[0]))
    )
    return {"demo": any(u.is_demo for u in here.units.values()), "places": ordered}


def _group_name(here: DirectorySnapshot, unit: Unit) -> str:
    comarca = here.comarcas.get(unit.comarca_id or 0)
    return comarca.name if comarca else SECOND_DEGREE


def _unit_entry(here: DirectorySnapshot, unit: Unit) -> list[Any]:
    rows = here.channels.get(unit.id or 0, [])
    own = [row for row in rows if channels.type_of(row.kind).is_offline]
    hours = channels.format_hours(unit.hours) if unit.hours else ""
    return [
        unit.slug,
        unit.name,
        UNIT_KIND_NAMES[UnitKind(unit.kind)],
        hours,
        list(map(_channel_entry, own)),
    ]


def _channel_entry(channel: Channel) -> list[str]:
    view = channels.channel_view(channel)
    return [view.name, view.value, view.href]
