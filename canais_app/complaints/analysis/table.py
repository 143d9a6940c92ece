"""Draw the tables of the analysis: units, kinds, and the answer to a ready question."""

from typing import Any

import reflex as rx

from canais_app.complaints.analysis.presenter import FUNNEL_WIDTH, SPARK_HEIGHT, SPARK_WIDTH
from canais_app.complaints.analysis.state import AnalysisState
from canais_app.complaints.kinds import CAUSE_GROUP_NAMES
from canais_app.ui import charts

Value = Any  # a Var of the view
HIDDEN = "visually-hidden"
MARKS = {"acima": "acima dos limites", "dentro": "dentro dos limites", "abaixo": "abaixo"}


def totals(rows: Value) -> rx.Component:
    """Return the five totals, each with what it was before."""
    return rx.el.dl(
        rx.foreach(
            rows,
            lambda total: rx.el.div(
                rx.el.dt(total.label),
                rx.el.dd(
                    rx.el.b(total.value),
                    rx.el.span(total.change, class_name="an-change " + total.tone.to(str)),
                    rx.el.small(total.note),
                ),
                key=total.label,
            ),
        ),
        class_name="card an-totals",
    )


def unit_table(view: Value) -> rx.Component:
    """Return the table of all units."""
    body = rx.el.table(
        rx.el.caption(view.title, class_name=HIDDEN),
        rx.el.thead(rx.el.tr(rx.foreach(view.heads, _head))),
        rx.el.tbody(
            rx.foreach(view.rows, _row),
            rx.cond(view.others.length() > 0, _sum(view.others)),
            rx.cond(view.total.length() > 0, _sum(view.total)),
        ),
        class_name="desk an-units",
    )
    return rx.el.section(
        rx.el.div(
            rx.el.h2(view.title, id="unidades"),
            rx.el.div(
                rx.el.form(
                    rx.el.input(
                        type="search",
                        name="words",
                        placeholder="Achar unidade",
                        default_value=AnalysisState.needle,
                        key=AnalysisState.needle,
                        custom_attrs={"aria-label": "Achar unidade"},
                    ),
                    rx.el.button("Achar", type="submit", class_name="btn sec xs"),
                    on_submit=AnalysisState.find,
                    class_name="an-find",
                ),
                charts.csv_link(view.csv, view.title),
            ),
            rx.el.p(view.about),
            class_name="dash-head",
        ),
        _keys(),
        charts.scroll_area(body, words="Tabela: " + view.title),
        rx.cond(view.more != "", rx.el.a(view.more, href=view.more_href, class_name="btn sec sm")),
        aria_labelledby="unidades",
        class_name="card p",
    )


def _keys() -> rx.Component:
    return rx.el.ul(
        *[
            rx.el.li(rx.el.i(class_name=f"an-k{n}", aria_hidden="true"), words.lower())
            for n, words in enumerate(CAUSE_GROUP_NAMES.values(), 1)
        ],
        rx.el.li("por mil acessos: faixa do acaso para esse volume (99,8%)"),
        rx.el.li(rx.el.b("▲", class_name="an-up"), "acima"),
        rx.el.li("○ dentro"),
        rx.el.li(rx.el.b("▼", class_name="an-down"), "abaixo"),
        class_name="an-keys",
    )


def _head(head: Value) -> rx.Component:
    words = rx.cond(head.href != "", rx.el.a(head.words, href=head.href), rx.el.span(head.words))
    return rx.el.th(
        words,
        rx.cond(head.small != "", rx.el.small(head.small)),
        scope="col",
        class_name=rx.cond(head.right, "r", ""),
        custom_attrs={"aria-sort": head.sort},
        key=head.words,
    )


def _row(row: Value) -> rx.Component:
    return rx.el.tr(
        rx.el.th(rx.el.a(row.name, href=row.href), rx.el.small(row.sector), scope="row"),
        rx.el.td(
            rx.el.a(row.seen, rx.el.span(" relatos: ver", class_name=HIDDEN), href=row.seen_href),
            rx.el.span(row.change, class_name="an-dv " + row.change_tone.to(str)),
            class_name="r",
        ),
        rx.el.td(row.expected, class_name="r mut"),
        rx.el.td(row.rate, class_name="r"),
        rx.el.td(_funnel(row)),
        rx.el.td(_causes(row)),
        rx.el.td(
            rx.cond(row.late, rx.el.b("! ", row.on_time, class_name="an-late"), row.on_time),
            class_name="r",
        ),
        rx.el.td(row.days, class_name="r"),
        rx.el.td(row.solved, class_name="r"),
        rx.el.td(_spark(row)),
        key=row.slug,
    )


