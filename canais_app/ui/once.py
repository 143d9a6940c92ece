"""What has been shown stays: a lost connection, or a restart of the server, blanks a tab's State.

For a moment the State says again that nothing is ready; taking the page away then would take with
it what a person has typed.
"""

from typing import Any

import reflex as rx
from reflex_base.components.component import field
from reflex_base.utils.imports import ImportDict

_CODE = """
const Once = ({ ready, children }) => {
  const shown = useRef(false);
  if (ready) shown.current = true;
  return children[shown.current ? 0 : 1];
};
"""


class Once(rx.Component):
    """Its first child from the first time it is `ready`, for good; its second until then."""

    tag = "Once"
    ready: rx.Var[bool] = field(doc="Whether there is something to show")

    def add_imports(self) -> ImportDict:
        """Ask for what the code below uses."""
        return {"react": "useRef"}

    def add_custom_code(self) -> list[str]:
        """Define it in the page's own module: it is bundled, never evaluated."""
        return [_CODE]


def once(ready: Any, drawn: rx.Component, waiting: rx.Component) -> rx.Component:
    """Show `waiting` until `ready` is first true, then `drawn` for as long as one stays."""
    return Once.create(drawn, waiting, ready=ready)
