"""Varas and juizados of the demonstration by the comarca's size, close to the real tree."""

from collections.abc import Iterator
from dataclasses import dataclass

from canais_app.directory.models import UnitKind


@dataclass(frozen=True)
class DemoCourt:
    """A vara or juizado before it has a comarca: `1ª Vara Cível`."""

    name: str
    kind: UnitKind
    competences: tuple[str, ...]


# name, competences, how many: in the capital, in a large comarca, in a middle one
VARAS = (
    ("Vara Cível", ("cível",), 11, 4, 2),
    ("Vara de Família", ("família e sucessões",), 6, 2, 1),
    ("Vara da Fazenda Pública", ("fazenda pública",), 4, 2, 1),
    ("Vara Criminal", ("criminal",), 9, 3, 2),
    ("Vara de Violência Doméstica", ("violência doméstica", "criminal"), 2, 1, 0),
    ("Vara da Infância e Juventude", ("infância e juventude",), 2, 1, 0),
    ("Vara de Execução Penal", ("execução penal",), 1, 1, 0),
    ("Vara de Execução Fiscal", ("execução fiscal", "fazenda pública"), 1, 0, 0),
    ("Vara de Direito Bancário", ("direito bancário", "cível"), 3, 0, 0),
    ("Vara de Direito Agrário", ("direito agrário", "cível"), 1, 0, 0),
)
BOTH_COMPETENCES = ("juizado especial cível", "juizado especial criminal")
JUIZADOS = (
    ("Juizado Especial Cível", ("juizado especial cível",), 6, 1, 0),
    ("Juizado Especial Criminal", ("juizado especial criminal",), 1, 1, 0),
    ("Juizado Especial da Fazenda Pública", ("juizado especial da fazenda pública",), 1, 0, 0),
    ("Juizado Especial Cível e Criminal", BOTH_COMPETENCES, 0, 0, 1),
)
SOLE_COURT_COMPETENCES = (
    "cível",
    "família e sucessões",
    "fazenda pública",
    "criminal",
    "infância e juventude",
)
CAPITAL = "Cuiabá"
LARGE = ("Várzea Grande", "Rondonópolis", "Sinop")
MIDDLE = (
    "Alta Floresta", "Barra do Garças", "Cáceres", "Campo Novo do Parecis", "Campo Verde",
    "Colíder", "Diamantino", "Jaciara", "Juara", "Juína", "Lucas do Rio Verde",
    "Mirassol d'Oeste", "Nova Mutum", "Peixoto de Azevedo", "Pontes e Lacerda",
    "Primavera do Leste", "Sorriso", "Tangará da Serra",
)  # fmt: skip
TWO_VARAS = (
    "Água Boa", "Alto Araguaia", "Barra do Bugres", "Canarana", "Chapada dos Guimarães",
    "Comodoro", "Guarantã do Norte", "Nova Xavantina", "Paranatinga", "Porto Alegre do Norte",
    "São Félix do Araguaia", "São José dos Quatro Marcos", "Vila Rica",
)  # fmt: skip
# Comarcas of area code 65; the others have 66.
DDD_65 = frozenset((
    "Araputanga", "Arenápolis", "Barra do Bugres", "Cáceres", "Campo Novo do Parecis",
    "Chapada dos Guimarães", "Comodoro", "Cuiabá", "Diamantino", "Jauru", "Lucas do Rio Verde",
    "Mirassol d'Oeste", "Nobres", "Nortelândia", "Nova Mutum", "Nova Olímpia", "Poconé",
    "Pontes e Lacerda", "Porto Esperidião", "Rio Branco", "Rosário Oeste",
    "Santo Antônio de Leverger", "São José dos Quatro Marcos", "Sapezal", "Tangará da Serra",
    "Várzea Grande", "Vila Bela da Santíssima Trindade",
))  # fmt: skip


def comarca_size(comarca: str) -> int:
    """Return 0 for the capital, 1 large, 2 middle, 3 two varas, 4 a single one."""
    for size, names in enumerate(((CAPITAL,), LARGE, MIDDLE, TWO_VARAS)):
        if comarca in names:
            return size
    return 4


def list_courts(comarca: str) -> Iterator[DemoCourt]:
    """List the varas and juizados of a comarca, in the order of their names."""
    size = comarca_size(comarca)
    if size == 4:  # noqa: PLR2004 (a single vara)
        yield DemoCourt("Vara Única", UnitKind.VARA, (*SOLE_COURT_COMPETENCES, "vara única"))
        return
    if size == 3:  # noqa: PLR2004 (two varas)
        yield DemoCourt(
            "1ª Vara", UnitKind.VARA, ("cível", "família e sucessões", "fazenda pública")
        )
        yield DemoCourt("2ª Vara", UnitKind.VARA, ("criminal", "infância e juventude"))
        yield DemoCourt(
            "Juizado Especial Cível e Criminal", UnitKind.SMALL_CLAIMS, BOTH_COMPETENCES
        )
        return
    for kind, ordinal, table in (
        (UnitKind.VARA, "ª", VARAS),
        (UnitKind.SMALL_CLAIMS, "º", JUIZADOS),
    ):
        for name, competences, *counts in table:
            for number in range(1, counts[size] + 1):
                first = f"{number}{ordinal} " if counts[size] > 1 else ""
                yield DemoCourt(f"{first}{name}", kind, competences)
