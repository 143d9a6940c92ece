"""The rules form; what is typed stays in the browser."""

import reflex as rx

from canais_app.agenda.availability.limits import REMINDER_HOURS
from canais_app.agenda.models import MODALITY_NAMES, Modality
from canais_app.agenda.rules.editor import HolidayChoice
from canais_app.agenda.rules_editor import parts
from canais_app.agenda.rules_editor.state import RulesPageState
from canais_app.ui import forms
from canais_app.ui.forms import button

FORM = "regras"
MODALITY_HINTS = {
    Modality.VIDEO: "O link vai no e-mail de quem marca.",
    Modality.IN_PERSON: "Na sala do gabinete.",
    Modality.PHONE: "O gabinete liga para quem marcou.",
}


def _owner_fields() -> rx.Component:
    return parts.field_group(
        "Nome e secretaria",
        "O nome é o do gabinete, nunca o de uma pessoa. Vale assim que publicar.",
        rx.el.div(
            parts.text_field("title", "Nome da agenda", max_length=200),
            forms.select_from_pairs(
                "registry",
                "Secretaria avisada",
                RulesPageState.registry_choices,
                RulesPageState.errors,
                default_value=parts.initial_value("registry"),
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
            default_checked=RulesPageState.opened.form.contains(name),
        ),
        rx.el.b(MODALITY_NAMES[modality]),
        rx.el.small(MODALITY_HINTS[modality]),
        class_name="picker-mod",
    )


def _modality_fields() -> rx.Component:
    return parts.field_group(
        "Como atende",
        "",
        rx.el.fieldset(
            rx.el.legend("Formas de atendimento", class_name="visually-hidden"),
            rx.el.div(*[_modality(modality) for modality in Modality], class_name="picker-mods"),
            parts.group_error("modalities"),
            id="modalities",
            tab_index=-1,
            class_name="field",
        ),
        rx.el.div(
            parts.text_field(
                "video_base_url",
                "Link da sala de vídeo",
                "Vai como você escrever. Para cada atendimento ter a sua sala, escreva {codigo} "
                "onde entra o código, se o seu servidor de vídeo aceita.",
                type="url",
                max_length=500,
                placeholder="https://",
            ),
            parts.text_field(
                "place", "Sala", "Prédio, andar e porta, como você diria ao telefone."
            ),
            class_name="fields two",
        ),
    )


def _holiday(holiday: rx.Var[HolidayChoice]) -> rx.Component:
    return rx.el.li(parts.checkbox_field("opt_outs-" + holiday.iso, holiday.words))


def _holidays() -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            "Receber em feriado ",
            rx.el.small(RulesPageState.opened.holidays.length(), " dias nos próximos doze meses"),
        ),
        rx.el.p(
            "O calendário do Tribunal fecha estes dias. Marque aqueles em que o gabinete recebe "
            "assim mesmo.",
            class_name="muted small",
        ),
        rx.el.ul(rx.foreach(RulesPageState.opened.holidays, _holiday), class_name="rules-holidays"),
        class_name="rules-more",
    )


def _window_fields() -> rx.Component:
    return rx.fragment(
        parts.field_group(
            "Quando atende", "Janelas que se repetem, no horário de Cuiabá.", parts.window_list()
        ),
        parts.field_group(
            "Datas especiais",
            "Uma data aqui substitui as janelas daquele dia. Para mais de um horário no mesmo dia, "
            "inclua a data mais de uma vez.",
            parts.day_override_list(),
            _holidays(),
        ),
    )


def _short_fields(title: str, lead: str, *fields: rx.Component) -> rx.Component:
    return parts.field_group(title, lead, rx.el.div(*fields, class_name="fields rules-short"))


def _slot_fields() -> rx.Component:
    return _short_fields(
        "Cada atendimento",
        "",
        parts.minutes_field("slot_minutes", "Duração", least="5"),
        parts.minutes_field("step_minutes", "Um início a cada", least="5"),
        parts.minutes_field("buffer_before", "Folga antes"),
        parts.minutes_field("buffer_after", "Folga depois"),
        parts.number_field("capacity", "Pessoas ao mesmo tempo", min="1", max="50"),
    )


def _kind_fields() -> rx.Component:
    return parts.field_group(
        "Tipos de atendimento",
        "Quem marca escolhe um destes. O que ficar em branco é o da agenda: duração, formas, prazo "
        "para responder. Sem nenhum tipo, todos os atendimentos são iguais.",
        parts.kind_list(),
    )


