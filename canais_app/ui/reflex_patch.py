"""What the build changes in Reflex's client: Portuguese texts, and no address in the build."""

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
# What Vite passes on to the backend in development; all else is a page or a part of one.
BACKEND_PATHS = (
    r"^/(api/|sessao/|_event|_upload|_health|_all_routes|ping|healthz|readyz|metrics"
    r"|sitemap[.]xml|robots[.]txt|diretorio[.]json|avisos[./]|comarcas/.|unidade/[^/?]+/."
    r"|admin/(auditoria[.]csv|contatos[.]csv|diretorio/|importacao/arquivo)"
    r"|corregedoria/arquivos/)"
)
_VITE_PORT = "    port: process.env.PORT,"


def adapt_client(source: str) -> str:
    """Return Reflex's `state.js` with our texts and the page's own port.

    Raises:
        RuntimeError: when a text is not there: Reflex changed, look again.
    """
    for theirs, ours in {_HOST: _SAME_ORIGIN, **_TEXTS}.items():
        if ours in source:
            continue
        if theirs not in source:
            raise RuntimeError(f"state.js no longer holds {theirs!r}")
        source = source.replace(theirs, ours)
    return source


def proxy_backend(source: str, *, host: str, port: int | None) -> str:
    """Return Vite's configuration with a proxy to the backend, so that one address is enough.

    Raises:
        RuntimeError: when the place for it is not there: Reflex changed, look again.
    """
    if _VITE_PORT not in source:
        raise RuntimeError(f"vite.config.js no longer holds {_VITE_PORT!r}")
    target = f'{{ target: "http://{host}:{port}", ws: true }}'
    proxy = f"    proxy: {{ {json.dumps(BACKEND_PATHS)}: {target} }},\n"
    return source.replace(_VITE_PORT, proxy + _VITE_PORT)


class PortalPlugin(rx.plugins.Plugin):
    """The portal's part in the build."""

    def pre_compile(self, **context: Any) -> None:
        """Change the client before it is bundled; in development, also Vite's configuration."""
        context["add_modify_task"]("utils/state.js", adapt_client)
        if not is_prod_mode():
            config = get_config()
            proxy = partial(proxy_backend, host=config.backend_host, port=config.backend_port)
            context["add_modify_task"]("vite.config.js", proxy)
