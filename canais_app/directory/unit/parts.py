"""Parts of a unit's page: hours and address, building, sectors, comarcas nearby, print."""

import reflex as rx

from canais_app.directory.models import TEXT_FIELDS
from canais_app.directory.unit.state import UnitPageState
from canais_app.directory.views import FeatureView, NearbyComarca, SpecialDay, UnitCard
from canais_app.ui import shell

UNIT_PAGE = UnitPageState.page
UNIT_CARD = UnitPageState.page.card


def _fact(term: str, *words: rx.Component | rx.Var | str) -> rx.Component:
    return rx.el.div(rx.el.dt(term), rx.el.dd(*words))


def _special(days: rx.Var[SpecialDay]) -> rx.Component:
    return rx.el.li(rx.el.strong(days.when), f" {days.reason}")


def hours_and_address() -> rx.Component:
    """Return the hours, the days that differ, the address and a link to a map."""
    return shell.card(
        "Quando e onde",
        rx.el.dl(
            _fact("Atendimento", UNIT_PAGE.hours),
            rx.cond(
                UNIT_PAGE.special.length() > 0,
                _fact(
                    "Dias diferentes",
                    rx.el.ul(rx.foreach(UNIT_PAGE.special, _special), class_name="unit-days"),
                ),
            ),
            rx.cond(UNIT_CARD.comarca != "", _fact("Comarca", UNIT_CARD.comarca)),
            *(
                rx.cond(
                    UNIT_PAGE.texts[field.name] != "",
                    _fact(field.label, UNIT_PAGE.texts[field.name]),
                )
                for field in TEXT_FIELDS
            ),
            class_name="facts",
        ),
        rx.cond(UNIT_PAGE.map_href != "", _map()),
        rx.el.p(
            f"Horário de Cuiabá (UTC−4). Ficha atualizada em {UNIT_PAGE.updated}.",
            class_name="small muted",
        ),
    )


def _feature(feature: rx.Var[FeatureView]) -> rx.Component:
    return rx.el.li(
        rx.cond(
            feature.has,
            rx.icon("check", size=18, aria_hidden=True),
            rx.icon("x", size=18, aria_hidden=True),
        ),
        rx.el.span(
            rx.cond(feature.has, "", "Não há: "),
            feature.name,
            rx.cond(feature.note != "", rx.el.span(f" ({feature.note})", class_name="muted")),
        ),
        class_name="unit-feature",
    )


def building_features() -> rx.Component:
    """Return the building's accessibility features, as far as they are known."""
    return shell.card(
        "Acessibilidade do prédio",
        rx.cond(
            UNIT_PAGE.features.length() > 0,
            rx.el.ul(rx.foreach(UNIT_PAGE.features, _feature), class_name="tight"),
            rx.el.p("A unidade ainda não informou. Ligue antes de ir.", class_name="muted"),
        ),
    )


def _map() -> rx.Component:
    return rx.el.p(
        rx.el.a(
            rx.icon("map-pin", size=18, aria_hidden=True),
            "Ver a cidade no mapa",
            href=UNIT_PAGE.map_href,
            target="_blank",
            rel="noopener noreferrer",
            class_name="btn sm soft",
        ),
        rx.el.span(
            "Abre o OpenStreetMap, fora deste portal, em outra aba.",
            class_name="small muted unit-aside",
        ),
    )


def _sector(card: rx.Var[UnitCard]) -> rx.Component:
    return rx.el.li(
        rx.el.a(card.name, href=card.href), rx.el.p(card.open_words, class_name="small muted")
    )


def sectors() -> rx.Component:
    """Return the units above and beside this one."""
    return rx.cond(
        (UNIT_PAGE.sisters.length() > 0) | (UNIT_PAGE.above.length() > 0),
        shell.card(
            "Setores relacionados",
            rx.el.ul(
                rx.foreach(UNIT_PAGE.above, _sector),
                rx.foreach(UNIT_PAGE.sisters, _sector),
                class_name="tight",
            ),
        ),
    )


def _near(comarca: rx.Var[NearbyComarca]) -> rx.Component:
    return rx.el.li(
        rx.el.a(comarca.name, href=f"/?q={comarca.slug}"),
        rx.el.span(f"{comarca.km} km", class_name="num muted small"),
        class_name="between",
    )


def nearby_comarcas() -> rx.Component:
    """Return the nearest comarcas."""
    return rx.cond(
        UNIT_PAGE.nearby.length() > 0,
        shell.card(
            "Comarcas próximas",
            rx.el.ul(rx.foreach(UNIT_PAGE.nearby, _near), class_name="tight"),
            rx.el.p("Distância em linha reta entre as sedes.", class_name="small muted"),
        ),
    )


def print_links() -> rx.Component:
    """Return the page's QR code and the links to its PDFs."""
    return rx.el.section(
        rx.el.h2("Levar ou imprimir"),
        rx.el.div(
            rx.el.img(
                src=f"/unidade/{UNIT_CARD.slug}/qr.svg",
                alt="Código QR que abre esta página",
                width="104",
                height="104",
                loading="lazy",
                class_name="unit-qr",
            ),
            rx.el.ul(
                rx.el.li(
                    rx.el.a(
                        "Cartaz com código QR (PDF)", href=f"/unidade/{UNIT_CARD.slug}/cartaz.pdf"
                    )
                ),
                rx.cond(
                    UNIT_CARD.comarca_slug != "",
                    rx.el.li(
                        rx.el.a(
                            "Contatos da comarca em uma página (PDF)",
                            href=f"/comarcas/{UNIT_CARD.comarca_slug}.pdf",
                        )
                    ),
                ),
                class_name="tight",
            ),
            class_name="unit-paper",
        ),
        class_name="card pad stack unit-noprint",
    )
