"""Page of the desk: views, search, the dense table, the panel beside it."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_frame
from canais_app.complaints.lifecycle import COMPLAINT_STATUS_NAMES
from canais_app.complaints.queue import bulk_parts, desk
from canais_app.complaints.queue.panel import panel
from canais_app.complaints.queue.state import COLUMNS, REFUSAL, QueueState
from canais_app.complaints.scope_bar.bar import MONTH, WEEK, YEAR, desk_tabs, scope_bar
from canais_app.ui import desk as ui_desk
from canais_app.ui import feedback, shell
from canais_app.ui.persistence import show_once_ready

HERE = routes.CORREGEDORIA_COMPLAINTS
STATE: Any = QueueState
Row = rx.vars.ObjectVar[dict[str, Any]]
SORTS = (
    ("prazo", "prazo"),
    ("-prazo", "prazo, do fim"),
    ("recentes", "mais novas"),
    ("antigas", "mais velhas"),
)
KEYS = (
    ("J K", "descer, subir"),
    ("X", "escolher"),
    ("↵", "abrir"),
    ("A", "assumir"),
    ("E", "encaminhar"),
    ("R", "responder"),
    ("M", "modelo"),
    ("N", "nota"),
    ("/", "buscar"),
    ("Z", "desfazer"),
    ("Esc", "fechar"),
)


def _join(query: Any) -> Any:  # noqa: ANN401 (a Var)
    return rx.cond(STATE.scope_query != "", query + "&" + STATE.scope_query, query)


def _heading() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            shell.page_heading(rx.cond(STATE.headline != "", STATE.headline, "Reclamações")),
            rx.el.p(
                "Textos sem dados pessoais. Abrir a identidade de quem relatou fica registrado."
            ),
        ),
        rx.el.div(
            ui_desk.live_mark(
                STATE.stamp, STATE.moment, STATE.moment, STATE.paused, QueueState.pause
            ),
            class_name="live",
        ),
        class_name="hd",
    )


def _view(queue: dict[str, str]) -> rx.Component:
    code = queue["code"]
    number = STATE.counts[code]
    is_current = STATE.chosen_filter["view"] == code
    return rx.el.a(
        queue["name"],
        rx.el.b(rx.cond(number, number, "")),
        href=_join(f"{HERE}?view={code}"),
        class_name=rx.cond(number == "0", "", queue["tone"]),
        custom_attrs={"aria-current": rx.cond(is_current, "true", "false")},
    )


def _own_view(view: Row) -> rx.Component:
    return rx.el.span(
        rx.el.a(view["name"], href=HERE + "?" + view["query"].to(str)),
        rx.el.button(
            rx.icon("x", size=13, aria_hidden=True),
            rx.el.span("Apagar a visão ", view["name"], class_name="visually-hidden"),
            type="button",
            on_click=QueueState.drop_view(view["id"].to(int)),
        ),
        class_name="own-view",
        key=view["id"].to_string(),
    )


def _views() -> rx.Component:
    return rx.el.nav(
        *[_view(queue) for queue in desk.list_queues()],
        rx.foreach(STATE.own_views, _own_view),
        rx.el.details(
            rx.el.summary("+ Guardar esta"),
            rx.el.form(
                rx.el.label("Nome da visão", html_for="nome-da-visao"),
                rx.el.input(id="nome-da-visao", name="name", max_length=60, auto_complete="off"),
                rx.el.button("Guardar", type="submit", class_name="btn pri xs"),
                on_submit=QueueState.keep_view,
                class_name="card pop",
            ),
            key=STATE.own_views.length().to_string(),
        ),
        _columns(),
        aria_label="Visões guardadas",
        class_name="vw",
    )


def _pick(field: str, words: str, *options: rx.Component) -> rx.Component:
    value = STATE.chosen_filter["order" if field == "sort" else field]
    return rx.el.div(
        rx.el.label(words, html_for=f"lista-{field}"),
        rx.el.select(
            *options,
            id=f"lista-{field}",
            value=value,
            on_change=lambda chosen: QueueState.choose(field, chosen),
        ),
        class_name="pick",
    )


def _tools() -> rx.Component:
    return rx.el.div(
        rx.el.form(
            rx.icon("search", size=16, aria_hidden=True),
            rx.el.input(
                id="busca",
                name="q",
                type="search",
                placeholder="Buscar no texto, nº de protocolo ou unidade",
                default_value=STATE.chosen_filter["q"],
                key=STATE.query,
                disabled=STATE.query == "",  # what is typed before the list is read would be lost
                auto_complete="off",
                max_length=120,
                aria_label="Buscar no texto, nº de protocolo ou unidade",
                custom_attrs={"data-key": "/"},
            ),
            rx.el.span("/", class_name="kbd", aria_hidden="true"),
            on_submit=QueueState.search,
            role="search",
            class_name="desk-find",
        ),
        _pick(
            "situacao",
            "Situação",
            rx.el.option("da visão", value=""),
            rx.el.option("abertas", value="abertas"),
            *[rx.el.option(n.lower(), value=str(c)) for c, n in COMPLAINT_STATUS_NAMES.items()],
        ),
        _pick(
            "dono",
            "Responsável",
            rx.el.option("qualquer", value=""),
            rx.el.option("eu", value="eu"),
            rx.el.option("ninguém", value="ninguem"),
            rx.foreach(STATE.owners, lambda o: rx.el.option(o["name"], value=o["id"].to_string())),
        ),
        _pick("sort", "Ordem", *[rx.el.option(words, value=code) for code, words in SORTS]),
        rx.cond(
            STATE.is_private,
            rx.el.span("As palavras procuradas não vão ao endereço.", class_name="mut sm"),
            rx.el.span(
                *[
                    rx.el.a(
                        kind.upper(),
                        href=f"{routes.COMPLAINTS_EXPORT.format(kind=kind)}?" + STATE.query,
                        class_name="btn sec xs",
                        custom_attrs={"reloadDocument": True, "download": True},
                    )
                    for kind in ("csv", "xlsx")
                ],
                class_name="rowx",
            ),
        ),
        class_name="tools",
    )


def _cells(row: Row) -> list[rx.Component]:
    protocol = row["protocol"].to(str)
    is_open = STATE.opened == protocol
    flash = STATE.versions[protocol] != row["version"]
    return [
        rx.el.td(
            rx.el.input(
                type="checkbox",
                checked=STATE.ticked.contains(protocol),
                on_change=lambda _: QueueState.tick(protocol),
                class_name="cb",
                aria_label="Escolher " + protocol,
            )
        ),
        rx.el.td(
            rx.match(
                row["due_tone"],
                ("hot", rx.el.span("● ", aria_hidden="true")),
                ("due", rx.el.span("◐ ", aria_hidden="true")),
                rx.fragment(),
            ),
            row["due_short"],
            class_name="pz " + row["due_tone"].to(str),
        ),
        rx.el.th(
            rx.el.a(
                protocol,
                href=f"{HERE}/" + protocol,
                id="linha-" + protocol,
                on_click=QueueState.open(protocol).prevent_default,
                custom_attrs={
                    "data-row-link": "",
                    "aria-current": rx.cond(is_open, "true", "false"),
                },
            ),
            scope="row",
            class_name="n",
        ),
        rx.el.td(row["unit"], title=row["unit"].to(str), class_name="un"),
        rx.el.td(row["channel"], class_name="ch"),
        rx.el.td(row["kind"], class_name="kd"),
        rx.el.td(
            rx.cond(row["same"].to(int) > 1, rx.el.span("×", row["same"], class_name="gq")),
            rx.cond(row["unread"], rx.el.span("● nova", class_name="nw")),
            class_name="eq",
        ),
        rx.el.td(row["status_words"], class_name="st"),
        rx.el.td(
            rx.el.span(
                ui_desk.avatar(row["initials"], small=True),
                rx.el.span(
                    rx.cond(row["owner"] != "", row["owner"], "ninguém"),
                    class_name="visually-hidden",
                ),
                title=row["owner"].to(str),
            ),
            class_name=rx.cond(flash, "ow flash", "ow"),
        ),
        rx.el.td(row["occurred"], class_name="oc wide n"),
        rx.el.td(row["text"], class_name="tx wide"),
    ]


def _row(row: Row) -> rx.Component:
    protocol = row["protocol"].to(str)
    is_open, is_ticked = STATE.opened == protocol, STATE.ticked.contains(protocol)
    return rx.fragment(
        rx.cond(
            row["heading"] != "",
            rx.el.tr(rx.el.th(row["heading"], col_span=11, scope="colgroup"), class_name="day"),
        ),
        rx.el.tr(
            *_cells(row),
            custom_attrs={
                "data-row": protocol,
                "data-new": rx.cond(row["unread"], "true", "false"),
                "data-open": rx.cond(is_open, "true", "false"),
                "aria-current": rx.cond(is_open, "true", "false"),
                "data-ticked": rx.cond(is_ticked, "true", "false"),
            },
        ),
        key=protocol,
    )


def _heads() -> list[tuple[str, str]]:
    """Return the heads of the columns that can be hidden, and their classes."""
    return [
        ("Resp." if code == "ow" else words, f"{code} wide" if code in ("oc", "tx") else code)
        for code, words in COLUMNS.items()
    ]


def _columns() -> rx.Component:
    hidden: Any = QueueState.hidden_columns.to(str).split(" ")
    return rx.el.details(
        rx.el.summary("Colunas"),
        rx.el.fieldset(
            rx.el.legend("Colunas da lista", class_name="visually-hidden"),
            *[
                rx.el.label(
                    rx.el.input(
                        type="checkbox",
                        checked=~hidden.contains(code),
                        on_change=lambda _, code=code: QueueState.toggle_column(code),
                        class_name="cb",
                    ),
                    words,
                )
                for code, words in COLUMNS.items()
            ],
            class_name="card pop",
        ),
    )


def _table() -> rx.Component:
    return rx.el.div(
        bulk_parts.bulk_bar(),
        rx.el.div(
            rx.cond(
                STATE.fresh > 0,
                rx.el.button(
                    "↑ ",
                    STATE.fresh,
                    rx.cond(STATE.fresh == 1, " nova: mostrar", " novas: mostrar"),
                    type="button",
                    on_click=QueueState.show_fresh,
                    class_name="lk fresh",
                ),
            ),
            role="status",
        ),
        rx.el.table(
            rx.el.caption("Reclamações", class_name="visually-hidden"),
            rx.el.thead(
                rx.el.tr(
                    rx.el.td(
                        rx.el.input(
                            type="checkbox",
                            checked=(STATE.ticked.length() > 0)
                            & (STATE.ticked.length() == STATE.rows.length()),
                            on_change=lambda _: QueueState.tick_all,
                            class_name="cb",
                            aria_label="Escolher todas as da tela",
                        )
                    ),
                    rx.el.th(
                        "Prazo",
                        scope="col",
                        custom_attrs={
                            "aria-sort": rx.cond(
                                STATE.chosen_filter["order"] == "prazo", "ascending", "none"
                            )
                        },
                    ),
                    *[
                        rx.el.th(words, scope="col", class_name=name)
                        for words, name in (("Protocolo", ""), ("Unidade", ""), *_heads())
                    ],
                )
            ),
            rx.el.tbody(rx.foreach(STATE.rows, _row), custom_attrs={"data-rows": ""}),
            class_name="desk q",
            custom_attrs={"data-hide": QueueState.hidden_columns},
        ),
        rx.cond(
            STATE.more != "",
            rx.el.button(
                "Mostrar mais",
                type="button",
                on_click=QueueState.show_more,
                class_name="btn sec xs",
            ),
        ),
        _hints(),
        role="region",
        aria_label="Lista de reclamações",
        tab_index=0,
        class_name="card table-card",
    )


def _hints() -> rx.Component:
    return rx.el.div(
        *[rx.el.span(rx.el.span(keys, class_name="kbd"), words) for keys, words in KEYS[:6]],
        ui_desk.key_help(*KEYS),
        class_name="key-hints",
    )


def _news() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.cond(
                STATE.news != "",
                rx.el.div(
                    rx.el.p(STATE.news),
                    rx.cond(
                        STATE.may_undo,
                        rx.el.button(
                            "Desfazer",
                            rx.el.span("Z", class_name="kbd", aria_hidden="true"),
                            type="button",
                            on_click=QueueState.undo,
                            class_name="btn sec xs undo",
                            custom_attrs={"data-key": "z"},
                        ),
                    ),
                    key=STATE.form_key + STATE.news,
                    class_name="note ok news",
                ),
            ),
            role="status",
        ),
        rx.cond(STATE.refused != "", rx.el.div(rx.el.p(STATE.refused), class_name="note warn")),
        rx.el.div(feedback.error_message(STATE.problem), id=REFUSAL, tab_index=-1),
        class_name="stack",
    )


def _empty() -> rx.Component:
    return feedback.empty_state(
        "Nenhuma reclamação aqui",
        rx.el.p("Nada espera nesta visão com este recorte."),
        rx.el.a("Ver todas as abertas", href=f"{HERE}?view=abertas"),
    )


def page() -> rx.Component:
    """Return the Corregedoria's desk of complaints."""
    return staff_frame(
        _heading(),
        scope_bar(HERE, WEEK, MONTH, YEAR, unset="Abertas"),
        desk_tabs(HERE),
        _views(),
        _tools(),
        _news(),
        show_once_ready(
            STATE.ready,
            rx.el.div(
                rx.cond(STATE.rows.length() == 0, _empty(), _table()),
                rx.cond(STATE.opened != "", panel()),
                class_name=rx.cond(STATE.opened != "", "rc with-panel", "rc"),
            ),
            feedback.skeleton(8),
        ),
        here=HERE,
        dense=True,
    )
