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
    AgendaSubstitute,
    AgendaVersion,
    RulesVersion,
)
from canais_app.agenda.times import versions
from canais_app.agenda.times.versions import Versions
from canais_app.expediente.times import Span
from canais_app.kit import clock
from canais_app.kit import versions as kit_versions

VERSION = kit_versions.Version(RulesVersion, (Agenda, AgendaVersion, AgendaBlock, AgendaSubstitute))
TABLE = kit_versions.named("rules_version")


@dataclass(frozen=True)
class Rules:
    """An agenda's versions, blocks and substitutes of today and later."""

    versions: Versions
    blocks: tuple[Span, ...]
    substitutes: tuple[Substitute, ...]


def rules_of(session: Session, ids: Sequence[int], *, now: datetime) -> dict[int, Rules]:
    """Return the rules of agendas; the number of queries does not grow with theirs."""
    today = clock.local_day(now)
    blocks = _blocks(session, ids, now=clock.at(today, 0))
    of = versions.load(session, ids, blocks, since=today)
    substitutes = keepers.load(session, ids, since=today)
    return {one: Rules(of[one], tuple(blocks[one]), substitutes[one]) for one in ids}


def _blocks(session: Session, ids: Sequence[int], *, now: datetime) -> defaultdict[int, list[Span]]:
    found: defaultdict[int, list[Span]] = defaultdict(list)
    asked = select(AgendaBlock).where(
        col(AgendaBlock.agenda_id).in_(ids), col(AgendaBlock.ends_at) > now
    )
    for row in session.exec(asked):
        found[row.agenda_id].append((row.starts_at, row.ends_at))
    return found
