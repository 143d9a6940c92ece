"""The record of who did what, as administrators and the Corregedoria read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, Field
from sqlmodel import Session, col, func, select

from canais_app.accounts import audit
from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.kit import clock, export, paging
from canais_app.kit.forms import ShortText
from canais_app.kit.paging import Page
from canais_app.kit.text import format_datetime, strip_accents

PAGE_SIZE = 50
_DOORS = {
    "screen": "tela",
    "api": "API",
    "cli": "servidor",
    "job": "rotina",
    "provider": "provedor de acesso",
}


class AuditFilter(BaseModel):
    """Which entries are wanted, as an address says it: a person by number, never by name."""

    quem: Annotated[int, Field(ge=0, lt=2**31)] | None = None  # 0: whoever has no account
    acao: ShortText = ""
    de: date | None = None
    ate: date | None = None


@dataclass(frozen=True)
class AuditEntryView:
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

    is_intact: bool
    words: str


def _conditions(wanted: AuditFilter):  # noqa: ANN202 (SQLModel's select of one entity)
    found = select(AuditEntry)
    if wanted.quem is not None:
        found = found.where(col(AuditEntry.actor_id) == (wanted.quem or None))
    if wanted.acao:
        found = found.where(col(AuditEntry.action) == wanted.acao)
    if wanted.de:
        found = found.where(col(AuditEntry.at) >= clock.from_wall_clock(wanted.de, 0))
    if wanted.ate:
        found = found.where(
            col(AuditEntry.at) < clock.from_wall_clock(wanted.ate + timedelta(days=1), 0)
        )
    return found


def list_entries(
    session: Session, audit_filter: AuditFilter, cursor: str = "", *, actor: Actor
) -> Page[AuditEntryView]:
    """Return entries, the latest first.

    Raises:
        InvalidError: a cursor that is not ours.
    """
    require_permission(actor, Permission.SEE_AUDIT)
    found = paging.load_newest_page(
        session, _conditions(audit_filter), AuditEntry, cursor, size=PAGE_SIZE
    )
    return Page([_row(row) for row in found.items], found.next)


def _row(row: AuditEntry) -> AuditEntryView:
    return AuditEntryView(
        row.id or 0,
        format_datetime(row.at),
        row.actor,
        _DOORS.get(row.door, row.door),
        row.action,
        f"{row.entity} {row.entity_id}",
        format_changes(row.changes),
    )


def format_changes(changes: dict[str, object]) -> str:
    """Return a difference as `campo: antes → depois`, one field after another."""
    said: list[str] = []
    for field, change in changes.items():
        if isinstance(change, list) and len(change) == 2:  # noqa: PLR2004 (before and after)
            before, after = change  # pyright: ignore[reportUnknownVariableType]
            said.append(f"{field}: {_format_value(before)} → {_format_value(after)}")
        else:
            said.append(f"{field}: {_format_value(change)}")
    return "; ".join(said)


def _format_value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nada"  # pyright: ignore[reportUnknownArgumentType]
    return str(value) if value not in ("", None) else "nada"


def list_actions(session: Session, *, actor: Actor) -> list[str]:
    """Return each action that was ever recorded."""
    require_permission(actor, Permission.SEE_AUDIT)
    return sorted(session.exec(select(AuditEntry.action).distinct()))


def list_actors(session: Session, *, actor: Actor) -> list[tuple[str, str]]:
    """Return the number and the name of everybody who was ever recorded, by name."""
    require_permission(actor, Permission.SEE_AUDIT)
    named = select(AuditEntry.actor_id, func.max(AuditEntry.actor)).group_by(
        col(AuditEntry.actor_id)
    )
    known = [(str(number), name) for number, name in session.exec(named) if number]
    return [*sorted(known, key=lambda one: strip_accents(one[1])), ("0", "Sistema e público")]


def verify_chain_view(session: Session, *, actor: Actor) -> ChainView:
    """Walk the whole chain and say whether it holds."""
    require_permission(actor, Permission.SEE_AUDIT)
    report = audit.verify_chain(session)
    if report.is_intact:
        return ChainView(True, f"Registro íntegro: {report.count} itens conferidos.")
    return ChainView(False, f"O item {report.broken_id} não confere: o registro foi alterado.")


def csv_chunks(session: Session, wanted: AuditFilter, *, actor: Actor) -> Iterator[str]:
    """Yield the entries as CSV, the earliest first, in parts; formulas are escaped."""
    require_permission(actor, Permission.SEE_AUDIT)
    names = ("id", "quando", "quem", "porta", "ação", "objeto", "mudanças", "hash")
    found = session.exec(_conditions(wanted).order_by(col(AuditEntry.id)))
    return export.csv_chunks(map(_csv_row, found), names)


def _csv_row(row: AuditEntry) -> tuple[object, ...]:
    shown = _row(row)
    said = (shown.actor, shown.door, shown.action, shown.entity, shown.changes)
    return (row.id, row.at.isoformat(), *said, row.hash)
