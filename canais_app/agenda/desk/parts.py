"""The desk's main column: appointments by day, pending requests and conflicts."""

from typing import Any

import reflex as rx

from canais_app.agenda.chambers.chambers_desk import DeskDay, DeskItem
from canais_app.agenda.desk.state import ChambersDeskState
from canais_app.agenda.parts import substitute_notice
from canais_app.ui.forms import button, consent_checkbox, field


def _status(item: rx.Var[DeskItem]) -> rx.Component:
    return rx.match(
        item.status,
        ("attended", rx.el.span(item.status_words, class_name="tag ok")),
        ("missed", rx.el.span(item.status_words, class_name="tag bad")),
        rx.fragment(),
    )


def _details(item: rx.Var[DeskItem]) -> rx.Component:
    return rx.el.div(
        rx.el.h3(item.name),
        rx.el.p(
            item.registration,
            " · ",
            item.modality,
            rx.cond(item.kind != "", " · " + item.kind, ""),
            class_name="small muted",
        ),
        rx.cond(item.booked_by != "", rx.el.p("Marcado por ", item.booked_by, class_name="small")),
        rx.cond(item.needs != "", rx.el.p(item.needs, class_name="small")),
        rx.el.p(item.subject),
        rx.cond(
            item.case_number != "", rx.el.p("Processo ", item.case_number, class_name="num left")
        ),
        rx.el.p(item.phone, " · ", item.email, class_name="small muted"),
        rx.cond(
            item.undelivered != "",
            rx.el.p(
                rx.icon("mail-warning", size=18, aria_hidden=True),
                rx.el.span(
                    "A última mensagem a quem marcou não chegou. ",
                    item.undelivered,
                    ": avise por telefone.",
                ),
                class_name="desk-undelivered",
            ),
        ),
        rx.cond(
            item.note != "",
            rx.el.p(rx.el.strong("Anotação: "), item.note, class_name="small desk-own-note"),
        ),
        rx.el.p(
            _status(item),
            rx.cond(item.lawyer_says != "", rx.el.span(item.lawyer_says, class_name="tag warn")),
            rx.cond(item.warning != "", rx.el.span(item.warning, class_name="tag warn")),
            rx.cond(item.conflict != "", rx.el.span(item.conflict, class_name="tag warn")),
            class_name="row",
        ),
        class_name="tight",
    )


def _button(label: str, item: rx.Var[DeskItem], event: object, look: str) -> rx.Component:
    return button(label, event, ": ", item.name, ", ", item.time, look=f"sm {look}")


def _actions(item: rx.Var[DeskItem]) -> rx.Component:
    is_marked = (item.status == "attended") | (item.status == "missed")
    mark = ChambersDeskState.mark
    return rx.el.div(
        rx.cond(
            item.can_mark,
            rx.cond(
                is_marked,
                _button("Desfazer", item, mark(item.id, "confirmed"), "sec"),
                rx.fragment(
                    _button("Compareceu", item, mark(item.id, "attended"), "pri"),
                    _button("Não compareceu", item, mark(item.id, "missed"), "sec"),
                ),
            ),
        ),
        rx.cond(
            item.can_cancel,
            _button("Cancelar", item, ChambersDeskState.ask_cancel(item.id), "danger"),
        ),
        rx.cond(
            item.can_answer,
            rx.fragment(
                _button("Aprovar", item, ChambersDeskState.approve(item.id), "pri"),
                _button("Recusar", item, ChambersDeskState.ask_refuse(item.id), "danger"),
            ),
        ),
        rx.cond(
            ChambersDeskState.chosen.id != item.id,
            _button("Abrir", item, ChambersDeskState.choose_item(item.id), "ghost"),
        ),
        class_name="acts",
    )


def _alternative_choice(offer: rx.Var[tuple[str, str]]) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name=f"offer-{offer[0]}", value="true", default_checked=True),
        rx.el.span(offer[1]),
        class_name="check",
    )


def _alternative_choices() -> rx.Component:
    return rx.cond(
        ChambersDeskState.offers.length() > 0,
        rx.el.fieldset(
            rx.el.legend("Oferecer no lugar, guardados por 48 horas", class_name="legend"),
            rx.foreach(ChambersDeskState.offers, _alternative_choice),
        ),
        rx.el.p("Não há outro horário livre para oferecer.", class_name="small muted"),
    )


