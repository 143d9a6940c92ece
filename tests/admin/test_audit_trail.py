"""The record of who did what, as it is read."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from canais_app.accounts import audit
from canais_app.admin import audit_queries, staff
from canais_app.admin.audit_queries import AuditFilter
from canais_app.kit.errors import PermissionDeniedError
from tests.factories import accounts as factory
from tests.people import ADMIN, CORREGEDORIA


def test_the_corregedoria_reads_the_record_and_nothing_else_of_administration(
    session: Session, now: datetime
) -> None:
    celia = factory.make_actor(session, CORREGEDORIA, now=now)
    assert audit_queries.verify_chain_view(session, actor=celia).is_intact
    with pytest.raises(PermissionDeniedError):
        staff.list_staff(session, actor=celia)


def test_the_record_is_filtered_paged_and_exported(session: Session, now: datetime) -> None:
    ada = factory.make_actor(session, ADMIN, now=now)
    for number in range(audit_queries.PAGE_SIZE + 10):
        audit.record_entry(session, ada, "mudar", "unit", number, {"name": ["=1+1", "b"]}, now=now)
    first = audit_queries.list_entries(session, AuditFilter(acao="mudar"), actor=ada)
    second = audit_queries.list_entries(session, AuditFilter(acao="mudar"), first.next, actor=ada)
    assert (len(first.items), len(second.items), second.next) == (audit_queries.PAGE_SIZE, 10, "")
    assert first.items[-1].id > second.items[0].id
    day = now.date()
    none = AuditFilter(ate=day - timedelta(days=1))
    assert audit_queries.list_entries(session, none, actor=ada).items == []
    assert (
        len(audit_queries.list_entries(session, AuditFilter(de=day), actor=ada).items)
        == audit_queries.PAGE_SIZE
    )
    written = audit_queries.csv_chunks(session, AuditFilter(quem=ada.staff_id), actor=ada)
    lines = "".join(written).splitlines()
    assert len(lines) == audit_queries.PAGE_SIZE + 11


def test_an_export_neutralises_formulas(session: Session, now: datetime) -> None:
    ada = factory.make_actor(session, ADMIN, now=now)
    audit.record_entry(session, ada, "=HYPERLINK(1)", "unit", 1, {}, now=now)
    written = "".join(audit_queries.csv_chunks(session, AuditFilter(), actor=ada))
    assert ";'=HYPERLINK(1);" in written


def test_the_record_speaks_portuguese(session: Session, now: datetime) -> None:
    ada = factory.make_actor(session, ADMIN, now=now)
    opened = {"state": ["", "open"], "means": ["", "senha"]}
    audit.record_entry(session, ada, "entrar", "session", 4, opened, now=now)
    changed = {"status": ["active", "suspended"], "revoked_at": ["", "2026-11-30T12:30:00+00:00"]}
    audit.record_entry(session, ada, "suspender", "staff", 2, changed, now=now)
    audit.record_entry(session, ada, "mudar", "unit", "X", {"name": ["open", "b"]}, now=now)
    rows = audit_queries.list_entries(session, AuditFilter(), actor=ada).items
    shown = {row.action: (row.entity, row.changes) for row in rows}
    assert shown["entrar"] == ("sessão 4", "situação: nada → aberta; entrou com: nada → senha")
    assert shown["suspender"][0] == "conta 2"
    assert "situação: ativa → suspensa" in shown["suspender"][1]
    assert "revogada em: nada → 30/11/2026, 8h30" in shown["suspender"][1]
    # A name is shown as it was written.
    assert shown["mudar"] == ("unidade X", "nome: open → b")
