"""Errors as problem details (RFC 9457)."""

from fastapi.responses import JSONResponse
from pydantic import BaseModel

PROBLEM_MEDIA_TYPE = "application/problem+json"


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
