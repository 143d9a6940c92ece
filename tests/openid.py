"""A real OpenID provider (the npm package oidc-provider), and a browser that visits it."""

import contextlib
import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest

from canais_app import routes
from tests.portal import shared_app
from tests.servers import free_port

NODE = Path(__file__).parent / "node"
CLIENT = "portal-dos-canais"
SECRET = "segredo-do-cliente-nos-testes"
PORTAL = "http://portal.invalid"
START_TIMEOUT_SECONDS = 30  # seconds


@dataclass
class OpenIdProvider:
    """The provider, running."""

    url: str
    process: subprocess.Popen[str]

    def advance_clock(self, seconds: int) -> None:
        """Move its clock: what it issued before is that much older."""
        httpx.get(f"{self.url}/relogio/{seconds}").raise_for_status()

    def stop(self) -> None:
        """End it and wait for its end."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(timeout=15)


@contextlib.contextmanager
def start_provider(
    people: dict[str, dict[str, Any]], portal: str = PORTAL
) -> Iterator[OpenIdProvider]:
    """Start a provider that knows these people; skip where it is not installed."""
    node = shutil.which("node")
    if node is None or not (NODE / "node_modules" / "oidc-provider").exists():
        pytest.skip("falta o oidc-provider (npm ci em tests/node)")
    port = free_port()
    wanted = {
        "port": port,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "redirect_uris": [portal + routes.PROVIDER_RETURN],
        "logout_uris": [portal + routes.HOME],
        "people": people,
    }
    process = subprocess.Popen(
        [node, "provider.mjs", json.dumps(wanted)],
        cwd=NODE,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    made = OpenIdProvider(f"http://127.0.0.1:{port}", process)
    try:
        _wait(made)
        yield made
    finally:
        if process.poll() is None:
            made.stop()


def _wait(made: OpenIdProvider) -> None:
    until = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"{made.url}/.well-known/openid-configuration", timeout=2)
            return
        assert made.process.poll() is None, "o provedor parou ao iniciar"
        time.sleep(0.05)
    pytest.fail("o provedor não respondeu")


def client_settings(issuer: str, **more: str) -> dict[str, str]:
    """Return the settings of a portal whose provider this is."""
    return {
        "OIDC_ISSUER": issuer,
        "OIDC_CLIENT_ID": CLIENT,
        "OIDC_CLIENT_SECRET": SECRET,
        "OIDC_ROLES_CLAIM": "groups",
        **more,
    }


class BrowserSession:
    """A browser with one jar of cookies: the portal in this process, the provider for real."""

    def __init__(self) -> None:
        mounts = {PORTAL: httpx.ASGITransport(shared_app(), client=("10.0.0.1", 5000))}
        self.client = httpx.AsyncClient(mounts=mounts)

    async def start_sign_in(self, back: str = "") -> httpx.URL:
        """Press the portal's button and return where it leads."""
        answer = await self.portal("GET", routes.PROVIDER_SIGN_IN, params={"voltar": back})
        return httpx.URL(answer.headers["location"])

    async def portal(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask the portal for one answer; redirects are not followed."""
        return await self.client.request(method, urljoin(PORTAL, path), **more)

    async def sign_in_at_provider(self, address: httpx.URL, name: str) -> str:
        """Fill in the provider's own forms as `name`; return where it sends the browser back."""
        page = await self.client.get(address)
        for _ in range(12):
            if page.is_redirect:
                led = urljoin(str(page.url), page.headers["location"])
                if led.startswith(PORTAL):
                    return led
                page = await self.client.get(led)
                continue
            action = re.search(r'<form[^>]*action="([^"]+)"', page.text)
            prompt = re.search(r'name="prompt" value="(\w+)"', page.text)
            assert action, page.text[:500]
            assert prompt, page.text[:500]
            typed = {"prompt": prompt[1], "login": name, "password": "qualquer"}
            page = await self.client.post(urljoin(str(page.url), action[1]), data=typed)
        raise AssertionError("o provedor não mandou de volta")
