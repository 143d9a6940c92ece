"""The frame of the pages of reports, and the way to them from a page that React shows.

The API serves `/relatar` and `/acompanhar` itself (`api/frame.py`), so that they work without
JavaScript; only a link followed inside the app arrives here, and loads the address anew.
"""

import reflex as rx

from canais_app import routes
from canais_app.ui import shell

# Not again when this very address was loaded: then no server is behind it.
_LOAD_ANEW = """(() => {
  const first = performance.getEntriesByType("navigation")[0];
  const here = location.pathname.replace(/[/]$/, "");
  if (!first || new URL(first.name).pathname.replace(/[/]$/, "") !== here) location.reload();
})"""


def page() -> rx.Component:
    """Return the frame, with a page that loads its address from the server."""
    return shell.page(
        shell.page_heading("Abrindo…"),
        rx.el.p("Se nada acontecer, atualize a página."),
        rx.el.div(on_mount=rx.call_function(rx.Var(_LOAD_ANEW))),
        here=routes.REPORT,
    )
