"""State of the templates page: list, add and change templates of answers."""

from dataclasses import asdict
from typing import Any

import reflex as rx

from canais_app.accounts.roles import Actor, Permission
from canais_app.accounts.staff_state import StaffState, staff_event
from canais_app.complaints.triage import answer_templates
from canais_app.complaints.triage.answer_templates import TemplateForm
from canais_app.kit import clock, db
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form, parse_id
from canais_app.kit.text import generate_token

ERROR_SUMMARY_ID = "resumo-de-erros"


class TemplatesState(StaffState, rx.State):
    """`chosen` is the template in the form; its id is 0 for a new one."""

    rows: list[dict[str, Any]] = []
    chosen: dict[str, Any] = {}
    generation: str = ""

    async def _show(self, actor: Actor) -> None:
        found = await db.read(answer_templates.list_templates, actor, every=True)
        self.rows = [asdict(row) for row in found]

    def _set_form(self, chosen: dict[str, Any] | None = None) -> None:
        blank = {"id": 0, "name": "", "text": "", "group": "", "active": True, "version": 0}
        self.chosen, self.generation = chosen or blank, generate_token()

    @staff_event(Permission.EDIT_TEMPLATES)
    async def load(self, actor: Actor) -> None:
        """Show every template."""
        self.reset()
        self._set_form()
        await self._show(actor)

    @staff_event(Permission.EDIT_TEMPLATES)
    async def open_template(self, _actor: Actor, template: int) -> EventResult:
        """Put a template into the form; id 0 empties it."""
        wanted = parse_id(template)
        self._set_form(next((row for row in self.rows if row["id"] == wanted), None))
        return rx.set_focus("name")

    @staff_event(Permission.EDIT_TEMPLATES, temporal=True, focus=ERROR_SUMMARY_ID)
    async def save(self, actor: Actor, form: dict[str, Any]) -> None:
        """Store the template of the form."""
        fields = form if isinstance(form, dict) else {}
        sent = {name: fields.get(name, "") for name in ("name", "text", "group")}
        version = parse_id(fields.get("version"))
        template = parse_form(
            TemplateForm, {**sent, "active": bool(fields.get("active")), "version": version}
        )
        await db.write(
            answer_templates.save_template,
            actor,
            parse_id(fields.get("id")),
            template,
            now=clock.now(),
        )
        self._set_form()
        self.news = f"Modelo “{template.name}” salvo."
        await self._show(actor)
