"""Errors as problem details (RFC 9457)."""

from fastapi.responses import JSONResponse

PROBLEM_MEDIA_TYPE = "application/problem+json"


def problem_response(
    status: int, title: str, detail: str, errors: dict[str, str] | None = None
) -> JSONResponse:
    """Return an error in the format of RFC 9457."""
    body: dict[str, object] = {"title": title, "status": status, "detail": detail}
    if errors:
        body["errors"] = errors
    return JSONResponse(body, status, media_type=PROBLEM_MEDIA_TYPE)
