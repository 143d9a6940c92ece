"""Comarcas from A to Z, built into the HTML from the seed files, without State."""

from dataclasses import dataclass
from itertools import groupby

import reflex as rx

from canais_app import routes
from canais_app.directory.reference import UNCONFIRMED, read_seed_rows
from canais_app.kit.text import pluralise, slugify, strip_accents
from canais_app.ui import shell


@dataclass(frozen=True)
class _Comarca:
    name: str
    towns: list[str]
    seat: str  # its latitude and longitude in degrees, for `assets/nearby.js`


def _comarcas() -> list[_Comarca]:
    served: dict[str, list[str]] = {}
    for town in read_seed_rows("municipalities"):
        if town["confidence"] != UNCONFIRMED and strip_accents(
            town["municipality"]
        ) != strip_accents(town["comarca"]):
            served.setdefault(town["comarca"], []).append(town["municipality"])
    installed = [row for row in read_seed_rows("comarcas") if row["installed"] == "yes"]
    return [
        _Comarca(
            row["comarca"],
            sorted(served.get(row["comarca"], []), key=strip_accents),
            f"{row['latitude']},{row['longitude']}",
        )
        for row in sorted(installed, key=lambda row: strip_accents(row["comarca"]))
    ]


def _nearby() -> rx.Component:
    """Return the button that finds the nearest seats in the browser; nothing is sent."""
    return rx.el.div(
        rx.el.button("Achar a mais perto de mim", type="button", id="perto", class_name="btn sec"),
        rx.el.p(
            "Usa o local do seu aparelho só nesta tela: nada é enviado.", class_name="small muted"
        ),
        rx.el.div(id="perto-resposta", role="status", aria_live="polite", tab_index=-1),
        class_name="stack section-tight js-only",
    )


def _entry(comarca: _Comarca) -> rx.Component:
    name, towns = comarca.name, comarca.towns
    return rx.el.li(
        rx.el.h3(
            rx.el.a(
                name, href=routes.comarca_page(slugify(name)), custom_attrs={"reloadDocument": True}
            )
        ),
        rx.el.p(f"Atende também {', '.join(towns)}.", class_name="small muted") if towns else None,
        id=slugify(name),
        class_name="card tight",
        custom_attrs={"data-sede": comarca.seat},
    )


def page() -> rx.Component:
    """Return the installed comarcas by first letter."""
    found = _comarcas()
    by_letter = groupby(found, key=lambda comarca: strip_accents(comarca.name)[0].upper())
    letters = [(letter, list(group)) for letter, group in by_letter]
    return shell.page(
        shell.breadcrumbs(("Início", routes.HOME), ("Comarcas de A a Z", routes.COMARCAS)),
        shell.page_heading("Comarcas de A a Z"),
        rx.el.p(
            f"{pluralise(len(found), 'comarca instalada', 'comarcas instaladas')} em Mato Grosso. "
            "Comarca é a região atendida por um fórum; algumas atendem também municípios vizinhos. "
            "Não achou o seu município? Ligue para a Ouvidoria: 0800 647 1420.",
            class_name="essay muted",
        ),
        _nearby(),
        rx.el.nav(
            *[
                rx.el.a(
                    letter, href=f"#letra-{letter.lower()}", custom_attrs={"reloadDocument": True}
                )
                for letter, _ in letters
            ],
            aria_label="Letras",
            class_name="az-letters",
        ),
        *[
            rx.el.section(
                rx.el.h2(letter, id=f"letra-{letter.lower()}"),
                rx.el.ul(*map(_entry, group), class_name="az-list"),
                class_name="stack section",
                aria_labelledby=f"letra-{letter.lower()}",
            )
            for letter, group in letters
        ],
        rx.el.script(src="/nearby.js", custom_attrs={"async": True}),
        here=routes.COMARCAS,
    )
