"""Pessoal."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_page
from canais_app.accounts.roles import Role
from canais_app.admin.people.state import StaffListState
from canais_app.ui import forms
from canais_app.ui.forms import button
from canais_app.ui.tables import table

ROLES = [("", "Escolha")] + [(role.value, role.value.capitalize()) for role in Role]


def _unit(name: str) -> rx.Component:
    """Return the fields that choose a unit: a search box and its results."""
    return rx.el.div(
        rx.el.div(
            rx.el.label(
                "Nome da unidade",
                rx.el.span(" (só para gestor e gabinete)", class_name="muted"),
                html_for=f"{name}-procura",
            ),
            rx.el.input(
                id=f"{name}-procura",
                name="unit-words",
                type="search",
                on_change=StaffListState.find_units.debounce(300),
                max_length=80,
            ),
            class_name="field",
        ),
        forms.plain_select(
            name,
            "Unidade",
            rx.el.option("Nenhuma", value=""),
            rx.foreach(
                StaffListState.units,
                lambda unit: rx.el.option(unit["name"], value=unit["id"].to_string()),
            ),
            name="unit",
        ),
        rx.el.p(StaffListState.answer, role="status", class_name="muted small"),
        class_name="fields two",
    )


def _invite() -> rx.Component:
    return rx.el.details(
        rx.el.summary(rx.icon("user-plus", size=18, aria_hidden=True), "Convidar pessoa"),
        rx.el.form(
            rx.el.div(
                forms.field("name", "Nome", StaffListState.errors, max_length=120),
                forms.field("email", "E-mail", StaffListState.errors, type="email", max_length=200),
                class_name="fields two",
            ),
            forms.select_from_pairs("role", "Perfil", ROLES, StaffListState.errors),
            _unit("unit"),
            rx.el.button("Enviar o convite", type="submit", class_name="btn pri"),
            on_submit=StaffListState.invite,
            no_validate=True,
            class_name="stack",
        ),
        class_name="card pad",
    )


def _roles() -> rx.Component:
    return rx.el.form(
        rx.el.h2("Perfil de ", StaffListState.chosen_name),
        forms.plain_select(
            "new-role",
            "Novo perfil",
            rx.el.option("Sem perfil", value=""),
            *[rx.el.option(words, value=value) for value, words in ROLES[1:]],
            name="role",
        ),
        _unit("new-unit"),
        forms.submit_or_go_back("Guardar", StaffListState.open_roles(0)),
        on_submit=StaffListState.give_role,
        no_validate=True,
        class_name="card pad stack",
    )


def _second_step() -> rx.Component:
    return rx.el.form(
        rx.el.h2("Retirar a segunda etapa de ", StaffListState.chosen_name),
        rx.el.p(
            "Só para quem perdeu o aplicativo e os códigos de recuperação: confirme por outro meio "
            "que é a pessoa mesma. As sessões dela terminam, ela é avisada por e-mail e na próxima "
            "entrada liga a segunda etapa de novo."
        ),
        forms.field(
            "own_password",
            "A sua senha",
            StaffListState.errors,
            hint="Quem entra pela conta do Tribunal deixa em branco e entra de novo antes.",
            type="password",
            auto_complete="current-password",
            max_length=300,
        ),
        forms.submit_or_go_back(
            "Retirar", StaffListState.confirm_second_step_removal(0), look="danger"
        ),
        on_submit=StaffListState.remove_second_step,
        no_validate=True,
        class_name="card pad stack",
    )


def _row(row: rx.vars.ObjectVar[dict[str, str]]) -> rx.Component:
    number, about, is_other = row["id"].to(int), (" ", row["name"]), ~row["is_self"].to(bool)
    resend, restore = StaffListState.resend_invitation, StaffListState.restore
    remove = StaffListState.confirm_second_step_removal
    acts = rx.el.div(
        button("Perfil", StaffListState.open_roles(number), *about, look="sec sm"),
        rx.match(
            row["status"],
            ("invited", button("Reenviar convite", resend(number), *about, look="sec sm")),
            ("suspended", button("Reativar", restore(number), *about, look="sec sm")),
            rx.fragment(),
        ),
        rx.cond(
            (row["status"] != "suspended") & is_other,
            button("Suspender", StaffListState.suspend(number), *about, look="danger sm"),
        ),
        rx.cond(
            row["second_step"].to(bool) & is_other,
            button("Retirar segunda etapa", remove(number), *about, look="sec sm"),
        ),
        class_name="row",
    )
    return rx.el.tr(
        rx.el.td(
            rx.el.p(row["name"], class_name="strong"),
            rx.el.p(row["email"], class_name="muted small"),
        ),
        rx.el.td(row["roles"]),
        rx.el.td(
            rx.el.span(
                row["status_words"],
                class_name=rx.match(
                    row["status"], ("active", "tag ok"), ("invited", "tag warn"), "tag off"
                ),
            )
        ),
        rx.el.td(rx.cond(row["second_step"], "Sim", "Não")),
        rx.el.td(acts),
        key=row["id"].to_string(),
    )


def page() -> rx.Component:
    """Return the page of staff."""
    return staff_page(
        "Pessoal",
        routes.ADMIN_STAFF,
        StaffListState,
        _invite(),
        rx.cond(StaffListState.chosen > 0, _roles()),
        rx.cond(StaffListState.losing > 0, _second_step()),
        rx.el.form(
            forms.plain_input(
                "words", "Procurar por nome ou e-mail", name="words", type="search", max_length=80
            ),
            rx.el.button("Procurar", type="submit", class_name="btn sec"),
            on_submit=StaffListState.search,
            class_name="admin-search",
        ),
        table(
            "Pessoas com conta",
            ("Pessoa", "Perfil", "Conta", "Segunda etapa", "Ações"),
            rx.el.tbody(rx.foreach(StaffListState.rows, _row)),
        ),
        labels=(
            ("name", "Nome"),
            ("email", "E-mail"),
            ("role", "Perfil"),
            ("unit", "Unidade"),
            ("own_password", "A sua senha"),
        ),
    )
