"""What the build changes in Reflex's own client: Portuguese words, and one build for any port."""

from typing import Any

import reflex as rx

# The client learns host and port of the socket at build time; the page it stands on knows both.
_HOST = "    endpoint.hostname = frontend_hostname;\n"
_SAME_ORIGIN = _HOST + "    if (!import.meta.env.DEV) endpoint.port = window.location.port;\n"
_WORDS = {
    "A new version of this app is available.": "Há uma versão nova desta página.",
    'button.textContent = "Reload"': 'button.textContent = "Atualizar"',
}


def speak_portuguese(source: str) -> str:
    """Return Reflex's `state.js` with our words and the page's own port.

    Raises:
        RuntimeError: when a text is not there: Reflex changed, look again.
    """
    for theirs, ours in {_HOST: _SAME_ORIGIN, **_WORDS}.items():
        if ours in source:
            continue
        if theirs not in source:
            raise RuntimeError(f"state.js no longer holds {theirs!r}")
        source = source.replace(theirs, ours)
    return source


class PortalPlugin(rx.plugins.Plugin):
    """The portal's part in the build."""

    def pre_compile(self, **context: Any) -> None:
        """Change the client before it is bundled."""
        context["add_modify_task"]("utils/state.js", speak_portuguese)
