"""Tables of the agendas: versions, blocks, appointments, the waiting list, walk-ins and links."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, Text, UniqueConstraint
from sqlmodel import Field

from canais_app.kit.db import partial_index
from canais_app.kit.models import Table


class Modality(StrEnum):
    """How an appointment takes place."""

    VIDEO = "video"
    IN_PERSON = "presencial"
    PHONE = "telefone"


MODALITY_NAMES = {
    Modality.VIDEO: "Vídeo",
    Modality.IN_PERSON: "Presencial",
    Modality.PHONE: "Telefone",
}


class Requester(StrEnum):
    """Who asks for an appointment; all but lawyers and parties name their institution."""

    LAWYER = "advocacia"
    PUBLIC_DEFENDER = "defensoria"
    PROSECUTOR = "ministerio_publico"
    PUBLIC_ATTORNEY = "procuradoria"
    PARTY = "parte"


REQUESTER_NAMES = {
    Requester.LAWYER: "Advocacia",
    Requester.PUBLIC_DEFENDER: "Defensoria Pública",
    Requester.PROSECUTOR: "Ministério Público",
    Requester.PUBLIC_ATTORNEY: "Procuradoria",
    Requester.PARTY: "Parte sem advogada(o)",
}
# Legal priority (Lei 10.048/2000 and others), and what a person needs in order to take part.
PREFERENCE_NAMES = {
    "idoso": "Pessoa idosa (60 anos ou mais)",
    "pcd": "Pessoa com deficiência",
    "gestante_lactante": "Gestante ou lactante",
    "reu_preso": "Réu preso",
}
ACCESS_NEED_NAMES = {
    "libras": "Intérprete de Libras",
    "legenda": "Legenda na videochamada",
    "rampa": "Acesso sem degraus",
    "leitor_de_tela": "Documentos para leitor de tela",
    "outra": "Outra: o gabinete entra em contato",
}


class Outcome(StrEnum):
    """What the lawyer says of an appointment, beside the gabinete's own mark."""

    ATTENDED = "attended"
    NOT_ATTENDED = "not_attended"  # nobody came


OUTCOME_NAMES: dict[str, str] = {
    Outcome.ATTENDED: "foi atendida(o)",
    Outcome.NOT_ATTENDED: "ninguém atendeu",
}


class ProofKind(StrEnum):
    """What a proof is of."""

    REQUEST = "pedido"
    BOOKING = "agendamento"
    REFUSAL = "recusa"
    CANCELLATION = "cancelamento"
    ATTENDANCE = "atendimento"
    NOT_ATTENDED = "nao_atendimento"
    NO_FREE_TIME = "sem_horario"


class AppointmentStatus(StrEnum):
    """The status of an appointment or hold; those in `ACTIVE_STATUSES` block their slot."""

    HELD = "held"  # for five minutes, while the form is filled in
    OFFERED = "offered"  # to one lawyer: from the waiting list, or as an alternative
    PRECONFIRMED = "preconfirmed"  # waits for the link in the e-mail
    PENDING = "pending"  # waits for the gabinete, and does not block the slot
    CONFIRMED = "confirmed"
    ATTENDED = "attended"
    MISSED = "missed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


ACTIVE_STATUSES = (
    AppointmentStatus.HELD,
    AppointmentStatus.OFFERED,
    AppointmentStatus.PRECONFIRMED,
    AppointmentStatus.CONFIRMED,
    AppointmentStatus.ATTENDED,
    AppointmentStatus.MISSED,
)
OPEN_STATUSES = (  # still to take place
    AppointmentStatus.OFFERED,
    AppointmentStatus.PRECONFIRMED,
    AppointmentStatus.PENDING,
    AppointmentStatus.CONFIRMED,
)
ACTIVE_SQL = f"status IN ({', '.join(repr(status.value) for status in ACTIVE_STATUSES)})"


class WaitlistStatus(StrEnum):
    """The status of a waitlist entry."""

    WAITING = "waiting"
    OFFERED = "offered"
    BOOKED = "served"
    LEFT = "left"
    EXPIRED = "over"  # the last day asked for has passed


