"""Draw the pictures of the analysis: series, channels side by side, hours of the week."""

from typing import Any

import reflex as rx

from canais_app.ui import charts

Value = Any  # a Var of the view
WEEKDAYS = ("seg", "ter", "qua", "qui", "sex", "sáb", "dom")


def _figure(
    view: Value, name: str, *children: rx.Component, links: tuple[rx.Component, ...] = ()
) -> rx.Component:
    return rx.el.figure(
        rx.el.figcaption(
            rx.el.h2(view.title, id=f"fig-{name}"),
            rx.el.div(*links, charts.csv_link(view.csv, view.title)),
            rx.el.p(view.about),
            class_name="dash-head",
        ),
        *children,
        aria_labelledby=f"fig-{name}",
        class_name="card p dash-panel",
    )


def series(view: Value) -> rx.Component:
    """Return the series; `charts.js` adds the crosshair, by pointer and by keys."""
    legend = rx.el.ul(
        rx.el.li(rx.el.span(class_name="dash-key-seen", aria_hidden="true"), view.legend[0]),
        rx.el.li(rx.el.span(class_name="dash-key-before", aria_hidden="true"), view.legend[1]),
        rx.el.li(rx.el.span(class_name="dash-key-band", aria_hidden="true"), "faixa normal (90%)"),
        class_name="dash-legend",
    )
    notes = rx.foreach(
        view.notes,
        lambda note: rx.el.span(
            rx.el.b(note.mark),
            style={"left": note.at, "width": note.width},
            class_name="an-note",
            aria_hidden="true",
            key=note.mark,
        ),
    )
    head = ["Quando", "Relatos", "Antes", "Esperado", "Normal de", "Normal até"]
    return _figure(
        view,
        "serie",
        legend,
        charts.readable_chart(view.shape, view.heard, view.points, notes),
        rx.el.ul(
            rx.foreach(
                view.notes, lambda note: rx.el.li(rx.el.b(note.mark), note.words, key=note.mark)
            ),
            class_name="an-notes",
        ),
        charts.data_table(view.title, head, view.rows),
    )


def channels(view: Value) -> rx.Component:
    """Return a small picture for each channel, all on one scale."""
    return _figure(view, "canais", minis(view.rows))


def minis(items: Value, look: str = "an-mini") -> rx.Component:
    """Return small pictures on one scale; each leads to the analysis of what it shows."""
    return rx.el.div(
        rx.foreach(
            items,
            lambda item: rx.el.div(
                rx.el.h3(rx.el.a(item.name, href=item.href), rx.el.b(item.seen)),
                rx.el.small(item.change),
                rx.el.svg(
                    rx.el.svg.path(d=item.before, class_name="pv"),
                    rx.el.svg.path(d=item.path, class_name="o"),
                    view_box=item.box,
                    preserve_aspect_ratio="none",
                    aria_hidden="true",
                ),
                key=item.name,
            ),
        ),
        class_name=look,
    )


def heat(view: Value) -> rx.Component:
    """Return the table of the hours of the week; the darkest cell has most reports."""
    return _figure(
        view,
        "horas",
        rx.el.table(
            rx.el.thead(rx.el.tr(rx.el.td(), *[rx.el.th(day, scope="col") for day in WEEKDAYS])),
            rx.el.tbody(
                rx.foreach(
                    view.rows,
                    lambda row: rx.el.tr(
                        rx.el.th(row.hours, scope="row"),
                        rx.foreach(
                            row.cells, lambda cell: rx.el.td(cell.words, class_name=cell.shade)
                        ),
                        class_name=rx.cond(row.working, "working", ""),
                        key=row.hours,
                    ),
                )
            ),
            class_name="dash-heat",
        ),
        rx.el.p("Barra à esquerda: expediente.", class_name="mut sm"),
    )
