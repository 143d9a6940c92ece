"""How easily Portuguese text is read, by the Flesch index adapted to Portuguese.

Source: Martins, Ghiraldelo, Nunes and Oliveira Junior, "Readability formulas applied to textbooks
in Brazilian Portuguese" (ICMC-USP, 1996): 248.835 - 1.015 x words per sentence - 84.6 x syllables
per word. From 50 on: easy, school years 5 to 8; from 25: upper secondary school.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import reflex as rx

EASY = 50
_WORD = re.compile(r"[a-zà-öø-ÿ]+(?:-[a-zà-öø-ÿ]+)*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…;:](?:\s|$)")
_VOWELS = re.compile(r"[aeiouáéíóúâêôãõàü]+")
# Groups of vowels that are one syllable; longer ones are read from the left.
_ONE_SYLLABLE = re.compile(
    r"[aeoáéóâêô][iu]|ão|ãe|õe|[iu][aeoáéó](?=$)|u[aeoáéóâêã]|[aeiouáéíóúâêôãõàü]"
)
# What ends a piece of text on a page.
_FRAME = {"header", "footer", "nav"}  # the same on every page: names, not sentences
_BLOCKS = {"p", "li", "h1", "h2", "h3", "dt", "dd", "summary", "th", "td", "label", "button"}


def count_syllables(word: str) -> int:
    """Return the syllables of a word: its groups of vowels, diphthongs as one."""
    heard = re.sub(r"([gq])u(?=[eiéíê])", r"\1", word.lower())
    return max(1, sum(len(_ONE_SYLLABLE.findall(group)) for group in _VOWELS.findall(heard)))


def reading_ease(texts: Sequence[str]) -> float:
    """Return the index of some pieces of text, of which each ends its last sentence."""
    words = [word for text in texts for word in _WORD.findall(text)]
    sentences = sum(1 for text in texts for part in _SENTENCE_END.split(text) if _WORD.search(part))
    syllables = sum(map(count_syllables, words))
    return 248.835 - 1.015 * len(words) / sentences - 84.6 * syllables / len(words)


def texts_of(component: rx.Component) -> list[str]:
    """Return the pieces of text that a page may show, without its frame and labels."""
    return [
        text
        for text in (" ".join(piece.split()) for piece in _pieces(component.render()))
        if len(_WORD.findall(text)) > 3
    ]


def _pieces(node: Mapping[str, Any]) -> Iterator[str]:
    name = str(node.get("name", "")).strip('"')
    if name in _BLOCKS:
        yield "".join(_words(node))
    elif name not in _FRAME:
        for child in _children(node):
            yield from _pieces(child)


def _words(node: Mapping[str, Any]) -> Iterator[str]:
    contents = str(node.get("contents", ""))
    if contents.startswith('"') and contents.endswith('"'):
        yield json.loads(contents)
    for child in _children(node):
        yield from _words(child)


def _children(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield what a node may hold, on either side of a condition."""
    for key in ("children", "true_value", "false_value"):
        held = node.get(key, ())
        yield from (held,) if isinstance(held, Mapping) else held
