"""Templates of answers: edited in the administration, filled for one complaint.

A placeholder stands in braces: `{unidade}`. Text in other braces stays as it was typed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, StringConstraints
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.kinds import COMPLAINT_KIND_NAMES, ComplaintKindCode
from canais_app.complaints.models import AnswerTemplate, Complaint
from canais_app.complaints.schemas import RequiredText
from canais_app.directory.labels import channel_label
from canais_app.directory.models import Comarca, Unit
from canais_app.kit import clock
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError
from canais_app.kit.text import format_date, format_hour

ENTITY = "modelo de resposta"
PLACEHOLDERS = {
    "unidade": "o nome da unidade",
    "comarca": "a comarca",
    "canal": "o canal que falhou",
    "tipo": "o que houve",
    "ocorrido": "o dia em que houve",
    "data": "o dia de hoje",
    "hora": "a hora de agora",
    "protocolo": "o protocolo",
    "prazo": "o último dia do prazo",
}
_PLACEHOLDER = re.compile(r"\{([^{}\n]{1,40})\}")


class TemplateForm(BaseModel):
    """A template as the administration edits it; `version` 0 makes a new one."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    text: RequiredText
    group: Literal["", "tecnica", "atendimento", "cadastro", "acesso"] = ""
    active: bool = True
    version: int = 0


@dataclass(frozen=True)
class TemplateRow:
    """A template for lists and forms."""

    id: int
    name: str
    text: str
    group: str
    active: bool
    version: int


def list_templates(session: Session, actor: Actor, *, every: bool = False) -> list[TemplateRow]:
    """Return the templates in use by name, or `every` one for the administration."""
    needed = Permission.EDIT_TEMPLATES if every else Permission.TRIAGE_COMPLAINTS
    require_permission(actor, needed)
    query = select(AnswerTemplate).order_by(col(AnswerTemplate.name))
    if not every:
        query = query.where(col(AnswerTemplate.active))
    return [_row(template) for template in session.exec(query)]


def save_template(
    session: Session, actor: Actor, template_id: int, form: TemplateForm, *, now: datetime
) -> int:
    """Store a new template (`template_id` 0) or a changed one; return its id.

    Raises:
        NotFoundError: no such template.
        ConflictError: somebody changed it meanwhile, or the name is taken.
        InvalidError: a placeholder is unknown.
    """
    require_permission(actor, Permission.EDIT_TEMPLATES)
    _check_placeholders(form.text)
    if template_id:
        row = session.get(AnswerTemplate, template_id)
        if row is None:
            raise NotFoundError("Este modelo não existe mais.")
        if row.version != form.version:
            raise ConflictError("Outra pessoa mudou este modelo antes. Confira e salve de novo.")
        before = {"name": row.name, "text": row.text, "group": row.group, "active": row.active}
        row.version += 1
    else:
        before = {"name": "", "text": "", "group": "", "active": False}
        row = AnswerTemplate(name=form.name, text=form.text, updated_at=now)
    row.name, row.text, row.group, row.active = form.name, form.text, form.group, form.active
    row.updated_at = now
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise ConflictError("Já há um modelo com este nome.", {"name": "Use outro nome."}) from None
    changes = {k: [v, getattr(row, k)] for k, v in before.items() if v != getattr(row, k)}
    action = "mudou" if template_id else "criou"
    audit.record_entry(session, actor, action, ENTITY, row.id, changes, now=now)
    return row.id or 0


def fill_template(session: Session, text: str, complaint: Complaint, *, now: datetime) -> str:
    """Return a text with the placeholders of one complaint filled in."""
    if not _PLACEHOLDER.search(text):
        return text
    values = placeholder_values(session, complaint, now=now)
    return _PLACEHOLDER.sub(lambda found: values.get(found[1].strip().lower(), found[0]), text)


def placeholder_values(
    session: Session, complaint: Complaint, *, now: datetime
) -> Mapping[str, str]:
    """Return what each placeholder stands for in one complaint."""
    unit = session.get_one(Unit, complaint.unit_id)
    comarca = session.get(Comarca, unit.comarca_id) if unit.comarca_id else None
    return {
        "unidade": unit.name,
        "comarca": comarca.name if comarca else "",
        "canal": channel_label(complaint.channel) or "canal",
        "tipo": COMPLAINT_KIND_NAMES[ComplaintKindCode(complaint.kind)],
        "ocorrido": format_date(clock.to_local_day(complaint.occurred_at)),
        "data": format_date(clock.to_local_day(now)),
        "hora": format_hour(now),
        "protocolo": complaint.protocol,
        "prazo": format_date(clock.to_local_day(complaint.due_at)),
    }


def used_placeholders(text: str) -> list[str]:
    """Return the known placeholders of a text, in their order."""
    found = (match[1].strip().lower() for match in _PLACEHOLDER.finditer(text))
    return list(dict.fromkeys(name for name in found if name in PLACEHOLDERS))


def _check_placeholders(text: str) -> None:
    names = (match[1].strip().lower() for match in _PLACEHOLDER.finditer(text))
    unknown = [name for name in names if name not in PLACEHOLDERS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise InvalidError(
            "Falta corrigir 1 campo.",
            {"text": f"O portal não conhece {{{unknown[0]}}}. Use: {known}."},
        )


def _row(row: AnswerTemplate) -> TemplateRow:
    return TemplateRow(row.id or 0, row.name, row.text, row.group, row.active, row.version)