ON_WAITLIST_SQL = f"status IN ('{WaitlistStatus.WAITING}', '{WaitlistStatus.OFFERED}')"


# Once it has begun, the gabinete may set any of these: whether the lawyer came.
MARKABLE_STATUSES = (
    AppointmentStatus.CONFIRMED,
    AppointmentStatus.ATTENDED,
    AppointmentStatus.MISSED,
)


class Agenda(Table, table=True):
    """A gabinete's agenda: its unit and title. Its rules are in its versions."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True, max_length=160)
    title: str = Field(max_length=200)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    registry_unit_id: int | None = Field(default=None, foreign_key="unit.id")
    published: bool = False
    updated_at: datetime


class AgendaVersion(Table, table=True):
    """The terms of an agenda in `[starts_on, ends_on)`, days of the court; they never change.

    `ends_on` is set when another version follows; a version that ends on its first day was
    replaced before it began. `number` is unique, so that two people cannot publish at once.
    """

    __table_args__ = (UniqueConstraint("agenda_id", "number", name="uq_agenda_version_number"),)

    id: int | None = Field(default=None, primary_key=True)
    agenda_id: int = Field(foreign_key="agenda.id")
    number: int
    starts_on: date
    ends_on: date | None = None
    terms: str = Field(sa_type=Text)  # `rule_values.Terms` as JSON
    changes: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    published_at: datetime
    published_by: str = Field(default="", max_length=120)


class AgendaCacheVersion(Table, table=True):
    """The one row whose token changes with every version, block or substitute of any agenda."""

    __tablename__ = "rules_version"  # pyright: ignore[reportAssignmentType]

    id: int = Field(default=1, primary_key=True)
    token: str = Field(max_length=32)


class AgendaBlock(Table, table=True):
    """A span without appointments."""

    id: int | None = Field(default=None, primary_key=True)
    agenda_id: int = Field(foreign_key="agenda.id", index=True)
    starts_at: datetime
    ends_at: datetime
    reason: str = Field(default="", max_length=200)
    series: str = Field(  # the same for the blocks that were made together
        default="", max_length=32, sa_column_kwargs={"server_default": ""}
    )


class Appointment(Table, table=True):
    """A hold, an offer or an appointment: one table under one constraint.

    `[busy_from, busy_until)` is the slot with its buffers; active rows of the same agenda and
    seat may not overlap in it (PostgreSQL: exclusion constraint; SQLite: triggers).
    """

    __table_args__ = (
        partial_index(
            "uq_appointment_active_start", "agenda_id", "seat", "starts_at", where=ACTIVE_SQL
        ),
        Index("ix_appointment_agenda_start", "agenda_id", "starts_at"),
        Index("ix_appointment_agenda_oab", "agenda_id", "oab"),
        Index("ix_appointment_kept", "status", "expires_at"),
        partial_index(
            "ix_appointment_release", "released_at", where="released_at IS NOT NULL", unique=False
        ),
        partial_index(
            "ix_appointment_moves", "moves_id", where="moves_id IS NOT NULL", unique=False
        ),
        partial_index(
            "ix_appointment_client", "client_mark", where="client_mark <> ''", unique=False
        ),
        partial_index(
            "ix_appointment_answer", "answer_due_at", where="status = 'pending'", unique=False
        ),
        partial_index(
            "ix_appointment_outcome",
            "lawyer_outcome_at",
            where="lawyer_outcome <> ''",
            unique=False,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    agenda_id: int = Field(foreign_key="agenda.id")
    seat: int = 0
    status: str = Field(max_length=12)
    starts_at: datetime
    ends_at: datetime
    busy_from: datetime
    busy_until: datetime
    modality: str = Field(default="", max_length=12)
    expires_at: datetime | None = None  # end of a hold, an offer or the time to confirm
    code: str = Field(default="", max_length=12, index=True)
    token_hash: str = Field(unique=True, max_length=64)
    sealed_token: str = Field(default="", max_length=200)  # encrypted, for later messages
    idempotency_key: str | None = Field(default=None, unique=True, max_length=100)
    ics_uid: str = Field(default="", max_length=80)
    ics_sequence: int = 0
    name: str = Field(default="", max_length=120)
    oab: str = Field(default="", max_length=12)  # registration, normalised: `schemas.Lawyer.oab`
    email: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=20)
    case_number: str = Field(default="", max_length=20, index=True)  # twenty digits
    subject: str = Field(default="", max_length=200)
    requester: str = Field(
        default=Requester.LAWYER, max_length=20, sa_column_kwargs={"server_default": "advocacia"}
    )
    institution: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    attendance_kind: str = Field(default="", max_length=80, sa_column_kwargs={"server_default": ""})
    preferences: list[str] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"}
    )
    access_needs: list[str] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"}
    )
    booked_by_name: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    booked_by_email: str = Field(
        default="", max_length=200, sa_column_kwargs={"server_default": ""}
    )
    client_mark: str = Field(
        default="", max_length=64, sa_column_kwargs={"server_default": ""}
    )  # of the address, for 48 hours
    answer_due_at: datetime | None = None  # of a request: until when the gabinete answers
    answered_at: datetime | None = None
    escalated_at: datetime | None = None  # when the gabinete was told that it is late
    lawyer_outcome: str = Field(
        default="", max_length=12, sa_column_kwargs={"server_default": ""}
    )  # `Outcome`
    lawyer_outcome_at: datetime | None = None
    complaint_protocol: str = Field(
        default="", max_length=20, sa_column_kwargs={"server_default": ""}
    )
    disputed_at: datetime | None = None  # somebody says that their registration was misused
    desk_note: str = Field(  # the gabinete's own, shown to nobody else
        default="", max_length=1000, sa_column_kwargs={"server_default": ""}
    )
    created_at: datetime
    confirmed_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_by: str = Field(default="", max_length=12)  # lawyer, chambers
    cancel_reason: str = Field(default="", max_length=200)
    freed_at: datetime | None = None  # when its slot was first freed; offers copy it
    released_at: datetime | None = None  # when its freed slot is public again
    waitlist_id: int | None = Field(default=None, foreign_key="waitlist_entry.id", index=True)
    alternative_to: int | None = Field(default=None, foreign_key="appointment.id", index=True)
    moves_id: int | None = None  # a request to move that appointment, which stays until approved
    video_link: str = Field(default="", max_length=500, sa_column_kwargs={"server_default": ""})
    moderator_link: str = Field(default="", max_length=500, sa_column_kwargs={"server_default": ""})
    anonymised_at: datetime | None = None


class WaitlistEntry(Table, table=True):
    """An entry of an agenda's waiting list, from `first_day` to `last_day`, both included.

    Freed slots are offered in order of entry; one OAB has one entry per agenda.
    """

    __table_args__ = (
        partial_index("uq_waitlist_in_line", "agenda_id", "oab", where=ON_WAITLIST_SQL),
        Index("ix_waitlist_agenda_status", "agenda_id", "status"),
    )

    id: int | None = Field(default=None, primary_key=True)
    agenda_id: int = Field(foreign_key="agenda.id")
    status: str = Field(default=WaitlistStatus.WAITING, max_length=12)
    first_day: date
    last_day: date = Field(index=True)
    modality: str = Field(default="", max_length=12)  # empty: any
    token_hash: str = Field(unique=True, max_length=64)
    sealed_token: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    name: str = Field(default="", max_length=120)
    oab: str = Field(default="", max_length=12)
    email: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=20)
    case_number: str = Field(default="", max_length=20)
    subject: str = Field(default="", max_length=200)
    requester: str = Field(
        default=Requester.LAWYER, max_length=20, sa_column_kwargs={"server_default": "advocacia"}
    )
    institution: str = Field(default="", max_length=120, sa_column_kwargs={"server_default": ""})
    appointment_id: int | None = None  # which it would exchange for an earlier time
    notices: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    last_notice_on: date | None = None
    created_at: datetime
    anonymised_at: datetime | None = None


class AgendaDraft(Table, table=True):
    """One person's unpublished edits of an agenda's rules.

    `base` is the number of the newest version they have seen; `form` are the fields as sent.
    """

    agenda_id: int = Field(foreign_key="agenda.id", primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", primary_key=True)
    base: int = 0
    form: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    saved_at: datetime


class AgendaSubstitute(Table, table=True):
    """A gabinete that works another's agenda from `first_day` to `last_day`, both included."""

    id: int | None = Field(default=None, primary_key=True)
    agenda_id: int = Field(foreign_key="agenda.id", index=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    first_day: date
    last_day: date
    created_at: datetime


WALK_IN_OPEN_SQL = "status IN ('waiting', 'called')"


class WalkIn(Table, table=True):
    """A lawyer who came without an appointment (Lei 8.906/94, art. 7º, VIII)."""

    __table_args__ = (
        partial_index("uq_walk_in_of_the_day", "agenda_id", "day", "oab", where=WALK_IN_OPEN_SQL),
    )

    id: int | None = Field(default=None, primary_key=True)
    agenda_id: int = Field(foreign_key="agenda.id")
    day: date = Field(index=True)  # the court's
    arrived_at: datetime
    is_urgent: bool = False
    name: str = Field(default="", max_length=120)
    oab: str = Field(default="", max_length=12)
    subject: str = Field(default="", max_length=200)
    status: str = Field(default="waiting", max_length=12)  # waiting, called, attended, left
    called_at: datetime | None = None
    ended_at: datetime | None = None


class AgendaFeed(Table, table=True):
    """The key of an agenda's calendar feed; it has at most one."""

    agenda_id: int = Field(foreign_key="agenda.id", primary_key=True)
    key_hash: str = Field(max_length=64)
    made_at: datetime


class AgendaCalendar(Table, table=True):
    """The gabinete's own calendar, read for its busy times; an agenda has at most one.

    `read_at` is the last reading that succeeded; `problem` says in words why the last one failed.
    """

    agenda_id: int = Field(foreign_key="agenda.id", primary_key=True)
    kind: str = Field(max_length=8)  # `busy.fetch.CalendarKind`
    host: str = Field(max_length=200)  # shown instead of the address, which may be a secret
    sealed_source: str = Field(sa_type=Text)  # encrypted JSON: address, user, password
    connected_at: datetime
    due_at: datetime = Field(index=True)
    read_at: datetime | None = None
    failures: int = 0  # since the last success
    problem: str = Field(default="", max_length=200)
    unreadable: int = 0  # events that the last reading could not understand


class AgendaBusy(Table, table=True):
    """The busy times of an agenda's calendar: nothing else of its events is kept."""

    agenda_id: int = Field(foreign_key="agenda.id", primary_key=True)
    spans: list[Any] = Field(default_factory=list, sa_type=JSON)  # [start, end) in UTC, RFC 3339


class AgendaTally(Table, table=True):
    """The last counts of an agenda's appointments of the past 180 days; see `statistics`."""

    agenda_id: int = Field(foreign_key="agenda.id", primary_key=True)
    attended: int = 0
    missed: int = 0
    cancelled: int = 0  # by the gabinete
    stood: int = 0
    requests: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    answered_in_time: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    not_attended: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    counted_at: datetime


class Proof(Table, table=True):
    """A proof (comprovante) that anybody can verify by its code; it names no person."""

    __table_args__ = (
        UniqueConstraint("appointment_id", "kind", "happened_at", name="uq_proof_of_appointment"),
    )

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=20)
    kind: str = Field(max_length=20)  # `ProofKind`
    agenda_id: int = Field(foreign_key="agenda.id")
    appointment_id: int | None = Field(default=None, foreign_key="appointment.id")
    happened_at: datetime
    issued_at: datetime


class MailedLink(Table, table=True):
    """A single-use link, mailed to an address, that lists the appointments made with it."""

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    email: str = Field(index=True, max_length=200)
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
