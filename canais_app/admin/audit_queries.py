"""Queries and export of the audit log."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, Field
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from canais_app.accounts import audit
from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.admin import audit_words
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
    """The filter of the page's query string; a person is given by id."""

    quem: Annotated[int, Field(ge=0, lt=2**31)] | None = None  # 0: actors without an account
    acao: ShortText = ""
    de: date | None = None
    ate: date | None = None


@dataclass(frozen=True)
class AuditEntryView:
    """An entry of the list."""

    id: int
    at: str
    actor: str
    door: str
    action: str
    entity: str
    changes: str


@dataclass(frozen=True)
class ChainView:
    """Whether the chain verifies, with the sentence that says so."""

    is_intact: bool
    words: str


def _select_entries(audit_filter: AuditFilter) -> SelectOfScalar[AuditEntry]:
    statement = select(AuditEntry)
    if audit_filter.quem is not None:
        statement = statement.where(col(AuditEntry.actor_id) == (audit_filter.quem or None))
    if audit_filter.acao:
        statement = statement.where(col(AuditEntry.action) == audit_filter.acao)
    if audit_filter.de:
        statement = statement.where(col(AuditEntry.at) >= clock.from_wall_clock(audit_filter.de, 0))
    if audit_filter.ate:
        end = clock.from_wall_clock(audit_filter.ate + timedelta(days=1), 0)
        statement = statement.where(col(AuditEntry.at) < end)
    return statement


def list_entries(
    session: Session, audit_filter: AuditFilter, cursor: str = "", *, actor: Actor
) -> Page[AuditEntryView]:
    """Return entries, the latest first.

    Raises:
        InvalidError: an invalid cursor.
    """
    require_permission(actor, Permission.SEE_AUDIT)
    statement = _select_entries(audit_filter)
    page = paging.load_newest_page(session, statement, AuditEntry, cursor, size=PAGE_SIZE)
    return Page([_row(row) for row in page.items], page.next)


def _row(row: AuditEntry) -> AuditEntryView:
    return AuditEntryView(
        row.id or 0,
        format_datetime(row.at),
        row.actor,
        _DOORS.get(row.door, row.door),
        row.action,
        audit_words.name_entity(row.entity, row.entity_id),
        audit_words.format_changes(row.changes),
    )


def list_actions(session: Session, *, actor: Actor) -> list[str]:
    """Return every recorded action."""
    require_permission(actor, Permission.SEE_AUDIT)
    return sorted(session.exec(select(AuditEntry.action).distinct()))


def list_actors(session: Session, *, actor: Actor) -> list[tuple[str, str]]:
    """Return the (id, name) of every recorded actor, by name."""
    require_permission(actor, Permission.SEE_AUDIT)
    named = select(AuditEntry.actor_id, func.max(AuditEntry.actor)).group_by(
        col(AuditEntry.actor_id)
    )
    actors = [(str(number), name) for number, name in session.exec(named) if number]
    return [*sorted(actors, key=lambda a: strip_accents(a[1])), ("0", "Sistema e público")]


def verify_chain_view(session: Session, *, actor: Actor) -> ChainView:
    """Verify the whole chain."""
    require_permission(actor, Permission.SEE_AUDIT)
    report = audit.verify_chain(session)
    if report.is_intact:
        return ChainView(True, f"Registro íntegro: {report.count} itens conferidos.")
    return ChainView(False, f"O item {report.broken_id} não confere: o registro foi alterado.")


def csv_chunks(session: Session, audit_filter: AuditFilter, *, actor: Actor) -> Iterator[str]:
    """Yield the entries as CSV in parts, the earliest first; formulas are escaped."""
    require_permission(actor, Permission.SEE_AUDIT)
    names = ("id", "quando", "quem", "porta", "ação", "objeto", "mudanças", "hash")
    rows = session.exec(_select_entries(audit_filter).order_by(col(AuditEntry.id)))
    return export.csv_chunks(map(_csv_row, rows), names)


def _csv_row(row: AuditEntry) -> tuple[object, ...]:
    view = _row(row)
    texts = (view.actor, view.door, view.action, view.entity, view.changes)
    return (row.id, row.at.isoformat(), *texts, row.hash)
