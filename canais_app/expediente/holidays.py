"""Generate the Tribunal's holidays of a year: rows to seed, which an administrator edits.

Sources: the PyPI package `holidays` (BR, subdivision MT: public and optional days) for national
days and those that move with Easter; the Tribunal's own days as its yearly Portaria lists them.
"""

from dataclasses import dataclass
from datetime import date, time

from holidays import country_holidays

from canais_app.expediente.rules import Effect

LIBRARY = "holidays (PyPI), BR/MT"
COURT = "Portaria anual do TJMT"
ASH_WEDNESDAY = "Quarta-feira de Cinzas"
ASH_WEDNESDAY_OPENS = time(13)
# Optional days of the federal calendar: ordinary days at the Tribunal, or part of the recess.
NOT_OBSERVED = ("Véspera de Natal", "Véspera de Ano-Novo")
# (month, day, name, slug of the comarca; empty: the whole state)
LOCAL_HOLIDAYS = (
    (4, 8, "Aniversário de Cuiabá", "cuiaba"),
    (5, 13, "Aniversário de Itaúba", "itauba"),
    (7, 25, "Dia do padroeiro de Matupá", "matupa"),
    (9, 15, "Aniversário de Barra do Garças", "barra-do-garcas"),
    (9, 20, "Aniversário de Jauru", "jauru"),
    (10, 28, "Dia do Servidor Público", ""),
    (12, 3, "Dia do padroeiro de Paranatinga", "paranatinga"),
    (12, 8, "Dia da Justiça", ""),
)


@dataclass(frozen=True)
class ProposedDay:
    """A calendar row that is not stored yet; `comarca` is a slug or empty."""

    first: date
    last: date
    effect: Effect
    name: str
    source: str
    opens: time | None = None
    comarca: str = ""

    @property
    def key(self) -> str:
        """The row's key in a proposal: `2029-04-08.cuiaba.closed`."""
        return f"{self.first.isoformat()}.{self.comarca}.{self.effect}"


def generate_year(year: int) -> list[ProposedDay]:
    """Return the rows of one year, the recess that begins in it included, earliest first."""
    found = {(row.first, row.comarca): row for row in _library_days(year)}
    for month, number, name, comarca in LOCAL_HOLIDAYS:
        day = date(year, month, number)
        row = ProposedDay(day, day, Effect.CLOSED, name, COURT, comarca=comarca)
        found.setdefault((day, comarca), row)
    return sorted([*found.values(), *_long_spans(year)], key=lambda row: (row.first, row.name))


def _library_days(year: int) -> list[ProposedDay]:
    listed = country_holidays(
        "BR", subdiv="MT", years=year, language="pt_BR", categories=("public", "optional")
    )
    return [
        _library_day(day, name) for day, name in sorted(listed.items()) if name not in NOT_OBSERVED
    ]


def _library_day(day: date, name: str) -> ProposedDay:
    if name == ASH_WEDNESDAY:
        return ProposedDay(day, day, Effect.OPENS_LATE, name, LIBRARY, ASH_WEDNESDAY_OPENS)
    return ProposedDay(day, day, Effect.CLOSED, name, LIBRARY)


def generate_recess(year: int) -> ProposedDay:
    """Return the recess that begins in a year and ends in the next."""
    first, last = date(year, 12, 20), date(year + 1, 1, 6)
    return ProposedDay(first, last, Effect.RECESS, "Recesso forense", "Res. CNJ 244/2016")


def _long_spans(year: int) -> list[ProposedDay]:
    return [
        generate_recess(year),
        ProposedDay(
            date(year, 1, 7),
            date(year, 1, 20),
            Effect.DEADLINES_SUSPENDED,
            "Prazos suspensos",
            "CPC, art. 220",
        ),
    ]
