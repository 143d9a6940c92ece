"""What a letter is written from, sealed as long as it waits: it is written when it leaves.

Writing takes longer than storing, and storing is done while others wait for the same time.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from canais_app.kit.encryption import decrypt, encrypt
from canais_app.outbox.ics import IcsEvent

MOMENT, DAY = "$moment", "$day"  # how JSON says that a string is one


@dataclass(frozen=True)
class MessagePayload:
    """What the templates of a letter are given, and its calendar event."""

    context: Mapping[str, Any]
    event: IcsEvent | None = None

    def encrypt(self) -> str:
        """Return it as it is stored.

        Raises:
            TypeError: the context holds what is neither JSON nor a date.
        """
        event = vars(self.event) if self.event else None
        return encrypt(json.dumps([dict(self.context), event], default=_encode_value))

    @classmethod
    def decrypt(cls, sealed: str) -> "MessagePayload":
        """Return what was stored.

        Raises:
            SealBrokenError: the secret key has changed since.
        """
        context, event = json.loads(decrypt(sealed), object_hook=_decode_value)
        return cls(context, IcsEvent(**event) if event else None)


def _encode_value(value: object) -> dict[str, str]:
    if isinstance(value, datetime):
        return {MOMENT: value.isoformat()}
    if isinstance(value, date):
        return {DAY: value.isoformat()}
    raise TypeError(type(value).__name__)


def _decode_value(found: dict[str, Any]) -> Any:  # noqa: ANN401 (whatever JSON held)
    if found.keys() == {MOMENT}:
        return datetime.fromisoformat(found[MOMENT])
    if found.keys() == {DAY}:
        return date.fromisoformat(found[DAY])
    return found
