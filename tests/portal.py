"""The API for the tests of one process: preparing its routes takes about a second."""

from functools import cache

from fastapi import FastAPI

from canais_app.api.app import create_app


@cache
def shared_app() -> FastAPI:
    """Return one app for all tests that do not look at how it is made."""
    return create_app()
