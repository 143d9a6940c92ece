"""Who is told of alarms by e-mail: rules by comarca, channel and level.

Without any rule, everybody who handles situations is told of the probable ones (`alerts.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, StringConstraints
from sqlmodel import Session, col, func, select

from canais_app.accounts import audit
from canais_app.accounts.models import Staff
from canais_app.accounts.queries import list_staff_with
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.situations.models import AlarmRule
from canais_app.directory.channels import ChannelKind
from canais_app.directory.labels import channel_label
from canais_app.directory.models import Comarca
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError, PermissionDeniedError

ENTITY = "regra de plantão"
MAX_RULES = 20  # of one person
LEVEL_NAMES: Mapping[str, str] = {
    "provavel": "só prováveis (o público vê)",
    "possivel": "também possíveis (só internas)",
}


class AlarmRuleForm(BaseModel):
    """A rule; an empty comarca is the whole state, an empty channel every one."""

    person: int
    comarca: Annotated[str, StringConstraints(max_length=80)] = ""
    channel: Literal[""] | ChannelKind = ""
    level: Literal["provavel", "possivel"] = "provavel"


@dataclass(frozen=True)
class AlarmRuleRow:
    """A rule in words; `is_editable` by who reads it."""

    id: int
    person: str
    place: str
    channel: str
    level: str
    is_editable: bool


def list_rules(session: Session, *, actor: Actor) -> list[AlarmRuleRow]:
    """Return every rule of people whose account is active, by name."""
    require_permission(actor, Permission.SEE_DASHBOARD)
    query = (
        select(AlarmRule, Staff.name, Comarca.name)
        .join(Staff, col(Staff.id) == col(AlarmRule.staff_id))
        .join(Comarca, col(Comarca.id) == col(AlarmRule.comarca_id), isouter=True)
        .where(col(Staff.status) == "active")
        .order_by(col(Staff.name), col(AlarmRule.id))
    )
    return [
        AlarmRuleRow(
            rule.id or 0,
            person,
            place or "todo o Estado",
            channel_label(rule.channel) or "todos",
            LEVEL_NAMES[rule.level],
            is_editable=_may_edit(actor, rule.staff_id),
        )
        for rule, person, place in session.exec(query)
    ]


def list_people(session: Session, *, actor: Actor) -> list[tuple[str, str]]:
    """Return the id and name of those for whom the actor may add a rule."""
    require_permission(actor, Permission.SEE_DASHBOARD)
    people = list_staff_with(session, Permission.HANDLE_SITUATIONS)
    return [(str(p.id), p.name) for p in people if _may_edit(actor, p.id)]


def add_rule(session: Session, form: AlarmRuleForm, *, actor: Actor, now: datetime) -> None:
    """Add a rule: for oneself, or as administrator for anybody who handles situations.

    Raises:
        InvalidError: no such person or comarca.
        ConflictError: the rule exists, or the person has too many.
    """
    _require_edit(actor, form.person)
    handlers = {person.id: person.name for person in list_staff_with(session, _HANDLE)}
    if form.person not in handlers:
        sentence = "Escolha uma pessoa da lista: quem trata situações."
        raise InvalidError(sentence, {"person": sentence})
    place = None
    if form.comarca:
        place = session.exec(select(Comarca).where(col(Comarca.slug) == form.comarca)).first()
        if place is None:
            raise InvalidError("Não encontramos esta comarca.", {"comarca": "Escolha da lista."})
    of_person = col(AlarmRule.staff_id) == form.person
    rule = AlarmRule(
        staff_id=form.person,
        comarca_id=place.id if place else None,
        channel=form.channel,
        level=form.level,
    )
    if session.exec(select(func.count()).where(of_person)).one() >= MAX_RULES:
        raise ConflictError(f"Esta pessoa já tem {MAX_RULES} regras.")
    same = select(AlarmRule.id).where(
        of_person,
        col(AlarmRule.comarca_id).is_not_distinct_from(rule.comarca_id),
        col(AlarmRule.channel) == rule.channel,
        col(AlarmRule.level) == rule.level,
    )
    if session.exec(same).first() is not None:
        raise ConflictError("Esta regra já existe.")
    session.add(rule)
    session.flush()
    words = f"{place.name if place else 'Estado'}, {rule.channel or 'todos'}, {rule.level}"
    change = {"pessoa": ["", handlers[form.person]], "regra": ["", words]}
    audit.record_entry(session, actor, "criou", ENTITY, rule.id, change, now=now)


def remove_rule(session: Session, rule_id: int, *, actor: Actor, now: datetime) -> None:
    """Remove a rule.

    Raises:
        NotFoundError: there is none.
    """
    require_permission(actor, Permission.SEE_DASHBOARD)
    rule = session.get(AlarmRule, rule_id)
    if rule is None:
        raise NotFoundError("Não encontramos esta regra.")
    _require_edit(actor, rule.staff_id)
    session.delete(rule)
    change = {"pessoa": [rule.staff_id, ""]}
    audit.record_entry(session, actor, "retirou", ENTITY, rule_id, change, now=now)


_HANDLE = Permission.HANDLE_SITUATIONS


def _may_edit(actor: Actor, staff_id: int | None) -> bool:
    is_own = staff_id is not None and staff_id == actor.staff_id
    return actor.can(Permission.MANAGE_STAFF) or (is_own and actor.can(_HANDLE))


def _require_edit(actor: Actor, staff_id: int) -> None:
    require_permission(actor, Permission.SEE_DASHBOARD)
    if not _may_edit(actor, staff_id):
        raise PermissionDeniedError("Só quem administra o pessoal muda as regras de outra pessoa.")
