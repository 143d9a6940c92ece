"""The record of who did what, as it is read."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from canais_app.accounts import audit
from canais_app.admin import audit_trail, staff
from canais_app.admin.audit_trail import AuditFilter
from canais_app.kit.errors import (
    NotPermittedError,
)
from tests.factories import accounts as factory
from tests.people import ADMIN, CORREGEDORIA


def test_the_corregedoria_reads_the_record_and_nothing_else_of_administration(
    session: Session, now: datetime
) -> None:
    celia = factory.actor(session, CORREGEDORIA, now=now)
    assert audit_trail.chain(session, actor=celia).holds
    with pytest.raises(NotPermittedError):
        staff.staff_list(session, actor=celia)


def test_the_record_is_filtered_paged_and_exported(session: Session, now: datetime) -> None:
    ada = factory.actor(session, ADMIN, now=now)
    for number in range(audit_trail.PAGE + 10):
        audit.record(session, ada, "mudar", "unit", number, {"name": ["=1+1", "b"]}, now=now)
    first = audit_trail.entries(session, AuditFilter(acao="mudar"), actor=ada)
    second = audit_trail.entries(session, AuditFilter(acao="mudar"), first.next, actor=ada)
    assert (len(first.items), len(second.items), second.next) == (audit_trail.PAGE, 10, "")
    assert first.items[-1].id > second.items[0].id
    day = now.date()
    none = AuditFilter(ate=day - timedelta(days=1))
    assert audit_trail.entries(session, none, actor=ada).items == []
    assert (
        len(audit_trail.entries(session, AuditFilter(de=day), actor=ada).items) == audit_trail.PAGE
    )
    written = audit_trail.csv_chunks(session, AuditFilter(quem=ada.staff_id), actor=ada)
    lines = "".join(written).splitlines()
    assert len(lines) == audit_trail.PAGE + 11


def test_an_export_neutralises_formulas(session: Session, now: datetime) -> None:
    ada = factory.actor(session, ADMIN, now=now)
    audit.record(session, ada, "=HYPERLINK(1)", "unit", 1, {}, now=now)
    written = "".join(audit_trail.csv_chunks(session, AuditFilter(), actor=ada))
    assert ";'=HYPERLINK(1);" in written
