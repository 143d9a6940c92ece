"""The gabinete's desk: who comes today and this week, live."""

import reflex as rx

from canais_app import routes
from canais_app.agenda.chambers import DeskBlock, DeskDay, DeskItem
from canais_app.agenda.desk.feed import feed_card
from canais_app.agenda.desk.state import ChambersState
from canais_app.ui import shell
from canais_app.ui.feedback import problem, skeleton
from canais_app.ui.forms import consent, field


def _status(item: rx.Var[DeskItem]) -> rx.Component:
    return rx.match(
        item.status,
        ("attended", rx.el.span(item.status_words, class_name="tag ok")),
        ("missed", rx.el.span(item.status_words, class_name="tag bad")),
        rx.fragment(),
    )


def _about(item: rx.Var[DeskItem]) -> rx.Component:
    return rx.el.div(
        rx.el.h3(item.name),
        rx.el.p("OAB ", item.oab, " · ", item.modality, class_name="small muted"),
        rx.el.p(item.subject),
        rx.cond(
            item.case_number != "", rx.el.p("Processo ", item.case_number, class_name="num left")
        ),
        rx.el.p(item.phone, " · ", item.email, class_name="small muted"),
        rx.el.p(
            _status(item),
            rx.cond(item.conflict != "", rx.el.span(item.conflict, class_name="tag warn")),
            class_name="row",
        ),
        class_name="tight",
    )


def _act(words: str, item: rx.Var[DeskItem], event: object, look: str) -> rx.Component:
    return rx.el.button(
        words,
        rx.el.span(": ", item.name, ", ", item.time, class_name="visually-hidden"),
        type="button",
        on_click=event,
        class_name=f"btn sm {look}",
    )


def _actions(item: rx.Var[DeskItem]) -> rx.Component:
    is_noted = (item.status == "attended") | (item.status == "missed")
    return rx.el.div(
        rx.cond(
            item.can_mark,
            rx.cond(
                is_noted,
                _act("Desfazer", item, ChambersState.unmark(item.id), "sec"),
                rx.fragment(
                    _act("Compareceu", item, ChambersState.attended(item.id), "pri"),
                    _act("Não compareceu", item, ChambersState.missed(item.id), "sec"),
                ),
            ),
        ),
        rx.cond(
            item.can_cancel,
            _act("Cancelar", item, ChambersState.ask_cancel(item.id), "danger"),
        ),
        class_name="acts",
    )


def _ask() -> rx.Component:
    return rx.el.form(
        field(
            "reason",
            "Motivo do cancelamento",
            ChambersState.errors,
            hint="Vai no e-mail a quem marcou. Uma linha basta.",
            max_length=200,
        ),
        consent(
            "keep_closed",
            "Não oferecer este horário a outra pessoa",
            ChambersState.errors,
            value="true",
            default_checked=True,
        ),
        rx.el.div(
            rx.el.button("Cancelar atendimento", type="submit", class_name="btn danger"),
            rx.el.button(
                "Manter", type="button", on_click=ChambersState.keep, class_name="btn sec"
            ),
            class_name="row",
        ),
        on_submit=ChambersState.cancel,
        no_validate=True,
        reset_on_submit=False,
        class_name="desk-ask tight",
    )


def _item(item: rx.Var[DeskItem]) -> rx.Component:
    return rx.el.li(
        rx.el.p(item.time, class_name="time"),
        _about(item),
        _actions(item),
        rx.cond(ChambersState.asking == item.id, _ask()),
        class_name="card desk-item",
    )


def _day(day: rx.Var[DeskDay]) -> rx.Component:
    return rx.el.section(
        rx.el.h2(day.name),
        rx.cond(
            day.people.length() > 0,
            rx.el.ul(rx.foreach(day.people, _item), class_name="desk-list"),
            rx.el.p("Ninguém marcado.", class_name="muted"),
        ),
        class_name="section",
    )


def _conflicts() -> rx.Component:
    return rx.cond(
        ChambersState.conflicts.length() > 0,
        rx.el.div(
            rx.el.h2("Fora das regras nas próximas semanas"),
            rx.el.p(
                "As regras mudaram depois que estes foram marcados. Eles continuam valendo.",
                class_name="muted",
            ),
            rx.foreach(ChambersState.conflicts, _day),
            class_name="section",
        ),
    )


