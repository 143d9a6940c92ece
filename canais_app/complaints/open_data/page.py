"""Page of open data: the files with their columns, the licence, the catalogue and the API."""

import reflex as rx

from canais_app import routes
from canais_app.complaints.public_status.datasets import DATASETS, LICENCE, LICENCE_NAME, Dataset
from canais_app.ui import shell

_CALLS = (
    ("units?q=", "unidades e canais"),
    ("comarcas", "comarcas e municípios"),
    ("notices", "avisos em vigor"),
    ("agendas", "agendas e próximos horários"),
    ("status?comarca=&unit=", "situação dos canais, com o que funciona"),
)


def _file_link(words: str, path: str) -> rx.Component:
    return rx.el.a(words, href=path, custom_attrs={"reloadDocument": True})


def _dataset(dataset: Dataset) -> rx.Component:
    files = [
        rx.el.li(
            _file_link(kind.upper(), routes.open_data_file(dataset.name, kind)), class_name="link"
        )
        for kind in dataset.formats
    ]
    rows = [
        rx.el.tr(rx.el.th(rx.el.code(name), scope="row"), rx.el.td(meaning))
        for name, meaning in dataset.columns.items()
    ]
    return rx.el.section(
        rx.el.h2(dataset.title, id=f"dados-{dataset.name}"),
        rx.el.p(dataset.description),
        rx.el.ul(*files, class_name="row data-files"),
        rx.el.details(
            rx.el.summary("O que cada coluna quer dizer"),
            rx.el.div(
                rx.el.table(rx.el.tbody(*rows), class_name="data"),
                class_name="table-wrap",
                tab_index=0,
                role="region",
                aria_labelledby=f"dados-{dataset.name}",
            ),
        ),
        class_name="card pad stack",
    )


def page() -> rx.Component:
    """Return Dados abertos e API."""
    return shell.page(
        shell.breadcrumbs(("Início", routes.HOME), ("Dados abertos e API", routes.OPEN_DATA)),
        shell.page_heading("Dados abertos e API"),
        rx.el.div(
            rx.el.p(
                "Tudo o que é público neste portal pode ser lido por programas e planilhas, sem "
                "cadastro, com a licença ",
                rx.el.a(LICENCE_NAME, href=LICENCE, rel="noopener license"),
                ". Contagens abaixo de 5 são omitidas para proteger as pessoas. Os arquivos de "
                "relatos e unidades são refeitos uma vez por dia.",
            ),
            rx.el.p(
                _file_link("Catálogo (DCAT-AP 3)", routes.CATALOGUE),
                " · ",
                _file_link("Dicionário (JSON)", f"{routes.API}/open-data/dictionary.json"),
                " · ",
                _file_link("Documentação da API", "/api/docs"),
                " · ",
                _file_link("Transparência dos contatos", routes.TRANSPARENCY),
            ),
            class_name="stack section-tight",
        ),
        rx.el.div(*map(_dataset, DATASETS), class_name="stack section"),
        rx.el.div(
            rx.el.h2("API"),
            rx.el.ul(
                *[
                    rx.el.li(rx.el.code(f"GET {routes.API}/{call}"), f" {words}")
                    for call, words in _CALLS
                ]
            ),
            rx.el.h2("Para o seu site"),
            rx.el.p(
                "O selo mostra a situação de uma unidade, de uma comarca ou do Estado: ",
                rx.el.code('<img src="/situacao/estado/selo.svg" alt="">'),
                ". Troque ",
                rx.el.code("estado"),
                " pelo identificador da comarca ou da unidade. Leitores de notícias: ",
                _file_link("Atom das falhas", routes.STATUS_FEED),
                " e ",
                _file_link("Atom dos avisos", routes.NOTICES_FEED),
                ".",
            ),
            class_name="essay section",
        ),
        here=routes.OPEN_DATA,
    )
