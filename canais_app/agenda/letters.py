"""Who is told of what happens to an appointment: the lawyer, the gabinete, the secretaria."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.agenda import policies, queries
from canais_app.agenda.availability import Published
from canais_app.agenda.models import MODALITY_NAMES, Appointment, Modality, Status
from canais_app.directory.models import Channel, ChannelKind, Unit, UnitKind
from canais_app.kit import text
from canais_app.outbox import ics, messages
from canais_app.outbox import service as outbox
from canais_app.settings import settings


@dataclass(frozen=True)
class News:
    """What changed, beyond the appointment itself. `token` is known at the booking only."""

    kind: str
    token: str = ""
    previous_start: datetime | None = None
    alternatives: Sequence[datetime] = ()


def tell(
    session: Session, agenda: Published, row: Appointment, news: News, *, now: datetime
) -> None:
    """Put each party's letter into the caller's transaction."""
    words = _words(agenda, row, news)
    told = _recipients(session, agenda, row)
    registry: dict[messages.Party, str] = {"registry": told.pop("registry")}
    # The secretaria learns that the time is taken, never which case it is about.
    hidden = replace(words, case_number="", subject=text.mask(words.subject))
    for some, to in ((words, told), (hidden, registry)):
        for letter in messages.appointment_letters(
            news.kind, some, to, thread=queries.thread(row), uid=row.ics_uid, now=now
        ):
            outbox.enqueue(session, letter, now=now)


def _words(agenda: Published, row: Appointment, news: News) -> messages.AppointmentWords:
    url = f"{settings().base_url}{routes.appointment(news.token)}" if news.token else ""
    return messages.AppointmentWords(
        code=row.code,
        agenda=agenda.row.title,
        unit=agenda.unit.name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        modality=MODALITY_NAMES[Modality(row.modality)],
        lawyer=row.name,
        oab=f"OAB {queries.oab_words(row.oab)}",
        subject=row.subject,
        sequence=row.ics_sequence,
        where=_where(agenda, row),
        video_url=queries.video_url(agenda.row, row),
        email=row.email,
        phone=row.phone,
        case_number=queries.case_words(row.case_number),
        page_url=url,
        cancel_until=policies.change_deadline(row.starts_at, agenda.row.cancel_notice),
        previous_start=news.previous_start,
        cancelled_by=row.cancelled_by,
        cancel_reason=row.cancel_reason,
        alternatives=tuple(news.alternatives),
    )


def _where(agenda: Published, row: Appointment) -> str:
    if row.modality == Modality.IN_PERSON:
        return agenda.row.place
    return "" if row.modality == Modality.VIDEO else "O gabinete liga para o telefone informado"


def _recipients(session: Session, agenda: Published, row: Appointment) -> dict[messages.Party, str]:
    return {
        "lawyer": row.email,
        "chambers": email_of(session, agenda.row.unit_id),
        "registry": email_of(session, registry_of(session, agenda)),
    }


def registry_of(session: Session, agenda: Published) -> int | None:
    """Return the secretaria beside the gabinete: the one named, or its sister in the tree."""
    if agenda.row.registry_unit_id or agenda.unit.parent_id is None:
        return agenda.row.registry_unit_id
    return session.exec(
        select(Unit.id).where(
            col(Unit.parent_id) == agenda.unit.parent_id,
            col(Unit.kind) == UnitKind.REGISTRY,
            col(Unit.active),
        )
    ).first()


def email_of(session: Session, unit_id: int | None) -> str:
    """Return a unit's first e-mail channel, or an empty string."""
    found = session.exec(
        select(Channel.value)
        .where(col(Channel.unit_id) == unit_id, col(Channel.kind) == ChannelKind.EMAIL)
        .order_by(col(Channel.position), col(Channel.id))
    ).first()
    return found or ""


def invitation(session: Session, token: str, *, now: datetime) -> str:
    """Return the calendar file of an appointment as its owner may have it.

    Raises:
        NoSuchAppointmentError: the link leads nowhere.
    """
    row = queries.row_by_token(session, token)
    agenda = queries.by_id(session, row.agenda_id, now=now)
    kind = messages.CANCELLED if row.status == Status.CANCELLED else messages.BOOKED
    words = _words(agenda, row, News(kind, token))
    event = messages.event_of(kind, words, "lawyer", row.email, uid=row.ics_uid, now=now)
    return ics.invite(event)
