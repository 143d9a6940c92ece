"""The rule: what an agenda's terms contradict in themselves, each with a sentence at its field.

What merely surprises (an own day further ahead than can be booked yet) is named too, and refuses
nothing. Windows and days are read in `day_contradictions`.
"""

from collections.abc import Iterator
from itertools import chain

from canais_app.agenda.models import Modality
from canais_app.agenda.setting import day_contradictions as days
from canais_app.agenda.setting.findings import Finding, Ground, length
from canais_app.agenda.times.terms import Terms
from canais_app.kit import text


def find(terms: Terms, ground: Ground) -> list[Finding]:
    """Return what contradicts itself, at most once per field, in the order of the form."""
    every = chain(
        days.windows(terms, ground),
        days.window_overlaps(terms, ground),
        days.own_days(terms, ground),
        days.clashes(terms),
        days.opt_outs(terms, ground),
        _lengths(terms),
        _reach(terms, ground),
        _limits(terms),
        _ways(terms),
        _emptiness(terms),
    )
    found: dict[str, Finding] = {}
    for finding in every:
        found.setdefault(finding.field, finding)
    return list(found.values())


def _longest(terms: Terms) -> int:
    spans = [(window.starts, window.ends) for window in terms.windows]
    spans += [(own.starts, own.ends) for own in terms.own_days if own.starts and own.ends]
    return max((length(*span) for span in spans), default=0)


def _lengths(terms: Terms) -> Iterator[Finding]:
    longest = _longest(terms)
    if longest < terms.slot_minutes:
        return  # said at each window
    if terms.step_minutes > longest:
        yield Finding(
            "step_minutes",
            f"Um início a cada {text.minutes_words(terms.step_minutes)} passa da janela mais longa "
            f"({text.minutes_words(longest)}).",
        )
    buffers = terms.buffer_before + terms.buffer_after
    if buffers > longest:
        later = terms.buffer_after >= terms.buffer_before
        yield Finding(
            "buffer_after" if later else "buffer_before",
            f"As folgas somam {text.minutes_words(buffers)}, mais que a janela mais longa "
            f"({text.minutes_words(longest)}).",
        )


def _reach(terms: Terms, ground: Ground) -> Iterator[Finding]:
    reach = max(0, (ground.last_day - max(ground.first, ground.today)).days) * 1440
    until = f"a agenda só abre até {text.date_words(ground.last_day)}"
    if terms.notice_minutes > reach:
        said = f"A antecedência de {text.minutes_words(terms.notice_minutes)} passa do horizonte: "
        yield Finding("notice_minutes", f"{said}{until}, e nada poderia ser marcado.")
    if terms.cancel_notice > reach:
        said = f"Com {text.minutes_words(terms.cancel_notice)} de prazo ninguém poderia cancelar: "
        yield Finding("cancel_notice", f"{said}{until}.")
    if terms.confirms_by_email and terms.confirm_minutes > terms.notice_minutes:
        yield Finding(
            "confirm_minutes",
            f"Quem marcar com {text.minutes_words(terms.notice_minutes)} de antecedência terá "
            "menos que isso para confirmar.",
            refuses=False,
        )


def _limits(terms: Terms) -> Iterator[Finding]:
    a_day, a_month = terms.max_per_oab_per_day, terms.max_per_oab_per_month
    at_once = terms.max_active_per_oab
    if 0 < terms.max_per_day < terms.capacity:
        yield Finding(
            "max_per_day",
            f"Menos por dia ({terms.max_per_day}) do que pessoas ao mesmo tempo "
            f"({terms.capacity}).",
        )
    if 0 < terms.max_per_day < a_day:
        said = f"Cada OAB poderia marcar {a_day} por dia, e a agenda aceita {terms.max_per_day}."
        yield Finding("max_per_oab_per_day", said)
    elif 0 < a_month < a_day:
        said = f"O limite por dia ({a_day}) é maior que o do mês ({a_month})."
        yield Finding("max_per_oab_per_day", said)
    elif 0 < at_once < a_day:
        said = f"O limite por dia ({a_day}) é maior que o de marcados ao mesmo tempo ({at_once})."
        yield Finding("max_per_oab_per_day", said)


def _ways(terms: Terms) -> Iterator[Finding]:
    if not terms.modalities:
        yield Finding("modalities", "Escolha ao menos uma forma de atendimento.")
    if Modality.IN_PERSON in terms.modalities and not terms.place:
        yield Finding("place", "Diga a sala: ela vai no e-mail de quem marca presencial.")
    if Modality.VIDEO not in terms.modalities:
        return
    if not terms.video_base_url:
        said = "Informe o link: sem ele quem marca por vídeo não tem onde entrar."
        yield Finding("video_base_url", said)


def _emptiness(terms: Terms) -> Iterator[Finding]:
    if not terms.windows and all(own.is_closed for own in terms.own_days):
        said = "Inclua ao menos uma janela: sem nenhuma, ninguém consegue marcar."
        yield Finding("windows", said)
