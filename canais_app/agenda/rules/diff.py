"""Rule: compare two sets of terms field by field, as texts for people."""

from collections.abc import Mapping
from datetime import date

from canais_app.agenda.availability.rule_values import AttendanceKind, DayOverride, Terms
from canais_app.agenda.availability.slots import LAST_WEEK_OF_MONTH, WeeklyWindow
from canais_app.agenda.models import MODALITY_NAMES, Modality
from canais_app.agenda.rules.validation import format_time_span
from canais_app.kit import text

Changes = dict[str, list[str]]  # label → [before, after]
LABELS = {
    "windows": "Janelas",
    "own_days": "Datas especiais",
    "kinds": "Tipos de atendimento",
    "opt_outs": "Feriados com atendimento",
    "modalities": "Formas de atendimento",
    "place": "Sala",
    "video_base_url": "Link do vídeo",
    "slot_minutes": "Duração",
    "step_minutes": "Um início a cada",
    "buffer_before": "Folga antes",
    "buffer_after": "Folga depois",
    "capacity": "Pessoas ao mesmo tempo",
    "notice_minutes": "Antecedência mínima",
    "horizon_days": "Abre com até",
    "max_per_day": "Limite por dia",
    "max_per_oab_per_day": "Limite por OAB por dia",
    "max_per_oab_per_month": "Limite por OAB por mês",
    "max_active_per_oab": "Marcados ao mesmo tempo por OAB",
    "max_active_per_case": "Marcados por processo",
    "release_delay": "Devolução do horário cancelado",
    "cancel_notice": "Prazo para cancelar",
    "needs_approval": "Aprovação do gabinete",
    "confirms_by_email": "Confirmação por e-mail",
    "accepts_parties": "Atende partes",
    "answer_hours": "Prazo para responder (horas)",
    "max_active_per_email": "Marcados ao mesmo tempo por e-mail",
    "confirm_minutes": "Prazo para confirmar",
    "offer_minutes": "Prazo da oferta da fila",
    "reminder_hours": "Lembretes",
}
NTH_NAMES = {
    1: "na 1ª",
    2: "na 2ª",
    3: "na 3ª",
    4: "na 4ª",
    5: "na 5ª",
    LAST_WEEK_OF_MONTH: "na última",
}
LIST_FIELDS = ("windows", "own_days", "kinds", "opt_outs")
MINUTE_FIELDS = {
    *("slot_minutes", "step_minutes", "buffer_before", "buffer_after", "notice_minutes"),
    *("release_delay", "cancel_notice", "confirm_minutes", "offer_minutes"),
}


def diff_terms(before: Terms, after: Terms, *, today: date) -> Changes:
    """Return the changes for the audit log and the history; past days are left out."""
    changes: Changes = {}
    for name in LIST_FIELDS:
        old, new = _format_list(name, before, today), _format_list(name, after, today)
        removed = [text for text in old if text not in new]
        added = [text for text in new if text not in old]
        if removed or added:
            changes[LABELS[name]] = ["; ".join(removed), "; ".join(added)]
    for name in (name for name in LABELS if name not in LIST_FIELDS):
        old_text, new_text = _format_field(name, before), _format_field(name, after)
        if old_text != new_text:
            changes[LABELS[name]] = [old_text, new_text]
    return changes


def format_changes(changes: Mapping[str, list[str]]) -> list[str]:
    """Return changes as lines like `Duração: 20 minutos → 30 minutos`."""
    return [
        f"{label}: {before or '—'} → {after or '—'}" for label, (before, after) in changes.items()
    ]


def format_window(window: WeeklyWindow) -> str:
    """Return `segunda-feira, das 13h às 15h, a cada 2 semanas, de 01/12/2026`."""
    parts = [text.WEEKDAY_NAMES[window.weekday], format_time_span(window.starts, window.ends)]
    if window.every_weeks > 1:
        parts.append(f"a cada {window.every_weeks} semanas")
    if window.nth_week:
        parts.append(f"{NTH_NAMES[window.nth_week]} do mês")
    if window.valid_from:
        parts.append(f"de {text.format_date(window.valid_from)}")
    if window.valid_until:
        parts.append(f"até {text.format_date(window.valid_until)}")
    return ", ".join(parts)


def format_day_override(own: DayOverride) -> str:
    """Return `01/12/2026, das 13h às 15h` or `01/12/2026, fechado`."""
    span = format_time_span(own.starts, own.ends) if own.starts and own.ends else "fechado"
    return f"{text.format_date(own.day)}, {span}"


def format_kind(kind: AttendanceKind) -> str:
    """Return `Despacho, 10 minutos, vídeo, com aprovação`, without what is the agenda's own."""
    parts = [kind.name]
    if kind.minutes:
        parts.append(text.format_duration(kind.minutes))
    parts += [MODALITY_NAMES[Modality(one)].lower() for one in kind.modalities]
    if kind.needs_approval:
        parts.append("com aprovação")
    if kind.answer_hours:
        parts.append(f"resposta em {kind.answer_hours} h")
    if kind.needs_case_number:
        parts.append("pede o processo")
    if kind.instructions:
        parts.append(f"“{kind.instructions}”")
    return ", ".join(parts)


def _format_list(name: str, terms: Terms, today: date) -> list[str]:
    if name == "windows":
        return [format_window(window) for window in terms.windows]
    if name == "own_days":
        return [format_day_override(own) for own in terms.own_days if own.day >= today]
    if name == "kinds":
        return [format_kind(kind) for kind in terms.kinds]
    return [text.format_date(day) for day in terms.opt_outs if day >= today]


def _format_field(name: str, terms: Terms) -> str:
    value = getattr(terms, name)
    if name == "modalities":
        return ", ".join(MODALITY_NAMES[Modality(modality)] for modality in terms.modalities)
    if name == "reminder_hours":
        return ", ".join(f"{hours} h antes" for hours in terms.reminder_hours)
    if name == "horizon_days":
        kind = "úteis" if terms.horizon_in_business_days else "corridos"
        return f"{text.pluralise(value, 'dia', 'dias')} {kind}"
    if name in MINUTE_FIELDS:
        return text.format_duration(value)
    if name.startswith("max_"):
        return str(value or "sem limite")
    return ("não", "sim")[value] if isinstance(value, bool) else str(value)
