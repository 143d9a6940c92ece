"""Demonstration units: the court's tree over the real comarcas, with typed channels.

All contacts are fictitious (`@exemplo.invalid`, (65) or (66) 3000-xxxx, `.invalid` links) except
the Ouvidoria's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlmodel import Session, col, select

from canais_app.demo.shapes import DDD_65, comarca_size, list_courts
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Channel, Comarca, Feature, Unit, UnitKind
from canais_app.kit.text import slugify

SMALLEST_COMARCA_SIZE = 4  # a comarca with a single vara
EARLY_HOURS = {str(day): [["08:00", "14:00"]] for day in range(5)}
COURT_BODIES = (
    ("Tribunal Pleno", UnitKind.COURT_BODY),
    ("Órgão Especial", UnitKind.COURT_BODY),
    ("Presidência do Tribunal de Justiça", UnitKind.PRESIDENCY),
    ("Vice-Presidência do Tribunal de Justiça", UnitKind.PRESIDENCY),
    ("Corregedoria-Geral da Justiça", UnitKind.INTERNAL_AFFAIRS),
)
CHAMBERS = (
    ("Câmara de Direito Privado", 5, ("cível", "família e sucessões", "direito bancário")),
    ("Câmara de Direito Público e Coletivo", 3, ("fazenda pública", "execução fiscal")),
    ("Câmara Criminal", 4, ("criminal", "execução penal")),
)
SEATS_PER_CHAMBER = 3  # gabinetes of a câmara
NUCLEI = (
    ("Núcleo de Justiça 4.0 de Direito Bancário", ("direito bancário",)),
    ("Núcleo de Justiça 4.0 de Execução Fiscal", ("execução fiscal",)),
    ("Núcleo de Justiça 4.0 dos Juizados Especiais", ("juizado especial cível",)),
    ("Núcleo de Justiça 4.0 da Fazenda Pública", ("fazenda pública",)),
)


@dataclass
class DemoTree:
    """The units, and the groups that later steps use."""

    units: list[Unit] = field(default_factory=list[Unit])
    registries: list[Unit] = field(default_factory=list[Unit])
    chambers: list[Unit] = field(default_factory=list[Unit])
    parents: dict[int, Unit] = field(default_factory=dict[int, Unit])

    def find_unit(self, name: str) -> Unit:
        """Return the unit of that name."""
        return next(unit for unit in self.units if unit.name == name)


@dataclass
class TreeBuilder:
    """Adds units and their channels, numbered in order."""

    session: Session
    rng: Random
    now: datetime
    tree: DemoTree = field(default_factory=DemoTree)
    channels: list[tuple[Unit, str, str]] = field(default_factory=list[tuple[Unit, str, str]])

    def add_unit(  # noqa: PLR0913 (the fields of a unit)
        self,
        name: str,
        kind: UnitKind,
        comarca: Comarca | None,
        competences: Sequence[str] = (),
        parent: Unit | None = None,
        *,
        degree: int = 1,
        hours: dict[str, Any] | None = None,
    ) -> Unit:
        """Add a unit with its e-mail and phone."""
        number = len(self.tree.units) + 1
        row = Unit(
            code=f"TJMT-{number:05d}",
            slug=slugify(name),
            name=name,
            kind=kind,
            degree=degree,
            comarca_id=comarca.id if comarca else None,
            parent_id=parent.id if parent else None,
            competences=list(competences),
            hours=hours or {},
            address=f"Fórum de {comarca.name}" if comarca else "Tribunal de Justiça, Cuiabá",
            is_demo=True,
            updated_at=self.now,
        )
        self.tree.units.append(row)
        area = "65" if comarca is None or comarca.name in DDD_65 else "66"
        self.channels.append((row, ChannelKind.PHONE, f"+55{area}3000{number:04d}"))
        self.channels.append((row, ChannelKind.EMAIL, f"{row.slug[:60]}@exemplo.invalid"))
        self.session.add(row)
        return row

    def add_sectors(self, above: Unit, comarca: Comarca | None, *, seats: int = 1) -> None:
        """Add the Secretaria and the gabinetes of a vara, juizado or câmara."""
        registry = self.add_unit(
            f"{above.name} — Secretaria", UnitKind.REGISTRY, comarca, above.competences, above,
            degree=above.degree,
        )  # fmt: skip
        self.tree.registries.append(registry)
        self.channels.append(
            (
                registry,
                ChannelKind.VIRTUAL_COUNTER,
                f"https://balcao.exemplo.invalid/{registry.slug}",
            )
        )
        if self.rng.random() < 0.6 or above.kind == UnitKind.SMALL_CLAIMS:  # noqa: PLR2004
            phone = next(v for u, k, v in self.channels if u is registry and k == "telefone")
            self.channels.append((registry, ChannelKind.WHATSAPP, phone))
        article = "do" if above.name.split()[0].endswith("o") or "Juizado" in above.name else "da"
        for seat in range(1, seats + 1):
            first = f"{seat}º " if seats > 1 else ""
            self.tree.chambers.append(
                self.add_unit(
                    f"{first}Gabinete {article} {above.name}",
                    UnitKind.CHAMBERS,
                    comarca,
                    above.competences,
                    above,
                    degree=above.degree,
                )
            )


def create_units(session: Session, rng: Random, now: datetime) -> DemoTree:
    """Write the whole tree and its channels; return it."""
    builder = TreeBuilder(session, rng, now)
    installed = select(Comarca).where(col(Comarca.installed)).order_by(col(Comarca.slug))
    above: list[tuple[Unit, Comarca | None, int]] = []
    for comarca in session.exec(installed):
        _create_forum(builder, comarca)
        for court in list_courts(comarca.name):
            name = f"{court.name} de {comarca.name}"
            above.append(
                (builder.add_unit(name, court.kind, comarca, court.competences), comarca, 1)
            )
    above += [(unit, None, seats) for unit, seats in _create_roots(builder)]
    session.flush()  # children need their parents' ids
    for unit, comarca, seats in above:
        builder.add_sectors(unit, comarca, seats=seats)
    _create_ombudsman(builder)
    session.flush()
    _set_paths(builder.tree)
    _create_channels(builder)
    session.flush()
    return builder.tree


def _random_features(comarca: Comarca) -> dict[str, Any]:
    """Return made-up features of a forum; one comarca in five has none."""
    rng = Random(comarca.slug)
    if rng.random() < 0.2:  # noqa: PLR2004
        return {}
    features = {feature.value: {"has": rng.choice(("sim", "sim", "nao"))} for feature in Feature}
    features[Feature.RAMP] = {"has": "sim", "note": "entrada lateral"}
    return features


def _create_forum(builder: TreeBuilder, comarca: Comarca) -> None:
    of = f"de {comarca.name}"
    board = builder.add_unit(f"Diretoria do Foro {of}", UnitKind.FORUM_BOARD, comarca)
    board.accessibility = _random_features(comarca)
    builder.add_unit(f"Distribuição e Protocolo {of}", UnitKind.DISTRIBUTION, comarca)
    if comarca_size(comarca.name) < SMALLEST_COMARCA_SIZE:
        builder.add_unit(f"CEJUSC {of}", UnitKind.CONCILIATION, comarca)
    builder.add_unit(
        f"Ponto de Inclusão Digital {of}", UnitKind.INCLUSION_POINT, comarca, hours=EARLY_HOURS
    )


def _create_roots(builder: TreeBuilder) -> list[tuple[Unit, int]]:
    for name, kind in COURT_BODIES:
        builder.add_unit(name, kind, None, degree=2)
    roots = [(builder.add_unit(name, UnitKind.NUCLEUS, None, tags), 1) for name, tags in NUCLEI]
    for number in range(1, 4):
        tags = ("juizado especial cível", "juizado especial criminal")
        panel = builder.add_unit(f"{number}ª Turma Recursal", UnitKind.APPEALS_PANEL, None, tags)
        roots.append((panel, SEATS_PER_CHAMBER))
    for name, count, tags in CHAMBERS:
        for number in range(1, count + 1):
            full = f"{number}ª {name}"
            roots.append(
                (builder.add_unit(full, UnitKind.CHAMBER, None, tags, degree=2), SEATS_PER_CHAMBER)
            )
    return roots


def _create_ombudsman(builder: TreeBuilder) -> None:
    """Add the only real contact (public on the court's pages)."""
    unit = builder.add_unit("Ouvidoria do Poder Judiciário", UnitKind.COURT_BODY, None, degree=2)
    unit.is_demo = False
    channels = [entry for entry in builder.channels if entry[0] is not unit]
    channels.append((unit, ChannelKind.PHONE, "+558006471420"))
    channels.append((unit, ChannelKind.EMAIL, "ouvidoria@tjmt.jus.br"))
    builder.channels = channels


def _set_paths(tree: DemoTree) -> None:
    by_id = {unit.id: unit for unit in tree.units}
    for unit in tree.units:
        parent = by_id[unit.parent_id] if unit.parent_id else None
        unit.path = f"/{parent.id}/{unit.id}/" if parent else f"/{unit.id}/"
        if parent and unit.id:
            tree.parents[unit.id] = parent


def _create_channels(builder: TreeBuilder) -> None:
    for position, (unit, kind, value) in enumerate(builder.channels):
        verified_at = builder.now - timedelta(days=builder.rng.randint(1, 150))
        is_verified = builder.rng.random() < 0.95  # noqa: PLR2004 (some were never verified)
        builder.session.add(
            Channel(
                unit_id=unit.id or 0,
                kind=kind,
                value=value,
                position=position % 10,
                verified_at=verified_at if is_verified else None,
                verified_by="equipe da unidade" if is_verified else "",
            )
        )
