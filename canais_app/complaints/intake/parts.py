"""Parts of the report form, and the receipt."""

import reflex as rx

from canais_app import routes
from canais_app.complaints.intake.state import IntakeState
from canais_app.complaints.kinds import COMPLAINT_KINDS, ComplaintKind
from canais_app.ui import forms
from canais_app.ui.persistence import persisted

IS_LOADED = IntakeState.at != ""
SLUG = persisted(IntakeState.slug, IS_LOADED)
CHANNELS = persisted(IntakeState.channels, IS_LOADED)
RECEIPT = persisted(IntakeState.receipt, IntakeState.receipt.contains("protocol"))


def _error_text(name: str, words: str) -> rx.Var[str]:
    return rx.cond(IntakeState.errors.contains(name), words, "")


def _group_error(name: str) -> rx.Component:
    """Return the error above the group: below nine cards a phone would not show it."""
    return rx.cond(
        IntakeState.errors.contains(name),
        rx.el.p(
            rx.icon("circle-alert", size=16, aria_hidden=True),
            IntakeState.errors[name],
            id=f"{name}-erro",
            class_name="report-err",
        ),
    )


def unit_chooser() -> rx.Component:
    """Return the search for the unit to report."""
    return rx.el.section(
        rx.el.h2("Onde foi?"),
        forms.plain_input(
            "unidade",
            "Unidade",
            hint="Escreva a vara, o juizado ou a comarca e escolha na lista.",
            type="search",
            auto_complete="off",
            max_length=200,
            placeholder="Ex.: juizado criminal Sinop",
            on_change=IntakeState.search.debounce(250),
        ),
        rx.el.p(IntakeState.found_words, role="status", class_name="muted small"),
        rx.el.ul(rx.foreach(IntakeState.found, _found), class_name="report-found"),
        class_name="card pad stack report-chooser",
    )


def _found(row: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            rx.el.span(row["name"], class_name="strong"),
            rx.el.span(row["about"], class_name="muted small"),
            href=row["href"],
        ),
        key=row["href"],
    )


def _channel(row: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="channel",
            value=row["kind"],
            default_checked=row["kind"] == IntakeState.channel,
        ),
        rx.el.span(row["name"]),
        key=f"{SLUG}-{persisted(IntakeState.channel, IS_LOADED)}-{row['kind']}",
        class_name="report-opt",
    )


def where_and_channel() -> rx.Component:
    """Return the first step: the unit, the moment and the channel."""
    return rx.el.fieldset(
        rx.el.legend(
            rx.el.b(
                rx.icon("check", size=16, aria_hidden=True), class_name="done", aria_hidden="true"
            ),
            "Onde foi",
            rx.el.small(rx.cond(IntakeState.channel != "", "já preenchido", "escolha o canal")),
            class_name="report-legend",
        ),
        rx.el.div(
            rx.el.div(
                rx.el.p(IntakeState.unit, class_name="strong"),
                rx.el.p(
                    rx.cond(IntakeState.comarca != "", f"Comarca de {IntakeState.comarca} · ", ""),
                    f"Agora, {IntakeState.at}",
                    class_name="muted small",
                ),
            ),
            rx.el.a("Trocar unidade", href=routes.REPORT),
            class_name="card report-place",
        ),
        _group_error("channel"),
        rx.el.div(
            rx.foreach(CHANNELS, _channel),
            id="channel",
            tab_index=-1,
            role="radiogroup",
            aria_label="Canal que falhou",
            aria_describedby=_error_text("channel", "channel-erro"),
            class_name=f"report-channels {_error_text('channel', 'has-err')}",
        ),
        rx.cond(
            CHANNELS.length() == 0,
            rx.el.p("Esta unidade ainda não publica canais.", class_name="muted"),
        ),
        rx.el.details(
            rx.el.summary("Foi em outro momento"),
            forms.field(
                "occurred_at",
                "Quando foi",
                IntakeState.errors,
                hint="Dos últimos 30 dias, no horário de Cuiabá.",
                type="datetime-local",
            ),
            open=IntakeState.errors.contains("occurred_at"),
            class_name="report-when",
        ),
        class_name="report-step",
    )


def _kind(row: ComplaintKind) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="radio", name="kind", value=row.kind.value),
        rx.el.span(rx.icon(row.icon, size=26, aria_hidden=True), row.name),
        class_name="report-opt",
    )


