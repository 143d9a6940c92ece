"""Draw the staff frame; every page of an area of staff stands in it."""

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.menu import ACCOUNT, ICONS
from canais_app.accounts.frame.state import FrameState, MenuGroup
from canais_app.ui import error_banner, feedback, forms, shell
from canais_app.ui.pages import page_entry
from canais_app.ui.persistence import show_once_ready

Entry = rx.vars.ObjectVar[dict[str, Any]]


def staff_entry(
    component: Callable[[], rx.Component],
    *,
    route: str,
    title: str,
    description: str,
    on_load: object,
) -> dict[str, Any]:
    """Return the entry of a page in the staff frame; the frame is loaded with the page.

    `on_load` is the page's load, or a list that begins with it.
    """
    loads = on_load if isinstance(on_load, list) else [on_load]
    return page_entry(
        component,
        route=route,
        title=title,
        description=description,
        on_load=[*loads, FrameState.load],
    )


def staff_frame(
    *children: rx.Component | rx.Var | None, here: str, dense: bool = False
) -> rx.Component:
    """Frame a staff page. `here` is its menu entry; `dense` pages fill the width, in small type."""
    return rx.el.div(
        # React waits for a style sheet with a precedence before it shows the page.
        rx.el.link(rel="stylesheet", href="/staff.css", custom_attrs={"precedence": "staff"}),
        rx.el.script(src="/staff.js", custom_attrs={"async": True}),
        shell.skip_link(),
        shell.demo_banner(),
        feedback.connection_bar(),
        rx.el.header(
            _brand(),
            rx.el.button(
                _avatar(),
                rx.el.span("Sua conta e sair", class_name="visually-hidden"),
                type="button",
                class_name="frame-who",
                custom_attrs={"popoverTarget": "pessoa"},
            ),
            class_name="frame-top",
        ),
        rx.el.div(
            _side(here),
            rx.el.main(
                _session_bar(),
                error_banner.error_banner(),
                *children,
                id="conteudo",
                tab_index=-1,
                class_name="frame-main dense" if dense else "frame-main",
            ),
            class_name="frame",
        ),
        _phone_bar(here),
        class_name="page staff",
    )


def staff_page(
    title: rx.Var[str] | str,
    here: str,
    state: Any,  # noqa: ANN401 (a State class with the messages of EventState)
    *children: rx.Component | None,
    labels: Sequence[tuple[str, str]] = (),
    steps: Sequence[tuple[str, str]] = (),
) -> rx.Component:
    """Return a page with its heading, news, refusals and, once loaded, its content.

    `steps` are the pages above this one; the last is its entry in the menu.
    """
    return staff_frame(
        shell.breadcrumbs(*steps, (title, here)) if steps else None,
        shell.page_heading(title),
        rx.el.div(
            rx.cond(state.news != "", feedback.callout(state.news, tone="ok")),
            role="status",
            class_name="section-tight",
        ),
        forms.error_summary(state.problem, state.errors, labels),
        show_once_ready(
            state.ready, rx.el.div(*children, class_name="stack admin-body"), feedback.skeleton()
        ),
        here=steps[-1][1] if steps else here,
    )


@rx.memo
def menu_icon(name: rx.Var[str]) -> rx.Component:
    """Draw the icon of a menu entry."""
    return rx.match(
        name,
        *[(icon, rx.icon(icon, size=18, aria_hidden=True)) for icon in ICONS],
        rx.icon("house", size=18, aria_hidden=True),
    )


def menu_count(entry: Entry) -> rx.Component:
    """Show the number of an entry, if it has one above zero."""
    number = FrameState.counts[entry["count"].to(str)]
    return rx.cond(
        number,
        rx.el.span(
            rx.cond(entry["tone"] == "hot", rx.el.span("▲ ", aria_hidden="true")),
            number,
            class_name=f"frame-count {entry['tone']}",
        ),
    )


def sign_out_form() -> rx.Component:
    """Return the form that ends the session."""
    return forms.plain_form(
        rx.el.button(
            rx.icon("log-out", size=18, aria_hidden=True),
            "Sair",
            type="submit",
            class_name="btn sec",
        ),
        action=routes.SIGN_OUT_FORM,
    )


def _brand() -> rx.Component:
    return rx.el.a(
        rx.el.span("MT", class_name="mark", aria_hidden="true"),
        rx.el.span(
            "Canais de Atendimento", rx.el.small(FrameState.office), class_name="frame-label"
        ),
        href=routes.STAFF_HOME,
        class_name="brand",
    )


def _avatar() -> rx.Component:
    return rx.el.span(FrameState.initials, class_name="av", aria_hidden="true")


def _current(path: rx.Var[Any], here: str) -> dict[str, Any]:
    return {"aria-current": rx.cond(path == here, "page", "false")}


