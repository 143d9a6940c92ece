"""Output of commands as JSON."""

import json
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Annotated, Any

import typer

from canais_app.kit import clock

AsJson = Annotated[bool, typer.Option("--json", help="Responde em JSON.")]


def _to_json_value(value: object) -> object:
    if isinstance(value, datetime):
        return clock.to_rfc3339(value)
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


def print_json(value: Any) -> None:  # noqa: ANN401 (any JSON value)
    """Print a value as JSON: dataclasses as objects, moments in RFC 3339."""
    typer.echo(json.dumps(value, default=_to_json_value, ensure_ascii=False, indent=2))
