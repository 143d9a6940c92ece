"""Tables of complaints: reports, their events, and the hourly counts of the figures."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Field

from canais_app.kit.models import Table


class ComplaintKindCode(StrEnum):
    """The kind of failure, as it is stored. Each has a row in `COMPLAINT_KINDS`."""

    NO_ANSWER = "nao_atende"
    NO_REPLY = "sem_resposta"
    LINK_BROKEN = "link_nao_abre"
    DROPPED = "caiu_no_meio"
    WRONG_CONTACT = "contato_errado"
    WRONG_HOURS = "horario_diferente"
    NO_SLOTS = "agenda_sem_vagas"
    ACCESSIBILITY = "acessibilidade"
    OTHER = "outro"


@dataclass(frozen=True)
class ComplaintKind:
    """A kind of complaint: forms, checks, lists and figures read it here."""

    kind: ComplaintKindCode
    name: str
    icon: str  # of Lucide
    needs_channel: bool = True  # false: allows none, or one that the unit lacks


# The order of the report form.
COMPLAINT_KINDS = (
    ComplaintKind(ComplaintKindCode.LINK_BROKEN, "Link não abre ou ninguém atende", "link"),
    ComplaintKind(ComplaintKindCode.DROPPED, "Caiu no meio", "monitor-x"),
    ComplaintKind(ComplaintKindCode.WRONG_HOURS, "Horário diferente do publicado", "clock"),
    ComplaintKind(ComplaintKindCode.NO_ANSWER, "Não atende", "phone-missed"),
    ComplaintKind(ComplaintKindCode.NO_REPLY, "Sem resposta", "message-square-more"),
    ComplaintKind(
        ComplaintKindCode.WRONG_CONTACT,
        "Contato errado ou desatualizado",
        "book-user",
        needs_channel=False,
    ),
    ComplaintKind(
        ComplaintKindCode.NO_SLOTS, "Agenda sem vagas", "calendar-x", needs_channel=False
    ),
    ComplaintKind(
        ComplaintKindCode.ACCESSIBILITY,
        "Problema de acessibilidade",
        "accessibility",
        needs_channel=False,
    ),
    ComplaintKind(ComplaintKindCode.OTHER, "Outro", "ellipsis", needs_channel=False),
)
COMPLAINT_KIND_NAMES = {row.kind: row.name for row in COMPLAINT_KINDS}


class Complaint(Table, table=True):
    """One report of a failed channel, anonymous unless `email` is given."""

    id: int | None = Field(default=None, primary_key=True)
    protocol: str = Field(unique=True, max_length=16)  # 2026-004871
    secret_hash: str = Field(max_length=64)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    channel: str = Field(max_length=24)
    kind: str = Field(max_length=24)
    status: str = Field(default="recebida", max_length=24, index=True)
    occurred_at: datetime
    created_at: datetime = Field(index=True)
    due_at: datetime
    text: str = ""
    name: str = Field(default="", max_length=120)
    email: str = Field(default="", max_length=200)
    idempotency_key: str | None = Field(default=None, unique=True, max_length=100)


class ComplaintEvent(Table, table=True):
    """A move or a message of a complaint: when, by whom, why."""

    id: int | None = Field(default=None, primary_key=True)
    complaint_id: int = Field(foreign_key="complaint.id", index=True)
    at: datetime
    who: str = Field(max_length=120)
    from_status: str = Field(default="", max_length=24)
    to_status: str = Field(default="", max_length=24)
    text: str = ""
    public: bool = True


class ComplaintHour(Table, table=True):
    """The number of complaints of a unit, channel and kind in one hour (UTC)."""

    hour: datetime = Field(primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", primary_key=True)
    channel: str = Field(primary_key=True, max_length=24)
    kind: str = Field(primary_key=True, max_length=24)
    count: int = 0


class ProtocolCounter(Table, table=True):
    """The last protocol number of a year."""

    year: int = Field(primary_key=True)
    last: int = 0
