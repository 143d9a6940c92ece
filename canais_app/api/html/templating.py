"""The templates of the pages that the API renders itself; values are escaped."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render_template(name: str, /, **values: object) -> str:
    """Return a template as HTML; a value that it names and does not get is an error."""
    return _templates.get_template(name).render(**values)
