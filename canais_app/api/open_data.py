"""Open data in the API: files that the worker has written, their dictionary and catalogue."""

import asyncio
import json
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel

from canais_app import routes
from canais_app.api.deps import ClientAddress
from canais_app.api.public_answers import (
    NoParameters,
    answer_bytes,
    answer_file,
    answer_model,
    get_and_head,
)
from canais_app.complaints.public_status import datasets, open_data
from canais_app.complaints.public_status.datasets import DATASET_BY_NAME, MEDIA_TYPES
from canais_app.kit import clock, db, limits
from canais_app.kit.errors import NotFoundError
from canais_app.settings import settings

router = APIRouter(tags=["dados abertos"], dependencies=[NoParameters])
READ = "120/minute"
CATALOGUE_MEDIA_TYPE = "application/ld+json"
MAX_AGE = 3600  # seconds
_building = asyncio.Lock()


class ColumnItem(BaseModel):
    """A column of a data set and what it means."""

    dataset: str
    column: str
    meaning: str


class DictionaryResponse(BaseModel):
    """The columns of all data sets, and their licence."""

    license: str
    items: list[ColumnItem]
    next: str | None = None


@get_and_head(router, f"{routes.API}/open-data/dictionary.json", response_model=DictionaryResponse)
async def get_dictionary(request: Request) -> Response:
    """Return what each column of the open data means."""
    items = [ColumnItem.model_validate(row) for row in datasets.dictionary()]
    found = DictionaryResponse(license=datasets.LICENCE, items=items)
    return answer_model(request, found, max_age=MAX_AGE)


@get_and_head(
    router,
    f"{routes.API}/open-data/{{dataset}}.{{kind}}",
    response_class=Response,
    responses={200: {"content": {media: {} for media in MEDIA_TYPES.values()}}},
)
async def get_dataset(
    request: Request,
    address: ClientAddress,
    dataset: Annotated[Literal["units", "complaints", "complaints-state"], Path()],
    kind: Annotated[Literal["csv", "json", "geojson"], Path()],
) -> Response:
    """Return a data set as a file; counts under 5 are written `<5`."""
    limits.check_rate_limit(READ, "read", address)
    if kind not in DATASET_BY_NAME[dataset].formats:
        raise NotFoundError("Este conjunto não existe neste formato.")
    path = open_data.file_path(dataset, kind)
    if not path.exists():
        async with _building:
            if not path.exists():  # the worker has not run yet
                await db.read(open_data.write_files, now=clock.now())
    return answer_file(request, path, MEDIA_TYPES[kind], max_age=MAX_AGE)


@get_and_head(
    router,
    routes.CATALOGUE,
    response_class=Response,
    responses={200: {"content": {CATALOGUE_MEDIA_TYPE: {}}}},
)
async def get_catalogue(request: Request) -> Response:
    """Return the catalogue of the open data (DCAT-AP 3, JSON-LD)."""
    modified = open_data.written_at() or clock.now()
    catalogue = datasets.build_catalogue(settings().base_url, modified=modified)
    body = json.dumps(catalogue, ensure_ascii=False).encode()
    return answer_bytes(request, body, CATALOGUE_MEDIA_TYPE, max_age=MAX_AGE)
