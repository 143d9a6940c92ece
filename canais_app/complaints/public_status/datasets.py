"""What is published as open data: the data sets with the dictionary of their columns, as DCAT-AP 3.

Source: DCAT-AP 3.0 (SEMIC), profile of the W3C's Data Catalog Vocabulary, version 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from canais_app import routes
from canais_app.kit import clock

LICENCE_NAME = "Creative Commons Atribuição 4.0 (CC BY 4.0)"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
PUBLISHER = "Tribunal de Justiça do Estado de Mato Grosso"
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "geojson": "application/geo+json",
}
_SMALL_COUNTS = (
    "número; “<5” no lugar de uma contagem abaixo de 5; “oculto” no lugar da que a revelaria"
)


@dataclass(frozen=True)
class Dataset:
    """A data set; `columns` maps each column to what it means."""

    name: str
    title: str
    description: str
    columns: Mapping[str, str]
    frequency: str  # of the EU's vocabulary of frequencies
    formats: tuple[str, ...] = ("csv", "json")


DATASETS = (
    Dataset(
        "units",
        "Unidades e canais de atendimento",
        "Unidades do Judiciário de Mato Grosso com os canais que publicam.",
        {
            "codigo": "código da unidade no cadastro",
            "unidade": "identificador da unidade no endereço do portal",
            "nome": "nome da unidade",
            "tipo": "tipo da unidade: secretaria, gabinete, diretoria…",
            "grau": "1 ou 2: grau de jurisdição",
            "comarca": "nome da comarca; vazio no 2º grau e nos núcleos",
            "competencias": "competências, separadas por vírgula",
            "telefone": "telefone, como (65) 3000-0000",
            "email": "endereço de e-mail funcional",
            "whatsapp": "número do WhatsApp, como (65) 3000-0000",
            "balcao_virtual": "endereço do Balcão Virtual",
            "agendamento": "endereço para agendar com o gabinete",
            "latitude": "graus decimais (WGS 84) da sede da comarca",
            "longitude": "graus decimais (WGS 84) da sede da comarca",
        },
        "DAILY",
        ("csv", "json", "geojson"),
    ),
    Dataset(
        "status",
        "Situação dos canais agora",
        "Falhas relatadas ou confirmadas e manutenções em curso, por unidade e canal.",
        {
            "unidade": "identificador da unidade",
            "nome": "nome da unidade",
            "comarca": "nome da comarca",
            "canal": "canal: telefone, whatsapp, email, balcao_virtual ou agendamento",
            "nivel": "relatada, confirmada ou manutencao",
            "desde": "quando começou (RFC 3339)",
            "pessoas": f"pessoas que relataram ({_SMALL_COUNTS})",
        },
        "UPDATE_CONT",
    ),
    Dataset(
        "complaints",
        "Relatos de falha por mês, unidade e canal",
        "Contagem dos relatos pelo mês em que a falha aconteceu. Não há texto nem identidade.",
        {
            "mes": "mês em que a falha aconteceu (AAAA-MM), horário de Cuiabá",
            "comarca": "nome da comarca",
            "unidade": "identificador da unidade",
            "nome": "nome da unidade",
            "canal": "canal que falhou; vazio: nenhum em particular",
            "relatos": f"relatos recebidos ({_SMALL_COUNTS})",
        },
        "DAILY",
    ),
    Dataset(
        "complaints-state",
        "Relatos de falha por mês e canal, em todo o Estado",
        "Os mesmos relatos, somados para todo o Estado.",
        {
            "mes": "mês em que a falha aconteceu (AAAA-MM), horário de Cuiabá",
            "canal": "canal que falhou; vazio: nenhum em particular",
            "relatos": f"relatos recebidos ({_SMALL_COUNTS})",
        },
        "DAILY",
    ),
)
DATASET_BY_NAME = {dataset.name: dataset for dataset in DATASETS}


def dictionary() -> list[dict[str, str]]:
    """Return the dictionary of all columns."""
    return [
        {"dataset": dataset.name, "column": column, "meaning": meaning}
        for dataset in DATASETS
        for column, meaning in dataset.columns.items()
    ]


def build_catalogue(base_url: str, *, modified: datetime) -> dict[str, Any]:
    """Return the catalogue of the data sets as JSON-LD (DCAT-AP 3)."""
    publisher = {
        "@id": f"{base_url}/#tjmt",
        "@type": "foaf:Agent",
        "foaf:name": {"@value": PUBLISHER, "@language": "pt"},
        "dct:type": {"@id": "http://purl.org/adms/publishertype/RegionalAuthority"},
    }
    return {
        "@context": {
            "adms": "http://www.w3.org/ns/adms#",
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "vcard": "http://www.w3.org/2006/vcard/ns#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": f"{base_url}{routes.CATALOGUE}",
        "@type": "dcat:Catalog",
        "dct:title": _text("Dados abertos dos canais de atendimento do Judiciário de Mato Grosso"),
        "dct:description": _text(
            "Unidades e canais, a situação deles e os relatos de falha, sem dados pessoais."
        ),
        "dct:publisher": publisher,
        "dct:language": {"@id": "http://publications.europa.eu/resource/authority/language/POR"},
        "dct:license": {"@id": LICENCE},
        "dct:spatial": {"@id": "https://www.geonames.org/3457419/"},
        "dct:modified": _moment(modified),
        "foaf:homepage": {"@id": f"{base_url}{routes.OPEN_DATA}"},
        "dcat:dataset": [_dataset(dataset, base_url, publisher["@id"]) for dataset in DATASETS],
    }


def _dataset(dataset: Dataset, base_url: str, publisher: str) -> dict[str, Any]:
    frequency = "http://publications.europa.eu/resource/authority/frequency/" + dataset.frequency
    columns = "; ".join(f"{name}: {meaning}" for name, meaning in dataset.columns.items())
    return {
        "@id": f"{base_url}{routes.CATALOGUE}#{dataset.name}",
        "@type": "dcat:Dataset",
        "dct:identifier": dataset.name,
        "dct:title": _text(dataset.title),
        "dct:description": _text(f"{dataset.description} Colunas: {columns}."),
        "dct:publisher": {"@id": publisher},
        "dcat:contactPoint": {
            "@type": "vcard:Organization",
            "vcard:fn": "Ouvidoria do TJMT",
            "vcard:hasEmail": {"@id": "mailto:ouvidoria@tjmt.jus.br"},
        },
        "dct:accrualPeriodicity": {"@id": frequency},
        "dcat:theme": {"@id": "http://publications.europa.eu/resource/authority/data-theme/JUST"},
        "dcat:keyword": [_text(word) for word in ("justiça", "atendimento", "canais")],
        "dcat:landingPage": {"@id": f"{base_url}{routes.OPEN_DATA}"},
        "dcat:distribution": [_distribution(dataset, kind, base_url) for kind in dataset.formats],
    }


def _distribution(dataset: Dataset, kind: str, base_url: str) -> dict[str, Any]:
    address = f"{base_url}{routes.open_data_file(dataset.name, kind)}"
    media = MEDIA_TYPES[kind].partition(";")[0]
    file_type = kind.upper()
    return {
        "@id": f"{address}#distribution",
        "@type": "dcat:Distribution",
        "dct:title": _text(f"{dataset.title} ({file_type})"),
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media}"},
        "dct:format": {
            "@id": f"http://publications.europa.eu/resource/authority/file-type/{file_type}"
        },
        "dct:license": {"@id": LICENCE},
    }


def _text(words: str) -> dict[str, str]:
    return {"@value": words, "@language": "pt"}


def _moment(moment: datetime) -> dict[str, str]:
    return {"@value": clock.to_rfc3339(moment), "@type": "xsd:dateTime"}
