"""Words as they are compared: no accents, apostrophes or stop-words; ordinals are one number."""

import re
from dataclasses import dataclass

from canais_app.kit.text import fold

_STOP_WORDS = (
    "a o as os e em no na nos nas de da do das dos dum duma ao aos com para por pra pro um "
    "uma que comarca unidade unidades municipio cidade contato contatos atendimento falar "
    "quero queria preciso como numero meu minha judicial judiciaria justica mt "
)
STOP = frozenset(_STOP_WORDS.split())
_ORDINAL_WORDS = (
    "primeir segund terceir quart quint sext setim oitav non decim".split()  # noqa: SIM905
)
_ROMAN = "i ii iii iv v vi vii viii ix x".split()  # noqa: SIM905
ORDINALS = {
    **{f"{stem}{end}": str(n) for n, stem in enumerate(_ORDINAL_WORDS, 1) for end in "ao"},
    **{roman: str(n) for n, roman in enumerate(_ROMAN, 1)},
}
_APOSTROPHES = re.compile("['’‘`´]")
_SPLIT = re.compile(r"[a-z0-9]+")
_NUMBERED = re.compile(r"^[ao]?0*(\d{1,3})[a-z]{0,2}$")


@dataclass(frozen=True)
class Token:
    """One word as compared (`norm`) and where it stood in what was typed."""

    norm: str
    start: int
    end: int


def normalise(word: str) -> str:
    """Return a folded word as compared: ordinals become their number."""
    numbered = _NUMBERED.match(word)
    return numbered.group(1) if numbered else ORDINALS.get(word, word)


def tokens(text: str) -> list[Token]:
    """Split text into compared words; `d oeste` and `d'Oeste` are `doeste`, stop-words go."""
    made: list[Token] = []
    pending = -1  # where a lone "d" stood
    for word, start, end in _spans(text):
        if word == "d" and pending < 0:
            pending = start
            continue
        if pending >= 0:
            word, start, pending = f"d{word}", pending, -1  # noqa: PLW2901 (the word goes on)
        if word not in STOP:
            made.append(Token(normalise(word), start, end))
    return made


def norms(text: str) -> tuple[str, ...]:
    """Return only the compared words of a text."""
    return tuple(token.norm for token in tokens(text))


def _spans(text: str) -> list[tuple[str, int, int]]:
    """Return folded words with their place in the text; folding one letter may give more."""
    folded: list[str] = []
    origin: list[int] = []
    for at, letter in enumerate(_APOSTROPHES.sub("\x00", text)):
        if letter == "\x00":
            continue
        for piece in fold(letter):
            folded.append(piece)
            origin.append(at)
    whole = "".join(folded)
    return [(m.group(), origin[m.start()], origin[m.end() - 1] + 1) for m in _SPLIT.finditer(whole)]
