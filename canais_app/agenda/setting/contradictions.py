"""The rule: what an agenda's terms contradict in themselves, each with a sentence at its field.

What merely surprises (an own day further ahead than can be booked yet) is named too, and refuses
nothing. Windows and days are read in `day_contradictions`.
"""

from collections.abc import Iterator
from itertools import chain

from canais_app.agenda.models import Modality
from canais_app.agenda.setting import day_contradictions as days
from canais_app.agenda.setting.findings import ValidationContext, ValidationFinding, span_minutes
from canais_app.agenda.times.terms import Terms
from canais_app.kit import text


def find_contradictions(terms: Terms, ground: ValidationContext) -> list[ValidationFinding]:
    """Return what contradicts itself, at most once per field, in the order of the form."""
    every = chain(
        days.check_windows(terms, ground),
        days.check_window_overlaps(terms, ground),
        days.check_day_overrides(terms, ground),
        days.check_day_override_clashes(terms),
        days.check_opt_outs(terms, ground),
        _check_lengths(terms),
        _check_reach(terms, ground),
        _check_limits(terms),
        _check_modalities(terms),
        _check_emptiness(terms),
    )
    found: dict[str, ValidationFinding] = {}
    for finding in every:
        found.setdefault(finding.field, finding)
    return list(found.values())


def _window_too_long(terms: Terms) -> int:
    spans = [(window.starts, window.ends) for window in terms.windows]
    spans += [(own.starts, own.ends) for own in terms.own_days if own.starts and own.ends]
    return max((span_minutes(*span) for span in spans), default=0)


def _check_lengths(terms: Terms) -> Iterator[ValidationFinding]:
    longest = _window_too_long(terms)
    if longest < terms.slot_minutes:
        return  # said at each window
    if terms.step_minutes > longest:
        yield ValidationFinding(
            "step_minutes",
            f"Um início a cada {text.format_duration(terms.step_minutes)} passa da janela mais longa "
            f"({text.format_duration(longest)}).",
        )
    buffers = terms.buffer_before + terms.buffer_after
    if buffers > longest:
        later = terms.buffer_after >= terms.buffer_before
        yield ValidationFinding(
            "buffer_after" if later else "buffer_before",
            f"As folgas somam {text.format_duration(buffers)}, mais que a janela mais longa "
            f"({text.format_duration(longest)}).",
        )


def _check_reach(terms: Terms, ground: ValidationContext) -> Iterator[ValidationFinding]:
    reach = max(0, (ground.last_day - max(ground.first, ground.today)).days) * 1440
    until = f"a agenda só abre até {text.format_date(ground.last_day)}"
    if terms.notice_minutes > reach:
        said = (
            f"A antecedência de {text.format_duration(terms.notice_minutes)} passa do horizonte: "
        )
        yield ValidationFinding("notice_minutes", f"{said}{until}, e nada poderia ser marcado.")
    if terms.cancel_notice > reach:
        said = (
            f"Com {text.format_duration(terms.cancel_notice)} de prazo ninguém poderia cancelar: "
        )
        yield ValidationFinding("cancel_notice", f"{said}{until}.")
    if terms.confirms_by_email and terms.confirm_minutes > terms.notice_minutes:
        yield ValidationFinding(
            "confirm_minutes",
            f"Quem marcar com {text.format_duration(terms.notice_minutes)} de antecedência terá "
            "menos que isso para confirmar.",
            is_blocking=False,
        )


def _check_limits(terms: Terms) -> Iterator[ValidationFinding]:
    a_day, a_month = terms.max_per_oab_per_day, terms.max_per_oab_per_month
    at_once = terms.max_active_per_oab
    if 0 < terms.max_per_day < terms.capacity:
        yield ValidationFinding(
            "max_per_day",
            f"Menos por dia ({terms.max_per_day}) do que pessoas ao mesmo tempo "
            f"({terms.capacity}).",
        )
    if 0 < terms.max_per_day < a_day:
        said = f"Cada OAB poderia marcar {a_day} por dia, e a agenda aceita {terms.max_per_day}."
        yield ValidationFinding("max_per_oab_per_day", said)
    elif 0 < a_month < a_day:
        said = f"O limite por dia ({a_day}) é maior que o do mês ({a_month})."
        yield ValidationFinding("max_per_oab_per_day", said)
    elif 0 < at_once < a_day:
        said = f"O limite por dia ({a_day}) é maior que o de marcados ao mesmo tempo ({at_once})."
        yield ValidationFinding("max_per_oab_per_day", said)


def _check_modalities(terms: Terms) -> Iterator[ValidationFinding]:
    if not terms.modalities:
        yield ValidationFinding("modalities", "Escolha ao menos uma forma de atendimento.")
    if Modality.IN_PERSON in terms.modalities and not terms.place:
        yield ValidationFinding("place", "Diga a sala: ela vai no e-mail de quem marca presencial.")
    if Modality.VIDEO not in terms.modalities:
        return
    if not terms.video_base_url:
        said = "Informe o link: sem ele quem marca por vídeo não tem onde entrar."
        yield ValidationFinding("video_base_url", said)


def _check_emptiness(terms: Terms) -> Iterator[ValidationFinding]:
    if not terms.windows and all(own.is_closed for own in terms.own_days):
        said = "Inclua ao menos uma janela: sem nenhuma, ninguém consegue marcar."
        yield ValidationFinding("windows", said)
