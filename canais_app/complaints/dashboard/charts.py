"""Sections of the dashboard: alarms, series, ranking, hours, weeks and deadlines."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from canais_app.kit.text import WEEKDAY_SHORT_NAMES
from canais_app.ui import charts, forms

View = Value = Any  # Vars of a view and of its values
VISUALLY_HIDDEN = "visually-hidden"


def _figure(
    view: View,
    words: str,
    *children: rx.Component,
    links: Sequence[rx.Component] = (),
    **frame: Value,
) -> rx.Component:
    csv = forms.file_link("CSV", view.csv, f" {words}", class_name="dash-act")
    return charts.chart_figure(view.title, view.about, *children, links=[*links, csv], **frame)


def _complaints_link(count: Value, href: Value, words: Value, **props: Value) -> rx.Component:
    return rx.el.a(count, rx.el.span(" ", words, class_name=VISUALLY_HIDDEN), href=href, **props)


def _alarm(row: Value) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.el.a(row.unit, href=row.unit_href),
            rx.cond(row.place != "", rx.el.small(row.place)),
            scope="row",
            custom_attrs={"role": "rowheader"},
        ),
        _alarm_cell(row.channel, rx.el.small(row.kind), class_name="wide"),
        _alarm_cell(
            _complaints_link(row.seen, row.href, "relatos: ver", class_name="dash-big"),
            label="Visto",
            class_name="num",
        ),
        _alarm_cell(row.expected, label="Esperado", class_name="num muted"),
        _alarm_cell(
            rx.el.span(
                rx.el.span(rx.cond(row.probable, "▲ ", "△ "), aria_hidden="true"),
                row.sure,
                class_name=rx.cond(row.probable, "tag alarm", "tag possible"),
            ),
            rx.el.small(row.chance),
            class_name="wide",
        ),
        _alarm_cell(row.since, rx.el.small(row.lasting), label="Desde"),
        key=row.unit_href + row.channel,
        custom_attrs={"role": "row"},
        class_name=rx.cond(row.probable, "", "possible"),
    )


def _alarm_cell(*parts: Value, label: str = "", class_name: str = "") -> rx.Component:
    attributes = {"role": "cell"} | ({"data-l": label} if label else {})
    return rx.el.td(*parts, class_name=class_name, custom_attrs=attributes)


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
    """Return the table of the current alarms."""
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


def _due_row(row: Value) -> rx.Component:
    return rx.el.li(
        rx.el.span(rx.el.a(row.unit, href=row.href), rx.el.small(row.about)),
        rx.el.span(row.due, class_name=rx.cond(row.pressing, "pressing", "muted")),
    )


def deadline_section(view: View) -> rx.Component:
    """Return the open complaints by due day."""
    everything = rx.cond(
        view.due.all_words != "",
        rx.el.a(view.due.all_words, href=view.due.all_href, class_name="dash-act"),
    )
    days = rx.el.div(
        rx.foreach(
            view.due.days,
            lambda day: rx.el.div(
                rx.el.h3(day.title, class_name=rx.cond(day.today, "today", "")),
                rx.el.ul(rx.foreach(day.rows, _due_row)),
            ),
        ),
        class_name="dash-due",
    )
    return _figure(view.due, "dos prazos", days, links=[everything], name="prazos", span=7)


def heat_section(view: View) -> rx.Component:
    """Return the hour × weekday table."""
    return _figure(
        view.heat,
        "das horas",
        rx.el.table(
            rx.el.caption("Média de relatos por hora e dia da semana", class_name=VISUALLY_HIDDEN),
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(rx.el.span("Hora", class_name=VISUALLY_HIDDEN), scope="col"),
                    *[rx.el.th(day, scope="col") for day in WEEKDAY_SHORT_NAMES],
                )
            ),
            rx.el.tbody(
                rx.foreach(
                    view.heat.rows,
                    lambda row: rx.el.tr(
                        rx.el.th(row.hours, scope="row"),
                        rx.foreach(
                            row.cells, lambda cell: rx.el.td(cell.words, class_name=cell.shade)
                        ),
                        class_name=rx.cond(row.working, "working", ""),
                    ),
                )
            ),
            rx.el.tfoot(
                rx.el.tr(rx.el.th("Dia", scope="row"), rx.foreach(view.heat.totals, rx.el.td))
            ),
            class_name="dash-heat",
        ),
        name="horas",
        span=6,
    )


def _rank(row: Value) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.el.a(row.unit, href=row.unit_href),
            rx.el.small(rx.cond(row.place != "", row.place + " · ", ""), row.channel),
            scope="row",
        ),
        rx.el.td(_complaints_link(row.seen, row.href, "relatos: ver")),
        rx.el.td(row.expected, class_name="muted"),
        rx.el.td(
            rx.el.span(
                rx.el.span(style={"width": row.width}), class_name="dash-bar", aria_hidden="true"
            ),
            rx.el.b(row.excess),
            class_name="dash-excess",
        ),
        rx.el.td(charts.sparkline(row.spark, row.spark_words, hot=row.hot)),
        key=row.slug,
        class_name=rx.cond(row.hot, "hot", ""),
    )


def _sums(cells: Value, class_name: str) -> rx.Component:
    return rx.cond(
        cells.length() > 0,
        rx.el.tr(
            rx.el.th(cells[0], scope="row"),
            *[rx.el.td(cells[n]) for n in (1, 2, 3)],
            rx.el.td(),
            class_name=class_name,
        ),
    )


def ranking_section(view: View) -> rx.Component:
    """Return the units by excess over the expected."""
    head = ("Unidade", "Visto", "Esper.", "Excesso", "No período")
    table = rx.el.table(
        rx.el.thead(rx.el.tr(*[rx.el.th(words, scope="col") for words in head])),
        rx.el.tbody(rx.foreach(view.ranking.rows, _rank)),
        rx.el.tfoot(_sums(view.ranking.others, ""), _sums(view.ranking.total, "total")),
        class_name="dash-rank dash-stick",
    )
    scrolling = charts.scroll_area(table, words=view.ranking.title)
    return _figure(view.ranking, "das unidades", scrolling, name="ranking", span=12)


def _week_cell(cell: Value) -> rx.Component:
    return rx.el.td(
        rx.cond(
            cell.mark != "",
            rx.fragment(
                rx.el.span(cell.mark, aria_hidden="true", class_name="dash-mark"),
                rx.el.span(cell.sure, " ", class_name=VISUALLY_HIDDEN),
            ),
        ),
        rx.cond(
            cell.href != "", _complaints_link(cell.words, cell.href, "relatos: ver"), cell.words
        ),
        class_name=cell.shade,
    )


def _week_sums(cells: Value, class_name: str) -> rx.Component:
    return rx.el.tr(
        rx.foreach(
            cells, lambda words, n: rx.cond(n == 0, rx.el.th(words, scope="row"), rx.el.td(words))
        ),
        class_name=class_name,
    )


def weeks_section(view: View) -> rx.Component:
    """Return the unit × week matrix."""
    table = rx.el.table(
        rx.el.thead(
            rx.el.tr(
                rx.el.th("Unidade", scope="col"),
                rx.foreach(view.weeks.heads, lambda words: rx.el.th(words, scope="col")),
            )
        ),
        rx.el.tbody(
            rx.foreach(
                view.weeks.rows,
                lambda row: rx.el.tr(
                    rx.el.th(rx.el.a(row.unit, href=row.href), scope="row"),
                    rx.foreach(row.cells, _week_cell),
                    key=row.href,
                ),
            )
        ),
        rx.el.tfoot(_week_sums(view.weeks.others, ""), _week_sums(view.weeks.totals, "total")),
        class_name="dash-weeks dash-stick",
    )
    scrolling = charts.scroll_area(table, words=view.weeks.title)
    return _figure(view.weeks, "das semanas", scrolling, name="semanas", span=11)


def _legend() -> rx.Component:
    keys = (
        ("seen", "observado"),
        ("band", "esperado (90%)"),
        ("before", "semana passada"),
        ("limit", "limite do alarme"),
    )
    return rx.el.ul(
        *[
            rx.el.li(rx.el.span(class_name=f"dash-key-{k}", aria_hidden="true"), words)
            for k, words in keys
        ],
        class_name="dash-legend",
    )


def _line(series: Value, name: str, span: int, *links: rx.Component) -> rx.Component:
    head = ["Até / dia", "Observado", "Esperado", "Faixa", "Semana passada", "Limite"]
    return _figure(
        series,
        "da série",
        _legend(),
        charts.line_chart(series.shape, series.heard),
        charts.data_table(series.title, head, series.rows),
        links=links,
        name=name,
        span=span,
    )


def state_series_section(view: View) -> rx.Component:
    """Return the line of the state or the comarca with its normal range."""
    return _line(view.series, "serie", 12)


def unit_series_section(view: View, back: Value) -> rx.Component:
    """Return the chosen unit's line, and a link back to all units."""
    link = rx.el.a("Ver todas as unidades", href=back, class_name="dash-act")
    return _line(view.unit_series, "unidade", 24, link)
