"""Page of the public status: notices, and counts of reports by place."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.complaints.status.state import PublicStatusState
from canais_app.directory.views import NoticeView
from canais_app.ui import feedback, notices, shell


def _chooser() -> rx.Component:
    return rx.el.div(
        rx.el.label("Comarca", html_for="comarca"),
        rx.el.select(
            rx.el.option("Todo o Estado", value=""),
            rx.foreach(PublicStatusState.comarcas, lambda c: rx.el.option(c.name, value=c.code)),
            id="comarca",
            name="comarca",
            default_value=PublicStatusState.comarca,
            key=f"{PublicStatusState.comarca}-{PublicStatusState.comarcas.length()}",
            on_change=PublicStatusState.choose,
        ),
        class_name="field report-when",
    )


def _notice(notice: rx.Var[NoticeView]) -> rx.Component:
    return rx.el.li(*notices.notice_pieces(notice), class_name="card queue-item", key=notice.uid)


def _channel(row: rx.Var[dict[str, Any]]) -> rx.Component:
    return rx.el.span(f"{row['words'].to(str)}: {row['count'].to(str)}", class_name="tag off")


def _place_row(row: rx.Var[dict[str, Any]]) -> rx.Component:
    channels = row["channels"].to(list[dict[str, Any]])
    tone = rx.cond(row["count"].to(int) > 0, "tag warn", rx.cond(row["known"], "tag", "tag off"))
    return rx.el.li(
        rx.cond(
            row["href"].to(str) != "",
            rx.el.a(row["name"].to(str), href=row["href"].to(str)),
            rx.el.strong(row["name"].to(str)),
        ),
        rx.el.span(row["words"].to(str), class_name=tone),
        rx.cond(channels.length() > 0, rx.el.p(rx.foreach(channels, _channel), class_name="row")),
        class_name="card status-item",
    )


def _planned() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Fechamentos e avisos"),
        rx.cond(
            PublicStatusState.planned.length() > 0,
            rx.el.ul(rx.foreach(PublicStatusState.planned, _notice), class_name="queue-list"),
            rx.el.p("Nenhum fechamento ou aviso em vigor ou anunciado.", class_name="muted"),
        ),
        notices.feed_link(PublicStatusState.feed),
        class_name="section tight",
    )


def _place_list(title: str, places: Any, note: rx.Component | None = None) -> rx.Component:  # noqa: ANN401 (a Var)
    return rx.cond(
        places.length() > 0,
        rx.el.section(
            rx.el.h2(title),
            note,
            rx.el.ul(rx.foreach(places, _place_row), class_name="status-list"),
            class_name="section tight",
        ),
    )


def page() -> rx.Component:
    """Return the public status."""
    return shell.page(
        shell.breadcrumbs(("Início", routes.HOME), ("Situação", routes.STATUS)),
        shell.page_heading("Situação dos canais"),
        rx.el.p(
            "Relatos de quem usa os canais, contados como chegam. "
            "Um relato não confirma uma falha.",
            class_name="report-lead",
        ),
        feedback.error_message(PublicStatusState.problem),
        feedback.live_announcement(PublicStatusState.news),
        _chooser(),
        rx.cond(
            PublicStatusState.at == "",
            feedback.skeleton(),
            rx.fragment(
                rx.el.section(
                    rx.el.h2(PublicStatusState.title),
                    rx.el.p(PublicStatusState.sentence, class_name="strong"),
                    rx.el.p(f"Dados de {PublicStatusState.at}.", class_name="muted small"),
                    class_name="section tight",
                ),
                _planned(),
                _place_list("Com relatos nas últimas 24 horas", PublicStatusState.reported),
                _place_list(
                    "Sem relatos nas últimas 24 horas",
                    PublicStatusState.quiet,
                    rx.el.p(
                        "“Sem dados” quer dizer que nunca houve relato: não sabemos se funciona.",
                        class_name="muted small",
                    ),
                ),
            ),
        ),
        rx.el.p(
            "Um canal falhou com você? ",
            rx.el.a("Relate em três toques", href=routes.REPORT),
            ".",
            class_name="report-foot",
        ),
        here=routes.STATUS,
    )
