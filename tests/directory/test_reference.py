from sqlmodel import Session, func, select

from canais_app.directory import queries
from canais_app.directory.models import VERSION, CnjOrigin, Comarca, Municipality, Synonym
from canais_app.directory.reference import load_reference


def test_seventy_nine_comarcas_are_installed_and_three_are_never_listed(session: Session) -> None:
    load_reference(session)
    assert session.exec(select(func.count()).select_from(Comarca)).one() == 82
    listed = queries.list_comarcas(session)
    assert len(listed) == 79
    assert not {"Confresa", "Nova Olímpia", "Torixoréu"} & {row.name for row in listed}


def test_a_municipality_to_be_confirmed_has_no_comarca(session: Session) -> None:
    load_reference(session)
    towns = {row.name: row.comarca_id for row in session.exec(select(Municipality))}
    assert towns["Denise"] is None
    assert towns["Sinop"] is not None
    assert len(towns) == 142


def test_loading_again_changes_nothing(session: Session) -> None:
    load_reference(session)
    before = VERSION.read_token(session)
    load_reference(session)
    session.flush()
    assert VERSION.read_token(session) == before
    assert session.exec(select(func.count()).select_from(CnjOrigin)).one() == 100


def test_synonyms_edited_by_an_administrator_are_kept(session: Session) -> None:
    load_reference(session)
    for row in session.exec(select(Synonym).where(Synonym.said != "VG")):
        session.delete(row)
    session.flush()
    load_reference(session)
    assert [row.said for row in session.exec(select(Synonym))] == ["VG"]