def kind_cards() -> rx.Component:
    """Return the kinds of complaint as cards."""
    return rx.el.fieldset(
        rx.el.legend(
            rx.el.b("1", aria_hidden="true"), "O que aconteceu?", class_name="report-legend"
        ),
        _group_error("kind"),
        rx.el.div(
            *[_kind(row) for row in COMPLAINT_KINDS],
            id="kind",
            tab_index=-1,
            class_name=f"report-kinds {_error_text('kind', 'has-err')}",
        ),
        aria_describedby=_error_text("kind", "kind-erro"),
        class_name="report-step",
    )


def optional_details() -> rx.Component:
    """Return the optional fields: text, name and e-mail."""
    errors = IntakeState.errors
    return rx.fragment(
        rx.el.details(
            rx.el.summary("Contar mais", rx.el.small("opcional")),
            rx.el.div(
                forms.text_area(
                    "text",
                    "O que você tentou e o que apareceu",
                    errors,
                    hint="Não escreva senhas nem detalhes do processo. Até 2.000 letras.",
                )
            ),
            open=True,
            class_name="card report-more",
        ),
        rx.el.details(
            rx.el.summary(
                "Quero me identificar", rx.el.small("opcional; sem isso, o relato é anônimo")
            ),
            rx.el.div(
                forms.field("name", "Nome", errors, auto_complete="name"),
                forms.field(
                    "email",
                    "E-mail",
                    errors,
                    hint="Só para avisar quando houver resposta.",
                    type="email",
                    auto_complete="email",
                ),
                class_name="fields two",
            ),
            open=errors.contains("email") | errors.contains("name"),
            class_name="card report-more",
        ),
    )


def _code(title: str, name: str, copy: str, extra: str = "") -> rx.Component:
    return rx.el.div(
        rx.el.dt(title),
        rx.el.dd(RECEIPT[name], class_name="report-code", id=f"recibo-{name}"),
        rx.el.dd(
            forms.button(
                copy, [rx.set_clipboard(RECEIPT[name]), IntakeState.mark_copied(name)], look="soft"
            )
        ),
        class_name=f"report-key {extra}",
    )


def _next(number: str, title: rx.Var[str] | str, words: str) -> rx.Component:
    return rx.el.li(
        rx.el.span(number, class_name="report-n", aria_hidden="true"),
        rx.el.span(rx.el.strong(title), words),
    )


def receipt() -> rx.Component:
    """Return the receipt: protocol, secret code (shown once) and the next steps."""
    return rx.el.section(
        rx.el.header(
            rx.el.span(rx.icon("check", size=28, aria_hidden=True), class_name="report-tick"),
            rx.el.div(
                rx.el.h2("Relato recebido", id="recibo", tab_index=-1),
                rx.el.p(RECEIPT["about"], class_name="muted"),
            ),
        ),
        rx.el.dl(
            _code("Protocolo", "protocol", "Copiar protocolo"),
            _code("Código secreto", "secret", "Copiar código", "secret"),
            class_name="report-keys",
        ),
        rx.el.p(
            rx.icon("triangle-alert", size=22, aria_hidden=True),
            rx.cond(
                RECEIPT["email"] != "",
                "O código aparece só agora; mandamos uma cópia para o seu e-mail.",
                "O código aparece só agora e não pode ser recuperado. "
                "Copie ou imprima antes de sair.",
            ),
            class_name="report-warn",
        ),
        rx.el.div(
            forms.button(
                "Copiar os dois",
                [rx.set_clipboard(RECEIPT["both"]), IntakeState.mark_copied("both")],
                look="pri",
            ),
            forms.button("Imprimir", rx.call_function(rx.Var("(() => window.print())"))),
            rx.el.a("Acompanhar o relato", href=routes.TRACK, class_name="btn sec"),
            forms.button("Relatar outra falha", IntakeState.start_again, look="ghost"),
            class_name="row",
        ),
        rx.el.p(IntakeState.copied, role="status", class_name="small strong"),
        rx.el.ol(
            _next("1", "Hoje", "A Corregedoria confere se há mais relatos do mesmo canal."),
            _next(
                "2",
                f"Até {RECEIPT['due']}",
                "A resposta sai em 30 dias; prazo em dia fechado passa ao próximo aberto.",
            ),
            _next("3", "Antes de encerrar", "Perguntamos a você se resolveu. Dá para reabrir."),
            class_name="report-next",
        ),
        aria_labelledby="recibo",
        class_name="card report-receipt",
    )
