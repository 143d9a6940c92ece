"""Complaints are found by the words of their text, without accents, and by protocol."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text as sql
from sqlmodel import Session, col, select

from canais_app.complaints import erasure, search
from canais_app.complaints.models import Complaint
from canais_app.jobs import backup
from canais_app.kit import db
from tests.factories import figures as factory

TEXTS = (
    "Ninguém atende o telefone desde segunda.",
    "A audiência caiu no meio da videoconferência.",
    "Caiu no sistema; o meio de contato não abre.",
    "",
)
Find = Callable[[str], list[str]]


@pytest.fixture
def find(any_database: str, now: datetime) -> Find:
    """Return the texts that a search finds in four complaints."""
    with Session(db.get_engine()) as session:
        unit = factory.make_unit(session, "Vara", factory.make_comarca(session), now=now).id or 0
        for words in TEXTS:
            row = factory.make_complaint(session, now, unit)
            row.text = words
            session.add(row)
        session.commit()

    def work(typed: str) -> list[str]:
        with db.read_transaction() as session:
            query = select(Complaint.text).where(search.matches(session, typed))
            return list(session.exec(query.order_by(col(Complaint.id))).all())

    assert any_database
    return work


@pytest.mark.parametrize(
    "typed", ["ninguem", "NINGUÉM atende", "atend telef", '"atende o telefone"']
)
def test_words_are_found_without_accents_and_as_beginnings(find: Find, typed: str) -> None:
    assert find(typed) == [TEXTS[0]]


def test_a_phrase_is_words_in_their_order(find: Find) -> None:
    assert find("caiu meio") == [TEXTS[1], TEXTS[2]]
    assert find('"caiu no meio"') == [TEXTS[1]]


@pytest.mark.parametrize(
    "typed", ["", "  ", "?!", '"', "inexistente", "ninguem caiu", "' OR 1=1 --", "a* NEAR b", "\0"]
)
def test_what_no_text_has_finds_nothing(find: Find, typed: str) -> None:
    assert find(typed) == []


@pytest.mark.parametrize(
    "typed", ["2026-10000002", "202610000002", "10000002", " 2026 - 10000002 "]
)
def test_a_protocol_is_found_with_or_without_its_year(find: Find, typed: str) -> None:
    with db.write_transaction() as session:
        session.execute(sql("UPDATE complaint SET protocol = '2026-10000002' WHERE id = 2"))
    assert find(typed) == [TEXTS[1]]


def test_a_text_that_was_changed_or_removed_is_found_no_more(find: Find) -> None:
    with db.write_transaction() as session:
        session.execute(sql("UPDATE complaint SET text = '' WHERE id = 1"))
        session.execute(sql("UPDATE complaint SET text = 'Agora toca.' WHERE id = 2"))
    assert find("ninguem") == []
    assert find("audiencia") == []
    assert find("agora") == ["Agora toca."]


@pytest.mark.sqlite
def test_removed_words_leave_the_file_of_the_database(
    session: Session, database: Path, now: datetime
) -> None:
    unit = factory.make_unit(session, "Vara", factory.make_comarca(session), now=now).id or 0
    for words in ("Zoroastro ligou", "outra"):
        factory.make_complaint(session, now, unit).text = words
    session.commit()
    session.execute(sql("UPDATE complaint SET text = '' WHERE id = 1"))
    session.commit()
    is_first = True
    while erasure.merge_search_index(session, first=is_first):
        is_first = False
    session.commit()
    with db.get_engine().execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        words = connection.exec_driver_sql("SELECT block FROM complaint_text_data").scalars().all()
    assert b"zoroastro" not in b"".join(words)
    assert database.exists()


@pytest.mark.usefixtures("find")
def test_the_index_is_no_table_of_a_backup_and_is_filled_by_a_restore() -> None:
    with db.get_engine().connect() as connection:
        names = [table.name for table in backup.list_tables(connection)]
    assert "complaint" in names
    assert not any(name.startswith("complaint_text") for name in names)
