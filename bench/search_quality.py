"""Claim: each unit is found by its name in many spellings, never one of another place.

What is typed is generated from the names: `python -m bench.search_quality UNITS` prints shares.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlmodel import Session, select

from bench import typing
from bench.apart import run_isolated, seed_generated_units
from bench.claim import Claim, sized

UNITS = sized(20_000, 400)
SAMPLE = sized(600, 20)  # units for each way of typing; by their own names all are tried
NAMED = sized(300, 10)  # units that are given an alias and a former name


@dataclass(frozen=True)
class TypingCase:
    """A spelling variant, the rank the unit must reach, and the share of units that must."""

    what: str
    typed: typing.TypingVariant
    first: int
    bar: float


TYPING_CASES = (
    TypingCase("pelo próprio nome, todas as unidades", typing.keep_exact, 1, 1.0),
    TypingCase("nome com uma letra a menos", typing.drop_letter, 3, 0.98),
    TypingCase("nome com uma letra a mais", typing.add_letter, 3, 0.98),
    TypingCase("nome com uma letra trocada", typing.change_letter, 3, 0.98),
    TypingCase("nome com duas letras invertidas", typing.swap_letters, 3, 0.98),
    TypingCase("nome com um erro em qualquer sinal, números também", typing.make_slip, 3, 0.98),
    TypingCase("nome sem acentos, hífens e apóstrofos", typing.remove_accents, 1, 1.0),
    TypingCase("nome em maiúsculas", typing.type_capitals, 1, 1.0),
    TypingCase("nome sem de, da, do", typing.remove_stop_words, 1, 1.0),
    TypingCase("nome com as palavras em outra ordem", typing.reorder_parts, 3, 0.98),
    TypingCase("nome com duas palavras coladas", typing.drop_space, 3, 0.98),
    TypingCase("nome com o ordinal dito de outro modo", typing.rewrite_ordinal, 3, 0.98),
)
ALIAS = "pelo apelido e pelo nome anterior"
ELSEWHERE = "nome com um erro: nenhuma unidade de outra comarca entre as três primeiras"


def claims() -> Iterable[Claim]:
    """Search for the names of 20,000 units in many spellings, and check their ranks."""
    share = run_isolated("bench.search_quality", UNITS)
    for way in TYPING_CASES:
        place = "primeira ou empatada" if way.first == 1 else "entre as três primeiras ou empatada"
        yield _claim(f"{way.what}, {place}", share[way.what], way.bar)
    yield _claim(f"{ALIAS}, primeira ou empatada", share[ALIAS], 1.0)
    yield _claim(ELSEWHERE, share[ELSEWHERE], 0.995)


def _claim(what: str, share: float, bar: float) -> Claim:
    return Claim(f"busca entre {UNITS}: {what}", f"{share:.2%}", f"≥ {bar:.1%}", share >= bar)


def is_found(cards: Sequence[Any], slug: str, first: int) -> bool:
    """Whether a unit is among the first hits, or has the score of the last of them."""
    scores = [card.score for card in cards]
    floor = scores[min(first, len(scores)) - 1] if scores else 0.0
    return any(card.slug == slug and card.score >= floor for card in cards)


def measure_quality(units: int) -> dict[str, float]:
    """Return the share found, by spelling variant."""
    from canais_app.directory import snapshot, unit_search
    from canais_app.kit import clock, db

    seed_generated_units(units)
    db.write_sync(_give_names)
    now, rng = clock.now(), Random(11)
    with db.read_transaction() as session:

        def ask(words: str) -> Sequence[Any]:
            return unit_search.find_units(session, words, now=now, limit=60).items

        here = snapshot.load_snapshot(session)
        every = list(here.units.values())
        share: dict[str, float] = {}
        for way in TYPING_CASES:
            chosen = every if way is TYPING_CASES[0] else rng.sample(every, SAMPLE)
            found = [is_found(ask(way.typed(u.name, rng)), u.slug, way.first) for u in chosen]
            share[way.what] = sum(found) / len(found)
        names = [(u, name) for u in every for name in (*u.aliases, *u.former_names)]
        share[ALIAS] = sum(is_found(ask(name), u.slug, 1) for u, name in names) / len(names)
        chosen = rng.sample([u for u in every if u.comarca_id], SAMPLE)
        places = [here.comarcas[u.comarca_id or 0].name for u in chosen]
        answers = [ask(typing.make_slip(u.name, rng))[:3] for u in chosen]
        strayed = sum(
            any(card.comarca != place for card in cards)
            for cards, place in zip(answers, places, strict=True)
        )
        share[ELSEWHERE] = 1 - strayed / len(chosen)
    return share


def _give_names(session: Session) -> None:
    """Give some units an alias and a former name."""
    from canais_app.directory.models import Unit

    rng = Random(3)
    for number, unit in enumerate(rng.sample(list(session.exec(select(Unit)).all()), NAMED)):
        unit.aliases = [f"Posto {typing.SPOKEN[number % 10]}o do Mercado {number}"]
        unit.former_names = [f"Antigo {unit.name}"]
        session.add(unit)


if __name__ == "__main__":
    print(json.dumps(measure_quality(int(sys.argv[1])), ensure_ascii=False))
