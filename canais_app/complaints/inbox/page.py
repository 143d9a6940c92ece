"""Page of the unit's inbox: list, the complaint with what the unit did, contacts beside."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_frame
from canais_app.complaints.inbox.state import ANSWER, REFUSAL, InboxState
from canais_app.complaints.situations.unit_side import KNOWS, MAX_WORDS, WORKS
from canais_app.complaints.triage.unit_inbox import DEEDS
from canais_app.directory.management import page as management
from canais_app.ui import feedback, forms, shell
from canais_app.ui.desk import avatar
from canais_app.ui.persistence import persisted, show_once_ready

STATE: Any = InboxState
DETAIL: Any = InboxState.detail
Row = rx.vars.ObjectVar[dict[str, Any]]


def _clock(words: Any, tone: Any) -> rx.Component:  # noqa: ANN401 (Vars)
    look = rx.match(tone, ("bad", "clock late"), ("warn", "clock near"), "clock")
    return rx.el.span(rx.icon("clock", size=13, aria_hidden=True), words, class_name=look)


def _taker(row: Row) -> rx.Component:
    return rx.el.span(
        avatar(row["initials"], small=True),
        rx.cond(row["taker"] != "", row["taker"].to(str), "ninguém pegou"),
        rx.match(
            row["mark"],
            ("voltou", rx.el.span("! voltou", class_name="lvl warn")),
            ("enviada", rx.el.span("enviada", class_name="lvl obs")),
            rx.fragment(),
        ),
        class_name="own",
    )


def _item(row: Row) -> rx.Component:
    protocol = row["protocol"].to(str)
    return rx.el.li(
        rx.el.a(
            rx.el.span(
                _clock(row["deadline"].to(str), row["tone"].to(str)),
                rx.el.span(protocol, class_name="mut n sm"),
                class_name="a",
            ),
            rx.el.span(
                row["title"].to(str),
                rx.cond(
                    row["same"].to(int) > 1, rx.el.span(" ×", row["same"], class_name="lvl mute")
                ),
                class_name="t",
            ),
            rx.cond(
                row["excerpt"] != "",
                rx.el.span("“", row["excerpt"].to(str), "”", class_name="x"),
                rx.el.span("Sem texto.", class_name="x"),
            ),
            _taker(row),
            href=f"{routes.MANAGEMENT}?reclamacao=" + protocol,
            id="linha-" + protocol,
            on_click=InboxState.open(protocol).prevent_default,
            class_name="it",
            custom_attrs={
                "data-row": protocol,
                "aria-current": rx.cond(STATE.opened == protocol, "true", "false"),
            },
        ),
        key=protocol,
    )


def _list() -> rx.Component:
    is_sent = STATE.which == "enviadas"
    return rx.el.section(
        rx.el.div(
            rx.el.span(
                rx.cond(is_sent, "Respondidas por nós · ", "Para responder · "), STATE.rows.length()
            ),
            rx.el.span(rx.cond(is_sent, "mais novas", "por prazo ▲")),
            class_name="gh",
        ),
        rx.el.ul(rx.foreach(STATE.rows, _item), custom_attrs={"data-rows": ""}),
        rx.el.p(
            rx.cond(
                is_sent,
                rx.el.a("Para responder", href=routes.MANAGEMENT, class_name="lk"),
                rx.el.a(
                    "Respondidas por nós",
                    href=f"{routes.MANAGEMENT}?caixa=enviadas",
                    class_name="lk",
                ),
            ),
            class_name="p",
        ),
        aria_label="Reclamações encaminhadas",
        class_name="card ls",
    )


def _quote(step: Row) -> rx.Component:
    return rx.el.blockquote(rx.el.small(step["at"].to(str)), step["text"].to(str), class_name="qt")


def _head() -> rx.Component:
    is_answered = DETAIL["answered"] != ""
    return rx.el.div(
        rx.el.div(
            _clock("Responder: " + DETAIL["deadline"].to(str), DETAIL["tone"].to(str)),
            rx.el.span(DETAIL["protocol"].to(str), class_name="mut sm n"),
            class_name="rowx sb",
        ),
        rx.el.h2(DETAIL["title"].to(str), id="reclamacao", tab_index=-1),
        rx.el.p(
            DETAIL["unit"].to(str),
            " · recebida em ",
            DETAIL["received"].to(str),
            " · prazo final para quem relatou: ",
            DETAIL["final"].to(str),
            class_name="mut sm",
        ),
        rx.el.ol(
            rx.el.li("Recebida ", DETAIL["received"].to(str), class_name="d"),
            rx.el.li("Encaminhada ", DETAIL["forwarded"].to(str), class_name="d"),
            rx.el.li("Com a unidade", class_name=rx.cond(is_answered, "d", "c")),
            rx.el.li("Com a Corregedoria", class_name=rx.cond(is_answered, "c", "")),
            class_name="track",
        ),
        class_name="sec",
    )


def _reported() -> rx.Component:
    reports: Any = DETAIL["reports"].to(list[dict[str, Any]])
    asked: Any = DETAIL["asked"].to(list[dict[str, Any]])
    return rx.el.div(
        rx.el.h3("O que relataram"),
        rx.cond(
            reports.length() > 0,
            rx.foreach(reports, _quote),
            rx.el.p("Sem texto.", class_name="mut"),
        ),
        rx.foreach(
            asked,
            lambda step: rx.el.p(
                rx.el.b("A Corregedoria pede: "), step["text"].to(str), class_name="ink"
            ),
        ),
        class_name="sec",
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.fieldset(
            rx.el.legend("O que fizemos", class_name="lab"),
            rx.el.div(
                *[
                    rx.el.label(
                        rx.el.input(
                            type="checkbox", name=f"fizemos-{deed}", value="1", class_name="cb"
                        ),
                        words,
                    )
                    for deed, words in DEEDS.items()
                ]
            ),
            class_name="deeds",
        ),
        rx.el.label("Resposta", html_for=ANSWER, class_name="lab"),
        rx.el.textarea(
            id=ANSWER,
            name="text",
            rows="4",
            max_length=2000,
            aria_describedby=f"{ANSWER}-dica {ANSWER}-rascunho",
            custom_attrs={"data-draft": "unidade:" + STATE.opened},
        ),
        rx.el.p(
            "Vai à Corregedoria, que responde a quem relatou. ",
            "Não ponha nomes nem número de processo.",
            id=f"{ANSWER}-dica",
            class_name="mut sm",
        ),
        rx.el.p(id=f"{ANSWER}-rascunho", role="status", class_name="draft-note mut sm"),
        rx.el.div(
            rx.el.button("Enviar à Corregedoria", type="submit", class_name="btn pri"),
            rx.cond(
                ~DETAIL["is_mine"].to(bool),
                rx.el.button(
                    rx.cond(DETAIL["taker"] != "", "Pegar para mim", "Pegar"),
                    type="button",
                    on_click=InboxState.take,
                    class_name="btn sec",
                    custom_attrs={"data-key": "a"},
                ),
            ),
            rx.el.button(
                "Não é conosco…",
                type="button",
                on_click=InboxState.ask_refusal,
                class_name="btn plain",
            ),
            class_name="rowx acts",
        ),
        forms.send_once(STATE.form_key),
        on_submit=InboxState.answer,
        no_validate=True,
        key=persisted(STATE.form_key, STATE.form_key != ""),
        class_name="sec",
    )


def _refusal() -> rx.Component:
    return rx.cond(
        STATE.is_refusing,
        rx.el.form(
            rx.el.label("Por que não é da unidade", html_for="motivo-devolucao", class_name="lab"),
            rx.el.textarea(id="motivo-devolucao", name="reason", rows="3", max_length=2000),
            rx.el.p("Diga de quem é, se souber. A Corregedoria lê.", class_name="mut sm"),
            rx.el.button("Devolver à Corregedoria", type="submit", class_name="btn danger"),
            forms.send_once(STATE.form_key),
            on_submit=InboxState.refuse,
            no_validate=True,
            class_name="sec stack",
        ),
    )


def _history() -> rx.Component:
    steps: Any = DETAIL["steps"].to(list[dict[str, Any]])
    return rx.el.div(
        rx.el.h3("O que já houve"),
        rx.el.ol(
            rx.foreach(
                steps, lambda step: rx.el.li(rx.el.time(step["at"].to(str)), step["text"].to(str))
            ),
            class_name="tl",
        ),
        class_name="sec",
    )


def _detail() -> rx.Component:
    is_stale = STATE.seen_version != DETAIL["version"]
    return rx.el.section(
        rx.el.button(
            "‹ Todas as reclamações", type="button", on_click=InboxState.back, class_name="lk back"
        ),
        rx.cond(
            DETAIL.contains("protocol"),
            rx.fragment(
                _head(),
                rx.el.div(
                    rx.cond(
                        is_stale,
                        rx.el.p(
                            "Alguém mexeu nesta reclamação agora: leia o que já houve.",
                            class_name="note warn",
                        ),
                    ),
                    role="status",
                ),
                _reported(),
                rx.cond(
                    DETAIL["answered"] != "",
                    rx.el.div(
                        rx.el.h3("O que respondemos"),
                        rx.el.p(DETAIL["answered"].to(str), class_name="qt answer"),
                        class_name="sec",
                    ),
                ),
                rx.cond(DETAIL["is_open"], rx.fragment(_form(), _refusal())),
                _history(),
            ),
            rx.el.p("Escolha uma reclamação da lista.", class_name="sec mut"),
        ),
        aria_label="Reclamação aberta",
        class_name="card dt",
    )


def _contact(line: Row) -> rx.Component:
    is_meant = (line["kind"] == DETAIL["channel"]) & DETAIL.contains("protocol")
    return rx.el.li(
        rx.el.span(line["name"].to(str), class_name="mut sm"),
        rx.el.b(line["shown"].to(str)),
        rx.el.small(line["verified"].to(str), class_name="mut"),
        rx.cond(is_meant, rx.el.span("o canal da reclamação", class_name="lvl warn")),
        class_name="row",
        key=line["id"].to_string(),
    )


def _contacts() -> rx.Component:
    return rx.el.aside(
        rx.el.h2("Contatos da unidade"),
        rx.el.p("É o que o público vê. Confirme enquanto responde.", class_name="mut sm"),
        rx.el.ul(rx.foreach(STATE.contacts, _contact)),
        rx.el.div(
            rx.el.button(
                "Estão certos",
                type="button",
                on_click=InboxState.confirm_contacts,
                class_name="btn sec xs",
            ),
            rx.el.a(
                "Corrigir",
                href=f"{routes.MANAGEMENT}/" + STATE.contacts_code,
                class_name="btn plain xs",
            ),
            class_name="rowx",
        ),
        aria_label="Contatos da unidade",
        class_name="card p cn",
    )


def _empty() -> rx.Component:
    return rx.el.section(
        rx.el.span("Tudo respondido", class_name="lvl obs"),
        rx.el.p(
            "Nada espera a sua unidade. ",
            "Quando a Corregedoria encaminhar algo, chega aqui e por e-mail.",
        ),
        rx.el.a("Respondidas por nós", href=f"{routes.MANAGEMENT}?caixa=enviadas", class_name="lk"),
        class_name="card p dt-empty",
    )


def _failure(row: Row) -> rx.Component:
    key = row["key"].to(str)
    return rx.el.div(
        rx.el.div(
            rx.el.span("▲ Acontecendo agora", class_name="lvl prov"),
            rx.el.span(row["unit"].to(str), class_name="mut sm"),
            class_name="rowx",
        ),
        rx.el.p(
            rx.el.b(row["finding"].to(str)),
            " ",
            row["public"].to(str),
            " ",
            rx.cond(
                row["said"] != "",
                rx.fragment("Vocês disseram: ", rx.el.b(row["said"].to(str)), "."),
                "Como está aí?",
            ),
        ),
        rx.el.div(
            rx.el.button(
                "Voltou a funcionar",
                type="button",
                on_click=InboxState.say(key, WORKS),
                class_name="btn pri",
            ),
            rx.el.button(
                "Ainda não: previsão…",
                type="button",
                on_click=InboxState.ask_forecast(key),
                class_name="btn sec",
                custom_attrs={"aria-expanded": rx.cond(STATE.forecasting == key, "true", "false")},
            ),
            rx.cond(
                row["is_known"].to(bool),
                None,
                rx.el.button(
                    "Ciente",
                    type="button",
                    on_click=InboxState.say(key, KNOWS),
                    class_name="btn sec",
                ),
            ),
            class_name="rowx",
        ),
        rx.cond(STATE.forecasting == key, _forecast()),
        key=key,
        class_name="stack fail",
    )


def _forecast() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.label("Quando deve voltar", html_for="previsao", class_name="lab"),
            rx.el.input(
                id="previsao",
                name="forecast",
                max_length=MAX_WORDS,
                placeholder="hoje às 16h; a TI está trocando o aparelho",
            ),
            class_name="field",
        ),
        rx.el.button("Dizer à Corregedoria", type="submit", class_name="btn pri"),
        on_submit=InboxState.say_failing,
        no_validate=True,
        class_name="stack",
    )


def _now() -> rx.Component:
    """Return what fails now at one's units; nothing when all is calm."""
    return rx.cond(
        STATE.failures.length() > 0,
        rx.el.section(
            rx.el.h2(
                "Agora, na sua unidade", id="agora", tab_index=-1, class_name="visually-hidden"
            ),
            rx.foreach(STATE.failures, _failure),
            aria_labelledby="agora",
            class_name="card p alert stack",
        ),
    )


