"""The panel of one complaint: deadline, conversation, answer, legal moves, likely duplicates."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.complaints.queue.state import ANSWER, PANEL_TITLE, QueueState
from canais_app.ui import forms

STATE: Any = QueueState
DETAIL: Any = QueueState.detail
TEXT = rx.Var(f"(document.getElementById('{ANSWER}')?.value ?? '')").to(str)
# The row of the complaint gets the focus before its panel goes.
TO_ROW = rx.Var("(() => document.querySelector('[data-row][data-open=true] a')?.focus())")
Step = rx.vars.ObjectVar[dict[str, Any]]


def _is(*statuses: str) -> Any:  # noqa: ANN401 (a Var)
    found = DETAIL["status"] == statuses[0]
    for status in statuses[1:]:
        found |= DETAIL["status"] == status
    return found


def _act(words: str, action: str, *, key: str = "", look: str = "sec") -> rx.Component:
    return rx.el.button(
        words,
        rx.el.span(key.upper(), class_name="kbd", aria_hidden="true") if key else None,
        type="button",
        on_click=QueueState.act(action, TEXT, STATE.form_key),
        class_name=f"btn {look} xs",
        custom_attrs={"data-key": key} if key else {},
    )


def _head() -> rx.Component:
    return rx.el.header(
        rx.el.div(
            rx.el.span(
                rx.el.span(
                    DETAIL["deadline"].to(str),
                    class_name=rx.cond(DETAIL["late"], "lvl bad", "lvl mute"),
                ),
                rx.el.span(DETAIL["status_words"].to(str), class_name="lvl blue"),
                class_name="rowx",
            ),
            rx.el.span(
                rx.el.a(
                    "Abrir inteira",
                    href=f"{routes.CORREGEDORIA_COMPLAINTS}/" + DETAIL["protocol"].to(str),
                    class_name="lk",
                ),
                rx.el.button(
                    rx.icon("x", size=16, aria_hidden=True),
                    rx.el.span("Fechar o painel", class_name="visually-hidden"),
                    type="button",
                    on_click=[rx.call_function(TO_ROW), QueueState.close],
                    class_name="btn plain xs",
                    custom_attrs={"data-key": "Escape"},
                ),
                class_name="rowx",
            ),
            class_name="rowx sb",
        ),
        rx.el.h2(
            rx.el.span(DETAIL["protocol"].to(str), class_name="n"),
            " · ",
            DETAIL["kind_words"].to(str),
            id=PANEL_TITLE,
            tab_index=-1,
        ),
        rx.el.p(
            rx.el.a(DETAIL["unit"].to(str), href="/unidade/" + DETAIL["unit_slug"].to(str)),
            rx.cond(DETAIL["unit_phone"] != "", " · " + DETAIL["unit_phone"].to(str), ""),
            " · ",
            DETAIL["channel_words"].to(str),
        ),
        rx.cond(
            DETAIL["photo"] != "",
            forms.file_link(
                "Baixar a foto enviada", DETAIL["photo"].to(str), class_name="lk", icon="camera"
            ),
        ),
        _owner(),
        rx.el.div(
            rx.el.i(style={"width": DETAIL["progress"].to_string() + "%"}),
            class_name="pg",
            aria_hidden="true",
        ),
    )


def _owner() -> rx.Component:
    return rx.el.div(
        rx.el.span(
            rx.el.label("Com ", html_for="painel-dono"),
            rx.el.select(
                rx.el.option("ninguém", value="0"),
                rx.foreach(
                    STATE.owners, lambda o: rx.el.option(o["name"], value=o["id"].to_string())
                ),
                id="painel-dono",
                value=DETAIL["owner_id"].to_string(),
                on_change=QueueState.give_to,
            ),
            class_name="pick",
        ),
        rx.cond(DETAIL["owner_id"] == 0, _act("Assumir", "assumir", key="a")),
        rx.el.span(
            rx.cond(
                DETAIL["waiting"],
                "prazo parado",
                DETAIL["days"].to(str) + " · até " + DETAIL["due"].to(str),
            ),
            class_name=rx.cond(DETAIL["late"], "clock late", "clock"),
        ),
        class_name="rowx sb",
    )


def _alerts() -> rx.Component:
    is_stale = STATE.seen_version != DETAIL["version"]
    return rx.fragment(
        rx.cond(
            STATE.others != "",
            rx.el.p(
                rx.icon("users", size=15, aria_hidden=True), STATE.others, class_name="note warn"
            ),
        ),
        rx.el.div(
            rx.cond(
                is_stale & (DETAIL["last_change"] != ""),
                rx.el.div(
                    rx.el.p(DETAIL["last_change"].to(str), " Seu texto está guardado."),
                    rx.el.button(
                        "Ver",
                        type="button",
                        on_click=QueueState.acknowledge,
                        class_name="btn sec xs",
                    ),
                    class_name="note bad",
                ),
            ),
            role="status",
        ),
        rx.cond(
            DETAIL["original"] != "",
            rx.el.p(
                rx.cond(_is("duplicada"), "Duplicada de ", "Foi duplicada de "),
                rx.el.button(
                    DETAIL["original"].to(str),
                    type="button",
                    on_click=QueueState.open(DETAIL["original"].to(str)),
                    class_name="lk",
                ),
                class_name="note info",
            ),
        ),
    )


def _message(step: Step) -> rx.Component:
    look = rx.match(
        step["author"].to(str),
        ("reporter", "msg p1"),
        ("unit", "msg u1"),
        ("system", "msg s1"),
        rx.cond(step["public"].to(bool), "msg c1", "msg nt"),
    )
    return rx.el.li(
        rx.el.div(
            rx.el.b(rx.cond(step["by_reporter"].to(bool), "Quem relatou", step["who"].to(str))),
            rx.cond(step["is_new"].to(bool), rx.el.span("● nova", class_name="nova")),
            rx.cond(step["kind"] != "relato", rx.el.span(step["title"].to(str))),
            rx.el.time(step["at"].to(str)),
            class_name="msg-head",
        ),
        rx.cond(step["text"] != "", rx.el.p(step["text"].to(str))),
        class_name=look,
    )


def _conversation() -> rx.Component:
    return rx.el.div(
        rx.el.div(rx.el.h3("Conversa"), _identity(), class_name="rowx sb"),
        rx.el.ol(rx.foreach(STATE.steps, _message), class_name="talk"),
        class_name="sec",
    )


def _identity() -> rx.Component:
    def fact(name: str, title: str) -> rx.Component:
        return rx.el.div(rx.el.dt(title), rx.el.dd(STATE.identity[name]))

    return rx.cond(
        STATE.identity.contains("text"),
        rx.el.dl(
            fact("name", "Nome"),
            fact("email", "E-mail"),
            fact("text", "Texto como foi escrito"),
            class_name="dlk",
        ),
        rx.el.details(
            rx.el.summary(rx.cond(DETAIL["identified"], "Identidade", "Anônima · identidade")),
            rx.el.form(
                rx.el.label("Por que é preciso saber", html_for="motivo", class_name="lab"),
                rx.el.input(id="motivo", name="why", max_length=500),
                rx.el.p("A abertura fica na auditoria.", class_name="mut sm"),
                rx.el.button("Abrir identidade", type="submit", class_name="btn sec xs"),
                on_submit=QueueState.open_identity,
                class_name="stack",
            ),
            class_name="who",
        ),
    )


def _answer() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.label("Resposta", html_for=ANSWER, class_name="lab"),
            rx.el.span(
                rx.el.label("Modelo", html_for="modelo"),
                rx.el.select(
                    rx.el.option("escolher…", value="0"),
                    rx.foreach(
                        STATE.templates,
                        lambda t: rx.el.option(t["name"], value=t["id"].to_string()),
                    ),
                    id="modelo",
                    key=STATE.form_key,
                    default_value="0",
                    on_change=QueueState.fill,
                    custom_attrs={"data-key": "m"},
                ),
                class_name="pick",
            ),
            class_name="rowx sb",
        ),
        rx.el.textarea(
            id=ANSWER,
            rows="5",
            max_length=2000,
            default_value=STATE.draft,
            key=STATE.form_key,
            aria_describedby="resposta-dica resposta-rascunho",
            custom_attrs={"data-draft": "reclamacao:" + STATE.opened},
        ),
        rx.cond(
            STATE.filled.length() > 0,
            rx.el.p(
                "Preenchido pelo sistema, confira: ",
                rx.foreach(STATE.filled, lambda words: rx.el.span(words, class_name="lvl blue")),
                class_name="rowx sm",
            ),
        ),
        rx.el.p(
            "Quem relatou lê a resposta; a unidade lê o encaminhamento.",
            id="resposta-dica",
            class_name="mut sm",
        ),
        rx.el.p(id=f"{ANSWER}-rascunho", role="status", class_name="draft-note mut sm"),
        _moves(),
        class_name="sec",
    )


def _moves() -> rx.Component:
    can = STATE.moves.contains
    is_pending = _is("recebida", "em_analise", "encaminhada")
    return rx.el.div(
        rx.cond(is_pending, _act("Responder", "responder", key="r", look="pri")),
        rx.cond(
            _is("recebida", "em_analise", "respondida"), _act("Encaminhar", "encaminhar", key="e")
        ),
        rx.cond(_is("encaminhada"), _act("Devolver à unidade", "devolver", key="d")),
        rx.cond(
            can("em_analise"),
            rx.cond(
                _is("recebida"),
                _act("Em análise", "em_analise", key="v"),
                rx.cond(
                    _is("encaminhada"),
                    _act("Voltar à análise", "em_analise", key="v"),
                    _act("Reabrir", "em_analise", key="v"),
                ),
            ),
        ),
        rx.cond(can("resolvida"), _act("Resolvida", "resolvida")),
        rx.cond(is_pending, _act("Pedir complemento", "complemento", key="c")),
        rx.cond(is_pending & ~DETAIL["extended"].to(bool), _act("Prorrogar 30 dias", "prorrogar")),
        rx.cond(can("nao_confirmada"), _act("Não confirmada", "nao_confirmada")),
        rx.cond(~is_pending, _act("Enviar mensagem", "mensagem")),
        _act("Nota interna", "nota", key="n"),
        role="group",
        aria_label="O que fazer",
        class_name="steps",
    )


def _likely(other: Step) -> rx.Component:
    protocol = other["protocol"].to(str)
    return rx.el.li(
        rx.el.button(
            protocol, type="button", on_click=QueueState.open(protocol), class_name="lk n"
        ),
        rx.el.span(other["words"].to(str), class_name="mut"),
        rx.el.span(other["day"].to(str), class_name="n"),
        rx.el.span(other["percent"].to_string() + "% igual"),
        rx.el.button(
            "Juntar",
            rx.el.span(" ", protocol, " a esta", class_name="visually-hidden"),
            type="button",
            on_click=QueueState.merge(protocol),
            class_name="btn sec xs",
        ),
        key=protocol,
    )


def _duplicates() -> rx.Component:
    count = STATE.likely.length()
    return rx.cond(
        count > 0,
        rx.el.div(
            rx.el.div(
                rx.el.h3("Parecidas na mesma unidade · ", count),
                rx.cond(
                    count > 1,
                    rx.el.button(
                        "Juntar todas a esta",
                        type="button",
                        on_click=QueueState.merge_every,
                        class_name="btn sec xs",
                    ),
                ),
                class_name="rowx sb",
            ),
            rx.el.ul(rx.foreach(STATE.likely, _likely), class_name="alike"),
            class_name="sec",
        ),
    )


def panel() -> rx.Component:
    """Return the panel of the open complaint."""
    return rx.el.section(
        rx.cond(
            DETAIL.contains("protocol"),
            rx.fragment(_head(), _alerts(), _conversation(), _answer(), _duplicates()),
            rx.el.p("Não encontramos esta reclamação.", class_name="sec"),
        ),
        aria_label="Reclamação aberta",
        class_name="card pn",
    )
