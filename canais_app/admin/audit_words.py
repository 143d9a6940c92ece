"""The audit log in Portuguese: names of objects and fields, and stored values.

The log stores the names of tables and columns; what is not listed here is shown as stored.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from canais_app.agenda.formatting import APPOINTMENT_STATUS_NAMES
from canais_app.complaints.lifecycle import COMPLAINT_STATUS_NAMES
from canais_app.directory.labels import FIELD_LABELS
from canais_app.kit.text import format_datetime

ENTITY_NAMES = {
    "agenda": "agenda",
    "answer_template": "modelo de resposta",
    "api_token": "chave da API",
    "appointment": "atendimento",
    "calendar_day": "dia do calendário",
    "channel": "canal de",
    "notice": "aviso",
    "outbox_message": "mensagem",
    "session": "sessão",
    "staff": "conta",
    "synonym": "sinônimo",
    "unit": "unidade",
    "walk_in": "lista de chegada",
}
FIELD_NAMES = {
    **{name: label.lower() for name, label in FIELD_LABELS.items()},
    "active": "em uso",
    "assumed_at": "assumida em",
    "duplicate_of_id": "duplicada de",
    "email": "e-mail",
    "feed": "endereço de calendário",
    "link": "link",
    "means": "entrou com",
    "oidc": "provedor",
    "owner_id": "responsável",
    "password": "senha",
    "permissions": "permissões",
    "revoked_at": "revogada em",
    "roles": "perfis",
    "said": "o que se diz",
    "second_step": "segunda etapa",
    "state": "situação",
    "status": "situação",
    "verdict": "julgamento",
    "verdict_reason": "motivo",
}
# Values of the fields that hold a code.
_CODES: dict[str, str] = {
    **{str(status): words.lower() for status, words in COMPLAINT_STATUS_NAMES.items()},
    **{str(status): words.lower() for status, words in APPOINTMENT_STATUS_NAMES.items()},
    "active": "ativa",
    "bounced": "devolvida",
    "hidden": "oculta",
    "ended": "encerrada",
    "failed": "falhou",
    "invited": "convidada",
    "off": "desligada",
    "on": "ligada",
    "open": "aberta",
    "sent": "enviada",
    "suspended": "suspensa",
    "True": "sim",
    "False": "não",
    "waiting": "na fila",
}
_CODED = {"state", "status", "second_step", "feed", "link", "password", "active"}


def name_entity(entity: str, entity_id: str) -> str:
    """Return the object of an entry, such as `sessão 4`."""
    return f"{ENTITY_NAMES.get(entity, entity)} {entity_id}"


def format_changes(changes: Mapping[str, object]) -> str:
    """Return a difference as `campo: antes → depois; campo: …`."""
    texts: list[str] = []
    for field, change in changes.items():
        name = FIELD_NAMES.get(field, field)
        if isinstance(change, list) and len(change) == 2:  # noqa: PLR2004 (before and after)
            before, after = change  # pyright: ignore[reportUnknownVariableType]
            texts.append(f"{name}: {_format_value(field, before)} → {_format_value(field, after)}")
        else:
            texts.append(f"{name}: {_format_value(field, change)}")
    return "; ".join(texts)


def _format_value(field: str, value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nada"  # pyright: ignore[reportUnknownArgumentType]
    if value in ("", None):
        return "nada"
    text = str(value)
    if field in _CODED or isinstance(value, bool):
        return _CODES.get(text, text)
    if field.endswith("_at"):
        return _format_moment(text)
    return text


def _format_moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return format_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
