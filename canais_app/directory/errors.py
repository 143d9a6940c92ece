"""Errors of the directory that carry more than a message."""

from collections.abc import Sequence
from dataclasses import dataclass

from canais_app.kit.errors import ConflictError, NotFoundError


class UnitMovedError(NotFoundError):
    """A former slug; `slug` is the present one, for a redirect."""

    def __init__(self, former: str, slug: str) -> None:
        super().__init__("O endereço desta unidade mudou.")
        self.former = former
        self.slug = slug


@dataclass(frozen=True)
class Clash:
    """A field that somebody else changed meanwhile: its value now, and the one sent."""

    field: str
    name: str
    theirs: str
    yours: str
    who: str


class StaleVersionError(ConflictError):
    """The form was read before somebody's save. `version` is the present one."""

    def __init__(self, clashes: Sequence[Clash], version: int) -> None:
        count = len(clashes)
        fields = "1 campo mudou" if count == 1 else f"{count} campos mudaram"
        super().__init__(
            f"Enquanto você editava, {fields}. Nada foi gravado; o que você digitou continua "
            "aqui. Compare abaixo: se o seu vale, salve de novo."
        )
        self.clashes = list(clashes)
        self.version = version
