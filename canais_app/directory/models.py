"""Tables of the directory: comarcas, the tree of units, channels, synonyms, case origins."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field

from canais_app.kit.cache_version import CacheVersion
from canais_app.kit.db import partial_index
from canais_app.kit.models import Table


class UnitKind(StrEnum):
    """The kind of a unit in the court's tree."""

    COURT_BODY = "orgao"
    PRESIDENCY = "presidencia"
    INTERNAL_AFFAIRS = "corregedoria"
    CHAMBER = "camara"
    APPEALS_PANEL = "turma_recursal"
    NUCLEUS = "nucleo"
    FORUM_BOARD = "diretoria"
    DISTRIBUTION = "distribuicao"
    VARA = "vara"
    SMALL_CLAIMS = "juizado"
    REGISTRY = "secretaria"
    CHAMBERS = "gabinete"
    CONCILIATION = "cejusc"
    INCLUSION_POINT = "pid"


class Feature(StrEnum):
    """An accessibility feature of a building: present, absent or unknown."""

    RAMP = "rampa"
    LIFT = "elevador"
    TOILET = "banheiro"
    PARKING = "vaga"
    TACTILE_FLOOR = "piso_tatil"
    SIGN_LANGUAGE = "libras"


FEATURE_NAMES = {
    Feature.RAMP: "Rampa de acesso",
    Feature.LIFT: "Elevador",
    Feature.TOILET: "Banheiro acessível",
    Feature.PARKING: "Vaga reservada",
    Feature.TACTILE_FLOOR: "Piso tátil",
    Feature.SIGN_LANGUAGE: "Intérprete de Libras",
}

UNIT_KIND_NAMES = {
    UnitKind.COURT_BODY: "Órgão do Tribunal",
    UnitKind.PRESIDENCY: "Presidência",
    UnitKind.INTERNAL_AFFAIRS: "Corregedoria",
    UnitKind.CHAMBER: "Câmara",
    UnitKind.APPEALS_PANEL: "Turma recursal",
    UnitKind.NUCLEUS: "Núcleo de Justiça 4.0",
    UnitKind.FORUM_BOARD: "Diretoria do foro",
    UnitKind.DISTRIBUTION: "Distribuição e protocolo",
    UnitKind.VARA: "Vara",
    UnitKind.SMALL_CLAIMS: "Juizado especial",
    UnitKind.REGISTRY: "Secretaria",
    UnitKind.CHAMBERS: "Gabinete",
    UnitKind.CONCILIATION: "CEJUSC",
    UnitKind.INCLUSION_POINT: "Ponto de inclusão digital",
}


@dataclass(frozen=True)
class TextField:
    """A line of text of a unit, for the editor, the units file and the history.

    `name` is the attribute of `Unit` and the field of forms. A new text is a column of `Unit`
    with its migration, a row of `TEXT_FIELDS`, and a line of docs/importacao.md.
    """

    name: str
    label: str
    column: str  # of the units file
    max_length: int


TEXT_FIELDS = (
    TextField("address", "Endereço", column="endereco", max_length=200),
    TextField("room", "Sala", column="sala", max_length=80),
)


class Comarca(Table, table=True):
    """A comarca; public lists show only installed ones."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True, max_length=80)
    name: str = Field(max_length=80)
    ibge_code: str = Field(unique=True, max_length=7)
    latitude: float
    longitude: float
    installed: bool = True


class Municipality(Table, table=True):
    """A municipality and the comarca that serves it (none until confirmed)."""

    ibge_code: str = Field(primary_key=True, max_length=7)
    name: str = Field(max_length=80)
    comarca_id: int | None = Field(default=None, foreign_key="comarca.id")


class CnjOrigin(Table, table=True):
    """The origin of a case, by the last four digits of its number."""

    code: str = Field(primary_key=True, max_length=4)
    description: str = Field(max_length=120)
    comarca_id: int | None = Field(default=None, foreign_key="comarca.id")
    status: str = Field(max_length=40)


class Unit(Table, table=True):
    """A node of the court's tree. `path` lists the ids from the root, as `/1/24/380/`."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=40)
    slug: str = Field(unique=True, max_length=160)
    name: str = Field(max_length=200)
    kind: str = Field(max_length=24, index=True)
    degree: int
    comarca_id: int | None = Field(default=None, foreign_key="comarca.id", index=True)
    parent_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    path: str = Field(default="", max_length=200, index=True)
    competences: list[str] = Field(default_factory=list, sa_type=JSON)
    aliases: list[str] = Field(default_factory=list, sa_type=JSON)
    # weekday (0 = Monday) → [["12:00", "19:00"], …]; empty: the court's public hours
    hours: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    address: str = Field(default="", max_length=200)
    room: str = Field(default="", max_length=80)
    # feature → {"has": "sim" | "nao", "note": "…"}; a missing one is unknown
    accessibility: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    former_names: list[str] = Field(default_factory=list, sa_type=JSON)
    active: bool = True
    retired_at: datetime | None = None
    successor_id: int | None = Field(default=None, foreign_key="unit.id")
    is_demo: bool = False
    updated_at: datetime
    reminded_at: datetime | None = None  # when the unit was last reminded to verify its contacts
    version: int = 1  # incremented by every change, to detect stale edits


