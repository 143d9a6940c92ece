"""The settings in force, without secrets."""

import re
from dataclasses import dataclass

from pydantic import SecretStr

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.settings import Settings, settings


@dataclass(frozen=True)
class SettingRow:
    """A setting; of a secret only whether it is set."""

    name: str
    value: str


def list_settings(*, actor: Actor) -> list[SettingRow]:
    """Return each setting by the name of its environment variable."""
    require_permission(actor, Permission.SEE_SETTINGS)
    in_force = settings()
    return [
        SettingRow(f"CANAIS_{name.upper()}", _display_value(getattr(in_force, name)))
        for name in sorted(Settings.model_fields)
    ]


def _display_value(value: object) -> str:
    if isinstance(value, SecretStr):
        return "definido (oculto)" if value.get_secret_value() else "não definido"
    # A database address may carry a password between the colon and the at sign.
    return re.sub(r"//[^/@]*:[^/@]*@", "//[oculto]@", str(value)) or "não definido"
