"""The manual as a page for the gabinetes."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_frame
from canais_app.agenda.manual.policies import CHAPTERS, LEAD, Chapter, Policy
from canais_app.ui import shell


def _policy(one: Policy) -> rx.Component:
    return rx.el.div(
        rx.el.dt(one.name),
        rx.el.dd(
            rx.el.p(one.sentence),
            rx.el.p(rx.el.strong("Exemplo: "), one.example, class_name="small muted"),
        ),
        class_name="manual-policy",
    )


def _chapter(chapter: Chapter) -> rx.Component:
    return rx.el.section(
        rx.el.h2(chapter.title, id=chapter.anchor),
        rx.el.dl(*[_policy(one) for one in chapter.policies]),
        aria_labelledby=chapter.anchor,
        class_name="card picker-pad stack",
    )


def _contents() -> rx.Component:
    def link(chapter: Chapter) -> rx.Component:
        return rx.el.li(
            rx.el.a(chapter.title, href=f"#{chapter.anchor}", custom_attrs={"reloadDocument": True})
        )

    return rx.el.nav(
        rx.el.ul(*[link(chapter) for chapter in CHAPTERS], class_name="row"), aria_label="Capítulos"
    )


def page() -> rx.Component:
    """Return the manual's page."""
    return staff_frame(
        rx.el.div(
            shell.page_heading("Manual dos gabinetes"),
            rx.el.p(LEAD, class_name="picker-lead"),
            _contents(),
            *[_chapter(chapter) for chapter in CHAPTERS],
            class_name="stack section manual",
        ),
        here=routes.CHAMBERS_MANUAL,
    )