def _block(block: rx.Var[DeskBlock]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            block.words,
            rx.cond(block.reason != "", rx.el.span(" · ", block.reason, class_name="muted")),
        ),
        rx.el.button(
            "Retirar",
            rx.el.span(" bloqueio de ", block.words, class_name="visually-hidden"),
            type="button",
            on_click=ChambersState.unblock(block.id),
            class_name="btn sm sec",
        ),
        class_name="between",
    )


def _blocks() -> rx.Component:
    return rx.el.aside(
        rx.el.h2("Bloquear período"),
        rx.el.p(
            "Ninguém marca horário nele. Os já marcados ficam e aparecem com aviso.",
            class_name="small muted",
        ),
        rx.el.form(
            field("day", "Dia", ChambersState.errors, type="date", min=ChambersState.today),
            rx.el.div(
                field("from", "Das", ChambersState.errors, type="time"),
                field("until", "Às", ChambersState.errors, type="time"),
                class_name="fields two",
            ),
            field("block_reason", "Motivo", ChambersState.errors, optional=True, max_length=200),
            rx.el.button("Bloquear", type="submit", class_name="btn pri"),
            on_submit=ChambersState.block,
            no_validate=True,
            reset_on_submit=False,
            class_name="fields",
        ),
        rx.cond(
            ChambersState.blocks.length() > 0,
            rx.el.div(
                rx.el.h3("Em vigor"),
                rx.el.ul(rx.foreach(ChambersState.blocks, _block), class_name="tight"),
                class_name="tight",
            ),
        ),
        aria_label="Bloqueios",
        class_name="card picker-pad stack",
    )


def _chooser() -> rx.Component:
    return rx.cond(
        ChambersState.agendas.length() > 1,
        rx.el.div(
            rx.el.label("Agenda", html_for="agenda"),
            rx.el.select(
                rx.foreach(
                    ChambersState.agendas,
                    lambda one: rx.el.option(one.title, value=one.id.to_string()),
                ),
                id="agenda",
                value=ChambersState.agenda_choice,
                on_change=ChambersState.choose,
            ),
            class_name="field",
        ),
    )


def _desk() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                shell.h1("Mesa do gabinete"), rx.el.p(ChambersState.title, class_name="muted")
            ),
            rx.el.div(
                rx.el.a("Regras da agenda", href=routes.CHAMBERS_RULES, class_name="btn sec"),
                rx.el.a(
                    "Ver a agenda pública",
                    href="/agenda/" + ChambersState.slug,
                    class_name="btn sec",
                ),
                class_name="row",
            ),
            class_name="between section",
        ),
        _chooser(),
        rx.el.div(
            rx.cond(
                ChambersState.done != "",
                rx.el.p(ChambersState.done, class_name="note ok booked-done"),
            ),
            role="status",
        ),
        rx.el.div(problem(ChambersState.problem), class_name="desk-top"),
        rx.el.div(
            rx.el.div(rx.foreach(ChambersState.days, _day), _conflicts()),
            rx.el.div(_blocks(), feed_card(ChambersState.agenda_id)),
            class_name="picker-cols",
        ),
    )


def _none() -> rx.Component:
    return rx.el.div(
        shell.h1("Mesa do gabinete"),
        rx.el.p("Seu gabinete ainda não tem agenda. Crie a primeira: ninguém a vê até publicar."),
        rx.el.p(rx.el.a("Criar a agenda", href=routes.CHAMBERS_RULES, class_name="btn pri")),
        class_name="stack section",
    )


def page() -> rx.Component:
    """Draw the desk of the gabinete's people."""
    return shell.page(
        rx.cond(
            ChambersState.ready,
            rx.cond(ChambersState.agendas.length() > 0, _desk(), _none()),
            rx.el.div(shell.h1("Mesa do gabinete"), skeleton(4), class_name="stack section"),
        ),
        here=routes.CHAMBERS,
        staff=True,
    )
