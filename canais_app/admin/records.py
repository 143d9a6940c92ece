"""What administrators read: the record of who did what, the outbox, the settings in force."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, Field, SecretStr
from sqlmodel import Session, col, func, select

from canais_app.accounts import audit
from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import Actor, Permission, require
from canais_app.kit import clock, paging
from canais_app.kit.errors import NotFoundError
from canais_app.kit.forms import ShortText
from canais_app.kit.paging import Page
from canais_app.kit.text import fold, moment_words, neutral
from canais_app.outbox import service as outbox
from canais_app.outbox.models import OutboxMessage
from canais_app.outbox.service import OutboxStatus
from canais_app.settings import Settings, settings

PAGE = 50
_DOORS = {
    "screen": "tela",
    "api": "API",
    "cli": "servidor",
    "job": "rotina",
    "provider": "provedor de acesso",
}
LETTER_WORDS = {
    "waiting": "Aguardando",
    "sent": "Enviada",
    "failed": "Falhou",
    "bounced": "Devolvida",
    "withdrawn": "Retirada",
}


class AuditFilter(BaseModel):
    """Which entries are wanted, as an address says it: a person by number, never by name."""

    quem: Annotated[int, Field(ge=0, lt=2**31)] | None = None  # 0: whoever has no account
    acao: ShortText = ""
    de: date | None = None
    ate: date | None = None


@dataclass(frozen=True)
class AuditRow:
    """An entry as the list shows it."""

    id: int
    at: str
    actor: str
    door: str
    action: str
    entity: str
    changes: str


@dataclass(frozen=True)
class ChainView:
    """Whether the chain holds, in a sentence."""

    holds: bool
    words: str


@dataclass(frozen=True)
class LetterRow:
    """A message of the outbox as the list shows it."""

    id: int
    subject: str
    recipient: str
    status: str
    status_words: str
    at: str
    attempts: int
    error: str
    can_retry: bool


@dataclass(frozen=True)
class LetterView:
    """The words of a message; links and codes of its recipient are left out."""

    id: int
    subject: str
    recipient: str
    text: str


@dataclass(frozen=True)
class SettingRow:
    """A setting in force; a secret says only whether it is set."""

    name: str
    value: str


def _wanted(wanted: AuditFilter):  # noqa: ANN202 (SQLModel's select of one entity)
    found = select(AuditEntry)
    if wanted.quem is not None:
        found = found.where(col(AuditEntry.actor_id) == (wanted.quem or None))
    if wanted.acao:
        found = found.where(col(AuditEntry.action) == wanted.acao)
    if wanted.de:
        found = found.where(col(AuditEntry.at) >= clock.at(wanted.de, 0))
    if wanted.ate:
        found = found.where(col(AuditEntry.at) < clock.at(wanted.ate + timedelta(days=1), 0))
    return found


def audit_page(
    session: Session, wanted: AuditFilter, cursor: str = "", *, actor: Actor
) -> Page[AuditRow]:
    """Return entries, the latest first.

    Raises:
        InvalidError: a cursor that is not ours.
    """
    require(actor, Permission.SEE_AUDIT)
    key = paging.decode(cursor)
    found = _wanted(wanted)
    if key:
        found = found.where(col(AuditEntry.id) < key[0])
    rows = session.exec(found.order_by(col(AuditEntry.id).desc()).limit(PAGE + 1)).all()
    more = paging.encode(rows[PAGE - 1].id or 0) if len(rows) > PAGE else ""
    return Page([_audit_row(row) for row in rows[:PAGE]], more)


def _audit_row(row: AuditEntry) -> AuditRow:
    return AuditRow(
        row.id or 0,
        moment_words(row.at),
        row.actor,
        _DOORS.get(row.door, row.door),
        row.action,
        f"{row.entity} {row.entity_id}",
        change_words(row.changes),
    )


def change_words(changes: dict[str, object]) -> str:
    """Return a difference as `campo: antes → depois`, one field after another."""
    said: list[str] = []
    for field, change in changes.items():
        if isinstance(change, list) and len(change) == 2:  # noqa: PLR2004 (before and after)
            before, after = change  # pyright: ignore[reportUnknownVariableType]
            said.append(f"{field}: {_plain(before)} → {_plain(after)}")
        else:
            said.append(f"{field}: {_plain(change)}")
    return "; ".join(said)


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nada"  # pyright: ignore[reportUnknownArgumentType]
    return str(value) if value not in ("", None) else "nada"


def audit_actions(session: Session, *, actor: Actor) -> list[str]:
    """Return each action that was ever recorded."""
    require(actor, Permission.SEE_AUDIT)
    actions = session.exec(select(AuditEntry.action).distinct())
    return sorted(actions)


def audit_people(session: Session, *, actor: Actor) -> list[tuple[str, str]]:
    """Return the number and the name of everybody who was ever recorded, by name."""
    require(actor, Permission.SEE_AUDIT)
    named = select(AuditEntry.actor_id, func.max(AuditEntry.actor)).group_by(
        col(AuditEntry.actor_id)
    )
    people = [(str(number), name) for number, name in session.exec(named) if number]
    return [*sorted(people, key=lambda one: fold(one[1])), ("0", "Sistema e público")]


def audit_chain(session: Session, *, actor: Actor) -> ChainView:
    """Walk the whole chain and say whether it holds."""
    require(actor, Permission.SEE_AUDIT)
    report = audit.verify(session)
    if report.holds:
        return ChainView(True, f"Registro íntegro: {report.count} itens conferidos.")
    return ChainView(False, f"O item {report.broken_id} não confere: o registro foi alterado.")


def audit_csv(session: Session, wanted: AuditFilter, *, actor: Actor) -> Iterator[str]:
    """Yield the entries as CSV lines, the earliest first; formulas are neutralised."""
    require(actor, Permission.SEE_AUDIT)
    names = ("id", "quando", "quem", "porta", "ação", "objeto", "mudanças", "hash")
    yield "\ufeff" + _line(names)
    for row in session.exec(_wanted(wanted).order_by(col(AuditEntry.id))):
        shown = _audit_row(row)
        yield _line(
            (
                str(row.id),
                row.at.isoformat(),
                shown.actor,
                shown.door,
                shown.action,
                shown.entity,
                shown.changes,
                row.hash,
            )
        )


def _line(values: tuple[str, ...]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(map(neutral, values))
    return written.getvalue()


# --- outbox -------------------------------------------------------------------------------


def letters(
    session: Session, status: str = "", cursor: str = "", *, actor: Actor
) -> Page[LetterRow]:
    """Return messages of one status (or all), the newest first.

    Raises:
        InvalidError: a cursor that is not ours.
    """
    require(actor, Permission.SEE_OUTBOX)
    found = select(OutboxMessage)
    if status:
        found = found.where(col(OutboxMessage.status) == status)
    key = paging.decode(cursor)
    if key:
        found = found.where(col(OutboxMessage.id) < key[0])
    rows = session.exec(found.order_by(col(OutboxMessage.id).desc()).limit(PAGE + 1)).all()
    more = paging.encode(rows[PAGE - 1].id or 0) if len(rows) > PAGE else ""
    return Page([_letter_row(row) for row in rows[:PAGE]], more)


def _letter_row(row: OutboxMessage) -> LetterRow:
    return LetterRow(
        row.id or 0,
        outbox.readable(row)[0],
        row.recipient,
        row.status,
        LETTER_WORDS.get(row.status, row.status),
        moment_words(row.sent_at or row.due_at),
        row.attempts,
        row.last_error,
        row.status in ("failed", "bounced"),
    )


def letter_counts(session: Session, *, actor: Actor, now: datetime) -> OutboxStatus:
    """Return how many messages are where."""
    require(actor, Permission.SEE_OUTBOX)
    return outbox.status(session, now=now)


def letter(session: Session, letter_id: int, *, actor: Actor, now: datetime) -> LetterView:
    """Return the words of a message; that somebody read it is recorded.

    Raises:
        NotFoundError: no such message.
    """
    require(actor, Permission.SEE_OUTBOX)
    row = session.get(OutboxMessage, letter_id)
    if row is None:
        raise NotFoundError("Esta mensagem não existe.")
    audit.record(session, actor, "ler mensagem", "outbox_message", letter_id, {}, now=now)
    subject, words = outbox.readable(row)
    return LetterView(letter_id, subject, row.recipient, words)


def retry_letter(session: Session, letter_id: int, *, actor: Actor, now: datetime) -> None:
    """Put a failed message back in the queue.

    Raises:
        NotFoundError: no such message.
        ConflictError: it has left, or waits already.
    """
    require(actor, Permission.SEE_OUTBOX)
    outbox.retry(session, letter_id, now=now)
    change = {"status": ["failed", "waiting"]}
    audit.record(session, actor, "reenviar mensagem", "outbox_message", letter_id, change, now=now)


# --- settings -----------------------------------------------------------------------------


def settings_in_force(*, actor: Actor) -> list[SettingRow]:
    """Return each setting by its environment name; of secrets only whether they are set."""
    require(actor, Permission.SEE_SETTINGS)
    in_force = settings()
    return [
        SettingRow(f"CANAIS_{name.upper()}", _shown(getattr(in_force, name)))
        for name in sorted(Settings.model_fields)
    ]


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "definido (oculto)" if value.get_secret_value() else "não definido"
    # A database address may carry a password between the colon and the at sign.
    words = re.sub(r"//[^/@]*:[^/@]*@", "//[oculto]@", str(value))
    return words or "não definido"
