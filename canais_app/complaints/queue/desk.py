"""What the desk shows: read at once for a person, a filter, the rows on the screen and a panel.

A live room of the desk is named by exactly these values, so that an update re-reads what the
tab shows and nothing moves under the pointer.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlmodel import Session

from canais_app.accounts.queries import load_actor
from canais_app.accounts.roles import Actor
from canais_app.complaints import queries
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.triage import answer_templates, duplicates, listing, presence
from canais_app.complaints.triage.listing import QUEUES, ListFilter, format_count
from canais_app.kit.errors import AppError
from canais_app.kit.forms import parse_form
from canais_app.kit.text import format_hour

TOPIC = "desk:all"
NO_PANEL: dict[str, Any] = {}


@dataclass(frozen=True)
class DeskRoom:
    """What a tab of the desk shows."""

    staff_id: int
    newest_id: int  # the newest complaint when the list was read
    opened: str  # the protocol in the panel, or empty
    query: str
    ids: tuple[int, ...]

    def to_variant(self) -> str:
        """Return the variant of the live view."""
        numbers = ",".join(map(str, self.ids))
        return f"{self.staff_id}|{self.newest_id}|{self.opened}|{self.query}|{numbers}"

    @classmethod
    def parse(cls, variant: str) -> "DeskRoom":
        """Return the room of a variant."""
        staff, newest, opened, query, ids = variant.split("|")
        return cls(
            int(staff), int(newest), opened, query, tuple(map(int, filter(None, ids.split(","))))
        )


def query_of(wanted: ListFilter) -> str:
    """Return a filter as the query of an address, without what is empty."""
    fields = wanted.model_dump(mode="json")
    return urlencode({name: str(value) for name, value in fields.items() if value})


def parse_query(query: str) -> ListFilter:
    """Return the filter of an address's query.

    Raises:
        InvalidError: it is not valid.
    """
    return parse_form(ListFilter, dict(parse_qsl(query)))


def load_desk(session: Session, actor: Actor, room: DeskRoom, *, now: datetime) -> dict[str, Any]:
    """Return the values of the page's vars that change live."""
    wanted = parse_query(room.query)
    counts = listing.count_views(session, actor, wanted, now=now)
    fresh = listing.count_queue(session, actor, wanted, now=now, after_id=room.newest_id)
    rows = [asdict(row) for row in listing.load_rows(session, actor, room.ids, now=now)]
    return {
        "rows": _with_days(rows, by_day="prazo" in wanted.order),
        "counts": {code: format_count(number) for code, number in counts.items()},
        "headline": _headline(counts),
        "fresh": fresh,
        "stamp": format_hour(now),
        "moment": now.isoformat(),
        **load_panel(session, actor, room.opened, now=now),
    }


def load_panel(session: Session, actor: Actor, protocol: str, *, now: datetime) -> dict[str, Any]:
    """Return the values of the panel; empty without a complaint."""
    empty = {"detail": NO_PANEL, "steps": [], "moves": [], "likely": [], "others": ""}
    if not protocol:
        return empty
    try:
        fields = asdict(queries.load_detail(session, actor, protocol, now=now))
    except AppError:
        return empty
    row = queries.load_by_protocol(session, protocol)
    others = presence.list_others(session, row.id or 0, actor.staff_id, now=now)
    steps = [
        {**step, "moment": ""}
        for step in fields.pop("steps")
        if step["kind"] != ComplaintStatus.RECEIVED  # the report itself says so
    ]
    return {
        "steps": [_first_words(fields), *steps],
        "moves": [move["to"] for move in fields.pop("moves")],
        "detail": fields,
        "likely": [asdict(o) for o in duplicates.list_likely_duplicates(session, actor, row)],
        "others": _names(others),
    }


def read_room(session: Session, room: str, now: datetime) -> Mapping[str, object]:
    """Read the desk of a room's person, with their current roles."""
    parsed = DeskRoom.parse(room.partition("#")[2])
    return load_desk(session, load_actor(session, parsed.staff_id), parsed, now=now)


def load_template(
    session: Session, actor: Actor, protocol: str, template_id: int, *, now: datetime
) -> tuple[str, list[str]]:
    """Return a template filled for a complaint, and what was filled in."""
    known = {row.id: row for row in answer_templates.list_templates(session, actor)}
    template = known.get(template_id)
    if template is None:
        return "", []
    row = queries.load_by_protocol(session, protocol)
    values = answer_templates.placeholder_values(session, row, now=now)
    used = answer_templates.used_placeholders(template.text)
    return (
        answer_templates.fill_template(session, template.text, row, now=now),
        [f"{name}: {values[name]}" for name in used],
    )


def _first_words(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the report itself as the first step of the conversation."""
    return {
        "at": fields["received"],
        "title": "Quem relatou",
        "who": "Quem relatou",
        "text": fields["text"] or "Sem texto.",
        "by_reporter": True,
        "public": True,
        "moment": "",
        "author": "reporter",
        "kind": "relato",
        "is_new": False,
    }


def _with_days(rows: list[dict[str, Any]], *, by_day: bool) -> list[dict[str, Any]]:
    """Give the first row of each day its heading with how many rows the list has of it."""
    days: dict[str, int] = {}
    for row in rows:
        days[row["day"]] = days.get(row["day"], 0) + 1
    seen: set[str] = set()
    for row in rows:
        is_first = by_day and row["day"] not in seen
        seen.add(row["day"])
        row["heading"] = f"{row['day']} · {days[row['day']]}" if is_first else ""
    return rows


def _headline(counts: Mapping[str, int]) -> str:
    """Return the heading: open, due today, overdue."""
    number = counts["abertas"]
    first = (
        f"{format_count(number)} {'reclamação aberta' if number == 1 else 'reclamações abertas'}"
    )
    today = {0: "nenhuma vence hoje", 1: "1 vence hoje"}.get(
        counts["hoje"], f"{format_count(counts['hoje'])} vencem hoje"
    )
    late = {0: "nenhuma vencida", 1: "1 vencida"}.get(
        counts["vencidas"], f"{format_count(counts['vencidas'])} vencidas"
    )
    return f"{first}; {today}, {late}"


def _names(people: list[str]) -> str:
    if not people:
        return ""
    verb = "está" if len(people) == 1 else "estão"
    return f"{' e '.join(people)} {verb} com esta reclamação aberta."


def list_queues() -> list[dict[str, str]]:
    """Return the saved views of every desk, for links."""
    return [{"code": queue.code, "name": queue.name, "tone": queue.tone} for queue in QUEUES]
