"""Where a case began, by the last four digits of its number. The number is never kept."""

from datetime import datetime

from sqlmodel import Session

from canais_app.directory import cards, cnj, kept
from canais_app.directory.index import Mask
from canais_app.directory.models import CnjOrigin, Comarca, UnitKind
from canais_app.directory.snapshot import DirectorySnapshot
from canais_app.directory.views import CaseAnswer, UnitCard

MAX_UNITS = 12
TRIBUNAL_CODE = "0000"
APPEALS_CODE = "9xxx"
CONFIRM_TEXT = "confirme a unidade no PJe"


def find_case_origin(session: Session, number: object, *, now: datetime) -> CaseAnswer:
    """Say where a case began, and list that comarca's units. The number is not kept.

    Raises:
        InvalidError: under `number`, when it is no case number.
    """
    case = cnj.parse_case_number(number)
    if not case.is_of_tjmt:
        return CaseAnswer(
            valid=True,
            origin_code="",
            comarca="",
            comarca_slug="",
            message="Este número é de outro tribunal: o TJMT usa “.8.11.”. Confira com quem o deu.",
            units=[],
        )
    code = APPEALS_CODE if case.origin.startswith("9") else case.origin
    origin = session.get(CnjOrigin, code)
    here = kept.load_snapshot(session)
    comarca = here.comarcas.get(origin.comarca_id or 0) if origin else None
    installed = comarca if comarca and comarca.installed else None
    return CaseAnswer(
        valid=True,
        origin_code=case.origin,
        comarca=installed.name if installed else "",
        comarca_slug=installed.slug if installed else "",
        message=_origin_text(origin, installed),
        units=_origin_units(session, here, code, installed, now),
    )


def _origin_text(origin: CnjOrigin | None, comarca: Comarca | None) -> str:
    if origin is None:
        return f"Origem não identificada; {CONFIRM_TEXT}."
    if origin.code == TRIBUNAL_CODE:
        return f"Origem: Tribunal de Justiça (2º grau); {CONFIRM_TEXT}."
    if origin.code == APPEALS_CODE:
        return f"Origem: Turmas Recursais; {CONFIRM_TEXT}."
    if comarca is None:
        return f"Origem: {origin.description}, ainda não instalada; {CONFIRM_TEXT}."
    return f"Origem: comarca de {comarca.name}; {CONFIRM_TEXT}."


def _origin_units(
    session: Session, here: DirectorySnapshot, code: str, comarca: Comarca | None, now: datetime
) -> list[UnitCard]:
    """Return the first units of where it began: who answers for the whole house before others."""
    mask = _mask(here, code, comarca)
    if mask is None:
        return []
    places = sorted(mask.nonzero()[0], key=lambda at: -here.index.front_door[at])
    ids = [here.index.documents[at].id for at in places[:MAX_UNITS]]
    about = cards.load_card_context(session, here, ids, now)
    return [cards.build_card(here.units[id_], about) for id_ in ids]


def _mask(here: DirectorySnapshot, code: str, comarca: Comarca | None) -> Mask | None:
    if code == TRIBUNAL_CODE:
        return here.index.degrees.get(2)
    if code == APPEALS_CODE:
        return here.index.kinds.get(UnitKind.APPEALS_PANEL)
    return here.index.comarcas.get(comarca.id) if comarca else None
