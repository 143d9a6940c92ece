"""Normalise text into tokens: no accents, apostrophes or stop-words; ordinals become numbers."""

import re
from dataclasses import dataclass
from functools import lru_cache

from canais_app.kit.text import strip_accents

_STOP_WORDS_TEXT = """
    a o as os e ou em no na nos nas de da do das dos dum duma num numa ao aos com para por pra pro
    pelo pela um uma uns umas que qual quais quem onde aonde quando como se me meu minha meus
    minhas seu sua eu ele ela eles elas voce vc isso este esta esse essa nao ja so ate sem sobre
    ha tem ter tenho estou esta estao foi ser sera sou fica ficam falar fazer faco faz quero
    queria gostaria preciso precisa posso pode consigo ver saber achar encontrar procurar procuro
    busco buscar pedir entrar ir comarca comarcas unidade unidades municipio municipios cidade
    cidades contato contatos atendimento numero num nr n endereco processo processos acao acoes
    judicial judiciaria judiciario justica mt dr dra doutor doutora sr sra senhor senhora ola oi
    obrigado obrigada favor horario horarios expediente funcionamento
    aqui ali la ca mais menos muito muita bem mal tambem tb ainda entao porque pq pois assim ai
    vou vai vamos iria to ta tah tou deu dar dou dei nos nas lhe tudo todo toda todos todas cada
    algum alguma alguns algo alguem outro outra outros outras mesmo mesma depois antes ontem amanha
    sempre nunca quanto quantos quanta teu tua dele dela deles delas aquele aquela isto aquilo
    estes estas estao era eram seria sao tao cade pra pras pros ne vcs blz gente moco moca amigo
    duvida duvidas informacao informacoes descobrir entender explicar localizado
    localizar local perto proximo proxima dentro fora la q oque oq td mim comigo conosco si
"""
# Words after which a place is expected.
PLACE_PREPOSITIONS = frozenset("em comarca comarcas municipio cidade".split())  # noqa: SIM905
STOP_WORDS = frozenset(_STOP_WORDS_TEXT.split())
_UNITS = "primeir segund terceir quart quint sext setim oitav non".split()  # noqa: SIM905
_TENS = "decim vigesim trigesim".split()  # noqa: SIM905
_ROMAN = (
    "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split()  # noqa: SIM905
)
_CARDINALS = "dois tres quatro cinco seis sete oito nove dez".split()  # noqa: SIM905
TENS = {f"{stem}{end}": n * 10 for n, stem in enumerate(_TENS, 1) for end in "ao"}
ORDINALS = {
    **{f"{stem}{end}": str(n) for n, stem in enumerate(_UNITS, 1) for end in "ao"},
    **{word: str(n) for word, n in TENS.items()},
    **{roman: str(n) for n, roman in enumerate(_ROMAN, 1)},
    **{word: str(n) for n, word in enumerate(_CARDINALS, 2)},
    "duas": "2",
}
_APOSTROPHES = "'’‘`´"
_PLURALS = (
    ("oes", "ao"), ("aes", "ao"), ("ais", "al"), ("eis", "el"), ("ois", "ol"), ("ns", "m"),
    ("res", "r"), ("zes", "z"), ("s", ""),
)  # fmt: skip
# A number keeps the ending of its ordinal; other letters joined to it are a separate word.
_SPLIT = re.compile(r"\d+(?:a|o|as|os)?(?![a-z])|\d+|[a-z]+")
_NUMBERED = re.compile(r"^0*(\d{1,3})(?:a|o|as|os)?$")


@dataclass(frozen=True)
class Token:
    """A normalised word (`norm`) and its position in the text."""

    norm: str
    start: int
    end: int
    lead: tuple[str, ...] = ()  # the stop-words before it
    alternatives: tuple[tuple[str, ...], ...] = ()  # equally near names of places
    word: str = ""  # without accents; ordinals not yet numbers
    is_guess: bool = False  # a correction, not what was typed


def normalise_word(word: str) -> str:
    """Return the number of an ordinal, other words unchanged. `word` has no accents."""
    numbered = _NUMBERED.match(word)
    return numbered.group(1) if numbered else ORDINALS.get(word, word)


def list_singulars(word: str) -> list[str]:
    """Return the possible singulars of a word, the likeliest first: `civeis` → `civel`."""
    return [
        word.removesuffix(end) + other
        for end, other in _PLURALS
        if word.endswith(end) and len(word) - len(end) > 1
    ]


def tokenize(text: str) -> list[Token]:
    """Split text into normalised words without stop-words; `d'Oeste` and `d oeste` are `doeste`.

    Tens and ones of an ordinal are one number: `décima primeira` is 11.
    """
    tokens: list[Token] = []
    lead: list[str] = []
    pending = -1  # the position of a lone "d"
    tens = 0
    for word, start, end in _fold_with_positions(text):
        if word == "d" and pending < 0:
            pending = start
            continue
        if pending >= 0:
            word, start, pending = f"d{word}", pending, -1  # noqa: PLW2901 (one word)
        if word in STOP_WORDS:
            lead.append(word)
            continue
        norm = normalise_word(word)
        if tens and not lead and word in ORDINALS and len(norm) == 1:
            first = tokens[-1]
            tokens[-1] = Token(str(tens + int(norm)), first.start, end, first.lead, word=word)
        else:
            tokens.append(Token(norm, start, end, tuple(lead), word=word))
        tens = TENS.get(word, 0)
        lead.clear()
    return tokens


def normalised_words(text: str) -> tuple[str, ...]:
    """Return the normalised words of a text."""
    return tuple(token.norm for token in tokenize(text))


def _fold_with_positions(text: str) -> list[tuple[str, int, int]]:
    """Return words without accents, with their position; one letter may become several."""
    if _ALIGNED.keys() >= set(map(ord, text)):
        return [(m.group(), m.start(), m.end()) for m in _SPLIT.finditer(text.translate(_ALIGNED))]
    folded: list[str] = []
    origin: list[int] = []
    for at, letter in enumerate(text):
        if letter in _APOSTROPHES:
            continue
        plain = _fold_letter(letter)
        folded.append(plain)
        origin += [at] * len(plain)
    whole = "".join(folded)
    return [(m.group(), origin[m.start()], origin[m.end() - 1] + 1) for m in _SPLIT.finditer(whole)]


# Letters that stay one letter without their accent: their positions do not move.
_ALIGNED = {
    code: strip_accents(chr(code))
    for code in (*range(0x180), *map(ord, "–—“”…•"))
    if len(strip_accents(chr(code))) == 1 and chr(code) not in _APOSTROPHES
}


_fold_letter = lru_cache(maxsize=4096)(strip_accents)
