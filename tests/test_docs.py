"""The documents name files, folders and names that exist; decisions have one shape."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
APP = ROOT / "canais_app"
TOUR = ROOT / "docs" / "tour.md"
GLOSSARY = ROOT / "docs" / "glossary.md"
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))
DOCUMENTS = [
    *(ROOT / "docs").glob("*.md"),
    *DECISIONS,
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
]
GENERATED = ("var/", ".web/", ".venv/", "bench/results.md")  # made when something is built or run
SECTIONS = ("## Context", "## Decision", "## Consequences", "## Alternatives")
ENTRIES_OF_TOUR = 40
LINES_OF_A_PAGE = 65


def paths_in(text: str) -> Iterator[str]:
    for name in re.findall(r"`([A-Za-z0-9_.][A-Za-z0-9_./-]*)`", text):
        is_path = name.endswith((".py", "/")) or re.search(r"/[a-z0-9_-]+\.[a-z]+$", name)
        if is_path and not name.startswith(GENERATED):
            yield name


def exists(name: str) -> bool:
    if "/" not in name:  # a file name that many rooms have
        return (APP / name).exists() or any(APP.rglob(name)) or (ROOT / "tests" / name).exists()
    return (APP / name).exists() or (ROOT / name).exists()


def rows_of(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.strip("| ").split(" | ")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_that_a_document_names_exists(document: Path) -> None:
    assert [name for name in paths_in(document.read_text("utf-8")) if not exists(name)] == []


def test_the_tree_of_the_tour_exists() -> None:
    tree = TOUR.read_text("utf-8").split("```")[1]
    named = [name for line in tree.splitlines() for name in re.findall(r"^ +([a-z_]+/)", line)]
    assert named
    assert [name for name in named if not any(APP.rglob(name.rstrip("/")))] == []


def test_the_tour_leads_to_the_files_and_names_that_are_looked_for() -> None:
    table = TOUR.read_text("utf-8").partition("## You look for")[2].partition("\n## ")[0]
    rows = [re.findall(r"`([^`]+)`", line) for line in table.splitlines() if "`" in line]
    assert len(rows) >= ENTRIES_OF_TOUR
    missing = []
    for path, *names in rows:
        file = APP / path if (APP / path).exists() else ROOT / path
        text = file.read_text("utf-8") if file.is_file() else ""
        missing += [(path, name) for name in names if not re.search(rf"\b{name}\b", text)]
    assert missing == []


def test_every_technical_term_has_one_meaning_and_a_module() -> None:
    half = GLOSSARY.read_text("utf-8").partition("## Technical terms")[2]
    rows = list(rows_of(half))[1:]
    terms = [row[0] for row in rows]
    assert sorted(terms) == sorted(set(terms))
    assert all(any(paths_in(row[-1])) for row in rows)


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.name[:4])
def test_a_decision_has_its_sections_on_one_page(decision: Path) -> None:
    text = decision.read_text("utf-8")
    assert text.startswith(f"# {int(decision.name[:4])}. ")
    assert "\nStatus: " in text
    assert re.findall(r"^## \w+", text, re.MULTILINE) == list(SECTIONS)
    assert len(text.splitlines()) <= LINES_OF_A_PAGE
