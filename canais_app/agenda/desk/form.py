"""The desk's side column: today's walk-ins and the blocked periods."""

import reflex as rx

from canais_app.agenda.chambers.walk_ins import WalkInView
from canais_app.agenda.desk.state import ChambersDeskState
from canais_app.agenda.parts import UFS, block_text
from canais_app.agenda.views import BlockView
from canais_app.ui.forms import button, consent_checkbox, field, select_from_pairs


def _button(label: str, walk_in: rx.Var[WalkInView], status: str, look: str) -> rx.Component:
    event = ChambersDeskState.move_walk_in(walk_in.id, status)
    return button(label, event, ": ", walk_in.name, look=f"sm {look}")


def _walk_in(walk_in: rx.Var[WalkInView]) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.strong(walk_in.place, "º ", walk_in.name),
            rx.cond(walk_in.is_urgent, rx.el.span("urgente", class_name="tag warn")),
            rx.cond(walk_in.is_called, rx.el.span("chamada", class_name="tag ok")),
            class_name="row",
        ),
        rx.el.p("OAB ", walk_in.oab, " · ", walk_in.words, class_name="small muted"),
        rx.cond(walk_in.subject != "", rx.el.p(walk_in.subject, class_name="small")),
        rx.el.div(
            rx.cond(
                walk_in.is_called,
                rx.fragment(
                    _button("Atendida", walk_in, "attended", "pri"),
                    _button("Desfazer", walk_in, "waiting", "sec"),
                ),
                _button("Chamar", walk_in, "called", "pri"),
            ),
            _button("Foi embora", walk_in, "left", "ghost"),
            class_name="row",
        ),
        class_name="desk-waits tight",
    )


def _arrival_form() -> rx.Component:
    return rx.el.details(
        rx.el.summary("Incluir quem chegou"),
        rx.el.form(
            field("name", "Nome", ChambersDeskState.errors, max_length=120, auto_complete="off"),
            rx.el.div(
                field("oab_number", "Nº da OAB", ChambersDeskState.errors, max_length=12),
                select_from_pairs(
                    "oab_uf", "UF", UFS, ChambersDeskState.errors, default_value="MT"
                ),
                class_name="fields two",
            ),
            field("subject", "Assunto", ChambersDeskState.errors, optional=True, max_length=200),
            consent_checkbox("urgent", "É urgente", ChambersDeskState.errors, value="true"),
            rx.el.button("Incluir na lista", type="submit", class_name="btn pri"),
            on_submit=ChambersDeskState.add_walk_in,
            key=ChambersDeskState.line_form,
            no_validate=True,
            class_name="fields",
        ),
        class_name="desk-noprint",
    )


def walk_in_list() -> rx.Component:
    """Return today's walk-ins: urgent ones first, each group by order of arrival."""
    return rx.el.section(
        rx.el.h2("Ordem de chegada"),
        rx.el.p(
            "Quem vem sem agendar é atendido por ordem de chegada (Lei 8.906/94, art. 7º, VIII).",
            class_name="small muted",
        ),
        rx.cond(
            ChambersDeskState.line.length() > 0,
            rx.el.ul(rx.foreach(ChambersDeskState.line, _walk_in), class_name="desk-line"),
            rx.el.p("Ninguém aguarda."),
        ),
        _arrival_form(),
        class_name="card picker-pad stack",
    )


def _block(block: rx.Var[BlockView]) -> rx.Component:
    return rx.el.li(
        block_text(block),
        button(
            "Retirar",
            ChambersDeskState.remove_block(block.id),
            " bloqueio de ",
            block.words,
            look="sm sec",
        ),
        class_name="between",
    )


def blocks() -> rx.Component:
    """Return the blocked periods and the form for a new one."""
    return rx.el.section(
        rx.el.h2("Bloquear período"),
        rx.el.p(
            "Ninguém marca horário nele. Os já marcados ficam e aparecem com aviso.",
            class_name="small muted",
        ),
        rx.el.form(
            field("day", "Dia", ChambersDeskState.errors, type="date", min=ChambersDeskState.today),
            rx.el.div(
                field("from", "Das", ChambersDeskState.errors, type="time"),
                field("until", "Às", ChambersDeskState.errors, type="time"),
                class_name="fields two",
            ),
            field(
                "weeks",
                "Por quantas semanas",
                ChambersDeskState.errors,
                type="number",
                min="1",
                max="52",
                default_value="1",
                hint="1: só este dia. 8: este dia da semana, oito vezes.",
            ),
            field(
                "block_reason", "Motivo", ChambersDeskState.errors, optional=True, max_length=200
            ),
            rx.el.button("Bloquear", type="submit", class_name="btn pri"),
            on_submit=ChambersDeskState.create_block,
            no_validate=True,
            class_name="fields",
        ),
        rx.cond(
            ChambersDeskState.blocks.length() > 0,
            rx.el.div(
                rx.el.h3("Em vigor"),
                rx.el.ul(rx.foreach(ChambersDeskState.blocks, _block), class_name="tight"),
                class_name="tight",
            ),
        ),
        class_name="card picker-pad stack desk-noprint",
    )
