"""Labels of the fields of units and channels, and of their values, for history and audit log."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from canais_app.directory.channels import format_hours, type_of
from canais_app.directory.models import (
    FEATURE_NAMES,
    TEXT_FIELDS,
    UNIT_KIND_NAMES,
    Feature,
    UnitKind,
)
from canais_app.directory.validation import HAS_NAMES
from canais_app.kit.contacts import format_phone

NOTHING_LABEL = "nada"
EMPTY_LABELS = {"hours": "o horário público", "accessibility": "nada informado"}
FIELD_LABELS = {
    "name": "Nome",
    "kind": "Tipo",
    "degree": "Grau",
    "competences": "Competências",
    "hours": "Horário",
    **{field.name: field.label for field in TEXT_FIELDS},
    "accessibility": "Acessibilidade",
    "aliases": "Outros nomes",
    "former_names": "Nomes anteriores",
    "slug": "Endereço da página",
    "place": "Lugar",
    "retired": "Situação",
    "created": "Criação",
    "value": "Contato",
    "label": "Rótulo",
    "note": "Observação",
    "position": "Ordem",
}


def field_label(name: str) -> str:
    """Return the label of a field."""
    return FIELD_LABELS[name]


def channel_label(kind: str) -> str:
    """Return the label of a kind of channel; empty for none."""
    return type_of(kind).name if kind else ""


def value_label(name: str, stored: object) -> str:
    """Return a stored value as text."""
    if name == "retired":
        return "extinto" if stored else "em uso"
    if not stored and stored != 0:
        return EMPTY_LABELS.get(name, NOTHING_LABEL)
    if name in _VALUE_LABELS:
        return _VALUE_LABELS[name](stored)
    if isinstance(stored, list):
        return ", ".join(map(str, cast("list[object]", stored)))
    return str(stored)


def _contact_label(stored: object) -> str:
    return format_phone(str(stored)) if str(stored).startswith("+") else str(stored)


def _features_label(stored: Mapping[str, Mapping[str, str]]) -> str:
    parts: list[str] = []
    for feature, known in stored.items():
        note = f" ({known['note']})" if known.get("note") else ""
        parts.append(f"{FEATURE_NAMES[Feature(feature)]}: {HAS_NAMES[known['has']].lower()}{note}")
    return "; ".join(parts)


_VALUE_LABELS: dict[str, Callable[[Any], str]] = {
    "hours": format_hours,
    "kind": lambda stored: UNIT_KIND_NAMES[UnitKind(stored)],
    "accessibility": _features_label,
    "place": lambda stored: str(stored["words"]),
    "value": _contact_label,
    "created": _contact_label,
}
