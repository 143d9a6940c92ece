"""Any directory there could be, as hypothesis makes them, and files of it."""

import csv
import io
from functools import cache
from typing import Any
from unicodedata import normalize

from hypothesis import strategies as st
from sqlmodel import Session, col, delete, select

from canais_app.accounts.roles import OPERATOR
from canais_app.directory import validation
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import (
    Channel,
    Comarca,
    Feature,
    FormerSlug,
    Unit,
    UnitChange,
    UnitKind,
)
from canais_app.directory.spreadsheet import service as spreadsheet
from canais_app.directory.spreadsheet.schema import KNOWN_COMPETENCES
from tests.factories.directory import VERIFIED_AT

Row = dict[str, Any]
NASTY = st.sampled_from("=+-@'\"|\\;,:<>&_x0041_ªºçãÉ🏛ß İ")
LETTER = NASTY | st.characters(exclude_categories=("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"))


@cache  # what may be drawn is worked out once: it took more time than the test
def words(most: int, least: int = 0) -> st.SearchStrategy[str]:
    """One line of words as the editor would store it."""
    # Composed (NFC) a few letters become two.
    text = st.text(LETTER, max_size=most).map(lambda sent: normalize("NFC", sent)[:most])
    lines = text.map(lambda sent: validation.validate_line(sent, most))
    return lines.map(lambda said: said if len(said) >= least else f"{said}Vara")


TIME = st.sampled_from(["08:00", "11:30", "12:00", "13:15", "18:00", "19:00", "24:00"])
SPAN = st.lists(TIME, min_size=2, max_size=2, unique=True).map(sorted)
DAY = st.just([]) | st.lists(SPAN, max_size=1)
HOURS = st.just({}) | st.fixed_dictionaries({str(day): DAY for day in range(7)})
BUILDING = st.dictionaries(
    st.sampled_from([f.value for f in Feature]),
    st.fixed_dictionaries({"has": st.sampled_from(["sim", "nao"]), "note": words(20)}),
)
PHONE = st.integers(0, 9999).map(lambda n: f"+55653648{n:04d}") | st.just("+558006471420")
EMAIL = st.integers(0, 999).map(lambda n: f"vara.{n}+canal@exemplo.invalid")
LINK = st.integers(0, 999).map(lambda n: f"https://balcao.exemplo.invalid/s?id={n}&a=b;c")
PLACE = st.sampled_from(["", "Cuiabá", "Mirassol d'Oeste"])
VALUE = {
    ChannelKind.PHONE: PHONE,
    ChannelKind.WHATSAPP: PHONE,
    ChannelKind.EMAIL: EMAIL,
    ChannelKind.VIRTUAL_COUNTER: LINK,
    ChannelKind.APPOINTMENT: LINK | st.just("/agenda/1a-vara-civel"),
}


@st.composite
def channels(draw: st.DrawFn) -> list[Row]:
    """Up to three channels of each kind, each value once."""
    rows: list[Row] = []
    for kind, value in VALUE.items():
        for at in draw(st.lists(value, max_size=3, unique=True)):
            row = {"kind": kind.value, "value": at, "position": draw(st.integers(0, 3))}
            rows.append({**row, "label": draw(words(10)), "note": draw(words(10))})
            rows[-1]["hours"] = draw(HOURS)
    return rows


@st.composite
def units(draw: st.DrawFn) -> list[Row]:
    """Units each under an earlier one or none, retired ones with a successor or not."""
    rows: list[Row] = []
    for number in range(draw(st.integers(1, 6))):
        above = draw(st.none() | st.integers(0, number - 1)) if number else None
        active = draw(st.booleans()) and (above is None or rows[above]["active"])
        in_use = [at for at, row in enumerate(rows) if row["active"]]
        rows.append(
            {
                "code": f"U-{number}",
                "name": draw(words(30, 3)),
                "kind": draw(st.sampled_from(list(UnitKind))).value,
                "degree": draw(st.sampled_from([1, 2])) if above is None else rows[above]["degree"],
                "comarca": draw(PLACE) if above is None else rows[above]["comarca"],
                "above": above,
                "active": active,
                "successor": draw(st.sampled_from([None, *in_use])) if not active else None,
                "competences": draw(st.lists(st.sampled_from(KNOWN_COMPETENCES), unique=True)),
                "aliases": validation.validate_names(draw(st.lists(words(12), max_size=3))),
                "former_names": validation.validate_names(draw(st.lists(words(12), max_size=2))),
                "hours": draw(HOURS),
                "address": draw(words(20)),
                "room": draw(words(10)),
                "accessibility": draw(BUILDING),
                "channels": draw(channels()),
            }
        )
    return rows


def clear(session: Session) -> None:
    """Take every unit away."""
    for model in (UnitChange, FormerSlug, Channel):
        session.exec(delete(model))
    for unit in session.exec(select(Unit).order_by(col(Unit.id).desc())):
        unit.successor_id = None
        session.add(unit)
        session.flush()
        session.delete(unit)
    session.flush()
    session.expunge_all()


def store(session: Session, rows: list[Row]) -> None:
    """Write such units, whatever was there before."""
    clear(session)
    places = {c.name: c.id for c in session.exec(select(Comarca))}
    stored: list[Unit] = []
    for number, row in enumerate(rows):
        said = {k: v for k, v in row.items() if k not in {"comarca", "above", "successor"}}
        own = said.pop("channels")
        above, after = row["above"], row["successor"]
        unit = Unit(
            **said, slug=f"u-{number}", updated_at=VERIFIED_AT,
            comarca_id=places.get(row["comarca"]),
            parent_id=stored[above].id if above is not None else None,
            successor_id=stored[after].id if after is not None else None,
        )  # fmt: skip
        session.add(unit)
        session.flush()
        unit.path = f"{stored[above].path if above is not None else '/'}{unit.id}/"
        session.add_all(Channel(unit_id=unit.id or 0, **channel) for channel in own)
        stored.append(unit)
    session.flush()


def without_versions(file: spreadsheet.UploadedFile) -> list[dict[str, str]]:
    """Return the rows of a CSV export without the versions, which count a database's changes."""
    rows = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";")
    return [{name: cell for name, cell in row.items() if name != "versao"} for row in rows]


def exported(session: Session, kind: str) -> spreadsheet.UploadedFile:
    """Write the directory out."""
    out = io.BytesIO()
    spreadsheet.export_file(session, kind, out, actor=OPERATOR)
    return spreadsheet.UploadedFile(kind, out.getvalue())
