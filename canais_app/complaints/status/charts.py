"""The pictures of the public status, each with its table: hours, comarcas, days."""

import reflex as rx

from canais_app import routes
from canais_app.complaints.public_status.views import (
    AxisLabel,
    ChannelHistory,
    ChannelStrip,
    HourBar,
    Tile,
)
from canais_app.complaints.status.state import PublicStatusState as State
from canais_app.ui import forms

CHANNEL_ICONS = (
    ("telefone", "phone"),
    ("whatsapp", "message-circle"),
    ("email", "mail"),
    ("balcao_virtual", "video"),
    ("agendamento", "calendar"),
)


def channel_icon(kind: rx.Var[str]) -> rx.Component:
    """Return the icon of a kind of channel."""
    cases = [(name, rx.icon(icon, size=20, aria_hidden=True)) for name, icon in CHANNEL_ICONS]
    return rx.match(kind, *cases, rx.fragment())


def _bar(bar: rx.Var[HourBar]) -> rx.Component:
    return rx.el.i(class_name=bar.kind, style={"height": f"{bar.height}%"})


def _strip(strip: rx.Var[ChannelStrip]) -> rx.Component:
    return rx.el.li(
        rx.el.span(channel_icon(strip.channel), strip.name, class_name="n"),
        rx.el.div(
            rx.el.div(
                rx.foreach(strip.bars, _bar), role="img", aria_label=strip.label, class_name="h24"
            ),
            class_name="bars",
        ),
        rx.el.span(
            rx.cond(strip.count != "", rx.fragment(strip.count, rx.el.br())),
            strip.state,
            class_name=rx.cond(strip.is_hot, "o bad", "o muted"),
        ),
        class_name="strip",
        key=strip.channel,
    )


def _axis_label(label: rx.Var[AxisLabel]) -> rx.Component:
    return rx.el.span(label.words, style={"grid_column": label.column})


def _hours_table() -> rx.Component:
    header = rx.el.tr(
        rx.el.th("Hora", scope="col"),
        rx.foreach(State.strips, lambda strip: rx.el.th(strip.name, scope="col")),
    )
    return rx.el.details(
        rx.el.summary("Ver tabela"),
        rx.el.div(
            rx.el.table(
                rx.el.caption("Relatos por hora e canal", class_name="visually-hidden"),
                rx.el.thead(header),
                rx.el.tbody(
                    rx.foreach(State.hours, lambda row: rx.el.tr(rx.foreach(row, rx.el.td)))
                ),
                class_name="data",
            ),
            class_name="table-wrap",
            tab_index=0,
            role="region",
            aria_label="Tabela de relatos por hora",
        ),
    )


def _key(*entries: tuple[str, str]) -> rx.Component:
    return rx.el.p(
        *[rx.el.span(rx.el.i(class_name=kind), words) for kind, words in entries],
        class_name="lg muted",
        aria_hidden="true",
    )


def hours_section() -> rx.Component:
    """Return the last 24 hours of each channel."""
    return rx.el.section(
        rx.el.figure(
            rx.el.figcaption(rx.el.h2(State.strips_title)),
            rx.el.ul(rx.foreach(State.strips, _strip)),
            rx.el.div(
                rx.el.span(),
                rx.el.div(
                    rx.foreach(State.axis, _axis_label), aria_hidden="true", class_name="axis"
                ),
                rx.el.span(),
                class_name="strip ax",
            ),
            _key(
                ("ob", "relatos por hora"),
                ("hi", "! acima do normal"),
                ("off", "fora do expediente"),
            ),
            rx.el.div(
                _hours_table(),
                rx.el.a(
                    "CSV",
                    href=State.hours_file,
                    class_name="link",
                    custom_attrs={"reloadDocument": True},
                ),
                class_name="between",
            ),
        ),
        class_name="card pad",
    )


def _tile(tile: rx.Var[Tile], index: rx.Var[int]) -> rx.Component:
    return rx.el.a(
        rx.el.span(tile.code, aria_hidden="true"),
        rx.el.span(tile.words, class_name="visually-hidden"),
        href=tile.href,
        title=tile.name,
        tab_index=rx.cond(index == 0, 0, -1),
        class_name=f"tile {tile.state}",
        style={"grid_column": tile.column, "grid_row": tile.row},
        key=tile.slug,
    )


def _tile_picture(tile: rx.Var[Tile]) -> rx.Component:
    return rx.el.span(
        class_name=f"tile {tile.state}",
        style={"grid_column": tile.column, "grid_row": tile.row},
        key=tile.slug,
    )


