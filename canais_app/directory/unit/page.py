"""A unit's page: channels first, then hours, address and sectors."""

import reflex as rx

from canais_app import routes
from canais_app.directory.channels import ChannelKind
from canais_app.directory.unit import correction_parts as correction
from canais_app.directory.unit import parts
from canais_app.directory.unit.state import UnitPageState
from canais_app.directory.views import ChannelView, NoticeView
from canais_app.ui import feedback, forms, shell
from canais_app.ui.notices import act_link
from canais_app.ui.persistence import persisted, show_once_ready

UNIT_PAGE = UnitPageState.page
UNIT_CARD = UnitPageState.page.card
CHANNELS = persisted(UNIT_CARD.channels, UnitPageState.ready)


def _copy(channel: rx.Var[ChannelView]) -> rx.Component:
    return rx.el.button(
        rx.cond(
            UnitPageState.copied == channel.value,
            rx.fragment(rx.icon("check", size=18, aria_hidden=True), rx.el.span("Copiado")),
            rx.fragment(
                rx.icon("copy", size=18, aria_hidden=True),
                rx.el.span(f"Copiar {channel.name}", class_name="visually-hidden"),
            ),
        ),
        type="button",
        title="Copiar",
        class_name="btn sm ghost unit-copy",
        on_click=[rx.set_clipboard(channel.value), UnitPageState.mark_copied(channel.value)],
    )


def _about(channel: rx.Var[ChannelView]) -> rx.Component:
    return rx.el.div(
        rx.el.h3(channel.name),
        rx.cond(
            channel.kind == ChannelKind.WHATSAPP.value, rx.el.p(channel.value, class_name="strong")
        ),
        rx.el.p(
            rx.cond(channel.hours != "", channel.hours, UNIT_PAGE.hours), class_name="small muted"
        ),
        rx.cond(channel.note != "", rx.el.p(channel.note, class_name="small")),
        rx.cond(
            channel.verified != "",
            rx.el.p(f"Verificado em {channel.verified}", class_name="small muted"),
        ),
        rx.el.p(channel.value, class_name="unit-print"),
        rx.el.a(
            "Relatar falha",
            rx.el.span(f" em {channel.name}", class_name="visually-hidden"),
            href=f"{UNIT_CARD.report_href}&canal={channel.kind}",
            class_name="small unit-report",
        ),
    )


def _channel_card(channel: rx.Var[ChannelView], at: rx.Var[int]) -> rx.Component:
    return rx.el.li(
        _about(channel),
        rx.el.div(
            rx.cond(
                channel.href != "",
                rx.el.a(
                    rx.cond(channel.kind == ChannelKind.EMAIL.value, channel.value, channel.label),
                    href=channel.href,
                    custom_attrs={"data-visita": f"{UNIT_CARD.slug}|{channel.kind}"},
                    class_name=rx.cond(
                        channel.trouble != "", "btn sec", rx.cond(at == 0, "btn pri", "btn soft")
                    ),
                ),
            ),
            rx.cond(channel.kind != ChannelKind.APPOINTMENT.value, _copy(channel)),
            class_name="unit-acts",
        ),
        rx.cond(channel.trouble != "", _trouble(channel)),
        class_name=rx.cond(channel.trouble != "", "card unit-way troubled", "card unit-way"),
    )


def _trouble(channel: rx.Var[ChannelView]) -> rx.Component:
    return rx.el.div(
        rx.el.p(rx.icon("triangle-alert", size=18, aria_hidden=True), channel.trouble),
        forms.plain_form(
            rx.el.input(type="hidden", name="unit", value=UNIT_CARD.slug, read_only=True),
            rx.el.input(type="hidden", name="channel", value=channel.kind, read_only=True),
            rx.el.button(
                "Eu também",
                rx.el.span(f": {channel.name}", class_name="visually-hidden"),
                type="submit",
                class_name="btn sm me",
            ),
            action=routes.ME_TOO_FORM,
        ),
        class_name="unit-trouble",
    )


