"""Post forms to the portal in this process, as a browser would."""

import asyncio
from typing import Any

import httpx

from canais_app import routes
from tests.people import ADMIN, PASSWORD
from tests.portal import shared_app

BASE = "http://portal.invalid"


def send_form(
    path: str,
    data: dict[str, str] | None = None,
    *,
    address: str = "10.0.0.1",
    sent: dict[str, str] | None = None,
) -> httpx.Response:
    """Post a form from a new browser."""

    async def post() -> httpx.Response:
        transport = httpx.ASGITransport(shared_app(), client=(address, 5000))
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            return await client.post(path, data=data or {}, headers=sent or {})

    return asyncio.run(post())


def sign_in(email: str = ADMIN.email, password: str = PASSWORD, **more: Any) -> httpx.Response:
    """Try to sign in."""
    back = more.pop("voltar", "")
    form = {"email": email, "password": password, "voltar": back}
    return send_form(routes.SIGN_IN_FORM, form, **more)
