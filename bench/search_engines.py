"""Claim: the portal's index finds at least as much as other engines, and is no slower.

All are asked the same questions in turn, in one process: `python -m bench.search_engines UNITS`
shows a table. Ours is asked through the service and answers with whole cards, facets and advice;
the others answer with names.
"""

import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from bench import typing
from bench.apart import run_isolated, seed_generated_units
from bench.claim import Claim, sized
from bench.engines import ANSWERS, Engine, EngineDocument, build_engines

UNITS, SAMPLE = sized(20_000, 400), sized(120, 8)
OUR_ENGINE = "a nossa"


@dataclass(frozen=True)
class SearchQuestion:
    """A query, and the names that would answer it."""

    typing_kind: str
    query: str
    expected: frozenset[str]


def claims() -> Iterable[Claim]:
    """Compare recall@3 for each kind of query, and the latency."""
    figures = run_isolated("bench.search_engines", UNITS)
    rivals = [engine for engine in _engines_of(figures) if engine != OUR_ENGINE]
    for way in TYPING_KINDS:
        ours = figures[f"{OUR_ENGINE}|{way}|recall@3"]
        best = max(rivals, key=lambda engine: figures[f"{engine}|{way}|recall@3"])
        bar = figures[f"{best}|{way}|recall@3"]
        yield Claim(
            f"busca comparada, {way}: entre as três primeiras",
            f"{ours:.1%}",
            f"≥ a melhor das outras ({best}, {bar:.1%})",
            ours >= bar,
        )
    ours = figures[f"{OUR_ENGINE}|todas|p95"]
    for engine in rivals:
        if engine.startswith(("rapidfuzz", "pg_trgm")):
            bar = figures[f"{engine}|todas|p95"]
            what = f"busca comparada com {engine}, tempo"
            yield Claim(what, f"p95 {ours:.1f} ms", f"≤ p95 {bar:.1f} ms", ours <= bar)


def _one_letter(name: str, rng: Random) -> str:
    return rng.choice(
        (typing.drop_letter, typing.add_letter, typing.change_letter, typing.swap_letters)
    )(name, rng)


BY_NAME = {
    "nome exato": typing.keep_exact,
    "nome com um erro": _one_letter,
    "nome em outra ordem": typing.reorder_parts,
    "nome sem acentos": typing.remove_accents,
}
BY_SUBJECT = {  # the court's word, in the names themselves → what people say for it
    "família": ("pensão", "divórcio", "guarda dos filhos"),
    "criminal": ("furto", "assalto"),
    "infância": ("adoção", "conselho tutelar"),
    "violência doméstica": ("maria da penha", "medida protetiva"),
    "execução fiscal": ("iptu", "dívida ativa"),
    "execução penal": ("progressão de regime", "tornozeleira"),
}
COURT_WORD, LAY_WORD = "matéria e comarca", "palavra leiga e comarca"
TYPING_KINDS = (*BY_NAME, COURT_WORD, LAY_WORD)


def sample_questions(rows: Sequence[EngineDocument], rng: Random) -> list[SearchQuestion]:
    """Return `SAMPLE` queries of each kind; any unit of the place answers a subject."""
    asked = [
        SearchQuestion(way, typed(row.name, rng), frozenset({row.name}))
        for way, typed in BY_NAME.items()
        for row in rng.sample(rows, SAMPLE)
    ]
    meant: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        for word in BY_SUBJECT:
            if row.place and any(tag.startswith(word) for tag in row.subjects):
                meant[word, row.place].add(row.name)
    for way in (COURT_WORD, LAY_WORD):
        for (word, place), names in rng.choices(sorted(meant.items()), k=SAMPLE):
            said = word if way == COURT_WORD else rng.choice(BY_SUBJECT[word])
            asked.append(SearchQuestion(way, f"{said} {place.lower()}", frozenset(names)))
    return asked


def measure_engines(units: int) -> dict[str, float]:
    """Return `engine|way|figure` → recall@1, recall@3, median and p95 in milliseconds."""
    from canais_app.directory import snapshot, unit_search
    from canais_app.kit import clock, db

    seed_generated_units(units)
    now = clock.now()
    with db.read_transaction() as session:
        units_known = snapshot.load_snapshot(session).index.documents
        rows = [EngineDocument(d.name, d.comarca, d.competences, d.aliases) for d in units_known]

        def ours(words: str) -> list[str]:
            answer = unit_search.find_units(session, words, now=now, limit=ANSWERS)
            return [card.name for card in answer.items]

        with build_engines(rows) as rivals:
            return _compare({OUR_ENGINE: ours, **rivals}, sample_questions(rows, Random(5)))


def _compare(engines: dict[str, Engine], asked: Sequence[SearchQuestion]) -> dict[str, float]:
    """Run each query on all engines before the next one, so that load affects all alike."""
    seen: defaultdict[tuple[str, str], list[tuple[float, bool, bool]]] = defaultdict(list)
    for ask in engines.values():
        ask("sinop")
    for question in asked:
        for engine, ask in engines.items():
            start = time.perf_counter()
            found = ask(question.query)
            spent = (time.perf_counter() - start) * 1000
            first, three = (bool(question.expected.intersection(found[:most])) for most in (1, 3))
            for way in (question.typing_kind, "todas"):
                seen[engine, way].append((spent, first, three))
    figures: dict[str, float] = {}
    for (engine, way), each in seen.items():
        spent, first, three = zip(*each, strict=True)
        figures[f"{engine}|{way}|recall@1"] = statistics.fmean(first)
        figures[f"{engine}|{way}|recall@3"] = statistics.fmean(three)
        figures[f"{engine}|{way}|median"] = statistics.median(spent)
        figures[f"{engine}|{way}|p95"] = statistics.quantiles(spent, n=20)[-1]
    return figures


def _engines_of(figures: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(key.split("|")[0] for key in figures))


def _table(figures: dict[str, float]) -> Iterator[str]:
    yield "| | mediana | p95 | " + " | ".join(f"{way} @1 / @3" for way in TYPING_KINDS) + " |"
    yield "|---" * (3 + len(TYPING_KINDS)) + "|"
    for engine in _engines_of(figures):
        of = {way: [figures[f"{engine}|{way}|recall@{n}"] for n in (1, 3)] for way in TYPING_KINDS}
        shares = [f"{first:.0%} / {three:.0%}" for first, three in of.values()]
        spent = [f"{figures[f'{engine}|todas|{one}']:.1f} ms" for one in ("median", "p95")]
        yield f"| {' | '.join((engine, *spent, *shares))} |"


if __name__ == "__main__":
    seen = measure_engines(int(sys.argv[1]))
    print(*_table(seen), sep="\n", file=sys.stderr)
    print(json.dumps(seen, ensure_ascii=False))
