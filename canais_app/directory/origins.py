"""Where a case began, by the last four digits of its number. The number is never kept."""

from datetime import datetime

from sqlmodel import Session

from canais_app.directory import cards, cnj, kept
from canais_app.directory.index import Mask
from canais_app.directory.models import CnjOrigin, Comarca, UnitKind
from canais_app.directory.snapshot import Snapshot
from canais_app.directory.views import CaseAnswer, UnitCard

MOST_UNITS = 12
TRIBUNAL = "0000"
APPEALS = "9xxx"
CONFIRM = "confirme a unidade no PJe"


def case_origin(session: Session, number: object, *, now: datetime) -> CaseAnswer:
    """Say where a case began, and list that comarca's units. The number is not kept.

    Raises:
        InvalidError: under `number`, when it is no case number.
    """
    case = cnj.parse(number)
    if not case.is_ours:
        return CaseAnswer(
            valid=True,
            origin_code="",
            comarca="",
            comarca_slug="",
            message="Este número é de outro tribunal: o TJMT usa “.8.11.”. Confira com quem o deu.",
            units=[],
        )
    code = APPEALS if case.origin.startswith("9") else case.origin
    origin = session.get(CnjOrigin, code)
    here = kept.load(session)
    comarca = here.comarcas.get(origin.comarca_id or 0) if origin else None
    installed = comarca if comarca and comarca.installed else None
    return CaseAnswer(
        valid=True,
        origin_code=case.origin,
        comarca=installed.name if installed else "",
        comarca_slug=installed.slug if installed else "",
        message=_words(origin, installed),
        units=_units(session, here, code, installed, now),
    )


def _words(origin: CnjOrigin | None, comarca: Comarca | None) -> str:
    if origin is None:
        return f"Origem não identificada; {CONFIRM}."
    if origin.code == TRIBUNAL:
        return f"Origem: Tribunal de Justiça (2º grau); {CONFIRM}."
    if origin.code == APPEALS:
        return f"Origem: Turmas Recursais; {CONFIRM}."
    if comarca is None:
        return f"Origem: {origin.description}, ainda não instalada; {CONFIRM}."
    return f"Origem: comarca de {comarca.name}; {CONFIRM}."


def _units(
    session: Session, here: Snapshot, code: str, comarca: Comarca | None, now: datetime
) -> list[UnitCard]:
    """Return the first units of where it began: who answers for the whole house before others."""
    mask = _mask(here, code, comarca)
    if mask is None:
        return []
    places = sorted(mask.nonzero()[0], key=lambda at: -here.index.front_door[at])
    ids = [here.index.documents[at].id for at in places[:MOST_UNITS]]
    about = cards.around(session, here, ids, now)
    return [cards.card(here.units[id_], about) for id_ in ids]


def _mask(here: Snapshot, code: str, comarca: Comarca | None) -> Mask | None:
    if code == TRIBUNAL:
        return here.index.degrees.get(2)
    if code == APPEALS:
        return here.index.kinds.get(UnitKind.APPEALS_PANEL)
    return here.index.comarcas.get(comarca.id) if comarca else None