def _terms() -> rx.Component:
    after_waitlist = "Depois da fila de espera. Zero: na hora."
    return _short_fields(
        "Prazos",
        "",
        parts.duration_field("notice_minutes", "Antecedência mínima"),
        rx.el.div(
            parts.number_field("horizon_days", "Abre com até (dias)", min="1", max="365"),
            parts.checkbox_field("horizon_in_business_days", "Contar só dias úteis"),
        ),
        parts.duration_field("cancel_notice", "Mudar ou cancelar até", "Antes do atendimento."),
        parts.duration_field("release_delay", "Horário cancelado volta em", after_waitlist),
        parts.duration_field("offer_minutes", "Oferta da fila vale por"),
    )


def _limits() -> rx.Component:
    return _short_fields(
        "Limites",
        "Zero é sem limite.",
        parts.number_field("max_per_day", "Atendimentos por dia"),
        parts.number_field("max_per_oab_per_day", "Por OAB, por dia"),
        parts.number_field("max_per_oab_per_month", "Por OAB, por mês"),
        parts.number_field("max_active_per_oab", "Marcados por OAB"),
        parts.number_field("max_active_per_case", "Marcados por processo"),
        parts.number_field("max_active_per_email", "Marcados por e-mail"),
    )


def _reminder_fields() -> rx.Component:
    return parts.field_group(
        "Lembretes por e-mail",
        "O de 24 horas vai também para o gabinete e a secretaria. Sem escolha, vai o de 24.",
        rx.el.div(
            *[
                parts.checkbox_field(f"reminders-{hours}", f"{hours} horas antes")
                for hours in REMINDER_HOURS
            ],
            class_name="tight",
        ),
    )


def _approval_fields() -> rx.Component:
    return parts.field_group(
        "Aprovação e confirmação",
        "",
        rx.el.div(
            parts.checkbox_field("needs_approval", "O gabinete aprova cada pedido antes de valer"),
            parts.checkbox_field("accepts_parties", "Atende também partes sem advogada(o)"),
            parts.checkbox_field("confirms_by_email", "Quem marca confirma pelo link do e-mail"),
            rx.el.div(
                parts.number_field(
                    "confirm_minutes", "Prazo para confirmar (min)", min="5", max="1440", step="5"
                ),
                parts.number_field(
                    "answer_hours", "Prazo para responder pedidos (horas)", min="1", max="240"
                ),
                class_name="fields rules-short",
            ),
            class_name="tight",
        ),
    )


OFFERS_OTHERS = "offers_others"


def _bar() -> rx.Component:
    values = rx.Var(f"Object.fromEntries(new FormData(document.getElementById('{FORM}')))")
    return rx.el.div(
        parts.text_field(
            "starts_on", "Vale a partir de (vazio: hoje)", type="date", min=RulesPageState.today
        ),
        rx.el.p(
            RulesPageState.draft,
            rx.cond(
                RulesPageState.draft != "",
                rx.el.button(
                    "Descartar",
                    type="button",
                    on_click=RulesPageState.discard,
                    class_name="finder-link",
                ),
            ),
            role="status",
            class_name="small muted rules-draft",
        ),
        rx.cond(
            RulesPageState.seen.impact != "",
            rx.el.div(
                rx.el.p(rx.el.strong("Ao publicar: "), RulesPageState.seen.impact, "."),
                rx.cond(
                    RulesPageState.seen.fallen.length() > 0,
                    rx.fragment(
                        rx.el.ul(
                            rx.foreach(RulesPageState.seen.fallen, rx.el.li),
                            class_name="rules-changes",
                        ),
                        parts.checkbox_field(
                            OFFERS_OTHERS, "Cancelar os que caem e oferecer outros horários"
                        ),
                    ),
                ),
                class_name="note warn",
                role="status",
            ),
        ),
        rx.el.div(
            rx.el.a(
                RulesPageState.seen.total,
                href="#previa",
                custom_attrs={"reloadDocument": True},
                class_name="rules-to-preview",
            ),
            rx.el.button("Salvar rascunho", type="submit", class_name="btn sec"),
            button("Publicar", RulesPageState.publish(values.to(dict[str, str])), look="pri"),
            class_name="row",
        ),
        class_name="rules-bar",
    )


def rules_form() -> rx.Component:
    """Return the whole form."""
    return forms.typed_form(
        _owner_fields(),
        _window_fields(),
        _slot_fields(),
        _modality_fields(),
        _kind_fields(),
        _terms(),
        _limits(),
        _approval_fields(),
        _reminder_fields(),
        _bar(),
        on_change=RulesPageState.save_typed.debounce(300),
        on_submit=RulesPageState.save,
        id=FORM,
        key=RulesPageState.form_key,
        class_name="rules-form",
    )
