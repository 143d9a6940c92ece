"""Who is told of alarms: rules of one's own, of everybody for administrators, and their effect."""

from datetime import datetime

import pytest
from sqlmodel import Session, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import Actor, Role
from canais_app.complaints.situations import alarm_rules, alerts
from canais_app.complaints.situations.alarm_rules import AlarmRuleForm
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError, PermissionDeniedError
from tests.factories.complaints import ComplaintsCourt, make_court, make_staff
from tests.factories.situations import make_situation


@pytest.fixture
def court(session: Session) -> ComplaintsCourt:
    return make_court(session)


@pytest.fixture
def inspector(session: Session) -> Actor:
    return make_staff(session, Role.CORREGEDORIA)


def _form(person: Actor, **changes: object) -> AlarmRuleForm:
    return AlarmRuleForm.model_validate({"person": person.staff_id, **changes})


def test_rules_choose_who_is_told_by_place_channel_and_level(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    other = make_staff(session, Role.CORREGEDORIA, login="outra")
    row = make_situation(session, court.unit, now=now)

    def told() -> list[str]:
        return [email for _, email in alerts.load_on_duty(session, row)]

    assert told() == ["corregedoria@exemplo.invalid", "outra@exemplo.invalid"]
    alarm_rules.add_rule(session, _form(other, channel="telefone"), actor=other, now=now)
    assert told() == []
    here = _form(inspector, comarca=court.comarca.slug, channel="whatsapp")
    alarm_rules.add_rule(session, here, actor=inspector, now=now)
    assert told() == ["corregedoria@exemplo.invalid"]
    row.level = "possivel"
    assert told() == []
    alarm_rules.add_rule(session, _form(inspector, level="possivel"), actor=inspector, now=now)
    assert told() == ["corregedoria@exemplo.invalid"]


def test_one_changes_only_ones_own_rules(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    other = make_staff(session, Role.CORREGEDORIA, login="outra")
    admin = make_staff(session, Role.ADMIN)
    reader = make_staff(session, Role.READER)
    for actor in (inspector, reader):
        with pytest.raises(PermissionDeniedError):
            alarm_rules.add_rule(session, _form(other), actor=actor, now=now)
    alarm_rules.add_rule(session, _form(other), actor=admin, now=now)
    (seen,) = alarm_rules.list_rules(session, actor=inspector)
    assert (seen.person, seen.place, seen.channel, seen.is_editable) == (
        other.name, "todo o Estado", "todos", False,
    )  # fmt: skip
    with pytest.raises(PermissionDeniedError):
        alarm_rules.remove_rule(session, seen.id, actor=inspector, now=now)
    names = {
        actor.name: [name for _, name in alarm_rules.list_people(session, actor=actor)]
        for actor in (inspector, admin, reader)
    }
    assert names[inspector.name] == [inspector.name]
    assert set(names[admin.name]) == {inspector.name, other.name}
    assert names[reader.name] == []
    alarm_rules.remove_rule(session, seen.id, actor=other, now=now)
    with pytest.raises(NotFoundError):
        alarm_rules.remove_rule(session, seen.id, actor=admin, now=now)
    actions = session.exec(select(AuditEntry.action)).all()
    assert list(actions) == ["criou", "retirou"]


def test_a_rule_is_for_somebody_who_handles_situations_and_exists_once(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    admin = make_staff(session, Role.ADMIN)
    with pytest.raises(InvalidError):
        alarm_rules.add_rule(session, _form(admin), actor=admin, now=now)
    unknown = _form(inspector, comarca="nao-existe")
    with pytest.raises(InvalidError):
        alarm_rules.add_rule(session, unknown, actor=inspector, now=now)
    alarm_rules.add_rule(session, _form(inspector), actor=inspector, now=now)
    with pytest.raises(ConflictError, match="já existe"):
        alarm_rules.add_rule(session, _form(inspector), actor=admin, now=now)
    assert court.unit.id
