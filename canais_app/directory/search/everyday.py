"""Everyday words of Portuguese: a correct word is not corrected.

The frequencies are those of the package pyspellchecker (film subtitles, MIT licence).
"""

import gzip
import json
from functools import lru_cache
from importlib.resources import files

import spellchecker

from canais_app.kit.text import strip_accents

MIN_COUNT = 51  # below are words of a dictionary that nobody was heard to say
_PACKAGE_FILE = files(spellchecker) / "resources" / "pt.json.gz"


@lru_cache(maxsize=1)
def load_everyday_words() -> frozenset[str]:
    """Return the everyday words without accents (about 45,000)."""
    counts: dict[str, int] = json.loads(gzip.decompress(_PACKAGE_FILE.read_bytes()))
    return frozenset(strip_accents(word) for word, count in counts.items() if count >= MIN_COUNT)
