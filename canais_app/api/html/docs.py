"""The API's documentation: one page without scripts, rendered from its OpenAPI."""

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from canais_app import routes
from canais_app.api.html.templating import render_template
from canais_app.api.public_answers import answer_bytes, answer_page, get_and_head

router = APIRouter(include_in_schema=False)
MAX_AGE = 3600  # seconds


def _type_words(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " ou ".join(_type_words(part) for part in schema["anyOf"])
    if schema.get("type") == "array":
        return f"lista de {_type_words(schema.get('items', {}))}"
    if "enum" in schema:
        return " · ".join(str(value) for value in schema["enum"])
    return str(schema.get("format") or schema.get("type") or "qualquer")


def _calls(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"path": path, "method": method.upper(), **operation}
        for path, methods in spec["paths"].items()
        for method, operation in methods.items()
    ]


@get_and_head(router, f"{routes.API}/openapi.json")
async def get_openapi(request: Request) -> Response:
    """Return the OpenAPI document."""
    body = json.dumps(request.app.openapi(), ensure_ascii=False).encode()
    return answer_bytes(request, body, "application/json", max_age=MAX_AGE)


@get_and_head(router, "/api/docs")
async def render_documentation(request: Request) -> Response:
    """Render every call of the API with its fields and answers."""
    spec = request.app.openapi()
    page = render_template(
        "docs.html.j2",
        info=spec["info"],
        calls=_calls(spec),
        schemas=spec.get("components", {}).get("schemas", {}),
        type_words=_type_words,
    )
    return answer_page(request, page)
