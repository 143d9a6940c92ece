"""A unit's page: channels first, then when, where, and who else."""

import reflex as rx

from canais_app import routes
from canais_app.directory.unit.state import UnitView
from canais_app.directory.views import ChannelView, NoticeView, UnitCard
from canais_app.ui import feedback, shell


def _way(channel: rx.Var[ChannelView], at: rx.Var[int]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(channel.name, class_name="strong"),
            rx.el.p(
                rx.cond(channel.hours != "", channel.hours, UnitView.hours),
                class_name="small muted",
            ),
            rx.cond(channel.note != "", rx.el.p(channel.note, class_name="small")),
            rx.cond(
                channel.verified != "",
                rx.el.p(f"Verificado em {channel.verified}", class_name="small muted"),
            ),
        ),
        rx.el.div(
            rx.cond(
                channel.href != "",
                rx.el.a(
                    rx.cond(channel.kind == "email", channel.value, channel.label),
                    href=channel.href,
                    class_name=rx.cond(at == 0, "btn pri", "btn soft"),
                ),
            ),
            rx.el.a(
                "Relatar falha",
                rx.el.span(f" em {channel.name}", class_name="visually-hidden"),
                href=UnitView.reports[channel.kind],
                class_name="btn sm ghost",
            ),
            class_name="unit-acts",
        ),
        class_name="card unit-way",
    )


def _sector(card: rx.Var[UnitCard]) -> rx.Component:
    return rx.el.li(
        rx.el.a(card.name, href=card.href),
        rx.el.p(card.open_words, class_name="small muted"),
    )


def _notice(notice: rx.Var[NoticeView]) -> rx.Component:
    return rx.el.p(
        notice.text,
        " ",
        notice.alternative,
        rx.el.span(f" {notice.when}. {notice.act}", class_name="muted"),
        class_name="finder-note",
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            shell.h1(UnitView.name),
            rx.el.p(UnitView.summary, class_name="muted"),
            class_name="tight finder-name",
        ),
        rx.el.span(
            rx.el.span(class_name="dot"),
            UnitView.open_words,
            class_name=f"tag {UnitView.open_tone}",
        ),
        class_name="between",
    )


def _channels() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Canais", id="canais"),
        rx.el.ul(rx.foreach(UnitView.ways, _way), class_name="unit-ways"),
        rx.cond(
            UnitView.ways.length() == 0,
            rx.el.p(
                "Esta unidade ainda não publicou canais. Ligue para a Ouvidoria: 0800 647 1420."
            ),
        ),
        rx.cond(
            UnitView.agenda_href != "",
            rx.el.p(
                "Advogados podem ser recebidos sem hora marcada, por ordem de chegada "
                "(Lei 8.906/94, art. 7º, VIII). ",
                rx.cond(
                    UnitView.next_free != "", f"Próximo horário livre: {UnitView.next_free}.", ""
                ),
                class_name="small",
            ),
        ),
        aria_labelledby="canais",
        class_name="stack",
    )


def _side() -> rx.Component:
    return rx.el.aside(
        rx.el.section(
            rx.el.h2("Quando e onde"),
            rx.el.dl(
                rx.el.div(rx.el.dt("Atendimento"), rx.el.dd(UnitView.hours)),
                rx.cond(
                    UnitView.comarca != "",
                    rx.el.div(rx.el.dt("Comarca"), rx.el.dd(UnitView.comarca)),
                ),
                rx.cond(
                    UnitView.address != "",
                    rx.el.div(rx.el.dt("Endereço"), rx.el.dd(UnitView.address)),
                ),
                class_name="facts",
            ),
            rx.el.p(
                f"Horário de Cuiabá (UTC−4). Ficha atualizada em {UnitView.updated}. ",
                rx.el.a("Informação errada? Avise", href=UnitView.report_href),
                class_name="small muted",
            ),
            class_name="card pad stack",
        ),
        rx.cond(
            (UnitView.sisters.length() > 0) | (UnitView.above.length() > 0),
            rx.el.section(
                rx.el.h2("Setores relacionados"),
                rx.el.ul(
                    rx.foreach(UnitView.above, _sector),
                    rx.foreach(UnitView.sisters, _sector),
                    class_name="tight",
                ),
                class_name="card pad stack",
            ),
        ),
        aria_label="Horário, endereço e setores",
        class_name="stack",
    )


def _found() -> rx.Component:
    return rx.el.div(
        _head(),
        rx.foreach(UnitView.notices, _notice),
        rx.cond(
            UnitView.status_words != "",
            rx.el.p(UnitView.status_words, class_name="finder-note"),
        ),
        rx.el.div(_channels(), _side(), class_name="columns"),
        class_name="stack",
    )


def _missing() -> rx.Component:
    return rx.el.div(
        shell.h1("Não encontramos esta unidade"),
        rx.el.p("O endereço pode ter mudado. Procure a unidade pelo nome ou pela comarca."),
        rx.el.p(
            rx.el.a("Buscar unidade", href=routes.HOME, class_name="btn pri"),
            rx.el.a("Comarcas de A a Z", href=routes.COMARCAS, class_name="btn sec"),
            class_name="row",
        ),
        class_name="stack",
    )


def page() -> rx.Component:
    """Return a unit's page."""
    return shell.page(
        shell.crumbs(
            ("Início", routes.HOME),
            ("Comarcas", routes.COMARCAS),
            (rx.cond(UnitView.ready, UnitView.name, "Unidade"), ""),
        ),
        rx.cond(
            UnitView.missing,
            _missing(),
            rx.cond(
                UnitView.ready,
                _found(),
                rx.el.div(shell.h1("Unidade"), feedback.skeleton(), class_name="stack"),
            ),
        ),
        here=routes.UNIT,
    )
