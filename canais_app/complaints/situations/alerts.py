"""Who is told of a situation: the staff on duty by e-mail, other systems by webhook."""

from datetime import datetime

from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.accounts.models import Staff
from canais_app.accounts.queries import list_staff_with
from canais_app.accounts.roles import Permission
from canais_app.complaints.kinds import COMPLAINT_KIND_NAMES, ComplaintKindCode
from canais_app.complaints.situations.models import AlarmRule, Situation
from canais_app.directory.labels import channel_label
from canais_app.directory.models import Comarca, Unit
from canais_app.kit import clock
from canais_app.outbox import service as outbox
from canais_app.outbox.messages import SITUATION_OPENED, Message
from canais_app.settings import settings
from canais_app.webhooks import service as webhooks

PROBABLE = "provavel"


def announce(session: Session, row: Situation, *, now: datetime) -> None:
    """Tell who is on duty, once per episode and level, and the webhooks when it is probable."""
    context = {
        "place": describe_place(session, row),
        "channel": channel_label(row.channel) if row.channel else "Vários canais",
        "kind": COMPLAINT_KIND_NAMES[ComplaintKindCode(row.kind)] if row.kind else "",
        "is_public": row.level == PROBABLE,
        "seen": row.seen,
        "people": row.people,
        "since": row.first_report_at,
        "code": row.code,
        "page_url": settings().base_url + routes.situation(row.code),
    }
    outbox.enqueue(
        session,
        *(
            Message(
                SITUATION_OPENED,
                f"situation:{row.id}",
                "staff",
                email,
                {**context, "sequence": f"{staff_id}-{row.level}"},
            )
            for staff_id, email in load_on_duty(session, row)
        ),
        now=now,
    )
    if row.level == PROBABLE:
        webhooks.enqueue(session, webhooks.OPENED, situation_payload(session, row), now=now)


def announce_end(session: Session, row: Situation, *, now: datetime) -> None:
    """Tell the webhooks that a probable situation has ended."""
    webhooks.enqueue(session, webhooks.CLOSED, situation_payload(session, row), now=now)


def load_on_duty(session: Session, row: Situation) -> list[tuple[int, str]]:
    """Return the id and address of who wants to be told.

    By the rules that people set; without any rule, the whole Corregedoria, when it is probable.
    """
    rules = session.exec(
        select(AlarmRule, Staff.email)
        .join(Staff, col(Staff.id) == col(AlarmRule.staff_id))
        .where(col(Staff.status) == "active")
    ).all()
    if rules:
        return sorted({(rule.staff_id, email) for rule, email in rules if _wants(rule, row)})
    if row.level != PROBABLE:
        return []
    people = list_staff_with(session, Permission.HANDLE_SITUATIONS)
    return sorted((person.id or 0, person.email) for person in people)


def _wants(rule: AlarmRule, row: Situation) -> bool:
    return (
        rule.comarca_id in (None, row.comarca_id)
        and rule.channel in ("", row.channel)
        and (row.level == PROBABLE or rule.level != PROBABLE)
    )


def describe_place(session: Session, row: Situation) -> str:
    """Return the unit, the comarca or the state of a situation by its name."""
    if row.unit_id is not None:
        return session.get_one(Unit, row.unit_id).name
    if row.comarca_id is not None:
        return f"Comarca de {session.get_one(Comarca, row.comarca_id).name}"
    return "Mato Grosso"


def situation_payload(session: Session, row: Situation) -> dict[str, object]:
    """Return a situation as other systems get it."""
    unit = session.get_one(Unit, row.unit_id) if row.unit_id else None
    comarca = session.get_one(Comarca, row.comarca_id) if row.comarca_id else None
    return {
        "code": row.code,
        "scope": row.scope,
        "level": row.level,
        "unit": unit.slug if unit else "",
        "comarca": comarca.slug if comarca else "",
        "channel": row.channel,
        "kind": row.kind,
        "seen": row.seen,
        "expected": row.expected,
        "people": row.people,
        "first_report_at": clock.to_rfc3339(row.first_report_at),
        "probable_at": clock.to_rfc3339(row.probable_at) if row.probable_at else None,
        "closed_at": clock.to_rfc3339(row.closed_at) if row.closed_at else None,
        "verdict": row.verdict,
        "url": settings().base_url + routes.situation(row.code),
    }
