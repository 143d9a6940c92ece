"""Draw the chosen situation: what it is, what to do, its hours, reports, contacts and timeline."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.complaints.situations.desk.hours_chart import hours_chart
from canais_app.complaints.situations.desk.panel_parts import action_panels
from canais_app.complaints.situations.desk.state import SituationsState

Value = Any  # a Var; on a State class pyright sees the plain types
STATE: Value = SituationsState
CHOSEN: Value = SituationsState.chosen


def chosen_situation() -> rx.Component:
    """Return the right side."""
    return rx.el.section(
        _head(),
        _chart(),
        rx.el.div(
            _complaints(), rx.el.div(_contacts(), _others(), class_name="stack"), class_name="body2"
        ),
        _timeline(),
        aria_label="Situação escolhida",
        class_name="stack",
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.el.div(
                    rx.el.span(CHOSEN.level, class_name="lvl " + CHOSEN.mark),
                    rx.cond(
                        CHOSEN.public != "",
                        rx.el.span(
                            rx.icon("eye", size=13, aria_hidden=True),
                            CHOSEN.public,
                            class_name="lvl warn",
                        ),
                    ),
                    rx.el.span("Situação ", CHOSEN.code, class_name="mut sm"),
                    class_name="rowx",
                ),
                rx.el.h2(
                    CHOSEN.title,
                    " ",
                    rx.el.span("· ", CHOSEN.about, class_name="mut"),
                    id="escolhida",
                ),
                rx.el.p(rx.el.b(CHOSEN.hot), " ", CHOSEN.sentence, class_name="sent"),
                rx.cond(
                    CHOSEN.over != "",
                    rx.el.p(
                        CHOSEN.over,
                        rx.cond(
                            CHOSEN.incident != "",
                            rx.el.a(
                                " Abrir o incidente",
                                href=f"{routes.CORREGEDORIA_INCIDENTS}/{CHOSEN.incident}",
                            ),
                        ),
                        class_name="sent mut",
                    ),
                ),
            ),
            rx.el.span("J K", class_name="kbd", title="Situação anterior e próxima"),
            class_name="dh",
        ),
        rx.el.dl(
            rx.foreach(
                CHOSEN.facts,
                lambda fact: rx.el.div(
                    rx.el.dt(fact.label),
                    rx.el.dd(fact.value, class_name=rx.cond(fact.hot, "hot", "")),
                    key=fact.label,
                ),
            ),
            class_name="facts",
        ),
        rx.cond(SituationsState.may_act, _actions()),
        class_name="card p",
    )


def _button(words: str, key: str, on_click: Value, look: Value = "sec") -> rx.Component:
    return rx.el.button(
        words,
        rx.el.span(key.upper(), class_name="kbd", aria_hidden="true"),
        type="button",
        on_click=on_click,
        class_name=f"btn {look}" if isinstance(look, str) else rx.Var.create("btn ") + look,
        custom_attrs={"data-key": key},
    )


def _open(panel: str) -> Value:
    return SituationsState.open_panel(panel, "")


def _actions() -> rx.Component:
    mine = (CHOSEN.owner_id != 0) & (CHOSEN.owner_id == SituationsState.me)
    active = CHOSEN.is_open & ~CHOSEN.has_incident
    return rx.fragment(
        rx.el.div(
            rx.cond(
                CHOSEN.is_open,
                rx.cond(
                    CHOSEN.owner_id == 0,
                    _button("Assumir", "a", SituationsState.assume, "pri"),
                    _button("Passar…", "a", _open("passar")),
                ),
            ),
            rx.cond(
                active,
                rx.fragment(
                    _button("Avisar a unidade", "u", _open("avisar"), rx.cond(mine, "pri", "sec")),
                    rx.cond(
                        CHOSEN.is_confirmed, None, _button("Confirmar…", "c", _open("confirmar"))
                    ),
                    _button("Declarar incidente", "i", _open("incidente")),
                ),
            ),
            rx.cond(
                CHOSEN.groups.length() > 0, _button("Responder a todos", "r", _open("responder"))
            ),
            rx.cond(
                CHOSEN.is_open | CHOSEN.is_judged,
                None,
                rx.el.button(
                    "Era verdadeiro",
                    type="button",
                    on_click=SituationsState.judge_true,
                    class_name="btn sec",
                ),
            ),
            rx.cond(
                CHOSEN.has_incident,
                None,
                rx.el.span(_button("Marcar falso", "f", _open("falso")), class_name="end"),
            ),
            class_name="acts",
        ),
        action_panels(),
    )


def _chart() -> rx.Component:
    return hours_chart(
        CHOSEN,
        "fig-situacao",
        "Pessoas nos 60 minutos anteriores, horário de Cuiabá. ← → leem os valores.",
        rx.el.button("CSV", type="button", on_click=SituationsState.download_csv, class_name="lk"),
    )


def _complaints() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(CHOSEN.complaints),
            rx.el.a("Abrir em Reclamações", href=CHOSEN.complaints_href),
            class_name="ph",
        ),
        rx.foreach(CHOSEN.groups, _complaint_group),
        rx.el.p(
            "Textos sem dados pessoais. Abrir uma identidade pede motivo e fica registrado.",
            class_name="mut sm",
        ),
        class_name="card p",
    )


def _complaint_group(group: Value) -> rx.Component:
    return rx.el.div(
        rx.el.header(
            rx.cond(
                SituationsState.may_act,
                rx.el.input(
                    type="checkbox",
                    checked=STATE.ticked.contains(group.kind),
                    on_change=lambda value: SituationsState.tick(group.kind, value),
                    aria_label="Escolher o grupo: " + group.about,
                    class_name="cb",
                ),
            ),
            rx.el.b(group.count),
            rx.el.span(group.about),
            rx.cond(
                SituationsState.may_act,
                rx.el.button(
                    "Separar",
                    rx.el.span(": ", group.about, class_name="visually-hidden"),
                    type="button",
                    on_click=SituationsState.split(group.kind),
                    class_name="lk end",
                ),
            ),
        ),
        rx.el.ul(
            rx.foreach(
                group.excerpts,
                lambda each: rx.el.li(
                    rx.el.time(each.at),
                    rx.el.span(each.text),
                    rx.el.a(each.protocol, href=each.href),
                    key=each.protocol,
                ),
            ),
            rx.cond(group.more != "", rx.el.li(rx.el.span(group.more), class_name="more")),
        ),
        key=group.kind,
        class_name="grp",
    )


def _contacts() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Quem chamar"),
        rx.cond(
            CHOSEN.contacts.length() > 0,
            rx.foreach(
                CHOSEN.contacts,
                lambda each: rx.el.div(
                    rx.icon("phone", size=16, aria_hidden=True),
                    rx.el.span(
                        rx.el.a(each.phone, href=each.href, class_name="ink"),
                        rx.el.br(),
                        rx.el.small(each.name, " · ", each.age, class_name="mut"),
                    ),
                    rx.cond(
                        SituationsState.may_act,
                        rx.el.button(
                            "Liguei",
                            rx.el.span(": ", each.name, class_name="visually-hidden"),
                            type="button",
                            on_click=SituationsState.open_panel("anotar", each.phone),
                            class_name="btn sec xs e",
                        ),
                    ),
                    key=each.phone + each.name,
                    class_name="ch",
                ),
            ),
            rx.el.p("Nenhum telefone publicado.", class_name="mut"),
        ),
        class_name="card p",
    )


def _others() -> rx.Component:
    return rx.cond(
        CHOSEN.others.length() > 0,
        rx.el.section(
            rx.el.h2("Enquanto isso, funciona"),
            rx.foreach(
                CHOSEN.others,
                lambda each: rx.el.div(
                    rx.el.b(each.name),
                    rx.el.span(
                        rx.el.span(each.words, class_name="lvl " + each.tone), class_name="e"
                    ),
                    key=each.name,
                    class_name="ch",
                ),
            ),
            rx.el.p("Acessos e relatos de hoje, até agora.", class_name="mut sm"),
            class_name="card p",
        ),
    )


def _timeline() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2("O que já foi feito"),
            rx.cond(SituationsState.may_act, _button("Anotar", "n", _open("anotar"), "plain")),
            class_name="ph",
        ),
        rx.el.ol(
            rx.foreach(
                CHOSEN.timeline,
                lambda line: rx.el.li(rx.el.time(line.at), " ", line.words, class_name=line.tone),
            ),
            class_name="tl",
        ),
        class_name="card p",
    )
