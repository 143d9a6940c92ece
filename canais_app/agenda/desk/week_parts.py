"""The desk's week grid, and the card of the appointment chosen in it."""

import reflex as rx

from canais_app.agenda.chambers.chambers_desk import WEEKS_SHOWN
from canais_app.agenda.chambers.desk_week import WeekDay, WeekMark
from canais_app.agenda.desk import parts
from canais_app.agenda.desk.chosen_state import CHOSEN_ID, THIS_WEEK
from canais_app.agenda.desk.state import ChambersDeskState
from canais_app.ui.forms import button, field, select, text_area

LEGEND = (
    ("booked", "marcado"),
    ("came", "✓ veio"),
    ("missed", "✕ faltou"),
    ("conflict", "! conflito"),
    ("blocked", "bloqueado ou ocupado"),
    ("free", "livre ou em preenchimento"),
)


def _box(mark: rx.Var[WeekMark]) -> dict[str, rx.Var[str]]:
    return {"top": mark.top, "height": mark.height, "left": mark.left, "width": mark.width}


def _ground(mark: rx.Var[WeekMark]) -> rx.Component:
    return rx.el.div(mark.words, style=_box(mark), class_name="wk-ground " + mark.kind)


def _mark(mark: rx.Var[WeekMark]) -> rx.Component:
    shown = rx.fragment(rx.el.b(mark.time), " ", mark.words)
    return rx.cond(
        mark.id > 0,
        rx.el.button(
            rx.el.span(mark.name, class_name="visually-hidden"),
            rx.el.span(shown, aria_hidden="true"),
            type="button",
            style=_box(mark),
            on_click=ChambersDeskState.choose_item(mark.id),
            aria_pressed=ChambersDeskState.chosen.id == mark.id,
            class_name="wk-mark " + mark.kind,
        ),
        rx.el.div(shown, style=_box(mark), class_name="wk-mark " + mark.kind),
    )


def _day(day: rx.Var[WeekDay]) -> rx.Component:
    return rx.el.section(
        rx.el.h3(
            rx.el.span(day.name),
            rx.el.small(
                day.summary,
                rx.cond(day.conflicts > 0, rx.el.em(" · ! ", day.conflicts, " em conflito")),
            ),
        ),
        rx.el.div(
            rx.cond(day.closed != "", rx.el.p(day.closed, class_name="wk-closed")),
            rx.foreach(day.ground, _ground),
            rx.foreach(day.marks, _mark),
            rx.cond(day.today, rx.el.div(class_name="wk-now", aria_hidden="true")),
            class_name="wk-col",
        ),
        class_name=rx.cond(day.today, "wk-day today", "wk-day"),
    )


def _step(label: str, number: rx.Var[int] | int, spoken: str, is_end: rx.Var[bool]) -> rx.Component:
    event = ChambersDeskState.show_week(number)
    return button(label, event, spoken, look="sec sm", disabled=is_end)


def _heading() -> rx.Component:
    number = ChambersDeskState.week_shown
    return rx.el.div(
        _step("‹", number - 1, " semana anterior", number == 0),
        _step("Hoje", THIS_WEEK, "", number == THIS_WEEK),
        _step("›", number + 1, " semana seguinte", number == WEEKS_SHOWN - 1),
        rx.el.h2(ChambersDeskState.weeks[number].label),
        class_name="row wk-head",
    )


def week_grid() -> rx.Component:
    """Return the grid of the week shown; narrow screens have the list of days instead."""
    week = ChambersDeskState.weeks[ChambersDeskState.week_shown]
    hours = rx.foreach(week.hours, lambda hour: rx.el.span(hour[0], style={"top": hour[1]}))
    return rx.cond(
        ChambersDeskState.weeks.length() > 0,
        rx.el.div(
            _heading(),
            rx.el.div(
                rx.el.div(hours, class_name="wk-hours", aria_hidden="true"),
                rx.foreach(week.days, _day),
                style={"--wk-height": week.height},
                custom_attrs={"data-week-starts": week.starts_at},
                class_name="wk card",
            ),
            rx.el.p(
                *(
                    rx.el.span(rx.el.i(class_name=f"wk-key {kind}"), words)
                    for kind, words in LEGEND
                ),
                class_name="wk-legend small muted",
            ),
            class_name="wk-frame desk-noprint",
        ),
    )


