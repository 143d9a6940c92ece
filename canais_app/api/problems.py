"""Errors as problem details (RFC 9457)."""

from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel

PROBLEM_MEDIA_TYPE = "application/problem+json"
# For the OpenAPI document.
PROBLEM_ANSWERS: dict[int | str, dict[str, Any]] = {
    code: {
        "description": words,
        "content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for code, words in ((404, "Não encontrado"), (422, "Pedido inválido"), (429, "Muitos pedidos"))
}


class Problem(BaseModel):
    """A refusal (RFC 9457); `errors` has a sentence for each field that was refused."""

    title: str
    status: int
    detail: str
    errors: dict[str, str] | None = None


def problem_response(
    status: int, title: str, detail: str, errors: dict[str, str] | None = None
) -> JSONResponse:
    """Return an error in the format of RFC 9457."""
    body: dict[str, object] = {"title": title, "status": status, "detail": detail}
    if errors:
        body["errors"] = errors
    return JSONResponse(body, status, media_type=PROBLEM_MEDIA_TYPE)
