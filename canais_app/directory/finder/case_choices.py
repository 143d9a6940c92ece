"""The subjects that a case of a comarca may have, to choose the unit where its number ends."""

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlmodel import Session

from canais_app import routes
from canais_app.directory import snapshot
from canais_app.directory.models import UnitKind
from canais_app.directory.views import CaseAnswer

MAX_CHOICES = 6
COURTS = frozenset({UnitKind.VARA, UnitKind.SMALL_CLAIMS})


@dataclass(frozen=True)
class CaseChoice:
    """A subject, how many courts of the comarca hear it, and the search that lists them."""

    words: str
    count: int
    path: str


def list_case_choices(session: Session, case: CaseAnswer) -> list[CaseChoice]:
    """Return the commonest subjects of the courts where a case began; none outside a comarca."""
    if not case.comarca_slug:
        return []
    here = snapshot.load_snapshot(session)
    comarca = here.find_comarca(case.comarca_slug)
    courts = (
        unit
        for unit in here.units.values()
        if unit.comarca_id == comarca.id and unit.kind in COURTS
    )
    counted = Counter(subject for unit in courts for subject in unit.competences)
    return [
        CaseChoice(
            words[:1].upper() + words[1:],
            count,
            f"{routes.HOME}?{urlencode({'q': f'{words} {comarca.name}'})}",
        )
        for words, count in sorted(counted.items(), key=lambda row: (-row[1], row[0]))[:MAX_CHOICES]
    ]