def _notice(notice: rx.Var[NoticeView]) -> rx.Component:
    return rx.el.p(
        notice.text,
        " ",
        notice.alternative,
        rx.el.span(f" {notice.when}. ", act_link(notice), class_name="muted"),
        class_name="finder-note",
    )


def _soon() -> rx.Component:
    """Return the announced notices, closed at first."""
    return rx.cond(
        UNIT_PAGE.soon > 0,
        rx.el.details(
            rx.el.summary(f"Em breve: {UNIT_PAGE.soon}"),
            rx.el.div(
                rx.foreach(
                    UNIT_PAGE.notices, lambda row: rx.cond(row.in_force, None, _notice(row))
                ),
                class_name="stack",
            ),
            class_name="card pad unit-soon",
        ),
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            shell.page_heading(UNIT_CARD.name),
            rx.el.p(UNIT_CARD.summary, class_name="muted"),
            class_name="tight finder-name",
        ),
        feedback.dot_tag(UNIT_CARD.open_tone, UNIT_CARD.open_words),
        class_name="between",
    )


def _channels() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Canais", id="canais"),
        rx.el.ul(rx.foreach(UNIT_CARD.channels, _channel_card), class_name="unit-ways"),
        rx.cond(
            UNIT_CARD.channels.length() == 0,
            rx.el.p(
                "Esta unidade ainda não publicou canais. Ligue para a Ouvidoria: 0800 647 1420."
            ),
        ),
        rx.cond(
            UNIT_CARD.agenda_href != "",
            rx.el.p(
                "Advogados podem ser recebidos sem hora marcada, por ordem de chegada "
                "(Lei 8.906/94, art. 7º, VIII). ",
                rx.cond(
                    UNIT_CARD.next_free != "", f"Próximo horário livre: {UNIT_CARD.next_free}.", ""
                ),
                class_name="small",
            ),
        ),
        feedback.live_announcement(rx.cond(UnitPageState.copied != "", "Contato copiado.", "")),
        rx.cond(CHANNELS.length() > 0, correction.correction_form(CHANNELS)),
        aria_labelledby="canais",
        class_name="stack",
    )


def _found() -> rx.Component:
    return rx.el.div(
        _head(),
        feedback.live_announcement(UnitPageState.news),
        rx.cond(
            UNIT_CARD.status_words != "",
            rx.el.p(rx.el.b("Agora: "), UNIT_CARD.status_words, class_name="finder-note unit-now"),
        ),
        rx.cond(
            UNIT_CARD.deadlines_suspended,
            rx.el.p(
                "Prazos processuais suspensos; o atendimento segue o horário acima.",
                class_name="finder-note",
            ),
        ),
        rx.foreach(UNIT_PAGE.notices, lambda row: rx.cond(row.in_force, _notice(row))),
        rx.cond(
            UNIT_CARD.on_call,
            rx.el.p(
                "Fora do expediente, casos urgentes vão ao ",
                rx.el.a("plantão judiciário", href=f"{routes.ABOUT}#plantao"),
                ".",
                class_name="small",
            ),
        ),
        rx.el.div(
            rx.el.div(
                _channels(),
                _soon(),
                rx.el.div(
                    parts.sectors(),
                    parts.building_features(),
                    parts.nearby_comarcas(),
                    class_name="unit-pair",
                ),
                class_name="stack",
            ),
            rx.el.div(parts.hours_and_address(), parts.print_links(), class_name="stack"),
            class_name="columns",
        ),
        class_name="stack",
    )


def _missing() -> rx.Component:
    return rx.el.div(
        shell.page_heading("Não encontramos esta unidade"),
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
        shell.breadcrumbs(
            ("Início", routes.HOME),
            ("Comarcas", routes.COMARCAS),
            (rx.cond(UnitPageState.ready, UNIT_CARD.name, "Unidade"), ""),
        ),
        rx.cond(
            UnitPageState.missing,
            _missing(),
            show_once_ready(
                UnitPageState.ready,
                _found(),
                rx.el.div(shell.page_heading("Unidade"), feedback.skeleton(), class_name="stack"),
            ),
        ),
        here=routes.UNIT,
    )