def _map() -> rx.Component:
    return rx.el.figure(
        rx.el.figcaption(
            "Cada quadro é uma comarca (região de um fórum), perto de onde fica no mapa. ",
            rx.cond(
                State.troubled.length() > 0,
                rx.fragment(
                    f"{State.troubled.length()} de {State.tiles.length()} têm algo agora: ",
                    rx.foreach(
                        State.troubled,
                        lambda row, i: rx.fragment(
                            rx.cond(i > 0, ", ", ""), rx.el.a(row["name"], href=row["href"])
                        ),
                    ),
                    ".",
                ),
                "Nenhuma tem falha ou fechamento agora.",
            ),
            class_name="small muted",
        ),
        rx.el.div(
            rx.foreach(State.tiles, _tile),
            role="group",
            aria_label="Mapa de quadros das comarcas; as setas andam por ele",
            class_name="tiles links",
        ),
        rx.el.div(
            rx.foreach(State.tiles, _tile_picture),
            role="img",
            aria_label="Mapa de quadros das comarcas; os nomes estão na lista",
            class_name="tiles picture",
        ),
        _key(
            ("", "nada acima do normal"),
            ("hi", "! falha"),
            ("cl", "× fechado"),
            ("nd", "sem dados"),
        ),
    )


def _place(row: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.el.li(
        rx.cond(row["href"] != "", rx.el.a(row["name"], href=row["href"]), rx.el.span(row["name"])),
        rx.el.span(
            row["words"],
            rx.cond(row["reports"] != "", f" · {row['reports']}", ""),
            class_name="muted small",
        ),
    )


def places_section() -> rx.Component:
    """Return the search of a comarca, the tile map, and the list behind it."""
    return rx.el.section(
        rx.el.h2(rx.cond(State.kind == "estado", "Ver uma comarca", "Unidades")),
        forms.PlainForm.create(
            rx.el.label("Nome da comarca", html_for="comarca", class_name="visually-hidden"),
            rx.el.div(
                rx.icon("search", size=20, aria_hidden=True),
                rx.el.input(
                    id="comarca",
                    name="comarca",
                    placeholder="Nome da comarca",
                    custom_attrs={"list": "comarcas"},
                    auto_complete="off",
                    max_length=80,
                ),
                rx.el.button("Ver", type="submit", class_name="btn sm pri"),
                class_name="find",
            ),
            rx.el.datalist(
                rx.foreach(State.comarcas, lambda c: rx.el.option(value=c.name)), id="comarcas"
            ),
            action=routes.STATUS,
            method="get",
            class_name="status-find",
        ),
        rx.cond(
            State.kind == "estado",
            rx.fragment(
                _map(),
                rx.el.details(
                    rx.el.summary("Ver lista"),
                    rx.el.ul(rx.foreach(State.places, _place), class_name="place-list"),
                ),
            ),
            rx.fragment(
                rx.el.ul(rx.foreach(State.places, _place), class_name="place-list"),
                rx.el.p(rx.el.a("Ver todo o Estado", href=routes.STATUS, class_name="link")),
            ),
        ),
        class_name="card pad",
    )


def _days(row: rx.Var[ChannelHistory]) -> rx.Component:
    return rx.el.li(
        rx.el.span(channel_icon(row.channel), row.name, class_name="n"),
        rx.el.div(
            rx.el.div(
                rx.foreach(row.days, lambda day: rx.el.i(class_name=day)),
                role="img",
                aria_label=row.label,
                class_name="d90",
            ),
            class_name="bars",
        ),
        rx.el.span(rx.el.b(row.score), " dias", rx.el.br(), "sem falha", class_name="o muted"),
        class_name="strip",
        key=row.channel,
    )


def _failed_days(row: rx.Var[ChannelHistory]) -> rx.Component:
    return rx.el.li(
        rx.el.b(row.name, ": "),
        rx.cond(row.failures.length() > 0, row.failures.join("; "), "nenhum dia com falha"),
    )


def history_section() -> rx.Component:
    """Return the last 90 days of each channel."""
    return rx.el.section(
        rx.el.figure(
            rx.el.figcaption(
                rx.el.h2(State.history_title), rx.el.p(State.history_note, class_name="small muted")
            ),
            rx.el.ul(rx.foreach(State.history, _days)),
            _key(
                ("dn", "sem falha"),
                ("rel", "relatada"),
                ("hi", "confirmada"),
                ("no", "sem expediente"),
            ),
            rx.el.details(
                rx.el.summary("Ver dias com falha"),
                rx.el.ul(rx.foreach(State.history, _failed_days), class_name="place-list"),
            ),
        ),
        class_name="card pad sit-history",
    )
