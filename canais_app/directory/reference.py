"""The real comarcas, municipalities and origins, written into the database as often as asked."""

import csv
from collections.abc import Mapping
from pathlib import Path

from sqlmodel import Session, select

from canais_app.directory.models import CnjOrigin, Comarca, Municipality, Synonym
from canais_app.kit.text import slugify

DATA_FOLDER = Path(__file__).parent / "data"
UNCONFIRMED = "to be confirmed"


def load_reference(session: Session) -> None:
    """Write the reference data of `data/`; what is already there is brought up to date.

    Synonyms belong to the administrator once written: they are only put into an empty table.
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
    """Return the rows of one of the project's own seed files."""
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
        there = known.get(row["ibge_code"])
        if there is None:
            there = known[row["ibge_code"]] = Comarca(ibge_code=row["ibge_code"], **values)
        _set_fields(session, there, values)
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
        there = known.get(row["ibge_code"]) or Municipality(ibge_code=row["ibge_code"], **values)
        _set_fields(session, there, values)


def _load_origins(session: Session, comarcas: Mapping[str, int]) -> None:
    known = {origin.code: origin for origin in session.exec(select(CnjOrigin))}
    for row in read_seed_rows("cnj_origins"):
        values = {
            "description": row["description"],
            "comarca_id": comarcas.get(row["comarca"]),
            "status": row["status"],
        }
        there = known.get(row["code"]) or CnjOrigin(code=row["code"], **values)
        _set_fields(session, there, values)


def _set_fields(
    session: Session, row: Comarca | Municipality | CnjOrigin, values: Mapping[str, object]
) -> None:
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    session.add(row)
