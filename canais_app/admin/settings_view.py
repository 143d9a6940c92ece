"""The settings in force, as administrators read them: never a secret."""

import re
from dataclasses import dataclass

from pydantic import SecretStr

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.settings import Settings, settings


@dataclass(frozen=True)
class SettingRow:
    """A setting in force; a secret says only whether it is set."""

    name: str
    value: str


def list_settings(*, actor: Actor) -> list[SettingRow]:
    """Return each setting by its environment name; of secrets only whether they are set."""
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
    words = re.sub(r"//[^/@]*:[^/@]*@", "//[oculto]@", str(value))
    return words or "não definido"
