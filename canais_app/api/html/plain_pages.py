"""Small pages that work without JavaScript: a sentence, and what can be done next."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from canais_app import routes
from canais_app.api.html.templating import render_template

HOME_LINK = ("Início", routes.HOME)


@dataclass(frozen=True)
class PostButton:
    """A button that posts an empty form; `tone` is a class of `.btn`."""

    words: str
    path: str
    tone: str = "pri"


def render_plain_page(
    title: str,
    *paragraphs: str,
    actions: Sequence[PostButton] = (),
    links: Sequence[tuple[str, str]] = (HOME_LINK,),
    status: int = 200,
) -> HTMLResponse:
    """Return a page with its heading, paragraphs, buttons and links, never stored by a cache."""
    page = render_template(
        "plain_page.html.j2", title=title, paragraphs=paragraphs, actions=actions, links=links
    )
    return HTMLResponse(page, status, headers={"Cache-Control": "no-store"})
