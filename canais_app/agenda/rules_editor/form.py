"""The form of the rules: all that a gabinete sets, in the order in which it is thought of."""

import reflex as rx

from canais_app.agenda.models import MODALITY_NAMES, Modality
from canais_app.agenda.rules_editor import parts
from canais_app.agenda.rules_editor.fields import parts as fields
from canais_app.agenda.rules_editor.state import RulesState
from canais_app.agenda.setting.editor import HolidayChoice
from canais_app.ui import forms

FORM = "regras"
ABOUT_MODALITY = {
    Modality.VIDEO: "O link vai no e-mail de quem marca.",
    Modality.IN_PERSON: "Na sala do gabinete.",
    Modality.PHONE: "O gabinete liga para quem marcou.",
}


def _who() -> rx.Component:
    return fields.card(
        "Nome e secretaria",
        "O nome é o do gabinete, nunca o de uma pessoa. Vale assim que publicar.",
        rx.el.div(
            fields.line("title", "Nome da agenda", max_length=200),
            forms.choice(
                "registry",
                "Secretaria avisada",
                RulesState.registry_choices,
                RulesState.errors,
                default_value=fields.typed("registry"),
            ),
            class_name="fields two",
        ),
    )


def _modality(modality: Modality) -> rx.Component:
    name = f"modalities-{modality}"
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            name=name,
            value="true",
            default_checked=RulesState.opened.form.contains(name),
        ),
        rx.el.b(MODALITY_NAMES[modality]),
        rx.el.small(ABOUT_MODALITY[modality]),
        class_name="picker-mod",
    )


def _ways() -> rx.Component:
    return fields.card(
        "Como atende",
        "",
        rx.el.fieldset(
            rx.el.legend("Formas de atendimento", class_name="visually-hidden"),
            rx.el.div(*[_modality(modality) for modality in Modality], class_name="picker-mods"),
            rx.cond(
                RulesState.errors.contains("modalities"),
                rx.el.p(
                    rx.icon("circle-alert", size=16, aria_hidden=True),
                    RulesState.errors["modalities"],
                    class_name="rules-err",
                ),
            ),
            id="modalities",
            tab_index=-1,
            class_name="field",
        ),
        rx.el.div(
            fields.line(
                "video_base_url",
                "Link da sala de vídeo",
                "Cada atendimento ganha um endereço próprio a partir dele.",
                type="url",
                max_length=200,
                placeholder="https://",
            ),
            fields.line("place", "Sala", "Prédio, andar e porta, como você diria ao telefone."),
            class_name="fields two",
        ),
    )


def _holiday(holiday: rx.Var[HolidayChoice]) -> rx.Component:
    name = "opt_outs-" + holiday.iso
    return rx.el.li(
        forms.consent(
            name,
            holiday.words,
            RulesState.errors,
            value="true",
            default_checked=RulesState.opened.form.contains(name),
        )
    )


def _holidays() -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            "Receber em feriado ",
            rx.el.small(RulesState.opened.holidays.length(), " dias nos próximos doze meses"),
        ),
        rx.el.p(
            "O calendário do Tribunal fecha estes dias. Marque aqueles em que o gabinete recebe "
            "assim mesmo.",
            class_name="muted small",
        ),
        rx.el.ul(rx.foreach(RulesState.opened.holidays, _holiday), class_name="rules-holidays"),
        class_name="rules-more",
    )


def _when() -> rx.Component:
    return rx.fragment(
        fields.card(
            "Quando atende",
            "Janelas que se repetem, no horário de Cuiabá.",
            parts.windows(),
        ),
        fields.card(
            "Datas especiais",
            "Uma data aqui substitui as janelas daquele dia. Para mais de um horário no mesmo dia, "
            "inclua a data mais de uma vez.",
            parts.own_days(),
            _holidays(),
        ),
    )


def _each() -> rx.Component:
    return fields.card(
        "Cada atendimento",
        "",
        rx.el.div(
            fields.minutes("slot_minutes", "Duração", least="5"),
            fields.minutes("step_minutes", "Um início a cada", least="5"),
            fields.minutes("buffer_before", "Folga antes"),
            fields.minutes("buffer_after", "Folga depois"),
            fields.number("capacity", "Pessoas ao mesmo tempo", min="1", max="50"),
            class_name="fields rules-short",
        ),
    )


def _terms() -> rx.Component:
    return fields.card(
        "Prazos",
        "",
        rx.el.div(
            fields.length("notice_minutes", "Antecedência mínima"),
            rx.el.div(
                fields.number("horizon_days", "Abre com até (dias)", min="1", max="365"),
                fields.switch("horizon_in_business_days", "Contar só dias úteis"),
            ),
            fields.length("cancel_notice", "Mudar ou cancelar até", "Antes do atendimento."),
            fields.length(
                "release_delay",
                "Horário cancelado volta em",
                "Depois da fila de espera. Zero: na hora.",
            ),
            fields.length("offer_minutes", "Oferta da fila vale por"),
            class_name="fields rules-short",
        ),
    )


def _limits() -> rx.Component:
    return fields.card(
        "Limites",
        "Zero é sem limite.",
        rx.el.div(
            fields.number("max_per_day", "Atendimentos por dia"),
            fields.number("max_per_oab_per_day", "Por OAB, por dia"),
            fields.number("max_per_oab_per_month", "Por OAB, por mês"),
            fields.number("max_active_per_oab", "Marcados por OAB"),
            fields.number("max_active_per_case", "Marcados por processo"),
            class_name="fields rules-short",
        ),
    )


def _asking() -> rx.Component:
    return fields.card(
        "Aprovação e confirmação",
        "",
        rx.el.div(
            fields.switch("needs_approval", "O gabinete aprova cada pedido antes de valer"),
            fields.switch("confirms_by_email", "Quem marca confirma pelo link do e-mail"),
            rx.el.div(
                fields.number(
                    "confirm_minutes", "Prazo para confirmar (min)", min="5", max="1440", step="5"
                ),
                class_name="fields rules-short",
            ),
            class_name="tight",
        ),
    )


def _bar() -> rx.Component:
    values = rx.Var(f"Object.fromEntries(new FormData(document.getElementById('{FORM}')))")
    return rx.el.div(
        fields.line(
            "starts_on",
            "Vale a partir de (vazio: hoje)",
            type="date",
            min=RulesState.today,
        ),
        rx.el.p(
            RulesState.draft,
            rx.cond(
                RulesState.draft != "",
                rx.el.button(
                    "Descartar",
                    type="button",
                    on_click=RulesState.discard,
                    class_name="finder-link",
                ),
            ),
            role="status",
            class_name="small muted rules-draft",
        ),
        rx.el.div(
            rx.el.a(
                RulesState.seen.total,
                href="#previa",
                custom_attrs={"reloadDocument": True},
                class_name="rules-to-preview",
            ),
            rx.el.button("Salvar rascunho", type="submit", class_name="btn sec"),
            rx.el.button(
                "Publicar",
                type="button",
                on_click=RulesState.publish(values.to(dict[str, str])),
                class_name="btn pri",
            ),
            class_name="row",
        ),
        class_name="rules-bar",
    )


def rules() -> rx.Component:
    """Return the whole form; what is typed stays in the browser's fields."""
    return forms.typed_form(
        _who(),
        _when(),
        _each(),
        _ways(),
        _terms(),
        _limits(),
        _asking(),
        _bar(),
        on_change=RulesState.typed.debounce(300),
        on_submit=RulesState.save,
        id=FORM,
        key=RulesState.form_key,
        class_name="rules-form",
    )
