"""What has been shown stays: a lost connection, or a restart of the server, blanks a tab's State.

For a moment the State says again that nothing is ready; taking the page away then would take with
it what a person has typed.
"""

from hashlib import sha256
from typing import Any

import reflex as rx
from reflex_base.vars.base import VarData


def persisted(value: Any, ready: Any) -> Any:
    """Return a Var's value as it was when `ready` last was true; until then as it is.

    The options of a field and the `key` of a form need it: with them goes what was typed.
    """
    value, ready = rx.Var.create(value), rx.Var.create(ready)
    name = "kept_" + sha256(f"{value!s} {ready!s}".encode()).hexdigest()[:12]
    hooks = (
        f"const {name}_last = useRef(null);",
        f"if ({ready!s}) {name}_last.current = {{ value: {value!s} }};",
        f"const {name} = {name}_last.current ? {name}_last.current.value : {value!s};",
    )
    told = VarData(imports={"react": "useRef"}, hooks=hooks)
    data = VarData.merge(*(var._get_all_var_data() for var in (value, ready)), told)  # noqa: SLF001 (how Reflex makes Vars)
    return rx.Var(name, _var_type=value._var_type, _var_data=data).guess_type()  # noqa: SLF001


def show_once_ready(ready: Any, drawn: rx.Component, waiting: rx.Component) -> rx.Component:
    """Show `waiting` until `ready` is first true, then `drawn` for as long as one stays."""
    return rx.cond(persisted(ready, ready), drawn, waiting)
