"""Load the reference data: comarcas, municipalities, case origins and first synonyms."""

import csv
from collections.abc import Mapping
from pathlib import Path

from sqlmodel import Session, select

from canais_app.directory.models import CnjOrigin, Comarca, Municipality, Synonym
from canais_app.kit.text import slugify

DATA_FOLDER = Path(__file__).parent / "data"
UNCONFIRMED = "to be confirmed"


def load_reference(session: Session) -> None:
    """Insert or update the reference data of `data/`; safe to repeat.

    Administrators edit synonyms, so they are only loaded into an empty table.
    """
    comarcas = _load_comarcas(session)
    _load_municipalities(session, comarcas)
    _load_origins(session, comarcas)
    if session.exec(select(Synonym.id)).first() is None:
        session.add_all(
            Synonym(said=row["said"], means=row["means"]) for row in read_seed_rows("synonyms")
        )
    session.flush()


def read_seed_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a seed file."""
    with (DATA_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _load_comarcas(session: Session) -> dict[str, int]:
    known = {comarca.ibge_code: comarca for comarca in session.exec(select(Comarca))}
    for row in read_seed_rows("comarcas"):
        values = {
            "slug": slugify(row["comarca"]),
            "name": row["comarca"],
            "latitude": float(row["latitude"]),
            "longitude": float(row["longitude"]),
            "installed": row["installed"] == "yes",
        }
        comarca = known.setdefault(row["ibge_code"], Comarca(ibge_code=row["ibge_code"], **values))
        _set_fields(session, comarca, values)
    session.flush()
    return {comarca.name: comarca.id for comarca in known.values() if comarca.id is not None}


def _load_municipalities(session: Session, comarcas: Mapping[str, int]) -> None:
    known = {town.ibge_code: town for town in session.exec(select(Municipality))}
    for row in read_seed_rows("municipalities"):
        confirmed = row["confidence"] != UNCONFIRMED
        values = {
            "name": row["municipality"],
            "comarca_id": comarcas.get(row["comarca"]) if confirmed else None,
        }
        town = known.get(row["ibge_code"]) or Municipality(ibge_code=row["ibge_code"], **values)
        _set_fields(session, town, values)


def _load_origins(session: Session, comarcas: Mapping[str, int]) -> None:
    known = {origin.code: origin for origin in session.exec(select(CnjOrigin))}
    for row in read_seed_rows("cnj_origins"):
        values = {
            "description": row["description"],
            "comarca_id": comarcas.get(row["comarca"]),
            "status": row["status"],
        }
        origin = known.get(row["code"]) or CnjOrigin(code=row["code"], **values)
        _set_fields(session, origin, values)


def _set_fields(
    session: Session, row: Comarca | Municipality | CnjOrigin, values: Mapping[str, object]
) -> None:
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    session.add(row)
