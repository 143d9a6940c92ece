"""Draw the scope bar, which governs everything under it, and the tabs."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.state import FrameState
from canais_app.complaints.kinds import CAUSE_GROUP_NAMES, COMPLAINT_KINDS
from canais_app.complaints.scope_bar.state import ScopeState
from canais_app.directory.channels import CHANNEL_NAMES
from canais_app.ui import feedback, forms

NOW, TODAY = ("24h", "Agora"), ("hoje", "Hoje")
WEEK, MONTH, YEAR = ("7d", "7 dias"), ("28d", "28 dias"), ("ano", "Ano")
Period = tuple[str, str]
# Vars; on a State class pyright sees the plain types.
CHOSEN: Any = ScopeState.chosen
WITHOUT: Any = ScopeState.without
QUERY: Any = ScopeState.query
FOUND: Any = ScopeState.found


def scope_bar(here: str, *periods: Period, default: str = "24h", unset: str = "") -> rx.Component:
    """Return the bar of a screen at `here`, with the periods it offers.

    `default` is the period without a choice (`Scope.with_default`); a screen that shows all
    periods then names the choice, such as `unset="Abertas"`.
    """
    first = [("", unset)] if unset else []
    return rx.el.div(
        rx.el.div(
            rx.el.b("Recorte"),
            rx.el.div(
                *[
                    _period(here, key, words, "" if unset else default)
                    for key, words in [*first, *periods]
                ],
                _dates(),
                role="group",
                aria_label="Período",
                class_name="seg",
            ),
            _select(
                here,
                "comarca",
                "Comarca",
                rx.el.option("todas", value=""),
                rx.foreach(ScopeState.comarcas, lambda c: rx.el.option(c.name, value=c.code)),
            ),
            _unit(here),
            _select(
                here,
                "canal",
                "Canal",
                rx.el.option("todos", value=""),
                *[rx.el.option(words, value=str(kind)) for kind, words in CHANNEL_NAMES.items()],
            ),
            _select(
                here,
                "tipo",
                "Tipo",
                rx.el.option("todos", value=""),
                *[_kinds_of_group(group, words) for group, words in CAUSE_GROUP_NAMES.items()],
            ),
            rx.el.span(
                rx.cond(
                    (QUERY != ""),
                    rx.el.a("Limpar", href=_join(here, WITHOUT["tudo"])),
                    rx.el.span("Vale para ", rx.el.b("tudo"), " abaixo"),
                ),
                rx.el.button(
                    rx.cond(ScopeState.copied, "Copiado", "Copiar link"),
                    type="button",
                    on_click=[
                        rx.set_clipboard(rx.Var("window.location.href")),
                        ScopeState.mark_copied,
                    ],
                    class_name="lk",
                ),
                class_name="why",
            ),
            role="search",
            aria_label="Recorte: vale para tudo abaixo",
            class_name="scope",
        ),
        feedback.error_message(ScopeState.problem),
    )


def desk_tabs(here: str, *right: rx.Component) -> rx.Component:
    """Return the tabs of the Corregedoria; the scope travels with their links."""
    tabs = (
        (routes.CORREGEDORIA_SITUATIONS, "Situações", "situations", "hot"),
        (routes.CORREGEDORIA_ANALYSIS, "Análise", "", ""),
        (routes.CORREGEDORIA_COMPLAINTS, "Reclamações", "complaints", ""),
        (routes.CORREGEDORIA_INCIDENTS, "Incidentes", "incidents", ""),
        (routes.CORREGEDORIA_DOSSIERS, "Dossiês", "", ""),
    )
    drawn = [_tab(here, *tab) for tab in tabs]
    drawn[2] = rx.cond(ScopeState.may_triage, drawn[2])
    return rx.el.nav(
        *drawn,
        rx.el.div(*right, class_name="sp") if right else None,
        aria_label="Corregedoria",
        class_name="tabs",
    )


def _join(path: str, query: Any) -> Any:  # noqa: ANN401 (a Var)
    return rx.cond(query != "", path + "?" + query, path)


def _tab(here: str, path: str, words: str, count: str, tone: str) -> rx.Component:
    number = rx.cond(ScopeState.counts, ScopeState.counts[count], FrameState.counts[count])
    return rx.el.a(
        words,
        rx.cond(number, rx.el.span(number, class_name=rx.cond(number == "0", "c", f"c {tone}")))
        if count
        else None,
        href=_join(path, QUERY),
        custom_attrs={"aria-current": "page"} if path == here else {},
    )


def _period(here: str, key: str, words: str, default: str) -> rx.Component:
    rest = WITHOUT["p"]
    is_own = key in ("", default)
    is_chosen = CHOSEN["p"] == key
    if is_own:
        is_chosen = is_chosen | ((CHOSEN["p"] == "") & (CHOSEN["de"] == ""))
    href = _join(here, rest) if is_own else here + f"?p={key}" + rx.cond(rest, "&" + rest, "")
    return rx.el.a(
        words, href=href, custom_attrs={"aria-current": rx.cond(is_chosen, "true", "false")}
    )


def _dates() -> rx.Component:

    def day(name: str, label: str) -> rx.Component:
        return forms.plain_input(
            f"recorte-{name}",
            label,
            type="date",
            name=name,
            default_value=CHOSEN[name],
            key=f"{name}-{CHOSEN[name]}",
            required=True,
        )

    return rx.el.details(
        rx.el.summary(
            rx.cond(CHOSEN["de"] != "", CHOSEN["de"] + " a " + CHOSEN["ate"], "Outro…"),
            custom_attrs={"aria-current": rx.cond(CHOSEN["de"] != "", "true", "false")},
        ),
        rx.el.form(
            day("de", "De"),
            day("ate", "Até"),
            rx.el.button("Mostrar", type="submit", class_name="btn pri"),
            on_submit=ScopeState.choose_dates,
            class_name="card pop",
        ),
    )


def _clear(here: str, field: str, words: str) -> rx.Component:
    return rx.cond(
        CHOSEN[field] != "",
        rx.el.a(
            rx.icon("x", size=14, aria_hidden=True),
            rx.el.span(f"Tirar o filtro: {words}", class_name="visually-hidden"),
            href=_join(here, WITHOUT[field]),
            class_name="x",
        ),
    )


def _pick_class(field: str) -> rx.Var[str]:
    return rx.cond(CHOSEN[field] != "", "pick on", "pick")


def _select(here: str, field: str, words: str, *options: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.label(words, html_for=f"recorte-{field}"),
        rx.el.select(
            *options,
            id=f"recorte-{field}",
            value=CHOSEN[field],
            on_change=lambda value: ScopeState.choose(field, value),
        ),
        _clear(here, field, words),
        class_name=_pick_class(field),
    )


def _kinds_of_group(group: str, words: str) -> rx.Component:
    kinds = [row for row in COMPLAINT_KINDS if row.group == group]
    return rx.el.optgroup(
        rx.el.option(f"{words}: todos", value=str(group)),
        *[rx.el.option(row.name, value=str(row.kind)) for row in kinds],
        label=words,
    )


def _unit(here: str) -> rx.Component:
    """Choose a unit by the words that the portal's search understands."""
    rest = WITHOUT["unidade"]

    def link(unit: rx.vars.ArrayVar[Sequence[str]]) -> rx.Component:
        href = here + "?unidade=" + unit[0] + rx.cond(rest, "&" + rest, "")
        return rx.el.li(rx.el.a(unit[1], href=href), key=unit[0])

    return rx.el.div(
        rx.el.details(
            rx.el.summary(
                rx.el.span("Unidade "),
                rx.cond(CHOSEN["unidade"] != "", ScopeState.names["unidade"], "todas"),
                rx.icon("chevron-down", size=13, aria_hidden=True),
            ),
            rx.el.div(
                forms.plain_input(
                    "recorte-unidade",
                    "Procurar unidade",
                    hint="Como na busca: “2 civel sinop secretaria”.",
                    type="search",
                    auto_complete="off",
                    max_length=80,
                    on_change=ScopeState.find_units.debounce(250),
                ),
                rx.el.ul(rx.foreach(FOUND, link), aria_live="polite", class_name="found"),
                rx.cond(
                    (ScopeState.words != "") & (FOUND.length() == 0),
                    rx.el.p("Nenhuma unidade com essas palavras.", class_name="mut"),
                ),
                class_name="card pop",
            ),
            key=QUERY,
        ),
        _clear(here, "unidade", "Unidade"),
        class_name=_pick_class("unidade"),
    )
