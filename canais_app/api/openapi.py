"""What the OpenAPI document says of every call: refusals, keys of staff, bodies of forms."""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, WithJsonSchema

from canais_app.api.problems import PROBLEM_MEDIA_TYPE, Problem

_ALWAYS = {
    404: "Não encontrado",
    422: "Pedido inválido",
    429: "Muitos pedidos",
    503: "Sistema ocupado ou fora do ar",
}
_OF_CHANGES = {409: "Já não está disponível"}
_OF_BODIES = {400: "Corpo ilegível", 408: "Envio lento demais", 413: "Envio grande demais"}
_OF_STAFF = {401: "Chave ausente ou inválida", 403: "Não permitido"}


class Api(FastAPI):
    """The API, whose document names the refusals of each call and their format."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        if self.openapi_schema:
            return self.openapi_schema
        spec = super().openapi()
        schemas = spec["components"]["schemas"]
        for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own format
            schemas.pop(name, None)
        schemas["Problem"] = Problem.model_json_schema()
        for path in spec["paths"].values():
            for method, operation in path.items():
                operation["responses"] |= _refusals(method, operation)
        return spec


def body_schema(model: type[BaseModel], *hidden: str) -> WithJsonSchema:
    """Return the annotation of a body that a service validates itself against `model`.

    `hidden` fields are left out of the document.
    """
    schema = model.model_json_schema()
    definitions = schema.pop("$defs", {})
    schema["properties"] = {k: v for k, v in schema["properties"].items() if k not in hidden}
    return WithJsonSchema(_inlined(schema, definitions))


def _refusals(method: str, operation: dict[str, Any]) -> dict[str, Any]:
    codes = dict(_ALWAYS)
    if method != "get":
        codes |= _OF_CHANGES
    if "requestBody" in operation:
        codes |= _OF_BODIES
    if "security" in operation:
        codes |= _OF_STAFF
    content = {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        str(code): {"description": words, "content": content}
        for code, words in sorted(codes.items())
    }


def _inlined(part: Any, definitions: dict[str, Any]) -> Any:  # noqa: ANN401 (a part of a JSON document)
    """Return a schema with its definitions in place of the references to them."""
    if isinstance(part, list):
        return [_inlined(item, definitions) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        found = definitions[part["$ref"].rpartition("/")[2]]
        return _inlined({**found, **{k: v for k, v in part.items() if k != "$ref"}}, definitions)
    return {key: _inlined(value, definitions) for key, value in part.items()}
