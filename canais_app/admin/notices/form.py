"""The form of a notice: from what a browser sends to a checked value, and back."""

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
    """Return the notice that a form says.

    Raises:
        InvalidError: with one sentence for each wrong field.
    """
    if form.get("where", "") not in SCOPE_FIELDS:
        raise InvalidError("Falta corrigir 1 campo.", {"where": "Escolha onde vale o aviso."})
    place = SCOPE_FIELDS[form["where"]]
    if place and not form.get(place):
        raise InvalidError("Falta corrigir 1 campo.", {place: "Escolha da lista."})
    words = ("kind", "text", "act", "act_url", "alternative", "channel_kind")
    sent: dict[str, object] = {name: form.get(name, "") for name in words}
    sent |= {name: form[name] for name in [place] if name}
    sent |= {name: _parse_moment(form[name]) for name in ("starts_at", "ends_at") if form.get(name)}
    return parse_form(NoticeForm, sent)


class NoticeVersion(BaseModel):
    """Which notice a form changes, as last seen when; none for a new one."""

    editing: SingleLineText = Field("", max_length=160)
    seen: datetime | None = None


def parse_notice_version(form: Mapping[str, str]) -> NoticeVersion:
    """Return what a form changes.

    Raises:
        InvalidError: it does not say so.
    """
    return parse_form(
        NoticeVersion, {name: form[name] for name in ("editing", "seen") if form.get(name)}
    )


def _parse_moment(words: str) -> object:
    """Return what a browser's field says, on the court's clock; the words when it says nothing."""
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        return words
    return moment if moment.tzinfo else moment.replace(tzinfo=TZ)


def blank_notice_form(now: datetime, *, everywhere: bool) -> dict[str, str]:
    """Return an empty form, beginning now."""
    start = {"starts_at": _format_moment(now), "kind": "alterado"}
    return {**dict.fromkeys(FIELDS, ""), "where": "estado" if everywhere else "unidade", **start}


def notice_form_of(row: Notice) -> dict[str, str]:
    """Return a stored notice as the form shows it."""
    where = "unidade" if row.unit_id else "comarca" if row.comarca_id else "estado"
    kept = {name: str(getattr(row, name) or "") for name in FIELDS if hasattr(row, name)}
    starts, ends = _format_moment(row.starts_at), _format_moment(row.ends_at) if row.ends_at else ""
    seen = {"editing": row.uid, "seen": row.updated_at.isoformat()}
    return {**kept, "where": where, "starts_at": starts, "ends_at": ends, **seen}


def _format_moment(moment: datetime) -> str:
    return clock.to_local(moment).strftime("%Y-%m-%dT%H:%M")
