"""Patch Reflex's client in the build: Portuguese texts, and no address of its own."""

import json
from functools import partial
from typing import Any

import reflex as rx
from reflex.config import get_config
from reflex.utils.exec import is_prod_mode

# Reflex writes the socket's port into the build; the page knows the port it was loaded from.
_HOST = "    endpoint.hostname = frontend_hostname;\n"
_SAME_ORIGIN = _HOST + "    endpoint.port = window.location.port;\n"
_TEXTS = {
    "A new version of this app is available.": "Há uma versão nova desta página.",
    'button.textContent = "Reload"': 'button.textContent = "Atualizar"',
}
# Paths that Vite passes on to the backend in development.
BACKEND_PATHS = (
    r"^/(api/|sessao/|_event|_upload|_health|_all_routes|ping|healthz|readyz|metrics"
    r"|sitemap[.]xml|robots[.]txt|diretorio[.]json|catalogo[.]jsonld|avisos[./]|situacao([.]|/.)|comarcas/.|unidade/[^/?]+/."
    r"|agenda/[^/?]+/.|buscar|cartao[.]png|favicon[.]ico|icone-|manifest[.]webmanifest|[.]well-known/"
    r"|admin$|admin/(auditoria[.]csv|contatos[.]csv|diretorio/|importacao/arquivo)"
    r"|corregedoria$|corregedoria/(arquivos|anexos|lista)/|gabinete/arquivos/|comprovante/|transparencia|relatar|acompanhar)"
)
_VITE_PORT = "    port: process.env.PORT,"


def adapt_client(source: str) -> str:
    """Return Reflex's `state.js` with our texts and the page's own port.

    Raises:
        RuntimeError: a text to replace is missing, after a change of Reflex.
    """
    for old, new in {_HOST: _SAME_ORIGIN, **_TEXTS}.items():
        if new in source:
            continue
        if old not in source:
            raise RuntimeError(f"state.js no longer holds {old!r}")
        source = source.replace(old, new)
    return source


def proxy_backend(source: str, *, host: str, port: int | None) -> str:
    """Return Vite's configuration with a proxy to the backend, so that one address is enough.

    Raises:
        RuntimeError: the place for it is missing, after a change of Reflex.
    """
    if _VITE_PORT not in source:
        raise RuntimeError(f"vite.config.js no longer holds {_VITE_PORT!r}")
    target = f'{{ target: "http://{host}:{port}", ws: true }}'
    proxy = f"    proxy: {{ {json.dumps(BACKEND_PATHS)}: {target} }},\n"
    return source.replace(_VITE_PORT, proxy + _VITE_PORT)


class PortalPlugin(rx.plugins.Plugin):
    """Applies these patches."""

    def pre_compile(self, **context: Any) -> None:
        """Patch the client and, in development, Vite's configuration."""
        context["add_modify_task"]("utils/state.js", adapt_client)
        if not is_prod_mode():
            config = get_config()
            proxy = partial(proxy_backend, host=config.backend_host, port=config.backend_port)
            context["add_modify_task"]("vite.config.js", proxy)
