"""Page of the complaints behind a figure, newest first (Reclamações)."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_frame
from canais_app.complaints.kinds import COMPLAINT_KIND_NAMES
from canais_app.complaints.lifecycle import COMPLAINT_STATUS_NAMES
from canais_app.complaints.queue.state import QueueState
from canais_app.directory.channels import CHANNEL_NAMES
from canais_app.ui import feedback, forms, shell

PERIODS = (("", "Todos"), ("24h", "Últimas 24 h"), ("7d", "7 dias"), ("30d", "30 dias"))


def _select(name: str, label: str, options: list[tuple[str, str]]) -> rx.Component:
    chosen = QueueState.chosen.get(name, "")
    return forms.select_from_pairs(
        name,
        label,
        [("", "Todas" if name in ("comarca", "situacao") else "Todos"), *options],
        QueueState.errors,
        default_value=chosen,
        key=f"{name}-{chosen}-{QueueState.ready}",
    )


def _comarca() -> rx.Component:
    chosen = QueueState.chosen.get("comarca", "")
    return forms.plain_select(
        "comarca",
        "Comarca",
        rx.el.option("Todas", value=""),
        rx.foreach(QueueState.comarcas, lambda c: rx.el.option(c.name, value=c.code)),
        name="comarca",
        default_value=chosen,
        key=f"comarca-{chosen}-{QueueState.comarcas.length()}",
    )


def _day(name: str, label: str) -> rx.Component:
    chosen = QueueState.chosen.get(name, "")
    return forms.field(
        name, label, QueueState.errors, type="date", default_value=chosen, key=f"{name}-{chosen}"
    )


def _filters() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            _comarca(),
            _select("canal", "Canal", [(str(k), v) for k, v in CHANNEL_NAMES.items()]),
            _select("tipo", "O que houve", [(str(k), v) for k, v in COMPLAINT_KIND_NAMES.items()]),
            _select(
                "situacao",
                "Situação",
                [("abertas", "Abertas"), *((str(k), v) for k, v in COMPLAINT_STATUS_NAMES.items())],
            ),
            _select("p", "Período", [(k, v) for k, v in PERIODS if k]),
            _day("de", "De"),
            _day("ate", "Até"),
            rx.el.div(
                rx.el.button("Filtrar", type="submit", class_name="btn pri"),
                rx.el.a("Limpar", href=routes.CORREGEDORIA_COMPLAINTS, class_name="btn ghost"),
                class_name="row",
            ),
            class_name="queue-filters",
        ),
        on_submit=QueueState.apply_filters,
        no_validate=True,
        aria_label="Filtros",
        class_name="card pad",
    )


def _status_tag(status: rx.Var[str], words: rx.Var[str]) -> rx.Component:
    tone = rx.match(
        status,
        ("recebida", "tag warn"),
        ("resolvida", "tag ok"),
        ("nao_confirmada", "tag off"),
        ("duplicada", "tag off"),
        "tag",
    )
    return rx.el.span(words, class_name=tone)


def _row(row: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.el.li(
        rx.el.h3(
            rx.el.a(row["protocol"], href=row["href"]),
            _status_tag(row["status"], row["status_words"]),
            rx.el.span(row["deadline"], class_name=rx.cond(row["late"], "tag bad", "muted small")),
        ),
        rx.el.p(
            rx.el.span(row["unit"], class_name="strong"),
            rx.cond(row["comarca"] != "", f" · {row['comarca']}", ""),
        ),
        rx.el.p(f"{row['kind']} · {row['channel']} · {row['occurred']}", class_name="muted small"),
        rx.cond(row["text"] != "", rx.el.p(row["text"])),
        key=row["protocol"],
        class_name="card queue-item",
    )


def _list() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.h2(QueueState.total),
            rx.cond(
                QueueState.unit_words != "",
                rx.el.p(
                    f"Só de {QueueState.unit_words} e do que pende dela. ",
                    rx.el.a("Ver todas as unidades", href=QueueState.without_unit),
                    class_name="small",
                ),
            ),
            class_name="section tight",
        ),
        rx.cond(
            QueueState.rows.length() == 0,
            feedback.empty_state(
                "Nenhuma reclamação com estes filtros",
                rx.el.p("Tire um filtro ou amplie o período."),
            ),
            rx.el.ul(rx.foreach(QueueState.rows, _row), class_name="queue-list"),
        ),
        rx.el.nav(
            rx.cond(
                QueueState.first_href != "",
                rx.el.a("Voltar ao início", href=QueueState.first_href, class_name="btn ghost"),
            ),
            rx.cond(
                QueueState.next_href != "",
                rx.el.a("Mais antigas", href=QueueState.next_href, class_name="btn sec"),
            ),
            aria_label="Páginas da lista",
            class_name="row section",
        ),
    )


def page() -> rx.Component:
    """Return the Corregedoria's list of complaints."""
    return staff_frame(
        shell.page_heading("Reclamações"),
        rx.el.p(
            "Textos sem dados pessoais. Abrir a identidade de quem relatou fica registrado.",
            class_name="report-lead",
        ),
        rx.el.div(
            feedback.error_message(QueueState.problem),
            _filters(),
            class_name="stack report-chooser",
        ),
        rx.cond(QueueState.ready, rx.cond(QueueState.problem == "", _list()), feedback.skeleton()),
        here=routes.CORREGEDORIA_COMPLAINTS,
    )
