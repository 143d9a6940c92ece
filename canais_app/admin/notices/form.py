"""Convert the form of a notice to a validated value, and back."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, Field

from canais_app.expediente.models import Notice
from canais_app.expediente.posting import NoticeForm
from canais_app.kit import clock
from canais_app.kit.clock import TZ
from canais_app.kit.errors import InvalidError
from canais_app.kit.forms import SingleLineText, parse_form

LABELS = (
    ("kind", "Tipo"),
    ("where", "Onde"),
    ("comarca_id", "Comarca"),
    ("unit_id", "Unidade"),
    ("channel_kind", "Canal"),
    ("text", "Texto"),
    ("alternative", "Outro canal"),
    ("starts_at", "Começo"),
    ("ends_at", "Fim"),
    ("act", "Ato"),
    ("act_url", "Link do ato"),
)
FIELDS = (*(name for name, _ in LABELS), "editing", "seen")
SCOPE_FIELDS = {"estado": "", "comarca": "comarca_id", "unidade": "unit_id"}


def parse_notice_form(form: Mapping[str, str]) -> NoticeForm:
    """Return the notice of a form.

    Raises:
        InvalidError: one sentence for each wrong field.
    """
    if form.get("where", "") not in SCOPE_FIELDS:
        raise InvalidError("Falta corrigir 1 campo.", {"where": "Escolha onde vale o aviso."})
    scope = SCOPE_FIELDS[form["where"]]
    if scope and not form.get(scope):
        raise InvalidError("Falta corrigir 1 campo.", {scope: "Escolha da lista."})
    text_fields = ("kind", "text", "act", "act_url", "alternative", "channel_kind")
    sent: dict[str, object] = {name: form.get(name, "") for name in text_fields}
    if scope:
        sent[scope] = form[scope]
    sent |= {name: _parse_moment(form[name]) for name in ("starts_at", "ends_at") if form.get(name)}
    return parse_form(NoticeForm, sent)


class NoticeVersion(BaseModel):
    """The notice that a form changes and when it was read; empty for a new one."""

    editing: SingleLineText = Field("", max_length=160)
    seen: datetime | None = None


def parse_notice_version(form: Mapping[str, str]) -> NoticeVersion:
    """Return the version that a form changes.

    Raises:
        InvalidError: the fields are not valid.
    """
    return parse_form(
        NoticeVersion, {name: form[name] for name in ("editing", "seen") if form.get(name)}
    )


def _parse_moment(text: str) -> object:
    """Return a datetime-local value in the court's time zone; other text as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment if moment.tzinfo else moment.replace(tzinfo=TZ)


def blank_notice_form(now: datetime, *, everywhere: bool) -> dict[str, str]:
    """Return an empty form that begins now."""
    start = {"starts_at": _format_moment(now), "kind": "alterado"}
    return {**dict.fromkeys(FIELDS, ""), "where": "estado" if everywhere else "unidade", **start}


def notice_form_of(row: Notice) -> dict[str, str]:
    """Return the form of a stored notice."""
    where = "unidade" if row.unit_id else "comarca" if row.comarca_id else "estado"
    stored = {name: str(getattr(row, name) or "") for name in FIELDS if hasattr(row, name)}
    starts, ends = _format_moment(row.starts_at), _format_moment(row.ends_at) if row.ends_at else ""
    seen = {"editing": row.uid, "seen": row.updated_at.isoformat()}
    return {**stored, "where": where, "starts_at": starts, "ends_at": ends, **seen}


def _format_moment(moment: datetime) -> str:
    return clock.to_local(moment).strftime("%Y-%m-%dT%H:%M")
