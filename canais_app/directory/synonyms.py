"""Edit the synonyms of the search: phrases that people use, and their meanings."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, StringConstraints
from sqlmodel import Session, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.directory import snapshot
from canais_app.directory.models import Synonym
from canais_app.directory.search import lexicon
from canais_app.directory.search.normalization import normalised_words
from canais_app.directory.search.patterns import is_pattern, parse_pattern
from canais_app.kit import db
from canais_app.kit.errors import InvalidError
from canais_app.kit.text import strip_accents

AUDIT_ENTITY = "synonym"


@dataclass(frozen=True)
class SynonymRow:
    """A synonym in the list."""

    id: int
    said: str
    means: str


class SynonymForm(BaseModel):
    """A synonym as sent."""

    said: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    means: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


def list_synonyms(session: Session, query: str = "", *, actor: Actor) -> list[SynonymRow]:
    """Return the synonyms that contain a text, or all, from A to Z."""
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    rows = [SynonymRow(r.id or 0, r.said, r.means) for r in session.exec(select(Synonym)).all()]
    wanted = strip_accents(query)
    found = [row for row in rows if wanted in strip_accents(f"{row.said} {row.means}")]
    return sorted(found, key=lambda row: strip_accents(row.said))


def save_synonym(
    session: Session, synonym_id: int, form: SynonymForm, *, actor: Actor, now: datetime
) -> None:
    """Save a synonym, a new one when `synonym_id` is 0.

    Raises:
        InvalidError: at its field, a meaning not understood or a phrase already known.
        NotFoundError: no such synonym.
    """
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    row = _load_synonym(session, synonym_id) if synonym_id else Synonym(said="", means="")
    _check_synonym(session, row, form)
    changes = {
        name: [getattr(row, name), value]
        for name, value in form.model_dump().items()
        if getattr(row, name) != value
    }
    row.said, row.means = form.said, form.means
    session.add(row)
    session.flush()
    action = "mudar sinônimo" if synonym_id else "criar sinônimo"
    audit.record_entry(session, actor, action, AUDIT_ENTITY, row.id, changes, now=now)


def remove_synonym(session: Session, synonym_id: int, *, actor: Actor, now: datetime) -> None:
    """Remove a synonym.

    Raises:
        NotFoundError: no such synonym.
    """
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    row = _load_synonym(session, synonym_id)
    changes = {"said": [row.said, ""], "means": [row.means, ""]}
    session.delete(row)
    action = "retirar sinônimo"
    audit.record_entry(session, actor, action, AUDIT_ENTITY, synonym_id, changes, now=now)


def wait_for_search(session: Session, *, actor: Actor) -> None:
    """Return once this process searches with the present synonyms."""
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    snapshot.load_snapshot(session)


def _load_synonym(session: Session, line_id: int) -> Synonym:
    return db.get_or_404(session, Synonym, line_id, "Este sinônimo não existe mais.")


def _check_synonym(session: Session, row: Synonym, form: SynonymForm) -> None:
    if is_pattern(form.said):
        try:
            parse_pattern(form.said)
        except ValueError as wrong:
            raise InvalidError.at("said", str(wrong)) from wrong
    words = normalised_words(form.said)
    if not words:
        raise InvalidError.at(
            "said", "Escreva ao menos uma palavra que não seja “de”, “para”, “comarca”…"
        )
    others = session.exec(select(Synonym)).all()
    if any(other.id != row.id and normalised_words(other.said) == words for other in others):
        raise InvalidError.at("said", "Já há uma linha para estas palavras.")
    known = snapshot.load_snapshot(session).index.vocabulary.lexicon
    if words in known.gazetteer.names:
        raise InvalidError.at(
            "said", "Este é o nome de um lugar, que não pode querer dizer outra coisa."
        )
    if lexicon.parse_meaning(form.means, known.phrases) is None:
        raise InvalidError.at(
            "means", "Não entendemos. Escreva palavras, ou canal:whatsapp, grau:2, aviso: …"
        )
