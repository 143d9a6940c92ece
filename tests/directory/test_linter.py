"""The linter names each contact that cannot work, is missing, is shared or is old."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from canais_app import demo
from canais_app.accounts.roles import OPERATOR
from canais_app.directory import linter
from canais_app.directory.linter import FindingKind, LintReport
from canais_app.directory.models import Channel, Unit
from canais_app.kit.errors import PermissionDeniedError
from tests.factories import accounts
from tests.factories.directory import VERIFIED_AT, make_unit
from tests.people import MANAGER_A


def lint(session: Session, now: datetime, *, accepts_demo: bool = True) -> LintReport:
    session.flush()
    return linter.lint_contacts(session, actor=OPERATOR, now=now, accepts_demo=accepts_demo)


def found(report: LintReport, sort: FindingKind) -> list[tuple[str, str]]:
    return [(one.unit, one.channel) for one in report.findings if one.sort == sort]


def give(session: Session, place: Unit, kind: str, value: str, **more: object) -> Channel:
    row = Channel(unit_id=place.id or 0, kind=kind, value=value, verified_at=VERIFIED_AT, **more)
    session.add(row)
    return row


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("telefone", "+556599"),
        ("telefone", "+14155550100"),
        ("whatsapp", "6536480000 ramal 2"),
        ("email", "sem arroba"),
        ("balcao_virtual", "http://balcao.exemplo.invalid"),
        ("agendamento", "/agenda/../x"),
    ],
)
def test_a_contact_that_cannot_work_is_a_failure(
    session: Session, now: datetime, kind: str, value: str
) -> None:
    place = make_unit(session, "Vara Única de Vera", place="Vera")
    report = lint(session, now)
    assert not report.has_failures
    give(session, place, kind, value)
    report = lint(session, now)
    assert report.has_failures
    assert report.count_by_kind[FindingKind.DEAD] == 1
    assert value[:10] in next(f for f in report.findings if f.sort == FindingKind.DEAD).words


def test_each_unit_has_the_channels_of_its_kind(session: Session, now: datetime) -> None:
    registry = make_unit(session, "Secretaria A", kind="secretaria")
    chambers = make_unit(session, "Gabinete A", kind="gabinete")
    for row in session.exec(select(Channel).where(Channel.unit_id == chambers.id)):
        row.retired_at = VERIFIED_AT
    make_unit(session, "Vara extinta", active=False)
    assert found(lint(session, now), FindingKind.MISSING) == [
        ("Gabinete A", "Telefone"),
        ("Gabinete A", "E-mail"),
        ("Gabinete A", "Agendamento"),
        ("Secretaria A", "Balcão Virtual"),
    ]
    give(session, registry, "balcao_virtual", "https://balcao.exemplo.invalid/1")
    assert len(found(lint(session, now), FindingKind.MISSING)) == 3


def test_unrelated_units_do_not_share_a_contact(session: Session, now: datetime) -> None:
    one = make_unit(session, "1ª Vara de Sinop")
    own = make_unit(session, "1ª Vara de Sinop — Secretaria", kind="secretaria", parent=one)
    other = make_unit(session, "2ª Vara de Sinop")
    give(session, one, "telefone", "+556536480001")
    give(session, own, "whatsapp", "+556536480001")
    assert found(lint(session, now), FindingKind.DUPLICATE) == []
    give(session, other, "telefone", "+556536480001")
    give(session, one, "email", "x@exemplo.invalid")
    give(session, other, "email", "x@exemplo.invalid")
    assert len(found(lint(session, now), FindingKind.DUPLICATE)) == 5
    for place in (one, own, other):  # one building, one switchboard; but no shared mailbox
        place.address = "Fórum de Sinop"
    assert found(lint(session, now), FindingKind.DUPLICATE) == [
        ("1ª Vara de Sinop", "E-mail"),
        ("2ª Vara de Sinop", "E-mail"),
    ]


def test_a_contact_is_stale_after_ninety_days(session: Session, now: datetime) -> None:
    place = make_unit(session, "Vara Única de Vera", place="Vera")
    never = give(session, place, "telefone", "+556536480002")
    never.verified_at = None
    assert found(lint(session, VERIFIED_AT + timedelta(days=90)), FindingKind.STALE) == [
        ("Vara Única de Vera", "Telefone")
    ]
    report = lint(session, VERIFIED_AT + timedelta(days=91))
    assert report.count_by_kind[FindingKind.STALE] == 3
    assert not report.has_failures


def test_production_refuses_demonstration_contacts(session: Session, now: datetime) -> None:
    make_unit(session, "Vara Única de Vera", place="Vera")
    report = lint(session, now, accepts_demo=False)
    assert report.count_by_kind[FindingKind.DEMO] == 2
    assert report.has_failures


def test_the_demonstration_has_no_contact_that_cannot_work(session: Session, now: datetime) -> None:
    demo.seed_demo(session, now)
    report = lint(session, now)
    assert (report.units, report.count_by_kind[FindingKind.DEAD]) == (1280, 0)
    assert report.contacts > 3000


def test_a_manager_may_not_lint_all_contacts(session: Session, now: datetime) -> None:
    actor = accounts.make_actor(session, MANAGER_A, now=now)
    with pytest.raises(PermissionDeniedError):
        linter.lint_contacts(session, actor=actor, now=now, accepts_demo=True)