def _sum(cells: Value) -> rx.Component:
    return rx.el.tr(
        rx.el.th(cells[0], scope="row"),
        rx.el.td(cells[1], rx.el.span(cells[2], class_name="an-dv"), class_name="r"),
        rx.el.td(cells[3], class_name="r mut"),
        rx.el.td(cells[4], class_name="r"),
        rx.el.td(),
        rx.el.td(),
        *[rx.el.td(cells[n], class_name="r") for n in (5, 6, 7)],
        rx.el.td(),
        class_name="an-sum",
    )


def _funnel(row: Value) -> rx.Component:
    mark = rx.match(
        row.position,
        ("acima", rx.el.svg.path(d="M0 4h9l-4.5-8z", class_name="h")),
        ("abaixo", rx.el.svg.path(d="M0 -4h9l-4.5 8z", class_name="l")),
        rx.el.svg.circle(cx="4", cy="0", r="4", class_name="o"),
    )
    return rx.cond(
        row.position != "",
        rx.fragment(
            rx.el.svg(
                rx.el.svg.rect(
                    x=row.zone_x, y="4", width=row.zone_width, height="14", class_name="zone"
                ),
                rx.el.svg.line(x1=row.tick_x, x2=row.tick_x, y1="2", y2="20"),
                rx.el.svg.g(mark, transform="translate(" + row.mark_x.to(str) + ",11)"),
                width=str(FUNNEL_WIDTH),
                height="22",
                aria_hidden="true",
                class_name="an-fn",
            ),
            rx.el.span(rx.match(row.position, *MARKS.items(), "sem taxa"), class_name=HIDDEN),
        ),
    )


def _causes(row: Value) -> rx.Component:
    return rx.el.span(
        rx.el.span(
            *[
                rx.el.i(class_name=f"an-k{n}", style={"width": row.shares[n - 1]})
                for n in range(1, len(CAUSE_GROUP_NAMES) + 1)
            ],
            aria_hidden="true",
            class_name="an-stack",
        ),
        rx.el.span(row.kind, class_name="an-kind"),
        class_name="an-causes",
    )


def _spark(row: Value) -> rx.Component:
    return rx.el.svg(
        rx.el.svg.line(x1="0", x2=str(SPARK_WIDTH), y1="20", y2="20"),
        rx.el.svg.polyline(points=row.spark),
        rx.cond(row.peak != "", rx.el.svg.path(d=row.peak, class_name="tri")),
        width=str(SPARK_WIDTH),
        height=str(SPARK_HEIGHT),
        role="img",
        aria_label=row.spark_words,
        class_name="an-sp",
    )


def kinds_table(view: Value) -> rx.Component:
    """Return the kinds with a bar for each."""
    body = rx.el.table(
        rx.el.thead(
            rx.el.tr(
                *[rx.el.th(words, scope="col") for words in ("Tipo", "Quem age", "Relatos")],
                rx.el.th("Parte", scope="col"),
                rx.el.th("Mudança", scope="col", class_name="r"),
            )
        ),
        rx.el.tbody(
            rx.foreach(
                view.rows,
                lambda row: rx.el.tr(
                    rx.el.th(row.name, scope="row"),
                    rx.el.td(row.group),
                    rx.el.td(
                        rx.el.a(
                            row.seen, rx.el.span(" relatos: ver", class_name=HIDDEN), href=row.href
                        ),
                        class_name="r",
                    ),
                    rx.el.td(
                        rx.el.span(
                            rx.el.i(style={"width": row.share}),
                            aria_hidden="true",
                            class_name="an-bar",
                        ),
                        row.share,
                    ),
                    rx.el.td(
                        rx.el.span(row.change, class_name="an-dv " + row.tone.to(str)),
                        class_name="r",
                    ),
                    key=row.name,
                ),
            )
        ),
        class_name="desk",
    )
    return rx.el.section(
        rx.el.div(
            rx.el.h2(view.title, id="tipos"),
            rx.el.div(charts.csv_link(view.csv, view.title)),
            rx.el.p(view.about),
            class_name="dash-head",
        ),
        charts.scroll_area(body, words="Tabela: " + view.title),
        aria_labelledby="tipos",
        class_name="card p",
    )


def answer_table(answer: Value) -> rx.Component:
    """Return the table of an answer; the first cell of a row leads to what is behind it."""
    body = rx.el.table(
        rx.el.thead(rx.el.tr(rx.foreach(answer.head, lambda words: rx.el.th(words, scope="col")))),
        rx.el.tbody(
            rx.foreach(
                answer.rows,
                lambda row: rx.el.tr(
                    rx.foreach(
                        row.cells,
                        lambda cell, n: rx.cond(
                            n == 0,
                            rx.el.th(
                                rx.cond(row.href != "", rx.el.a(cell, href=row.href), cell),
                                scope="row",
                            ),
                            rx.el.td(cell),
                        ),
                    )
                ),
            )
        ),
        class_name="desk",
    )
    return charts.scroll_area(body, words="Tabela: " + answer.title)
