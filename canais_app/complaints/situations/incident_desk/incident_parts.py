"""Draw one incident: its state and steps, units, bookings, public words, news, review."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.complaints.situations.desk.hours_chart import hours_chart
from canais_app.complaints.situations.incident_desk import form_parts
from canais_app.complaints.situations.incident_desk.state import IncidentsState
from canais_app.ui import charts

Value = Any  # a Var; on a State class pyright sees the plain types
INCIDENT: Value = IncidentsState.incident


def _button(words: Value, on_click: Value, look: str = "sec", key: str = "") -> rx.Component:
    return rx.el.button(
        words,
        rx.el.span(key.upper(), class_name="kbd", aria_hidden="true") if key else None,
        type="button",
        on_click=on_click,
        class_name=f"btn {look}",
        custom_attrs={"data-key": key} if key else {},
    )


def _open(panel: str) -> Value:
    return IncidentsState.open_panel(panel)


def head() -> rx.Component:
    """Return the head: level, promise, finding, steps, times and actions."""
    acting = IncidentsState.may_act & INCIDENT.is_open
    return rx.el.section(
        rx.el.div(
            rx.el.span(INCIDENT.level, class_name="lvl " + INCIDENT.mark),
            rx.el.span(
                rx.icon("eye", size=13, aria_hidden=True), INCIDENT.public, class_name="lvl warn"
            ),
            rx.cond(
                INCIDENT.promise != "",
                rx.el.span(
                    rx.icon("clock", size=13, aria_hidden=True),
                    INCIDENT.promise,
                    class_name="clock " + INCIDENT.promise_tone,
                ),
            ),
            rx.cond(INCIDENT.owner != "", rx.el.span("Por: ", INCIDENT.owner, class_name="mut sm")),
            class_name="rowx",
        ),
        rx.el.p(rx.el.b(INCIDENT.hot), " ", INCIDENT.sentence, class_name="sent"),
        rx.el.ol(
            rx.foreach(
                INCIDENT.steps,
                lambda step: rx.el.li(
                    step.name,
                    class_name=step.state,
                    key=step.name,
                    custom_attrs={
                        "aria-current": rx.cond(step.name == INCIDENT.status, "step", "false")
                    },
                ),
            ),
            class_name="inc-steps",
            aria_label="Passos",
        ),
        rx.el.dl(
            rx.foreach(
                INCIDENT.times,
                lambda each: rx.el.div(
                    rx.el.dt(each.label),
                    rx.el.dd(each.value, rx.el.small(each.note, class_name="mut")),
                    key=each.label,
                ),
            ),
            class_name="facts",
        ),
        rx.cond(
            acting,
            rx.fragment(
                rx.el.div(
                    _button("Publicar notícia", _open("noticia"), "pri", "p"),
                    _button("Incluir unidade", _open("incluir")),
                    rx.cond(
                        INCIDENT.others.length() > 0, _button("Juntar a outro…", _open("juntar"))
                    ),
                    rx.el.span(
                        _button("Não era incidente…", _open("falso"), "danger"), class_name="end"
                    ),
                    class_name="acts",
                ),
                form_parts.open_form(),
            ),
        ),
        aria_label="Situação do incidente",
        class_name="card p inc-head",
    )


def units() -> rx.Component:
    """Return the table of the affected units."""
    acting = IncidentsState.may_act & INCIDENT.is_open
    return rx.el.section(
        rx.el.div(
            rx.el.h2(INCIDENT.units_title),
            rx.cond(
                acting & (INCIDENT.untold > 0),
                _button(
                    rx.cond(
                        INCIDENT.untold == 1,
                        rx.el.span("Avisar a unidade"),
                        rx.el.span("Avisar as ", INCIDENT.untold),
                    ),
                    IncidentsState.tell_units,
                    "sec xs",
                ),
            ),
            rx.el.p(INCIDENT.units_sum),
            class_name="ph",
        ),
        charts.scroll_area(
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        rx.el.th("Unidade", scope="col"),
                        rx.el.th("Relatos", scope="col", class_name="r"),
                        rx.el.th("Canais agora", scope="col"),
                        rx.el.th("Aviso à unidade", scope="col"),
                        rx.cond(acting, rx.el.th("Tirar", scope="col")),
                    )
                ),
                rx.el.tbody(rx.foreach(INCIDENT.units, lambda unit: _unit(unit, acting))),
                class_name="desk",
            ),
            words=INCIDENT.units_title,
        ),
        class_name="card p",
    )


def _unit(unit: Value, acting: Value) -> rx.Component:
    return rx.el.tr(
        rx.el.th(rx.el.a(unit.name, href=unit.href), scope="row"),
        rx.el.td(rx.el.a(unit.complaints, href=unit.complaints_href), class_name="r"),
        rx.el.td(
            rx.el.span(
                rx.foreach(
                    unit.channels,
                    lambda each: rx.el.span(
                        each.words, class_name="lvl " + each.mark, key=each.name
                    ),
                ),
                class_name="rowx",
            )
        ),
        rx.el.td(unit.told),
        rx.cond(
            acting,
            rx.el.td(
                rx.el.button(
                    "Tirar",
                    rx.el.span(" ", unit.name, " do incidente", class_name="visually-hidden"),
                    type="button",
                    on_click=IncidentsState.remove_unit(unit.id),
                    class_name="lk",
                )
            ),
        ),
        key=unit.id,
    )


def appointments() -> rx.Component:
    """Return today's coming appointments of the affected gabinetes."""
    acting = IncidentsState.may_act & INCIDENT.is_open
    return rx.el.section(
        rx.el.div(
            rx.el.h2(INCIDENT.appointments_title),
            rx.cond(
                acting & (INCIDENT.unsolved > 0),
                _button(
                    rx.cond(
                        INCIDENT.unsolved == 1,
                        rx.el.span("Avisar a que falta"),
                        rx.el.span("Avisar as ", INCIDENT.unsolved, " que faltam"),
                    ),
                    IncidentsState.tell_lawyers(0),
                    "sec xs",
                ),
            ),
            rx.el.p(
                "Quem agendou nos gabinetes destas unidades. Cada aviso diz o que funciona e leva "
                "três horários guardados por 48 horas; quem vem depois da previsão não é avisado."
            ),
            class_name="ph",
        ),
        rx.cond(
            INCIDENT.appointments.length() > 0,
            charts.scroll_area(
                rx.el.table(
                    rx.el.thead(
                        rx.el.tr(
                            *[
                                rx.el.th(words, scope="col")
                                for words in ("Hora", "Gabinete", "Quem", "Como", "Estado", "Aviso")
                            ]
                        )
                    ),
                    rx.el.tbody(
                        rx.foreach(INCIDENT.appointments, lambda each: _appointment(each, acting))
                    ),
                    class_name="desk",
                ),
                words=INCIDENT.appointments_title,
            ),
        ),
        class_name="card p",
    )


