"""Page of the public status: the sentence, what fails and what works, and the pictures."""

import reflex as rx

from canais_app import routes
from canais_app.complaints.public_status.views import PlannedWork, StatusCard
from canais_app.complaints.status import charts
from canais_app.complaints.status.state import PublicStatusState as State
from canais_app.ui import feedback, forms, shell


def _way(way: rx.Var) -> rx.Component:
    return rx.el.a(
        charts.channel_icon(way.kind),
        way.label,
        href=way.href,
        class_name="btn sm soft",
        custom_attrs={"reloadDocument": True, "data-visita": way.visit},
    )


def _me_too(card: rx.Var[StatusCard]) -> rx.Component:
    return rx.cond(
        card.unit != "",
        forms.plain_form(
            rx.el.input(type="hidden", name="unit", value=card.unit, read_only=True),
            rx.el.input(type="hidden", name="channel", value=card.channel, read_only=True),
            rx.el.button(
                "Eu também",
                rx.el.span(": ", card.title, class_name="visually-hidden"),
                type="submit",
                class_name="btn sm me",
            ),
            action=routes.ME_TOO_FORM,
        ),
    )


def _where(card: rx.Var[StatusCard]) -> rx.Component:
    links = rx.foreach(card.where, lambda place: rx.el.li(rx.el.a(place.name, href=place.href)))
    several = rx.el.details(
        rx.el.summary(f"{card.where.length()} unidades"), rx.el.ul(links, class_name="fail-units")
    )
    return rx.cond(card.where.length() > 1, several)


def _card(card: rx.Var[StatusCard]) -> rx.Component:
    alone = card.where.length() == 1
    first = card.where[0]
    return rx.el.li(
        rx.el.div(
            rx.el.span(
                rx.cond(
                    card.tone == "alarm",
                    rx.icon("triangle-alert", size=14, aria_hidden=True),
                    rx.icon("clock", size=14, aria_hidden=True),
                ),
                card.tag,
                class_name=f"tag {card.tone}",
            ),
            rx.el.span(
                card.since,
                rx.cond(card.people != "", f" · {card.people}", ""),
                rx.cond((card.act != "") & (card.act_url == ""), f" · {card.act}", ""),
                rx.cond(card.act_url != "", rx.fragment(" · ", _act(card))),
                class_name="small muted",
            ),
            class_name="hd",
        ),
        rx.el.h3(
            card.title, rx.cond(alone, rx.fragment(": ", rx.el.a(first.name, href=first.href)))
        ),
        _where(card),
        rx.cond(card.text != "", rx.el.p(card.text)),
        rx.cond(card.promise != "", rx.el.p(card.promise, class_name="strong")),
        rx.cond(card.updates.length() > 0, _updates(card)),
        rx.cond(
            card.works != "",
            rx.el.p(rx.icon("check", size=18, aria_hidden=True), card.works, class_name="works"),
        ),
        rx.el.div(_me_too(card), rx.foreach(card.ways, _way), class_name="row"),
        class_name=rx.cond(card.tone == "alarm", "card fail", "card fail closed"),
        key=card.key,
    )


def _act(card: rx.Var[StatusCard]) -> rx.Component:
    return rx.el.a(rx.cond(card.act != "", card.act, "Ato"), href=card.act_url, rel="noopener")


def _updates(card: rx.Var[StatusCard]) -> rx.Component:
    return rx.el.details(
        rx.el.summary("Notícias anteriores"),
        rx.el.ul(rx.foreach(card.updates, rx.el.li), class_name="fail-units"),
    )


def _sentence() -> rx.Component:
    explained = (
        "Em todo o resto, nada acima do normal. Provável: várias pessoas relatam a mesma falha e "
        "ninguém confirmou ainda."
    )
    quiet = rx.fragment(
        rx.el.p(
            "Canal sem visita nem relato aparece como “sem dados”, não como bom.",
            class_name="muted say-more",
        ),
        rx.el.p(
            rx.el.a(
                rx.icon("triangle-alert", size=20, aria_hidden=True),
                "Comigo falhou: relatar",
                href=routes.REPORT,
                class_name="btn sec",
            )
        ),
    )
    return rx.fragment(
        rx.el.p(rx.el.em(State.alarm), State.rest, role="status", class_name="say"),
        rx.cond(State.alarm != "", rx.el.p(explained, class_name="muted say-more"), quiet),
    )


