"""The API's documentation: one page without scripts, rendered from its OpenAPI."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from canais_app.api.html.templating import render_template

router = APIRouter(include_in_schema=False)


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


@router.get("/api/docs")
def render_documentation(request: Request) -> HTMLResponse:
    """Render every call of the API with its fields and answers."""
    spec = request.app.openapi()
    page = render_template(
        "docs.html.j2",
        info=spec["info"],
        calls=_calls(spec),
        schemas=spec.get("components", {}).get("schemas", {}),
        type_words=_type_words,
    )
    return HTMLResponse(page)
