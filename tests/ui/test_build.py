"""Patches of Reflex's client, and the build's independence of the address."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import reflex_base
from fastapi.routing import APIRoute
from reflex_base.compiler.templates import vite_config_template
from reflex_components_core.el.elements import forms

from canais_app import routes, serve
from canais_app.api import app as api
from canais_app.api.html.site import FIXED_PAGES
from canais_app.canais_app import app
from canais_app.settings import ROOT, Settings, settings
from canais_app.ui.reflex_patch import BACKEND_PATHS, adapt_client, proxy_backend

STATE_JS = Path(reflex_base.__file__).parent / ".templates/web/utils/state.js"
# The API answers these with the page itself, readable without JavaScript.
PRERENDERED = {
    routes.HOME,
    routes.AGENDAS,
    routes.STATUS,
    "/agenda/{slug}",
    "/unidade/{slug}",
    *FIXED_PAGES,
}
# It renders these itself; what Reflex builds is only their frame.
FRAMES = {"/acompanhar", "/relatar"}


def test_the_pinned_client_can_be_patched() -> None:
    changed = adapt_client(STATE_JS.read_text(encoding="utf-8"))
    assert "A new version" not in changed
    assert "endpoint.port = window.location.port" in changed
    assert adapt_client(changed) == changed


def test_a_changed_client_stops_the_build() -> None:
    with pytest.raises(RuntimeError, match=r"state\.js"):
        adapt_client("export const nothing = 1;")


def test_the_pinned_vite_configuration_can_be_patched() -> None:
    made = vite_config_template(
        base="/", hmr=True, force_full_reload=False, experimental_hmr=False, sourcemap=False
    )
    assert 'target: "http://127.0.0.1:3001", ws: true' in proxy_backend(
        made, host="127.0.0.1", port=3001
    )
    with pytest.raises(RuntimeError, match=r"vite\.config\.js"):
        proxy_backend("export default {}", host="127.0.0.1", port=3001)


def _api_paths() -> set[str]:
    routers = [getattr(route, "original_router", None) for route in api.create_app().routes]
    return {
        route.path
        for router in routers
        if router is not None
        for route in router.routes
        if isinstance(route, APIRoute)
    }


def test_the_proxy_matches_the_whole_api_and_no_page() -> None:
    paths = _api_paths()
    assert len(paths) > 40
    missed = {
        p
        for p in paths
        if (p.rstrip("/") or "/") not in PRERENDERED and not re.search(BACKEND_PATHS, p)
    }
    assert not missed
    pages = {"/" + route.replace("index", "") for route in app._unevaluated_pages}
    assert not {page for page in pages - FRAMES if re.search(BACKEND_PATHS, page)}


def test_pages_read_only_the_settings_in_the_fingerprint_and_their_forms_no_id(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: set[str] = set()
    warned: list[str] = []
    settings()  # made now: making them reads others too
    plain = Settings.__getattribute__

    def record(self: Settings, name: str) -> object:
        if name in Settings.model_fields or name == "base_url":
            read.add(name)
        return plain(self, name)

    monkeypatch.setattr(Settings, "__getattribute__", record)
    monkeypatch.setattr(
        forms.console, "deprecate", lambda **said: warned.append(said["feature_name"])
    )
    for page in app._unevaluated_pages.values():
        assert callable(page.component)
        page.component()
    assert read == set(serve.BUILD_SETTINGS)
    assert not warned


def test_the_fingerprint_holds_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def fingerprint(**given: object) -> str:
        monkeypatch.setattr(serve, "settings", lambda: Settings(**given))  # pyright: ignore[reportArgumentType]
        return serve.compute_fingerprint()

    here = fingerprint(public_url="", port=3000)
    assert fingerprint(public_url="https://canais.exemplo.invalid", port=8123) == here
    assert fingerprint(public_url="", port=3000, appointment_retention_days=30) != here


def test_the_client_has_the_same_endpoints_at_any_address() -> None:
    code = (
        "import rxconfig; from reflex.constants import Endpoint; "
        "print([endpoint.get_url() for endpoint in Endpoint])"
    )

    def endpoints(**given: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **given},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    elsewhere = endpoints(CANAIS_PORT="8123", CANAIS_PUBLIC_URL="https://canais.exemplo.invalid")
    assert elsewhere == endpoints(CANAIS_PORT="3000")