def _inbox() -> rx.Component:
    is_empty = (STATE.rows.length() == 0) & (STATE.opened == "")
    return rx.fragment(
        rx.el.div(
            rx.cond(STATE.news != "", rx.el.p(STATE.news, class_name="note ok")), role="status"
        ),
        rx.el.div(feedback.error_message(STATE.problem), id=REFUSAL, tab_index=-1),
        _now(),
        rx.cond(
            is_empty,
            _empty(),
            rx.el.div(
                _list(),
                _detail(),
                _contacts(),
                class_name=rx.cond(STATE.opened != "", "ib opened", "ib"),
            ),
        ),
    )


def page() -> rx.Component:
    """Return the page of a unit's people: inbox, then corrections and contacts."""
    title = rx.cond(STATE.has_inbox, STATE.headline, "Unidades e correções")
    return staff_frame(
        rx.el.div(
            rx.el.div(shell.page_heading(title), rx.el.p(STATE.units)),
            rx.cond(
                STATE.has_inbox,
                rx.el.div(
                    rx.el.span(class_name="dot live-dot", aria_hidden="true"),
                    rx.el.span(
                        rx.el.b("Ao vivo"), " · dados de ", rx.el.b(STATE.stamp, class_name="n")
                    ),
                    class_name="live",
                ),
            ),
            class_name="hd",
        ),
        show_once_ready(STATE.ready, rx.cond(STATE.has_inbox, _inbox()), feedback.skeleton(6)),
        management.sections(),
        here=routes.MANAGEMENT,
        dense=True,
    )