def _reason_dialog(
    reason: rx.Component, submit: str, dismiss: str, event: object, *more: rx.Component
) -> rx.Component:
    return rx.el.form(
        reason,
        *more,
        rx.el.div(
            rx.el.button(submit, type="submit", class_name="btn danger"),
            button(dismiss, ChambersDeskState.dismiss, look="sec"),
            class_name="row",
        ),
        on_submit=event,
        no_validate=True,
        class_name="desk-ask tight",
    )


def _unreferenced(name: str) -> rx.Var[str]:
    # A control with a plain id gets a ref, and every list that draws this form writes the same
    # one: the form would be sent with the empty value of a list in which it is closed.
    return rx.Var.create(name)


def _reason_field(name: str, label: str, hint: str) -> rx.Component:
    errors = ChambersDeskState.errors
    return field(_unreferenced(name), label, errors, hint=hint, max_length=200, auto_focus=True)


def _cancellation_dialog() -> rx.Component:
    keep_closed = consent_checkbox(
        _unreferenced("keep_closed"),
        "Não oferecer este horário a outra pessoa",
        ChambersDeskState.errors,
        value="true",
        default_checked=True,
    )
    hint = "Vai no e-mail a quem marcou. Uma linha basta."
    return _reason_dialog(
        _reason_field("reason", "Motivo do cancelamento", hint),
        "Cancelar atendimento",
        "Manter",
        ChambersDeskState.cancel,
        _alternative_choices(),
        keep_closed,
    )


def _refusal_dialog() -> rx.Component:
    hint = "Vai no e-mail a quem pediu. Uma linha basta."
    return _reason_dialog(
        _reason_field("refusal", "Motivo da recusa", hint),
        "Recusar pedido",
        "Voltar",
        ChambersDeskState.refuse,
    )


def _item(item: rx.Var[DeskItem]) -> rx.Component:
    return rx.el.li(
        rx.el.p(item.time, class_name="time"),
        _details(item),
        _actions(item),
        rx.cond(
            (ChambersDeskState.asking == item.id) & (ChambersDeskState.chosen.id != item.id),
            _cancellation_dialog(),
        ),
        rx.cond(ChambersDeskState.refusing == item.id, _refusal_dialog()),
        class_name="card desk-item",
    )


def chosen_item(item: rx.Var[DeskItem]) -> rx.Component:
    """Return the appointment chosen in the week grid; its cancel form opens here."""
    return rx.el.div(
        _details(item),
        _actions(item),
        rx.cond(ChambersDeskState.asking == item.id, _cancellation_dialog()),
        class_name="tight",
    )


def desk_day(day: rx.Var[DeskDay]) -> rx.Component:
    """Return a day with its appointments."""
    return rx.el.section(
        rx.el.h2(day.name),
        substitute_notice(day.attended_by),
        rx.cond(
            day.people.length() > 0,
            rx.el.ul(rx.foreach(day.people, _item), class_name="desk-list"),
            rx.el.p("Ninguém marcado.", class_name="muted"),
        ),
        class_name=rx.cond(day.today, "section desk-today", "section"),
    )


def _listed_day(day: rx.Var[DeskDay]) -> rx.Component:
    return rx.el.div(
        rx.el.h3(day.name),
        substitute_notice(day.attended_by),
        rx.el.ul(rx.foreach(day.people, _item), class_name="desk-list"),
        class_name="tight",
    )


def _separate_days(days: Any, title: str, words: str) -> rx.Component:  # noqa: ANN401 (a Var of days)
    return rx.cond(
        days.length() > 0,
        rx.el.section(
            rx.el.h2(title),
            rx.el.p(words, class_name="small muted"),
            rx.foreach(days, _listed_day),
            class_name="section stack",
        ),
    )


def request_list() -> rx.Component:
    """Return the pending requests by day."""
    return _separate_days(
        ChambersDeskState.requests,
        "Pedidos à espera de resposta",
        "O horário fica com o primeiro pedido aprovado; os outros são avisados.",
    )


def conflict_list() -> rx.Component:
    """Return appointments of later weeks that the rules no longer offer."""
    return _separate_days(
        ChambersDeskState.conflicts,
        "Fora das regras nas próximas semanas",
        "As regras mudaram depois que estes foram marcados. Eles continuam valendo.",
    )
