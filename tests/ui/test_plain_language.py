"""Public texts are plain (Recomendação CNJ 144/2023): each page reads easily."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import reflex as rx

from canais_app.agenda.pages import PAGES as AGENDA
from canais_app.complaints.pages import PAGES as COMPLAINTS
from canais_app.directory.pages import PAGES as DIRECTORY
from tests.plain_language import EASY, count_syllables, reading_ease, texts_of

ROOT = Path(__file__).parents[2] / "canais_app"
STAFF = ("/admin", "/gestao", "/gabinete", "/corregedoria")
PAGES: dict[str, Callable[[], rx.Component]] = {
    page["route"]: page["component"]
    for page in (*DIRECTORY, *AGENDA, *COMPLAINTS)
    if not page["route"].startswith(STAFF)
}
TEMPLATES = {
    path.name: path
    for folder in ("api/html/templates", "outbox/templates")
    for path in (ROOT / folder).glob("*.html.j2")
    if not path.name.startswith("_")
}
_CODE = re.compile(r"\{[{%#].*?[}%#]\}|<(?:script|style)\b.*?</(?:script|style)>", re.DOTALL)
_BLOCK = re.compile(r"</?(?:p|li|h\d|td|th|dt|dd|label|button|summary|div|section)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
FEW_WORDS = 40  # shorter texts are labels


def _template_texts(path: Path) -> list[str]:
    plain = _CODE.sub(" ", path.read_text("utf-8"))
    pieces = (" ".join(_TAG.sub("", piece).split()) for piece in _BLOCK.split(plain))
    return [piece for piece in pieces if len(piece.split()) > 3]


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("sol", 1), ("vara", 2), ("juizado", 4), ("mão", 1), ("comarca", 3), ("aqui", 2),
        ("magistrado", 4), ("unidade", 4), ("plantão", 2), ("quinze", 2), ("água", 2),
        ("relato", 3), ("instabilidade", 6), ("seu", 1), ("horário", 3), ("ações", 2),
    ],
)  # fmt: skip
def test_syllables_are_counted_as_they_are_heard(word: str, syllables: int) -> None:
    assert count_syllables(word) == syllables


def test_the_index_tells_plain_words_from_legal_ones() -> None:
    plain = "Diga o que falhou. Nós avisamos a unidade. Você recebe a resposta em trinta dias."
    legal = (
        "Consubstanciada a responsabilidade administrativa, proceder-se-á, subsidiariamente, à "
        "instauração de procedimento disciplinar investigatório concernente às irregularidades."
    )
    assert reading_ease([plain]) > EASY > reading_ease([legal])


@pytest.mark.parametrize("route", sorted(PAGES))
def test_each_public_page_reads_easily(route: str) -> None:
    texts = texts_of(PAGES[route]())
    assert reading_ease(texts) >= EASY, f"{reading_ease(texts):.0f}: {texts}"


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_each_page_and_letter_of_the_server_reads_easily(name: str) -> None:
    texts = _template_texts(TEMPLATES[name])
    if sum(len(text.split()) for text in texts) >= FEW_WORDS:
        assert reading_ease(texts) >= EASY, f"{reading_ease(texts):.0f}: {texts}"
