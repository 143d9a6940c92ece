"""State of the page of who is told of alarms."""

from dataclasses import asdict
from typing import Any

import reflex as rx
from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, read_as_actor, staff_event, write_as_actor
from canais_app.complaints.situations import alarm_rules
from canais_app.complaints.situations.alarm_rules import AlarmRuleForm
from canais_app.directory.models import Comarca
from canais_app.kit import db
from canais_app.kit.forms import parse_form, parse_id


class DutyState(StaffState, rx.State):
    """Everybody reads the rules; one changes one's own, administrators all."""

    rows: list[dict[str, Any]] = []
    people: list[tuple[str, str]] = []
    comarcas: list[tuple[str, str]] = []

    @staff_event(Permission.SEE_DASHBOARD)
    async def load(self, actor: Actor) -> None:
        """Show every rule."""
        self.reset()
        self.comarcas = await db.read(_list_comarcas)
        await self._show(actor)

    @staff_event(Permission.SEE_DASHBOARD, temporal=True)
    async def add(self, actor: Actor, form: dict[str, Any]) -> None:
        """Add a rule."""
        sent = parse_form(AlarmRuleForm, form)
        await write_as_actor(alarm_rules.add_rule, actor, sent)
        self.news = "Regra criada: vale a partir do próximo alarme."
        await self._show(actor)

    @staff_event(Permission.SEE_DASHBOARD, temporal=True)
    async def remove(self, actor: Actor, rule: int) -> None:
        """Remove a rule."""
        await write_as_actor(alarm_rules.remove_rule, actor, parse_id(rule))
        self.news = "Regra retirada."
        await self._show(actor)

    async def _show(self, actor: Actor) -> None:
        self.rows = [asdict(row) for row in await read_as_actor(alarm_rules.list_rules, actor)]
        self.people = await read_as_actor(alarm_rules.list_people, actor)


def _list_comarcas(session: Session) -> list[tuple[str, str]]:
    query = select(Comarca.slug, Comarca.name).where(col(Comarca.installed))
    return [(slug, name) for slug, name in session.exec(query.order_by(col(Comarca.name)))]
