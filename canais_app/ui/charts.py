"""Charts as SVG paths computed in Python, with labels in HTML so that they stay readable.

Shapes are plain values; components draw them. Coordinates are in the data's units: the picture
stretches, strokes do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import reflex as rx

# A file leaves by a request of its own; the pages' router would look for a page of that name.
DOWNLOAD = {"reloadDocument": True, "download": True}


@dataclass(frozen=True)
class Tick:
    """A label at a place along an axis, as a CSS percentage."""

    words: str = ""
    at: str = "0%"
    minor: bool = False  # left out where the screen is narrow


@dataclass(frozen=True)
class LineShape:
    """A line with its band, thin line and limit, ready to draw."""

    view_box: str = "0 0 1 1"
    seen: str = ""
    band: str = ""
    before: str = ""
    limit: str = ""
    grid: str = ""
    x: list[Tick] = field(default_factory=list)
    y: list[Tick] = field(default_factory=list)
    value: str = ""
    value_at: str = "0%"
    hot: bool = False


@dataclass(frozen=True)
class LinePoint:
    """One point to draw; a missing value breaks its line."""

    words: str
    seen: float
    low: float | None = None
    high: float | None = None
    before: float | None = None
    limit: float | None = None
    minor: bool = False


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _path(values: Sequence[float | None], top: float) -> str:
    parts, pen = [], "M"
    for x, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        parts.append(f"{pen}{x} {_number(top - value)}")
        pen = "L"
    return "".join(parts)


def _band(points: Sequence[LinePoint], top: float) -> str:
    known = [(x, p.low, p.high) for x, p in enumerate(points)]
    edges = [(x, low, high) for x, low, high in known if low is not None and high is not None]
    if len(edges) < 2:  # noqa: PLR2004 (an area needs two points)
        return ""
    up = "L".join(f"{x} {_number(top - high)}" for x, _, high in edges)
    down = "L".join(f"{x} {_number(top - low)}" for x, low, _ in reversed(edges))
    return f"M{up}L{down}Z"


def round_axis_maximum(largest: float) -> int:
    """Return the round number, divisible by four or five steps, at or above the largest value."""
    size = 1
    while True:
        for factor in (4, 8, 10, 20, 40):
            if largest <= factor * size:
                return factor * size
        size *= 10


def build_line_shape(points: Sequence[LinePoint], *, hot: bool = False) -> LineShape:
    """Compute the paths of a line chart; the last point carries its value."""
    if not points:
        return LineShape()
    tallest = max(max(p.seen, p.high or 0, p.before or 0, p.limit or 0) for p in points)
    top, last = round_axis_maximum(max(tallest, 1)), max(len(points) - 1, 1)
    steps = 5 if top % 5 == 0 and top >= 10 else 4  # noqa: PLR2004 (whole numbers on the axis)
    levels = [top * n // steps for n in range(steps + 1)]
    return LineShape(
        view_box=f"0 0 {last} {top}",
        seen=_path([p.seen for p in points], top),
        band=_band(points, top),
        before=_path([p.before for p in points], top),
        limit=_path([p.limit for p in points], top),
        grid="".join(f"M0 {top - level}H{last}" for level in levels),
        x=[
            Tick(p.words, f"{100 * x / last:.2f}%", p.minor)
            for x, p in enumerate(points)
            if p.words
        ],
        y=[Tick(str(level), f"{100 - 100 * level / top:.2f}%") for level in levels],
        value=_number(points[-1].seen),
        value_at=f"{100 - 100 * points[-1].seen / top:.2f}%",
        hot=hot,
    )


def _tick(tick: Any, axis: str) -> rx.Component:
    edge = "left" if axis == "x" else "top"
    return rx.el.span(
        tick.words,
        style={edge: tick.at},
        class_name=rx.cond(tick.minor, f"dash-{axis} minor", f"dash-{axis}"),
        key=tick.at,
    )


def line_chart(shape: Any, words: Any) -> rx.Component:
    """Draw a line chart; `words` state its finding for screen readers."""
    return rx.el.div(
        rx.el.svg(
            rx.el.svg.path(d=shape.grid, class_name="dash-grid-line"),
            rx.el.svg.path(d=shape.band, class_name="dash-band"),
            rx.el.svg.path(d=shape.before, class_name="dash-before"),
            rx.el.svg.path(d=shape.limit, class_name="dash-limit"),
            rx.el.svg.path(d=shape.seen, class_name="dash-seen"),
            view_box=shape.view_box,
            preserve_aspect_ratio="none",
            aria_hidden="true",
        ),
        rx.el.div(
            rx.foreach(shape.y, lambda tick: _tick(tick, "y")),
            rx.foreach(shape.x, lambda tick: _tick(tick, "x")),
            rx.el.span(style={"top": shape.value_at}, class_name="dash-point"),
            rx.el.span(shape.value, style={"top": shape.value_at}, class_name="dash-value"),
            aria_hidden="true",
        ),
        role="img",
        aria_label=words,
        class_name=rx.cond(shape.hot, "dash-plot hot", "dash-plot"),
    )


def readable_chart(shape: Any, words: Any, points: Any, *marks: rx.Component) -> rx.Component:
    """Draw a line chart whose values `charts.js` reads out, by pointer and by keys.

    `points` is a Var of `[words, address, first day, last day]`, one for each point: the address
    opens on a click or Enter, the days are what a drag chooses; empty ones do nothing.
    """
    listed = rx.el.ol(
        rx.foreach(
            points,
            lambda point: rx.el.li(
                point[0],
                custom_attrs={"data-href": point[1], "data-first": point[2], "data-last": point[3]},
                key=point[2] + point[0],
            ),
        ),
        hidden=True,
        class_name="an-points",
    )
    return rx.el.div(
        line_chart(shape, words),
        rx.el.div(
            *marks,
            rx.el.output(class_name="an-said", custom_attrs={"aria-live": "polite"}),
            tab_index=0,
            role="group",
            aria_label=words,
            class_name="an-cross",
            custom_attrs={"data-chart": "serie"},
        ),
        listed,
        class_name="an-series",
    )


def csv_link(href: Any, about: Any) -> rx.Component:
    """Return the link to a figure's numbers; `about` names the figure, for screen readers."""
    hidden = rx.el.span(" – ", about, class_name="visually-hidden")
    return rx.el.a("CSV", hidden, href=href, custom_attrs=DOWNLOAD)


def scroll_area(*children: rx.Component, words: Any) -> rx.Component:
    """Let wide content scroll sideways by itself, by keyboard too."""
    return rx.el.div(
        *children, role="region", aria_label=words, tab_index=0, class_name="dash-scroll"
    )


def data_table(caption: Any, head: Sequence[str], rows: Any) -> rx.Component:
    """Show the figure's numbers as a table; `rows` is a Var of lists of strings."""
    return rx.el.details(
        rx.el.summary("Ver tabela"),
        scroll_area(
            rx.el.table(
                rx.el.thead(rx.el.tr(*[rx.el.th(words, scope="col") for words in head])),
                rx.el.tbody(
                    rx.foreach(
                        rows,
                        lambda row: rx.el.tr(
                            rx.el.th(row[0], scope="row"),
                            *[rx.el.td(row[n]) for n in range(1, len(head))],
                        ),
                    )
                ),
            ),
            words=caption,
        ),
    )
