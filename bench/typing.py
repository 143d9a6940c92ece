"""Spelling variants of a name: misspellings, other word orders, other ordinals."""

from collections.abc import Callable
from random import Random

LETTERS = "abcdefghijlmnopqrstuvxz"
ROMAN = (
    "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX".split()  # noqa: SIM905
)
SPOKEN = "primeir segund terceir quart quint sext sétim oitav non décim".split()  # noqa: SIM905
STOP_WORDS = {"de", "da", "do", "dos", "das", "e", "em"}
TypingVariant = Callable[[str, Random], str]


def _letters_of(name: str) -> list[int]:
    return [at for at, letter in enumerate(name) if letter.isalpha() and letter not in "ªº"]


def drop_letter(name: str, rng: Random) -> str:
    """Drop a letter."""
    at = rng.choice(_letters_of(name))
    return name[:at] + name[at + 1 :]


def add_letter(name: str, rng: Random) -> str:
    """Insert a letter."""
    at = rng.choice(_letters_of(name))
    return name[:at] + rng.choice(LETTERS) + name[at:]


def change_letter(name: str, rng: Random) -> str:
    """Replace a letter."""
    at = rng.choice(_letters_of(name))
    return name[:at] + rng.choice(LETTERS.replace(name[at].lower(), "")) + name[at + 1 :]


def swap_letters(name: str, rng: Random) -> str:
    """Swap two letters."""
    at = rng.choice([at for at in range(len(name) - 1) if name[at : at + 2].isalpha()])
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def make_slip(name: str, rng: Random) -> str:
    """Misspell any one character: a digit, a space, the dash."""
    at = rng.randrange(1, len(name) - 1)
    letter = rng.choice(LETTERS)
    return rng.choice(
        (
            name[:at] + name[at + 1 :],
            name[:at] + letter + name[at:],
            name[:at] + letter + name[at + 1 :],
            name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :],
        )
    )


def keep_exact(name: str, _rng: Random) -> str:
    """Return the name unchanged."""
    return name


def type_capitals(name: str, _rng: Random) -> str:
    """Return the name in capitals."""
    return name.upper()


def remove_accents(name: str, rng: Random) -> str:
    """Drop accents, hyphens and apostrophes."""
    from canais_app.kit.text import strip_accents

    return strip_accents(name).replace("-", " ").replace("'", rng.choice(("", " ")))


def remove_stop_words(name: str, _rng: Random) -> str:
    """Drop the stop-words."""
    return " ".join(w for w in name.replace("—", " ").split() if w.lower() not in STOP_WORDS)


def reorder_parts(name: str, rng: Random) -> str:
    """Reorder the parts; places, and numbers with their words, stay together."""
    rest, _, place = name.replace(" — ", " ").rpartition(" de ")
    words = remove_stop_words(rest or place, rng).split()
    parts = [place] if rest else []
    while words:
        word = words.pop(0)
        parts.append(f"{word} {words.pop(0)}" if word[0].isdigit() and words else word)
    rng.shuffle(parts)
    return " ".join(parts)


def drop_space(name: str, rng: Random) -> str:
    """Drop one space."""
    words = name.split(" ")
    at = rng.randrange(len(words) - 1)
    return " ".join((*words[:at], words[at] + words[at + 1], *words[at + 2 :]))


def rewrite_ordinal(name: str, rng: Random) -> str:
    """Write the first ordinal differently: 1a, 1.ª, primeira, I, nº 1, vara 1."""
    first, _, rest = name.partition(" ")
    if not first[:-1].isdigit():
        return name
    number, end = int(first[:-1]), "a" if first.endswith("ª") else "o"
    kind, _, after = rest.partition(" ")
    ways = [f"{number}{end}", f"{number}.{first[-1]}", str(number), f"nº {number}", f"{number:02d}"]
    ways += ROMAN[number - 1 : number]
    ways += [word + end for word in SPOKEN[number - 1 : number]]
    return rng.choice([*(f"{way} {rest}" for way in ways), f"{kind} {number} {after}"])
