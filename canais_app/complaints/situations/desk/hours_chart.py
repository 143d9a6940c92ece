"""Draw the last hours of failing channels: people, what is normal, the limit, marks, table."""

from typing import Any

import reflex as rx

from canais_app.ui import charts

Value = Any  # a Var of DetailView or IncidentView, or of its words
HEAD = ("Hora", "Visto", "Esperado", "Faixa normal", "Limite", "Semana passada")


def hours_chart(view: Value, name: str, about: Value, *links: rx.Component) -> rx.Component:
    """Return the figure; `charts.js` reads its values, by pointer and by keys."""
    return rx.el.figure(
        rx.el.figcaption(
            rx.el.h2(view.chart_title, id=name), *links, rx.el.p(about), class_name="ph"
        ),
        rx.el.ul(
            rx.el.li(rx.el.i(class_name="k-seen"), "visto"),
            rx.el.li(rx.el.i(class_name="k-band"), "faixa normal (90%)"),
            rx.el.li(rx.el.i(class_name="k-limit"), "limite do alarme"),
            rx.el.li(rx.el.i(class_name="k-before"), "mesmo dia da semana passada"),
            class_name="sit-legend",
        ),
        rx.el.div(
            rx.foreach(
                view.flags,
                lambda flag: rx.el.span(
                    flag.letter, style={"left": flag.at}, class_name="flag", key=flag.letter
                ),
            ),
            aria_hidden="true",
            class_name="sit-flags",
        ),
        charts.readable_chart(view.chart, view.chart_words, view.points),
        rx.el.ol(
            rx.foreach(
                view.flags,
                lambda flag: rx.el.li(
                    rx.el.span(flag.letter, class_name="flag"),
                    rx.el.time(flag.time),
                    " ",
                    flag.words,
                    key=flag.letter,
                ),
            ),
            class_name="sit-notes",
        ),
        charts.data_table(view.chart_title, HEAD, view.table),
        rx.el.script(src="/charts.js", custom_attrs={"async": True}),
        aria_labelledby=name,
        class_name="card p sit-chart",
    )
