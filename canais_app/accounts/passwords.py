"""Password rules (length, common passwords) and hashes (argon2id)."""

import re
from functools import lru_cache
from importlib import resources

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from canais_app.kit.errors import InvalidError
from canais_app.kit.text import strip_accents

# The audit log gets neither a password nor its hash.
CHANGED = {"password": ["hidden", "hidden"]}
_COUNTING = "0123456789" * 14
MIN_LENGTH = 12
MAX_LENGTH = 128
_hasher = PasswordHash((Argon2Hasher(time_cost=3, memory_cost=64 * 1024, parallelism=1),))
MAX_INITIALS = 2  # parts of a name up to this length are not looked for in a password


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    return _hasher.hash(password)


@lru_cache(maxsize=1)
def _dummy_hash() -> str:
    return hash_password("ninguem tem esta senha")


def verify_password(password: str, stored: str) -> tuple[bool, str]:
    """Compare a password with a hash, in the same time when there is none.

    Returns whether it matches, and a new hash if the stored one has outdated parameters.
    """
    matches, renewed = _hasher.verify_and_update(password[:MAX_LENGTH], stored or _dummy_hash())
    return (matches, renewed or "") if matches and stored else (False, "")


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """Return the common passwords without accents, from common_passwords.txt."""
    words = (resources.files("canais_app.accounts") / "common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in words.splitlines() if line and not line.startswith("#"))


def validate_new_password(password: str, repeated: str, *, about: tuple[str, ...] = ()) -> str:
    """Check a new password against the rules and return it.

    `about` are the person's names and e-mail, which must not be most of the password.

    Raises:
        InvalidError: with the sentence for `password` or `repeated`.
    """
    problem = _problem(password, about)
    if problem:
        raise InvalidError("Escolha outra senha.", {"password": problem})
    if password != repeated:
        raise InvalidError(
            "As senhas não são iguais.", {"repeated": "Repita a mesma senha nos dois campos."}
        )
    return password


def hash_new(password: str, repeated: str, name: str, email: str) -> str:
    """Check a person's new password and return its hash (about 0.1 s of CPU).

    Raises:
        InvalidError: with the sentence for `password` or `repeated`.
    """
    about = (*name.split(), email, email.partition("@")[0])
    return hash_password(validate_new_password(password, repeated, about=about))


def _problem(password: str, about: tuple[str, ...]) -> str:
    if len(password) < MIN_LENGTH:
        return f"Use pelo menos {MIN_LENGTH} caracteres. Uma frase é fácil de lembrar."
    if len(password) > MAX_LENGTH:
        return f"Use até {MAX_LENGTH} caracteres."
    folded = strip_accents(password)
    if _is_common(folded):
        return "Esta senha é muito comum. Escolha outra."
    rest = folded
    words = [strip_accents(part) for part in about if len(part) > MAX_INITIALS]
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest) < MIN_LENGTH // 2:
        return "Não use só o seu nome ou e-mail como senha."
    return ""


def _is_common(folded: str) -> bool:
    """Whether it is a common password, with digits and signs around it, or one repeated."""
    if folded in common_passwords() or len(set(folded)) < 4:  # noqa: PLR2004 (aaaa…, 121212…)
        return True
    if folded in _COUNTING or folded in _COUNTING[::-1]:
        return True
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    period = (folded + folded).find(folded, 1)
    return bare in common_passwords() or (
        period < len(folded) and folded[:period] in common_passwords()
    )
