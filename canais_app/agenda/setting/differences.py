"""The rule: what differs between two sets of terms, field by field, in words for people."""

from collections.abc import Callable, Mapping
from datetime import date

from canais_app.agenda.models import MODALITY_NAMES, Modality
from canais_app.agenda.setting.findings import span_words
from canais_app.agenda.times.terms import OwnDay, Terms
from canais_app.agenda.times.windows import LAST_WEEK, Window
from canais_app.kit import text

Changes = dict[str, list[str]]  # label → [before, after]
LABELS = {
    "windows": "Janelas",
    "own_days": "Datas especiais",
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
    "confirm_minutes": "Prazo para confirmar",
    "offer_minutes": "Prazo da oferta da fila",
}
NTH = {1: "na 1ª", 2: "na 2ª", 3: "na 3ª", 4: "na 4ª", 5: "na 5ª", LAST_WEEK: "na última"}
LISTS = ("windows", "own_days", "opt_outs")


def between(before: Terms, after: Terms, *, today: date) -> Changes:
    """Return what changed, as the audit and the history keep it; days gone by do not count."""
    found: Changes = {}
    for name in LISTS:
        old, new = _listed(name, before, today), _listed(name, after, today)
        gone = [words for words in old if words not in new]
        come = [words for words in new if words not in old]
        if gone or come:
            found[LABELS[name]] = ["; ".join(gone), "; ".join(come)]
    for name, said in _WORDS.items():
        old_words, new_words = said(before), said(after)
        if old_words != new_words:
            found[LABELS[name]] = [old_words, new_words]
    return found


def sentences(changes: Mapping[str, list[str]]) -> list[str]:
    """Return changes as lines: `Duração: 20 minutos → 30 minutos`."""
    return [
        f"{label}: {before or '—'} → {after or '—'}" for label, (before, after) in changes.items()
    ]


def window_words(window: Window) -> str:
    """Return `segunda-feira, das 13h às 15h, a cada 2 semanas, de 01/12/2026`."""
    parts = [text.WEEKDAYS[window.weekday], span_words(window.starts, window.ends)]
    if window.every_weeks > 1:
        parts.append(f"a cada {window.every_weeks} semanas")
    if window.nth_week:
        parts.append(f"{NTH[window.nth_week]} do mês")
    if window.valid_from:
        parts.append(f"de {text.date_words(window.valid_from)}")
    if window.valid_until:
        parts.append(f"até {text.date_words(window.valid_until)}")
    return ", ".join(parts)


def own_day_words(own: OwnDay) -> str:
    """Return `01/12/2026, das 13h às 15h` or `01/12/2026, fechado`."""
    span = span_words(own.starts, own.ends) if own.starts and own.ends else "fechado"
    return f"{text.date_words(own.day)}, {span}"


def _listed(name: str, terms: Terms, today: date) -> list[str]:
    if name == "windows":
        return [window_words(window) for window in terms.windows]
    if name == "own_days":
        return [own_day_words(own) for own in terms.own_days if own.day >= today]
    return [text.date_words(day) for day in terms.opt_outs if day >= today]


def _minutes(name: str) -> Callable[[Terms], str]:
    return lambda terms: text.minutes_words(getattr(terms, name))


def _limit(name: str) -> Callable[[Terms], str]:
    return lambda terms: str(getattr(terms, name) or "sem limite")


def _switch(name: str) -> Callable[[Terms], str]:
    return lambda terms: "sim" if getattr(terms, name) else "não"


def _horizon(terms: Terms) -> str:
    kind = "úteis" if terms.horizon_in_business_days else "corridos"
    return f"{text.plural(terms.horizon_days, 'dia', 'dias')} {kind}"


_WORDS: dict[str, Callable[[Terms], str]] = {
    "modalities": lambda terms: ", ".join(MODALITY_NAMES[Modality(m)] for m in terms.modalities),
    "place": lambda terms: terms.place,
    "video_base_url": lambda terms: terms.video_base_url,
    **{
        name: _minutes(name)
        for name in ("slot_minutes", "step_minutes", "buffer_before", "buffer_after")
    },
    "capacity": lambda terms: str(terms.capacity),
    "notice_minutes": _minutes("notice_minutes"),
    "horizon_days": _horizon,
    **{name: _limit(name) for name in LABELS if name.startswith("max_")},
    "release_delay": _minutes("release_delay"),
    "cancel_notice": _minutes("cancel_notice"),
    "needs_approval": _switch("needs_approval"),
    "confirms_by_email": _switch("confirms_by_email"),
    "confirm_minutes": _minutes("confirm_minutes"),
    "offer_minutes": _minutes("offer_minutes"),
}
