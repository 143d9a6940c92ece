"""Keep content on the screen while a tab's State is reset by a lost connection or a restart.

The State says for a moment that nothing is ready; removing the content then would lose the input.
"""

from hashlib import sha256
from typing import Any

import reflex as rx
from reflex_base.vars.base import VarData


def persisted(value: Any, ready: Any) -> Any:
    """Return a Var's value as it was when `ready` last was true; until then as it is.

    Needed for the options of a select and the `key` of a form: their change would lose the input.
    """
    value, ready = rx.Var.create(value), rx.Var.create(ready)
    name = "kept_" + sha256(f"{value!s} {ready!s}".encode()).hexdigest()[:12]
    hooks = (
        f"const {name}_last = useRef(null);",
        f"if ({ready!s}) {name}_last.current = {{ value: {value!s} }};",
        f"const {name} = {name}_last.current ? {name}_last.current.value : {value!s};",
    )
    own = VarData(imports={"react": "useRef"}, hooks=hooks)
    data = VarData.merge(*(var._get_all_var_data() for var in (value, ready)), own)  # noqa: SLF001 (how Reflex makes Vars)
    return rx.Var(name, _var_type=value._var_type, _var_data=data).guess_type()  # noqa: SLF001


def show_once_ready(ready: Any, drawn: rx.Component, waiting: rx.Component) -> rx.Component:
    """Show `waiting` until `ready` is first true, then `drawn` until the page is left."""
    return rx.cond(persisted(ready, ready), drawn, waiting)
