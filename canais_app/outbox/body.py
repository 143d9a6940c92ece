"""What leaves of a letter: its words and its event, sealed as long as it waits."""

import json
from dataclasses import asdict, dataclass

from canais_app.kit.seal import seal, unseal


@dataclass(frozen=True)
class Body:
    """A letter's text, its HTML and its calendar event (empty: none)."""

    text: str
    html: str
    ics: str = ""

    def sealed(self) -> str:
        """Return it as it is stored."""
        return seal(json.dumps(asdict(self)))

    @classmethod
    def opened(cls, sealed: str) -> "Body":
        """Return what was stored.

        Raises:
            SealBrokenError: the secret key has changed since.
        """
        return cls(**json.loads(unseal(sealed)))
