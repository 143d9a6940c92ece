"""What agendas' rules say, as values.

Whoever writes an agenda, a block, a version or a substitute gives the rules a new version
(`kit/versions`; a trigger does it for what is written past the portal), which each reading asks
for: what a process keeps in memory is right until then.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app.agenda import keepers
from canais_app.agenda.keepers import Substitute
from canais_app.agenda.models import (
    Agenda,
    AgendaBlock,
    AgendaCacheVersion,
    AgendaSubstitute,
    AgendaVersion,
)
from canais_app.agenda.times import versions
from canais_app.agenda.times.versions import TermsVersions
from canais_app.expediente.times import Span
from canais_app.kit import clock
from canais_app.kit import versions as kit_versions

VERSION = kit_versions.CacheVersion(
    AgendaCacheVersion, (Agenda, AgendaVersion, AgendaBlock, AgendaSubstitute)
)
CACHE_VERSION_TABLE = kit_versions.version_table("rules_version")


@dataclass(frozen=True)
class RulesInForce:
    """An agenda's versions, blocks and substitutes of today and later."""

    versions: TermsVersions
    blocks: tuple[Span, ...]
    substitutes: tuple[Substitute, ...]


def load_rules_in_force(
    session: Session, ids: Sequence[int], *, now: datetime
) -> dict[int, RulesInForce]:
    """Return the rules of agendas; the number of queries does not grow with theirs."""
    today = clock.to_local_day(now)
    blocks = _load_blocks(session, ids, now=clock.from_wall_clock(today, 0))
    of = versions.load_versions(session, ids, blocks, since=today)
    substitutes = keepers.load_substitutes(session, ids, since=today)
    return {one: RulesInForce(of[one], tuple(blocks[one]), substitutes[one]) for one in ids}


def _load_blocks(
    session: Session, ids: Sequence[int], *, now: datetime
) -> defaultdict[int, list[Span]]:
    found: defaultdict[int, list[Span]] = defaultdict(list)
    asked = select(AgendaBlock).where(
        col(AgendaBlock.agenda_id).in_(ids), col(AgendaBlock.ends_at) > now
    )
    for row in session.exec(asked):
        found[row.agenda_id].append((row.starts_at, row.ends_at))
    return found
