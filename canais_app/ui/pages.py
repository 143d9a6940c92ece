"""The entry of a page in its room's list."""

from collections.abc import Callable
from typing import Any

import reflex as rx


def page_entry(
    component: Callable[[], rx.Component], *, route: str, title: Any, description: str, **more: Any
) -> dict[str, Any]:
    """Return what `add_page` takes; `more` is `on_load` and `meta` where a page has them."""
    return {
        "component": component,
        "route": route,
        "title": title,
        "description": description,
        "image": "/cartao.png",  # else Reflex names one that does not exist
        **more,
    }