def _move_form() -> rx.Component:
    options = rx.foreach(
        ChambersDeskState.move_times, lambda one: rx.el.option(one[1], value=one[0])
    )
    first = rx.el.option("Escolha o novo horário", value="")
    return rx.el.details(
        rx.el.summary("Mudar horário"),
        rx.el.form(
            rx.el.p("De ", ChambersDeskState.chosen.time, " para:", class_name="small"),
            select("start", "Novo horário", [first, options], ChambersDeskState.errors),
            rx.el.button("Mudar e avisar todos", type="submit", class_name="btn pri sm"),
            on_submit=ChambersDeskState.move_item,
            no_validate=True,
            class_name="fields",
        ),
    )


def _note_form() -> rx.Component:
    note = ChambersDeskState.chosen.note
    return rx.el.form(
        text_area(
            "note",
            "Anotação do gabinete",
            ChambersDeskState.errors,
            default_value=note,
            rows="2",
            max_length=1000,
        ),
        rx.el.button("Guardar anotação", type="submit", class_name="btn sec sm"),
        on_submit=ChambersDeskState.save_note,
        no_validate=True,
        key=ChambersDeskState.chosen.id.to_string() + note,
        class_name="fields",
    )


def _links_form() -> rx.Component:
    chosen, errors = ChambersDeskState.chosen, ChambersDeskState.errors
    return rx.el.details(
        rx.el.summary("Sala de vídeo"),
        rx.cond(
            chosen.room != "",
            rx.el.p(
                "Sala de quem marcou: ",
                rx.el.a(chosen.room, href=chosen.room, custom_attrs={"reloadDocument": True}),
                class_name="small",
            ),
            rx.el.p("A agenda não tem link: informe o deste atendimento.", class_name="small"),
        ),
        rx.cond(
            chosen.moderator_link != "",
            rx.el.p(
                rx.el.a(
                    "Entrar como moderador(a)",
                    href=chosen.moderator_link,
                    class_name="btn sec sm",
                    custom_attrs={"reloadDocument": True},
                )
            ),
        ),
        rx.el.form(
            field(
                "video_link",
                "Link só deste atendimento",
                errors,
                optional=True,
                hint="Vai como você escrever, e todos são avisados. Vazio: o da agenda.",
                type="url",
                default_value=chosen.video_link,
                max_length=500,
                auto_complete="off",
            ),
            field(
                "moderator_link",
                "Link de moderação",
                errors,
                optional=True,
                hint="Só o gabinete vê.",
                type="url",
                default_value=chosen.moderator_link,
                max_length=500,
                auto_complete="off",
            ),
            rx.el.button("Guardar os links", type="submit", class_name="btn sec sm"),
            on_submit=ChambersDeskState.save_links,
            no_validate=True,
            key=chosen.id.to_string() + chosen.video_link + chosen.moderator_link,
            class_name="fields",
        ),
        open=errors.contains("video_link") | errors.contains("moderator_link"),
    )


def chosen_card() -> rx.Component:
    """Return the chosen appointment with what can be done about it; nothing until one is chosen."""
    return rx.cond(
        ChambersDeskState.chosen.id > 0,
        rx.el.section(
            rx.el.div(
                rx.el.h2(ChambersDeskState.chosen.time, id=CHOSEN_ID, tab_index=-1),
                button("Fechar", ChambersDeskState.close_item, " o atendimento", look="ghost sm"),
                class_name="between",
            ),
            parts.chosen_item(ChambersDeskState.chosen),
            rx.cond(ChambersDeskState.move_times.length() > 0, _move_form()),
            rx.cond(ChambersDeskState.chosen.has_room, _links_form()),
            _note_form(),
            aria_label="Atendimento escolhido",
            class_name="card picker-pad stack wk-chosen desk-noprint",
        ),
    )


def upcoming_banner() -> rx.Component:
    """Return who is being received, or comes next, and what to do for it."""
    return rx.cond(
        ChambersDeskState.upcoming != "",
        rx.el.p(
            rx.icon("bell", size=18, aria_hidden=True),
            ChambersDeskState.upcoming,
            class_name="note info wk-upcoming",
        ),
    )
