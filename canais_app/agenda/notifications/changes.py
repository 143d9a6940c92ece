"""Tell everybody of a changed room, link or attending gabinete: one letter per person.

A change of an agenda is compared before and after it is made, appointment by appointment.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app.agenda import tokens
from canais_app.agenda.availability import rule_values
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.models import Appointment, AppointmentStatus, Modality
from canais_app.agenda.notifications import appointments
from canais_app.agenda.notifications.appointments import AppointmentChange
from canais_app.kit import live, text
from canais_app.outbox import appointment_messages, messages
from canais_app.outbox import service as outbox
from canais_app.outbox.appointment_messages import AppointmentContext, ChangedAppointment
from canais_app.outbox.messages import Message, Party

PLACE, LINK, WHO = "a sala", "o link do vídeo", "quem atende"
ALL_PARTIES: tuple[Party, ...] = ("lawyer", "chambers", "registry")


@dataclass(frozen=True)
class ChangedDetails:
    """An appointment that stays, with its details before the change, by what they are."""

    row: Appointment
    before: dict[str, str]


@dataclass(frozen=True)
class FallenAppointment:
    """An appointment that the changed agenda would no longer offer, and why."""

    row: Appointment
    reason: str


@dataclass(frozen=True)
class Impact:
    """The coming appointments that a change of an agenda concerns."""

    changed: Sequence[ChangedDetails] = ()
    fallen: Sequence[FallenAppointment] = ()

    @property
    def words(self) -> str:
        """The impact as a sentence; empty when nobody is concerned."""
        told = len({one.row.email.lower() for one in self.changed})
        parts = [text.pluralise(told, "pessoa será avisada", "pessoas serão avisadas")] * (told > 0)
        fallen = len(self.fallen)
        if fallen:
            parts.append(text.pluralise(fallen, "atendimento cai", "atendimentos caem"))
        return "; ".join(parts)


def load_coming(session: Session, agenda_id: int, *, now: datetime) -> Sequence[Appointment]:
    """Return the confirmed appointments of an agenda that have not begun, earliest first."""
    return session.exec(
        select(Appointment)
        .where(
            col(Appointment.agenda_id) == agenda_id,
            col(Appointment.status) == AppointmentStatus.CONFIRMED,
            col(Appointment.starts_at) > now,
        )
        .order_by(col(Appointment.starts_at), col(Appointment.id))
    ).all()


def compute_impact(
    rows: Sequence[Appointment], before: AgendaContext, after: AgendaContext
) -> Impact:
    """Compare an agenda before and after a change, for its coming appointments."""
    changed: list[ChangedDetails] = []
    fallen: list[FallenAppointment] = []
    crowded_before, crowded = (
        rule_values.overbooked_reasons([_span(row) for row in rows], one.versions)
        for one in (before, after)
    )
    for row in rows:
        reason = conflict_of(row, after) or crowded.get(_span(row), "")
        if reason and not (conflict_of(row, before) or _span(row) in crowded_before):
            fallen.append(FallenAppointment(row, reason))
            continue
        old, new = details_of(row, before), details_of(row, after)
        differing = {name: old[name] for name in old if old[name] != new[name]}
        if differing:
            changed.append(ChangedDetails(row, differing))
    return Impact(changed, fallen)


def conflict_of(row: Appointment, agenda: AgendaContext) -> str:
    """Return why the rules no longer allow an appointment; empty: they do."""
    return rule_values.conflict_reason(_span(row), row.modality, agenda.versions, agenda.court)


def notify_changes(
    session: Session,
    agenda: AgendaContext,
    changed: Sequence[ChangedDetails],
    *,
    now: datetime,
    parties: Collection[Party] = ALL_PARTIES,
) -> None:
    """Queue one letter for each person about all their changed appointments.

    `agenda` is as it is after the change. Each calendar event keeps its UID, and its SEQUENCE
    rises by one.
    """
    letters: defaultdict[tuple[Party, str], list[ChangedDetails]] = defaultdict(list)
    for one in changed:
        one.row.ics_sequence += 1
        session.add(one.row)
        live.emit(session, tokens.appointment_topic(one.row))
        for party, address in appointments.find_addresses(session, agenda, one.row).items():
            if address and party in parties:
                letters[party, address].append(one)
    built = [
        _build_letter(agenda, party, address, its_changes, now)
        for (party, address), its_changes in letters.items()
    ]
    outbox.enqueue(session, *built, now=now)
    if changed:
        live.emit(session, tokens.agenda_topic(agenda.id))


def _build_letter(
    agenda: AgendaContext,
    party: Party,
    address: str,
    changed: Sequence[ChangedDetails],
    now: datetime,
) -> Message:
    change = AppointmentChange(messages.CHANGED)
    contexts = [
        appointment_messages.visible_to_party(
            appointments.build_context(agenda, one.row, change, now=now), party
        )
        for one in changed
    ]
    entries = [_entry(one, context) for one, context in zip(changed, contexts, strict=True)]
    events = [
        appointment_messages.build_appointment_event(
            messages.CHANGED, context, party, address, uid=one.row.ics_uid, now=now
        )
        for one, context in zip(changed, contexts, strict=True)
    ]
    first = changed[0].row
    return Message(
        messages.CHANGED,
        tokens.appointment_topic(first),
        party,
        address,
        {
            "agenda": agenda.row.title,
            "unit": agenda.unit.name,
            "what": " e ".join(dict.fromkeys(name for one in changed for name in one.before)),
            "entries": [vars(entry) for entry in entries],
            "sequence": f"{first.ics_sequence}-{len(changed)}",
            messages.MORE_EVENTS_KEY: [vars(event) for event in events[1:]],
        },
        event=events[0],
        reply_to=appointments.find_reply_to(party, first),
    )


def _entry(one: ChangedDetails, context: AppointmentContext) -> ChangedAppointment:
    hidden = {LINK} if not context.video_url else set[str]()
    was = [f"{name}: {value}" for name, value in one.before.items() if value and name not in hidden]
    return ChangedAppointment(
        starts_at=context.starts_at,
        ends_at=context.ends_at,
        lawyer=context.lawyer,
        oab=context.oab,
        modality=context.modality,
        where=context.where,
        video_url=context.video_url,
        attended_by=context.attended_by,
        was=was,
        page_url=context.page_url,
    )


def _span(row: Appointment) -> tuple[datetime, datetime]:
    return row.starts_at, row.ends_at


def details_of(row: Appointment, agenda: AgendaContext) -> dict[str, str]:
    """Return what an appointment's letters say of where it is and who attends."""
    terms = agenda.terms_at(row.starts_at)
    return {
        PLACE: terms.place if row.modality == Modality.IN_PERSON else "",
        LINK: row.video_link or terms.video_url(row.modality, row.code),
        WHO: agenda.attended_by(row.starts_at) or agenda.unit.name,
    }
