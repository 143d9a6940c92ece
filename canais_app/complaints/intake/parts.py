"""The pieces of the report form, and its receipt."""

import reflex as rx

from canais_app import routes
from canais_app.complaints.intake.state import Intake
from canais_app.complaints.models import COMPLAINT_KINDS, ComplaintKind
from canais_app.ui import forms
from canais_app.ui.once import kept

LOADED = Intake.at != ""
SLUG = kept(Intake.slug, LOADED)
CHANNELS = kept(Intake.channels, LOADED)
RECEIPT = kept(Intake.receipt, Intake.receipt.contains("protocol"))


def _wrong(name: str, words: str) -> rx.Var[str]:
    return rx.cond(Intake.errors.contains(name), words, "")


def _error(name: str) -> rx.Component:
    """Return what is wrong, above the group: nine cards later nobody would see it on a phone."""
    return rx.cond(
        Intake.errors.contains(name),
        rx.el.p(
            rx.icon("circle-alert", size=16, aria_hidden=True),
            Intake.errors[name],
            id=f"{name}-erro",
            class_name="report-err",
        ),
    )


def chooser() -> rx.Component:
    """Return the small search that finds the unit to report."""
    return rx.el.section(
        rx.el.h2("Onde foi?"),
        rx.el.div(
            rx.el.label("Unidade", html_for="unidade"),
            rx.el.input(
                id="unidade",
                type="search",
                auto_complete="off",
                max_length=200,
                placeholder="Ex.: juizado criminal Sinop",
                aria_describedby="unidade-dica",
                on_change=Intake.search.debounce(250),
            ),
            rx.el.p(
                "Escreva a vara, o juizado ou a comarca e escolha na lista.",
                id="unidade-dica",
                class_name="hint",
            ),
            class_name="field",
        ),
        rx.el.p(Intake.found_words, role="status", class_name="muted small"),
        rx.el.ul(rx.foreach(Intake.found, _found), class_name="report-found"),
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
            default_checked=row["kind"] == Intake.channel,
        ),
        rx.el.span(row["name"]),
        key=f"{SLUG}-{kept(Intake.channel, LOADED)}-{row['kind']}",
        class_name="report-opt",
    )


def place() -> rx.Component:
    """Return where it was: the unit, when, and the channel."""
    return rx.el.fieldset(
        rx.el.legend(
            rx.el.b(
                rx.icon("check", size=16, aria_hidden=True), class_name="done", aria_hidden="true"
            ),
            "Onde foi",
            rx.el.small(rx.cond(Intake.channel != "", "já preenchido", "escolha o canal")),
            class_name="report-legend",
        ),
        rx.el.div(
            rx.el.div(
                rx.el.p(Intake.unit, class_name="strong"),
                rx.el.p(
                    rx.cond(Intake.comarca != "", f"Comarca de {Intake.comarca} · ", ""),
                    f"Agora, {Intake.at}",
                    class_name="muted small",
                ),
            ),
            rx.el.a("Trocar unidade", href=routes.REPORT),
            class_name="card report-place",
        ),
        _error("channel"),
        rx.el.div(
            rx.foreach(CHANNELS, _channel),
            id="channel",
            tab_index=-1,
            role="radiogroup",
            aria_label="Canal que falhou",
            aria_describedby=_wrong("channel", "channel-erro"),
            class_name=f"report-channels {_wrong('channel', 'has-err')}",
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
                Intake.errors,
                hint="Dos últimos 30 dias, no horário de Cuiabá.",
                type="datetime-local",
            ),
            open=Intake.errors.contains("occurred_at"),
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


def kinds() -> rx.Component:
    """Return what may have happened, one card each."""
    return rx.el.fieldset(
        rx.el.legend(
            rx.el.b("1", aria_hidden="true"), "O que aconteceu?", class_name="report-legend"
        ),
        _error("kind"),
        rx.el.div(
            *[_kind(row) for row in COMPLAINT_KINDS],
            id="kind",
            tab_index=-1,
            class_name=f"report-kinds {_wrong('kind', 'has-err')}",
        ),
        aria_describedby=_wrong("kind", "kind-erro"),
        class_name="report-step",
    )


def details() -> rx.Component:
    """Return what is optional: words, and who one is."""
    errors = Intake.errors
    return rx.fragment(
        rx.el.details(
            rx.el.summary("Contar mais", rx.el.small("opcional")),
            rx.el.div(
                forms.area(
                    "text",
                    "O que você tentou e o que apareceu",
                    errors,
                    hint="Não escreva senhas nem detalhes do processo. Até 2.000 letras.",
                ),
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
            rx.el.button(
                copy,
                type="button",
                class_name="btn soft",
                on_click=[rx.set_clipboard(RECEIPT[name]), Intake.mark_copied(name)],
            ),
        ),
        class_name=f"report-key {extra}",
    )


def _next(number: str, title: rx.Var[str] | str, words: str) -> rx.Component:
    return rx.el.li(
        rx.el.span(number, class_name="report-n", aria_hidden="true"),
        rx.el.span(rx.el.strong(title), words),
    )


def receipt() -> rx.Component:
    """Return the protocol and the secret code, shown once, and what happens next."""
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
            rx.el.button(
                "Copiar os dois",
                type="button",
                class_name="btn pri",
                on_click=[rx.set_clipboard(RECEIPT["both"]), Intake.mark_copied("both")],
            ),
            rx.el.button(
                "Imprimir",
                type="button",
                class_name="btn sec",
                on_click=rx.call_function(rx.Var("(() => window.print())")),
            ),
            rx.el.a("Acompanhar o relato", href=routes.TRACK, class_name="btn sec"),
            rx.el.button(
                "Relatar outra falha",
                type="button",
                class_name="btn ghost",
                on_click=Intake.start_again,
            ),
            class_name="row",
        ),
        rx.el.p(Intake.copied, role="status", class_name="small strong"),
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