def _appointment(each: Value, acting: Value) -> rx.Component:
    return rx.el.tr(
        rx.el.th(each.hour, scope="row"),
        rx.el.td(each.unit),
        rx.el.td(each.who),
        rx.el.td(each.modality),
        rx.el.td(rx.el.span(each.state, class_name="lvl " + each.mark)),
        rx.el.td(
            rx.cond(
                acting & (each.act != ""),
                rx.el.button(
                    each.act,
                    rx.el.span(" ", each.who, class_name="visually-hidden"),
                    type="button",
                    on_click=IncidentsState.tell_lawyers(each.id),
                    class_name=rx.cond(each.is_next, "btn pri xs", "btn sec xs"),
                ),
            )
        ),
        key=each.id,
    )


def public_words() -> rx.Component:
    """Return exactly what the public reads."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2("O que o público lê"),
            rx.el.a("Ver na página", href=routes.STATUS),
            class_name="ph",
        ),
        rx.el.div(
            rx.el.span("■ ", INCIDENT.public_level, class_name="lvl " + INCIDENT.mark),
            rx.el.h3(INCIDENT.title),
            rx.el.p(INCIDENT.public_text),
            rx.cond(INCIDENT.works != "", rx.el.p(rx.el.b("Funciona: "), INCIDENT.works)),
            rx.el.p(INCIDENT.public_foot, class_name="mut sm"),
            class_name="inc-public stack",
        ),
        class_name="card p",
    )


def reports() -> rx.Component:
    """Return the reports of the last hours beside what is normal, with the news marked."""
    return rx.cond(
        INCIDENT.points.length() > 0, hours_chart(INCIDENT, "fig-incidente", INCIDENT.chart_about)
    )


def contacts() -> rx.Component:
    """Return whom to call: telephones outside of the incident."""
    return rx.cond(
        INCIDENT.contacts.length() > 0,
        rx.el.section(
            rx.el.h2("Quem chamar"),
            rx.foreach(
                INCIDENT.contacts,
                lambda each: rx.el.div(
                    rx.icon("phone", size=16, aria_hidden=True),
                    rx.el.span(
                        rx.el.a(each.phone, href=each.href, class_name="ink"),
                        rx.el.br(),
                        rx.el.small(each.name, " · ", each.age, class_name="mut"),
                    ),
                    key=each.phone + each.name,
                    class_name="ch",
                ),
            ),
            class_name="card p",
        ),
    )


def news() -> rx.Component:
    """Return the news and notes."""
    acting = IncidentsState.may_act & INCIDENT.is_open
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Notícias e notas"),
            rx.cond(acting, _button("Nota interna", _open("nota"), "plain", "n")),
            class_name="ph",
        ),
        rx.el.ol(
            rx.foreach(
                INCIDENT.news,
                lambda each: rx.el.li(
                    rx.el.div(
                        rx.el.time(each.at, class_name="strong"),
                        rx.el.span(each.who, class_name="mut"),
                        rx.cond(
                            each.is_public,
                            rx.el.span("público", class_name="lvl warn"),
                            rx.el.span("só interno", class_name="lvl mute"),
                        ),
                        class_name="rowx",
                    ),
                    rx.el.p(each.text),
                    class_name=rx.cond(each.is_public, "pub", ""),
                ),
            ),
            class_name="inc-news",
        ),
        class_name="card p",
    )


def review() -> rx.Component:
    """Return the review, readable while it is written."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Depois do incidente"),
            rx.el.span(INCIDENT.review_tag, class_name="lvl mute"),
            rx.el.p("Já dá para anotar enquanto acontece. Horas e números entram sozinhos."),
            class_name="ph",
        ),
        rx.el.div(
            _box("O que houve e por quê", INCIDENT.review_what),
            _box("Quem foi afetado", INCIDENT.review_affected),
            _box("O que funcionou, o que faltou", INCIDENT.review_worked),
            rx.el.div(
                rx.el.h3("O que muda, quem faz, até quando"),
                rx.cond(
                    INCIDENT.review_actions.length() > 0,
                    rx.el.ul(rx.foreach(INCIDENT.review_actions, rx.el.li)),
                    rx.el.p("A escrever.", class_name="mut"),
                ),
            ),
            class_name="inc-review",
        ),
        rx.cond(
            IncidentsState.may_act & ~INCIDENT.review_done,
            rx.fragment(
                rx.el.div(_button("Escrever a análise", _open("analise")), class_name="rowx"),
                rx.cond(IncidentsState.panel == "analise", form_parts.review_form()),
            ),
        ),
        class_name="card p stack",
    )


def _box(title: str, text: Value) -> rx.Component:
    return rx.el.div(
        rx.el.h3(title),
        rx.cond(text != "", rx.el.p(text), rx.el.p("A escrever.", class_name="mut")),
    )
