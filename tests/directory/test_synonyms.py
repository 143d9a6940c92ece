"""The table of synonyms: who may change it, what it refuses, and that the search follows."""

from datetime import datetime

import pytest
from sqlmodel import Session, col, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import Actor, Grant, Role
from canais_app.directory import reference, synonyms, unit_search
from canais_app.directory.search.normalization import normalised_words
from canais_app.directory.search.patterns import is_pattern
from canais_app.directory.synonyms import SynonymForm
from canais_app.kit.errors import InvalidError, NotFoundError, PermissionDeniedError
from tests.factories import directory as make

ADMIN = Actor(1, "Ana", (Grant(Role.ADMIN),))
MANAGER = Actor(2, "Gil", (Grant(Role.MANAGER, "/1/"),))


@pytest.fixture
def units(session: Session) -> None:
    make.make_small_directory(session)


def _line(said: str, means: str) -> SynonymForm:
    return SynonymForm(said=said, means=means)


def test_the_search_follows_new_and_removed_synonyms(
    session: Session, now: datetime, units: None
) -> None:
    assert unit_search.find_units(session, "treta sinop", now=now).understood[0].kind == "comarca"
    line = _line("Treta", "juizado especial cível")
    synonyms.save_synonym(session, 0, line, actor=ADMIN, now=now)
    answer = unit_search.find_units(session, "tretas sinop", now=now)
    assert answer.understood[0].label == "Juizado especial cível"
    made = synonyms.list_synonyms(session, "treta", actor=ADMIN)[0]
    synonyms.save_synonym(session, made.id, _line("Treta", "canal:whatsapp"), actor=ADMIN, now=now)
    assert unit_search.find_units(session, "treta sinop", now=now).understood[0].kind == "channel"
    synonyms.remove_synonym(session, made.id, actor=ADMIN, now=now)
    assert synonyms.list_synonyms(session, "treta", actor=ADMIN) == []
    said = session.exec(select(AuditEntry.action).order_by(col(AuditEntry.id))).all()
    assert said == ["criar sinônimo", "mudar sinônimo", "retirar sinônimo"]


@pytest.mark.parametrize(
    ("said", "means", "field"),
    [
        ("Sinop", "Sorriso", "said"),  # a place's own name means that place
        ("pensao", "criminal", "said"),  # there is a line for it, accents or not
        ("de para", "criminal", "said"),
        ("treta", "de", "means"),
        ("treta", "canal:pombo", "means"),
        ("treta", "grau:9", "means"),
        ("marido + de", "criminal", "said"),  # a word that the search leaves out
        ("marido + ba*", "criminal", "said"),  # would match too much
    ],
)
def test_misleading_or_meaningless_synonyms_are_refused(
    session: Session, now: datetime, units: None, said: str, means: str, field: str
) -> None:
    with pytest.raises(InvalidError) as refusal:
        synonyms.save_synonym(session, 0, _line(said, means), actor=ADMIN, now=now)
    assert set(refusal.value.errors) == {field}


def test_a_manager_may_not_edit_synonyms(session: Session, now: datetime, units: None) -> None:
    for work in (
        lambda: synonyms.list_synonyms(session, actor=MANAGER),
        lambda: synonyms.save_synonym(session, 0, _line("treta", "cível"), actor=MANAGER, now=now),
        lambda: synonyms.remove_synonym(session, 1, actor=MANAGER, now=now),
    ):
        with pytest.raises(PermissionDeniedError):
            work()


def test_a_removed_synonym_is_not_found(session: Session, now: datetime, units: None) -> None:
    with pytest.raises(NotFoundError):
        synonyms.remove_synonym(session, 10**6, actor=ADMIN, now=now)


def test_the_seed_has_no_duplicate_synonyms() -> None:
    rows = [row["said"] for row in reference.read_seed_rows("synonyms")]
    said = [said if is_pattern(said) else normalised_words(said) for said in rows]
    assert len(said) == len(set(said))


def test_a_pattern_is_met_by_its_words_in_any_order(
    session: Session, now: datetime, units: None
) -> None:
    line = _line("zebra|girafa + corr*", "juizado especial cível")
    synonyms.save_synonym(session, 0, line, actor=ADMIN, now=now)
    for words in ("a zebra correu sinop", "corre muito a minha girafa sinop"):
        understood = unit_search.find_units(session, words, now=now).understood
        assert "Juizado especial cível" in {part.label for part in understood}
    understood = unit_search.find_units(session, "zebra sinop", now=now).understood
    assert [part.kind for part in understood] == ["comarca"]
