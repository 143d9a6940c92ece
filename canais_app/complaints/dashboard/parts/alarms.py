"""What is in alarm now."""

from typing import Any

import reflex as rx

from canais_app.complaints.dashboard.parts.links import VISUALLY_HIDDEN, complaints_link

View = Value = Any  # Vars of a view and of what is in it


def _unit(name: Value, place: Value, href: Value) -> rx.Component:
    return rx.el.th(
        rx.el.a(name, href=href),
        rx.cond(place != "", rx.el.small(place)),
        scope="row",
        custom_attrs={"role": "rowheader"},
    )


def _alarm(row: Value) -> rx.Component:
    cell = {"custom_attrs": {"role": "cell"}}
    return rx.el.tr(
        _unit(row.unit, row.place, row.unit_href),
        rx.el.td(row.channel, rx.el.small(row.kind), class_name="wide", **cell),
        rx.el.td(
            complaints_link(row.seen, row.href, "relatos: ver", class_name="dash-big"),
            class_name="num",
            custom_attrs={"role": "cell", "data-l": "Visto"},
        ),
        rx.el.td(
            row.expected,
            class_name="num muted",
            custom_attrs={"role": "cell", "data-l": "Esperado"},
        ),
        rx.el.td(
            rx.cond(
                row.probable,
                rx.el.span(rx.el.span("▲ ", aria_hidden="true"), row.sure, class_name="tag alarm"),
                rx.el.span(
                    rx.el.span("△ ", aria_hidden="true"), row.sure, class_name="tag possible"
                ),
            ),
            rx.el.small(row.chance),
            class_name="wide",
            **cell,
        ),
        rx.el.td(
            row.since,
            rx.el.small(row.lasting),
            custom_attrs={"role": "cell", "data-l": "Desde"},
        ),
        key=row.unit_href + row.channel,
        custom_attrs={"role": "row"},
        class_name=rx.cond(row.probable, "", "possible"),
    )


def _alarm_table(view: View) -> rx.Component:
    head = ("Unidade", "Canal", "Visto", "Esperado", "Quanta certeza", "Desde")
    return rx.el.table(
        rx.el.caption("Unidades acima do normal na última hora", class_name=VISUALLY_HIDDEN),
        rx.el.thead(
            rx.el.tr(
                *[
                    rx.el.th(
                        words,
                        scope="col",
                        class_name="num" if words in ("Visto", "Esperado") else "",
                        custom_attrs={"role": "columnheader"},
                    )
                    for words in head
                ],
                custom_attrs={"role": "row"},
            ),
            custom_attrs={"role": "rowgroup"},
        ),
        rx.el.tbody(rx.foreach(view.alarms, _alarm), custom_attrs={"role": "rowgroup"}),
        custom_attrs={"role": "table"},
        class_name="dash-alarms",
    )


def _method_note() -> rx.Component:
    return rx.el.details(
        rx.el.summary("Como calculamos"),
        rx.el.p(
            "Comparamos os últimos 60 minutos de cada canal de cada unidade com a mesma hora dos "
            "últimos 20 dias iguais (abertos ou fechados), sem os 2 mais recentes. “Possível”: o "
            "acaso dá tanto ou mais em menos de 1 hora em 100. “Provável”: em menos de 1 em 10 "
            "mil, ou duas horas possíveis seguidas, com pelo menos 3 relatos. Em simulação com "
            "400 unidades, isso dá cerca de 2 alarmes falsos por mês no Estado. Com menos de 10 "
            "dias de comparação, a média do canal nas outras unidades completa o que falta. "
            "Unidades fechadas por portaria não geram alarme."
        ),
        class_name="dash-how",
    )


def alarm_section(view: View) -> rx.Component:
    """Return the table of what is in alarm now."""
    return rx.el.section(
        rx.el.div(rx.el.h2("Em alarme agora", id="fig-alarmes"), class_name="dash-head"),
        rx.cond(
            view.alarms.length() > 0,
            _alarm_table(view),
            rx.el.p(
                rx.icon("circle-check", size=20, aria_hidden=True),
                view.calm,
                class_name="dash-calm",
            ),
        ),
        rx.el.div(
            rx.cond(
                view.muted.length() > 0,
                rx.el.p(
                    rx.el.b("Silenciadas: "),
                    rx.foreach(view.muted, lambda words: rx.el.span(words, ". ")),
                ),
            ),
            _method_note(),
            class_name="dash-foot",
        ),
        aria_labelledby="fig-alarmes",
        class_name="card dash-panel dash-c24",
    )