def _heading() -> rx.Component:
    return shell.page_heading(
        "Situação dos canais",
        rx.cond((State.kind != "") & (State.kind != "estado"), f" · {State.title}", ""),
        rx.cond(State.moment != "", f" · {State.moment} ", ""),
        rx.el.span(key=State.at, custom_attrs={"data-age-of": State.at}),
        class_name="status-h1",
    )


def _stale_notice() -> rx.Component:
    return rx.el.div(
        rx.icon("clock", size=20, aria_hidden=True),
        rx.el.div(
            rx.el.p(rx.el.strong(custom_attrs={"data-stale-words": ""})),
            rx.el.p(
                "A contagem parou; estamos refazendo. O que está abaixo pode ter mudado. ",
                rx.el.a(
                    "Tentar de novo", href=routes.STATUS, custom_attrs={"reloadDocument": True}
                ),
            ),
        ),
        key=State.at,
        hidden=True,
        class_name="note warn",
        custom_attrs={"data-stale-of": State.at},
    )


def _planned_row(row: rx.Var[PlannedWork]) -> rx.Component:
    return rx.el.li(rx.el.b(row.when), rx.el.p(row.text, class_name="small"))


def _planned() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Programado"),
        rx.cond(
            State.planned.length() > 0,
            rx.el.ul(rx.foreach(State.planned, _planned_row), class_name="lst"),
            rx.el.p("Nada anunciado.", class_name="muted"),
        ),
        class_name="card pad",
    )


def _subscription() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Receber avisos"),
        forms.plain_form(
            rx.el.div(
                rx.el.label("E-mail", html_for="aviso-email"),
                rx.el.input(
                    id="aviso-email",
                    name="email",
                    type="email",
                    auto_complete="email",
                    required=True,
                    max_length=200,
                ),
                class_name="field",
            ),
            rx.el.div(
                rx.el.label("De onde", html_for="aviso-lugar"),
                rx.el.select(
                    rx.cond(
                        State.place != "estado", rx.el.option(State.place_name, value=State.place)
                    ),
                    rx.el.option("Todo o Estado", value="estado"),
                    rx.foreach(
                        State.comarcas, lambda c: rx.el.option(c.name, value=f"comarca:{c.code}")
                    ),
                    id="aviso-lugar",
                    name="place",
                    key=State.place,
                ),
                class_name="field",
            ),
            rx.el.button("Receber por e-mail", type="submit", class_name="btn pri"),
            action=routes.STATUS_SUBSCRIPTION_FORM,
            class_name="stack",
        ),
        rx.el.p(
            "Um e-mail quando falha e outro quando volta. Sair: um toque.", class_name="small muted"
        ),
        rx.el.p(
            rx.el.a(
                rx.icon("rss", size=16, aria_hidden=True),
                "Atom (leitor de notícias)",
                href=State.feed,
                class_name="row link",
                custom_attrs={"reloadDocument": True, "type": "application/atom+xml"},
            )
        ),
        class_name="card pad tight",
    )


def _report() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Um canal falhou com você?"),
        rx.el.a(
            rx.icon("triangle-alert", size=20, aria_hidden=True),
            "Relatar falha",
            href=routes.REPORT,
            class_name="btn sec",
        ),
        rx.el.p(rx.el.a("Acompanhar um relato", href=routes.TRACK, class_name="link")),
        class_name="card pad stack",
    )


def _body() -> rx.Component:
    return rx.fragment(
        _sentence(),
        rx.cond(
            State.cards.length() > 0,
            rx.el.section(
                rx.el.h2("Agora", id="agora", class_name="visually-hidden"),
                rx.el.ul(rx.foreach(State.cards, _card), class_name="grid2"),
                aria_labelledby="agora",
                class_name="blk",
            ),
        ),
        rx.el.div(
            rx.el.div(charts.hours_section(), charts.places_section(), class_name="sit-main"),
            rx.el.div(_planned(), _subscription(), _report(), class_name="sit-side"),
            class_name="sit",
        ),
        charts.history_section(),
    )


def page() -> rx.Component:
    """Return the public status."""
    return shell.page(
        _heading(),
        shell.server_rendered(),
        rx.el.div(
            _stale_notice(),
            feedback.error_message(State.problem),
            rx.cond(State.at == "", feedback.skeleton(), _body()),
            class_name="js-only",
        ),
        rx.el.script(src="/status.js", custom_attrs={"async": True}),
        here=routes.STATUS,
    )
