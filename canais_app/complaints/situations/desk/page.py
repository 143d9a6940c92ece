"""Page of the desk of situations: the list at the left, the chosen one at the right."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_frame
from canais_app.complaints.scope_bar.bar import MONTH, NOW, TODAY, WEEK, desk_tabs, scope_bar
from canais_app.complaints.situations.desk.chosen_parts import chosen_situation
from canais_app.complaints.situations.desk.panel_parts import hand_over_panel
from canais_app.complaints.situations.desk.state import SituationsState
from canais_app.ui import feedback, forms
from canais_app.ui.desk import avatar, key_help, live_mark, page_head, undo_bar

Value = Any  # a Var; on a State class pyright sees the plain types
STATE: Value = SituationsState
DESK: Value = SituationsState.desk
LABELS = (
    ("geral", "Falta um dado do incidente: o que funciona e quando sai a próxima notícia"),
    ("incidente-titulo", "Título"),
)
KEYS = (
    ("J K", "próxima situação, anterior"),
    ("A", "assumir ou passar"),
    ("U", "avisar a unidade"),
    ("C", "confirmar a falha"),
    ("I", "declarar incidente"),
    ("R", "responder a todos"),
    ("N", "anotar"),
    ("F", "marcar falso"),
    ("Z", "desfazer, por dez segundos"),
)


def page() -> rx.Component:
    """Return the desk."""
    return staff_frame(
        page_head(
            rx.cond(
                SituationsState.ready,
                rx.fragment(rx.cond(DESK.hot != "", rx.el.em(DESK.hot)), DESK.rest),
                "Situações",
            ),
            DESK.summary,
            live_mark(
                DESK.time, DESK.iso, DESK.stamp, SituationsState.paused, SituationsState.pause
            ),
            announced=DESK.hot + DESK.rest,
        ),
        scope_bar(routes.CORREGEDORIA_SITUATIONS, NOW, TODAY, WEEK, MONTH),
        desk_tabs(routes.CORREGEDORIA_SITUATIONS, key_help(*KEYS)),
        rx.el.div(
            rx.cond(SituationsState.news != "", feedback.callout(SituationsState.news, tone="ok")),
            role="status",
        ),
        forms.error_summary(SituationsState.problem, SituationsState.errors, LABELS),
        undo_bar(SituationsState.done_words, SituationsState.done_stamp, SituationsState.undo),
        rx.cond(
            SituationsState.ready,
            rx.el.div(
                rx.el.div(_list(), _since(), _hand_over(), class_name="stack"),
                rx.cond(
                    STATE.chosen.code != "",
                    chosen_situation(),
                    rx.el.div(
                        feedback.empty_state(
                            "Nada acima do normal agora",
                            "O que passar do limite aparece aqui sozinho. "
                            "Sem acessos não quer dizer que está bem: veja os canais sem dados "
                            "em Análise.",
                        ),
                        class_name="card p",
                    ),
                ),
                class_name="situ sit-grid",
            ),
            feedback.skeleton(8),
        ),
        here=routes.CORREGEDORIA_SITUATIONS,
        dense=True,
    )


def _list() -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.foreach(DESK.groups, _group), custom_attrs={"data-rows": "open"}),
        rx.el.details(
            rx.el.summary(DESK.closed_words),
            rx.foreach(DESK.closed, _item),
            class_name="sit-closed",
        ),
        rx.el.div(
            rx.el.b(DESK.budget),
            rx.el.span(
                rx.foreach(
                    DESK.budget_pips, lambda used: rx.el.i(class_name=rx.cond(used, "f", ""))
                ),
                class_name="pip",
                aria_hidden="true",
            ),
            rx.el.p(
                DESK.budget_words,
                " ",
                rx.cond(DESK.unjudged != "", rx.el.a(DESK.unjudged, href=DESK.unjudged_href)),
                " ",
                rx.el.a("Como calculamos", href=routes.CORREGEDORIA_METHOD),
                " · ",
                rx.el.a("Quem é avisado", href=routes.CORREGEDORIA_DUTY),
            ),
            class_name="bud",
        ),
        aria_label="Situações",
        class_name="card ls",
    )


def _group(group: Value) -> rx.Component:
    return rx.el.div(
        rx.el.div(rx.el.h2(group.name), rx.el.span(group.note), class_name="gh"),
        rx.foreach(group["items"], _item),
        key=group.name,
    )


def _item(item: Value) -> rx.Component:
    return rx.el.a(
        rx.el.span(
            rx.el.span(item.level, class_name="lvl " + item.mark),
            rx.el.span(
                rx.icon("clock", size=13, aria_hidden=True),
                item.clock,
                class_name="clock " + item.clock_tone,
            ),
            class_name="l1",
        ),
        rx.el.b(item.title, class_name="u"),
        rx.el.span(item.about, class_name="k"),
        rx.cond(
            item.quiet,
            None,
            rx.el.span(
                rx.el.span(
                    rx.el.b(item.seen, class_name="al"), " / ", item.expected, class_name="f"
                ),
                rx.el.span(item.people, class_name="f"),
                rx.el.span(item.since, class_name="f"),
                rx.el.span(
                    avatar(item.initials, small=True),
                    item.owner,
                    class_name=rx.cond(item.initials != "", "own", "own no"),
                ),
                class_name="l3",
            ),
        ),
        href=item.href,
        key=item.code,
        class_name=rx.cond(item.quiet, "st q", "st"),
        custom_attrs={
            "aria-current": rx.cond(item.code == STATE.chosen.code, "true", "false"),
            "data-row": item.code,
        },
    )


def _since() -> rx.Component:
    return rx.cond(
        STATE.news_since.length() > 0,
        rx.el.section(
            rx.el.h2(
                rx.cond(
                    SituationsState.since != "",
                    f"Desde a sua última visita, às {SituationsState.since}",
                    "Nas últimas horas",
                )
            ),
            rx.el.ol(
                rx.foreach(
                    STATE.news_since,
                    lambda line: rx.el.li(
                        rx.el.time(line.at), " ", rx.el.a(line.words, href=line.href)
                    ),
                ),
                class_name="tl",
            ),
            class_name="card p",
        ),
    )


def _hand_over() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Passagem de turno"),
            rx.cond(
                SituationsState.may_act,
                rx.el.button(
                    "Escrever",
                    type="button",
                    on_click=SituationsState.open_panel("turno", ""),
                    class_name="lk",
                ),
            ),
            class_name="ph",
        ),
        rx.cond(
            DESK.hand_over != "",
            rx.el.p(rx.el.b(DESK.hand_over_who, ": ", class_name="ink"), DESK.hand_over),
            rx.el.p("Ninguém deixou nota.", class_name="mut"),
        ),
        hand_over_panel(),
        class_name="card p",
    )
