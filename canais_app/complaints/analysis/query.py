"""What the address of the analysis asks beside the scope: order, rows, comparison, question."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from canais_app.complaints.statistics.filters import Scope, is_supported_day, parse_scope
from canais_app.complaints.statistics.questions import Choice
from canais_app.complaints.statistics.unit_table import SORT_KEYS
from canais_app.kit.text import strip_accents

PAGE_ROWS = 40
MAX_ROWS = 4000
DEFAULT_ORDER = "-relatos"
DEFAULT_PERIOD = "28d"
QUESTIONS = (
    "prazo",
    "ajudaram",
    "comarcas",
    "contato",
    "sem-dados",
    "antes-depois",
    "lado-a-lado",
    "alarmes",
)
MAX_NEEDLE = 60


@dataclass(frozen=True)
class AnalysisQuery:
    """The scope, and how it is shown. `needle` keeps to the units whose name has its words."""

    scope: Scope = field(default_factory=lambda: Scope(DEFAULT_PERIOD))
    order: str = DEFAULT_ORDER
    rows: int = PAGE_ROWS
    compare: str = ""
    needle: str = ""
    choice: Choice = field(default_factory=Choice)

    def to_query(self, **changes: str) -> str:
        """Return the query of an address, with some fields changed."""
        fields = {
            **self.scope.to_fields(),
            "ordem": "" if self.order == DEFAULT_ORDER else self.order,
            "linhas": "" if self.rows == PAGE_ROWS else str(self.rows),
            "com": self.compare,
            "achar": self.needle,
            "pergunta": self.choice.question,
            "dia": self.choice.day.isoformat() if self.choice.day else "",
            "outra": self.choice.other,
            **changes,
        }
        if fields["p"] == DEFAULT_PERIOD:
            fields["p"] = ""
        return urlencode({name: value for name, value in fields.items() if value})


def read_query(sent: Mapping[str, Any], scope: Scope) -> AnalysisQuery:
    """Return the query of an address with its scope; what is not valid is left out."""
    order = str(sent.get("ordem", ""))
    rows, other = str(sent.get("linhas", "")), str(sent.get("outra", ""))
    question = str(sent.get("pergunta", ""))
    try:
        day = date.fromisoformat(str(sent.get("dia", "")))
    except ValueError:
        day = None
    if day and not is_supported_day(day):
        day = None
    return AnalysisQuery(
        scope=scope.with_default(DEFAULT_PERIOD),
        order=order if order.removeprefix("-") in SORT_KEYS else DEFAULT_ORDER,
        rows=min(max(int(rows[:9]), PAGE_ROWS), MAX_ROWS) if rows.isdecimal() else PAGE_ROWS,
        compare="ano" if sent.get("com") == "ano" else "",
        needle=strip_accents(str(sent.get("achar", "")))[:MAX_NEEDLE].strip(),
        choice=Choice(question if question in QUESTIONS else "", day, other[:160]),
    )


def parse_variant(variant: str, *, now: datetime) -> AnalysisQuery:
    """Return the query of a live view's variant, which is the query of its address.

    Raises:
        InvalidError: not a valid scope.
    """
    sent = dict(parse_qsl(variant))
    return read_query(sent, parse_scope(sent, now=now))
