"""The complaint of a person whom nobody attended at the appointed time."""

from datetime import datetime

from sqlmodel import Session

from canais_app.complaints.kinds import ComplaintKindCode
from canais_app.complaints.schemas import Report
from canais_app.complaints.service import file_complaint, reporter_fingerprint
from canais_app.directory.channels import ChannelKind
from canais_app.directory.hooks import NotAttended
from canais_app.kit import clock, text
from canais_app.kit.errors import AppError


def file_not_attended(session: Session, said: NotAttended, now: datetime) -> str:
    """File the complaint in the caller's transaction; return its protocol.

    Its receipt, with the secret code, goes to the e-mail address of the appointment. Empty when
    the rules of complaints refuse it: more than 30 days old, too many from one address, or an
    agenda that is no longer published; the lawyer's word is stored all the same.
    """
    day = text.format_date(clock.to_local_day(said.starts_at))
    report = Report(
        unit=said.unit_slug,
        channel=ChannelKind.APPOINTMENT,
        kind=ComplaintKindCode.NOT_ATTENDED,
        occurred_at=said.starts_at,
        text=f"Horário marcado: {day}. Aviso enviado pela página do agendamento.",
        name=said.name,
        email=said.email,
    )
    reporter = reporter_fingerprint(said.address, now=now) if said.address else ""
    try:
        return file_complaint(session, report, now=now, reporter=reporter).protocol
    except AppError:
        return ""