class FormerSlug(Table, table=True):
    """A former slug of a unit, which redirects to the present one."""

    slug: str = Field(primary_key=True, max_length=160)
    unit_id: int = Field(foreign_key="unit.id", index=True)


class Channel(Table, table=True):
    """One way to reach a unit. `value` is E.164, an e-mail or an https link.

    A retired channel is kept for its history and shown nowhere else.
    """

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    kind: str = Field(max_length=24, index=True)
    value: str = Field(max_length=300, index=True)
    label: str = Field(default="", max_length=80)
    note: str = Field(default="", max_length=200)
    hours: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    position: int = 0
    verified_at: datetime | None = None
    verified_by: str = Field(default="", max_length=120)
    retired_at: datetime | None = None
    version: int = 1


class UnitChange(Table, table=True):
    """The change of one field of a unit or of one of its channels."""

    __table_args__ = (Index("ix_unit_change_unit", "unit_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id")
    channel_id: int | None = Field(default=None, foreign_key="channel.id")
    field: str = Field(max_length=24)
    before: Any = Field(default=None, sa_type=JSON)
    after: Any = Field(default=None, sa_type=JSON)
    version: int  # of the unit or channel after the change
    at: datetime
    actor: str = Field(max_length=120)
    undoes_id: int | None = Field(default=None, foreign_key="unit_change.id")


class EditLock(Table, table=True):
    """Who edits a unit, in which browser tab, and when the lock expires."""

    unit_id: int = Field(primary_key=True, foreign_key="unit.id")
    staff_id: int = Field(foreign_key="staff.id")
    name: str = Field(max_length=120)
    tab: str = Field(default="", max_length=80)
    expires_at: datetime


class ContactProposal(Table, table=True):
    """A visitor's correction of a channel; equal open ones are one row."""

    __table_args__ = (
        partial_index(
            "ix_contact_proposal_open", "channel_id", "wrong", "value", where="status = 'aberta'"
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    channel_id: int = Field(foreign_key="channel.id")
    wrong: str = Field(max_length=16)  # valor: another value; extinto: retired
    value: str = Field(default="", max_length=300)
    note: str = Field(default="", max_length=300)
    count: int = 1
    # to be told of the decision, then deleted
    emails: list[str] = Field(default_factory=list, sa_type=JSON)
    status: str = Field(default="aberta", max_length=12, index=True)  # aberta, aceita, recusada
    created_at: datetime
    settled_at: datetime | None = None
    settled_by: str = Field(default="", max_length=120)
    reason: str = Field(default="", max_length=300)


class RunningImport(Table, table=True):
    """The one import that is being written in blocks; others may not change units meanwhile.

    Its process renews `renewed_at` with each block. When it ends halfway, another process compares
    the file again and writes the rest.
    """

    id: int = Field(default=1, primary_key=True)
    token: str = Field(max_length=32)  # of the process that writes
    kind: str = Field(max_length=8)
    content: bytes  # the file, compressed by zlib
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    actor: str = Field(max_length=120)
    door: str = Field(max_length=12)
    renewed_at: datetime


class Synonym(Table, table=True):
    """A phrase that people use, and its meaning for the search."""

    id: int | None = Field(default=None, primary_key=True)
    said: str = Field(unique=True, max_length=80)
    means: str = Field(max_length=300)


class DirectoryVersion(Table, table=True):
    """One row, whose token changes with every change of the tables of the search index."""

    id: int = Field(default=1, primary_key=True)
    token: str = Field(max_length=32)


VERSION = CacheVersion(DirectoryVersion, (Unit, Channel, Comarca, Municipality, Synonym))