def _entry(entry: Entry, here: str) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            menu_icon(name=entry["icon"].to(str)),
            rx.el.span(entry["title"], class_name="frame-label"),
            menu_count(entry),
            href=entry["path"].to(str),
            custom_attrs=_current(entry["path"], here),
        ),
        key=entry["path"].to(str),
    )


def _group(group: rx.vars.ObjectVar[MenuGroup], here: str) -> rx.Component:
    return rx.fragment(
        rx.el.h2(group["name"], class_name="frame-group"),
        rx.el.ul(
            rx.foreach(group["entries"].to(list[dict[str, Any]]), lambda entry: _entry(entry, here))
        ),
    )


def _link(words: str, path: str, icon: str, here: str = "") -> rx.Component:
    return rx.el.li(
        rx.el.a(
            rx.icon(icon, size=18, aria_hidden=True),
            rx.el.span(words, class_name="frame-label"),
            href=path,
            custom_attrs={"aria-current": "page"} if path == here else {},
        )
    )


def _side(here: str) -> rx.Component:
    return rx.el.header(
        _brand(),
        rx.el.nav(
            rx.el.ul(_link("Mesa", routes.STAFF_HOME, "house", here)),
            rx.foreach(
                FrameState.groups,
                lambda group: rx.cond(group["name"] == ACCOUNT, None, _group(group, here)),
            ),
            rx.el.h2("Portal", class_name="frame-group"),
            rx.el.ul(
                _link("Buscar unidade", routes.HOME, "search"),
                _link("Situação pública", routes.STATUS, "radio"),
            ),
            aria_label="Menu da equipe",
        ),
        rx.el.div(_person(), class_name="frame-person"),
        class_name="frame-side",
    )


def _person() -> rx.Component:
    """Show who is signed in, until when, and the way out."""
    return rx.fragment(
        rx.el.a(
            _avatar(),
            rx.el.span(
                rx.el.b(FrameState.name), rx.el.small(FrameState.roles), class_name="frame-label"
            ),
            href=routes.ACCOUNT,
            title="Minha conta",
            class_name="frame-me",
        ),
        rx.el.p(
            rx.cond(FrameState.until != "", f"Sessão aberta até {FrameState.until}. ", ""),
            "O que você digita fica guardado se ela terminar.",
            class_name="frame-until",
        ),
        sign_out_form(),
    )


def _phone_bar(here: str) -> rx.Component:
    def entry(item: Entry) -> rx.Component:
        return rx.el.a(
            menu_icon(name=item["icon"].to(str)),
            item["title"],
            menu_count(item),
            href=item["path"].to(str),
            custom_attrs=_current(item["path"], here),
            key=item["path"].to(str),
        )

    home = {"aria-current": "page"} if here == routes.STAFF_HOME else {}
    return rx.fragment(
        rx.el.nav(
            rx.el.a(
                rx.icon("house", size=20, aria_hidden=True),
                "Mesa",
                href=routes.STAFF_HOME,
                custom_attrs=home,
            ),
            rx.foreach(FrameState.phone, entry),
            rx.el.button(
                rx.icon("user-round", size=20, aria_hidden=True),
                "Eu, sair",
                type="button",
                custom_attrs={"popoverTarget": "pessoa"},
            ),
            aria_label="Menu do telefone",
            class_name="frame-bar",
        ),
        rx.el.div(
            _person(),
            id="pessoa",
            role="dialog",
            aria_label="Sua conta",
            class_name="frame-pop",
            custom_attrs={"popover": "auto"},
        ),
    )


def _session_bar() -> rx.Component:
    """Warn before the session ends, and say when it is over; the page's script asks in time."""
    return rx.el.div(
        rx.el.div(
            rx.cond(
                FrameState.ending != "",
                rx.el.div(
                    rx.icon("clock", size=18, aria_hidden=True),
                    rx.el.p(FrameState.ending),
                    rx.cond(
                        FrameState.extendable,
                        rx.el.button(
                            "Continuar",
                            type="button",
                            on_click=FrameState.keep_session,
                            class_name="btn pri sm",
                        ),
                    ),
                    class_name="note warn frame-session",
                ),
            ),
            role="status",
        ),
        rx.el.div(
            rx.cond(
                FrameState.problem != "",
                rx.el.div(
                    rx.icon("log-in", size=18, aria_hidden=True),
                    rx.el.p(FrameState.problem),
                    rx.el.a(
                        "Entrar",
                        href=routes.SIGN_IN,
                        class_name="btn pri sm",
                        custom_attrs={"reloadDocument": True, "data-return": "true"},
                    ),
                    class_name="note bad frame-session",
                ),
            ),
            role="alert",
        ),
        rx.el.button(
            type="button",
            hidden=True,
            on_click=FrameState.check_session,
            custom_attrs={
                "data-session-left": FrameState.left,
                "data-session-stamp": FrameState.stamp,
                "data-person": FrameState.person,
            },
        ),
        class_name="frame-sessions",
    )
