"""The public status of the state, a comarca or a unit, in words and pictures.

Everything counted goes through `suppression`; levels come from `situations.queries`.
"""

from datetime import datetime

from sqlmodel import Session

from canais_app.complaints.public_status import charts
from canais_app.complaints.public_status.cards import (
    build_headline,
    build_notice_cards,
    build_trouble_cards,
)
from canais_app.complaints.public_status.facts import FAILURES, Facts, read_facts
from canais_app.complaints.public_status.incidents import list_planned_work
from canais_app.complaints.public_status.places import find_worst, list_places, list_tiles
from canais_app.complaints.public_status.suppression import publish_count
from canais_app.complaints.public_status.views import PlannedWork, StatusBoard
from canais_app.expediente.queries import load_calendar
from canais_app.expediente.rules import NoticeKind


def load_status_board(
    session: Session, *, now: datetime, comarca: str = "", unit: str = ""
) -> StatusBoard:
    """Return the status of the state by comarca, of a comarca by unit, or of a unit by channel.

    Raises:
        NotFoundError: no such comarca or unit.
        UnitMovedError: a unit's former slug.
    """
    facts = read_facts(session, now, comarca, unit)
    calendar = load_calendar(session)
    counts = charts.count_reports(session, facts.scope, now)
    failing = [trouble for trouble in facts.troubles if trouble.level in FAILURES]
    open_hours = charts.find_open_hours(calendar, facts.scope.location, now)
    used = charts.count_visits(session, facts.scope, now)
    history = charts.build_history(session, facts.scope, calendar, now)
    where = _title(facts) if facts.scope.unit_ids is not None else "todo o Estado"
    cards = [*build_trouble_cards(facts), *build_notice_cards(facts)]
    places = list_places(facts)
    alarm, rest = build_headline(cards)
    return StatusBoard(
        title=_title(facts),
        kind="unidade" if facts.unit else "comarca" if facts.comarca else "estado",
        slug=unit or comarca,
        at=now,
        level=find_worst([card.level for card in cards], known=True),
        alarm=alarm,
        rest=rest,
        reports=publish_count(sum(counts.values())),
        cards=cards,
        places=places,
        tiles=[] if facts.scope.unit_ids is not None else list_tiles(places),
        strips_title=charts.title_strips(failing),
        strips=charts.build_strips(counts, used, failing, open_hours, now),
        axis=charts.build_axis(now),
        history_title=charts.title_history(history),
        history_note=charts.note_history(history, where, now),
        history=history,
        planned=_list_planned(session, facts),
        notices=facts.notices,
        incidents=facts.incidents,
    )


def _title(facts: Facts) -> str:
    if facts.unit is not None:
        return facts.unit.name
    return f"Comarca de {facts.comarca.name}" if facts.comarca else "Mato Grosso"


def _list_planned(session: Session, facts: Facts) -> list[PlannedWork]:
    shown = (NoticeKind.CLOSED, NoticeKind.MAINTENANCE)
    announced = [
        (n.starts_at, PlannedWork(n.when, f"{n.scope}: {n.text} {n.alternative}".strip()))
        for n in facts.notices
        if not (n.in_force and n.kind in shown)
    ]
    works = list_planned_work(session, facts.here, facts.now, facts.scope.unit_ids)
    return [row for _, row in sorted([*announced, *works], key=lambda pair: pair[0])]
