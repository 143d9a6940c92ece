"""A letter of every kind for each of its parties, in the words of the services that send them."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from canais_app.kit import clock
from canais_app.outbox import appointment_messages, messages
from canais_app.outbox.appointment_messages import (
    Alternative,
    ChangedAppointment,
    DayListContext,
    DayListEntry,
    SubstitutionContext,
    WaitlistContext,
)
from canais_app.outbox.messages import Message
from tests.factories.outbox import make_appointment_context

UNIT = "Vara da Fazenda Pública de Várzea Grande"
AGENDA = f"Gabinete da {UNIT}"
PAGE = "https://portal.invalid/agendamento/segredo"
WORDS = "O telefone tocou três vezes; ninguém atendeu.\nTentei de novo às 14h."
MAILBOXES: dict[messages.Party, str] = {
    "lawyer": "advogada@exemplo.invalid",
    "booker": "escritorio@exemplo.invalid",
    "chambers": "gabinete@exemplo.invalid",
    "registry": "secretaria@exemplo.invalid",
}


def list_letters(now: datetime) -> Iterator[Message]:
    """Yield a letter of each kind for each party that gets one."""
    yield from _about_appointments(now)
    for number, (kind, (party, context)) in enumerate(_other_contexts(now).items()):
        yield Message(kind, f"amostra:{number}", party, "pessoa@exemplo.invalid", context)


def _about_appointments(now: datetime) -> Iterator[Message]:
    start = clock.from_wall_clock(clock.to_local_day(now) + timedelta(days=3), 14, 20)
    until = now + timedelta(hours=40)
    others = [Alternative(start + timedelta(days=n), f"{PAGE}{n}") for n in (1, 2, 3)]
    changes: dict[str, dict[str, Any]] = {
        messages.BOOKED: {"needs": "Idosa(o); Libras", "booked_by": "Escritório de Demonstração"},
        messages.MOVED: {"previous_start": start - timedelta(days=1)},
        messages.CANCELLED: {
            "cancelled_by": "chambers",
            "cancel_reason": "sessão do Tribunal Pleno",
            "alternatives": others,
            "until": until,
        },
        messages.REMINDER: {"attended_by": "Gabinete da 2ª Vara Cível"},
        messages.TO_CONFIRM: {"until": now + timedelta(minutes=30)},
        messages.PENDING: {"until": until, "kept_start": start - timedelta(days=1)},
        messages.REFUSED: {"cancel_reason": "audiência no mesmo horário"},
        messages.OVERDUE: {"until": now - timedelta(hours=1)},
        messages.DISPUTED: {},
        messages.OFFERED: {"until": until, "kept_start": start + timedelta(days=2)},
    }
    with_room = (messages.BOOKED, messages.MOVED, messages.REMINDER)
    for kind, more in changes.items():
        context = make_appointment_context(
            start,
            agenda=AGENDA,
            unit=UNIT,
            agenda_url="https://portal.invalid/agenda/gabinete",
            cancel_until=start - timedelta(hours=2),
            video_url="https://video.invalid/sala" if kind in with_room else "",
            **more,
        )
        yield from appointment_messages.build_appointment_messages(
            kind,
            context,
            MAILBOXES,
            thread=f"appointment:{kind}",
            uid=messages.generate_event_uid(),
            now=now,
        )
    changed = ChangedAppointment(
        start,
        start + timedelta(minutes=20),
        "Advogada de Demonstração",
        "OAB/MT 123",
        "Presencial",
        "Fórum, sala 9",
        "",
        "",
        ["a sala: Fórum, sala 4"],
        PAGE,
    )
    context = {"agenda": AGENDA, "unit": UNIT, "what": "a sala", "entries": [vars(changed)] * 2}
    for party in ("lawyer", "chambers", "registry"):
        yield Message(messages.CHANGED, "appointment:x", party, MAILBOXES[party], context)


def _other_contexts(now: datetime) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return party and template values of the kinds that are not about one appointment."""
    page = {"page_url": "https://portal.invalid/pagina"}
    day, until = clock.to_local_day(now), now + timedelta(days=2)
    entry = DayListEntry(
        now + timedelta(hours=1),
        now + timedelta(hours=1, minutes=20),
        AGENDA,
        "Advogada de Demonstração",
        "OAB/MT 123",
        "+556530000001",
        "advogada@exemplo.invalid",
        "Vídeo",
        "https://video.invalid/sala",
        "0000001-68.2026.8.11.0041",
        "Tutela de urgência",
    )
    complaint = {"protocol": "2026-K7QF3M", "unit": UNIT, "kind": "Toca e ninguém atende"}
    complaint |= {"channel": "Telefone", "words": WORDS} | page
    line = {"protocol": "2026-K7QF3M", "unit": UNIT, "deadline": "vence amanhã"}
    contact = {"name": "Telefone", "value": "(65) 3000-0001", "verified": "há 100 dias"}
    handover = asdict(SubstitutionContext(AGENDA, AGENDA, "de 1º a 15 de dezembro", 3, 1))
    waits = WaitlistContext(AGENDA, UNIT, "Advogada", "OAB/MT 123", day, day, page["page_url"])
    place = {"place": "Várzea Grande, todos os canais"}
    situation = {
        "code": "S-12",
        "place": UNIT,
        "unit": UNIT,
        "channel": "Balcão Virtual",
        "kind": "O link não abre",
        "is_public": True,
        "since": now,
        "seen": 4,
        "people": 9,
        "words": "Confira, por favor.",
    } | page
    incident = {
        "title": "Telefonia da comarca fora do ar",
        "words": "A operadora trabalha no reparo.",
        "works": "Balcão Virtual e e-mail",
    }
    at_start = {"started_at": now, "ends_at": until, "is_planned": False}
    others = [Alternative(until + timedelta(days=n), f"{PAGE}{n}") for n in (1, 2)]
    of_lawyer = {
        "agenda": AGENDA,
        "lawyer": "Advogada de Demonstração",
        "starts_at": until,
        "modality": "Vídeo",
        "alternatives": [asdict(other) for other in others],
        "until": until,
    }
    correction = {"accepted": False, "is_gone": False, "channel": "Telefone", "unit": UNIT}
    correction |= {"value": "(65) 3000-0002", "reason": "o número publicado atende"} | page
    return {
        messages.WAITLISTED: ("lawyer", asdict(waits)),
        messages.MY_APPOINTMENTS: ("lawyer", {"expires_at": until} | page),
        messages.DAY_LIST: ("chambers", asdict(DayListContext(AGENDA, day, [entry, entry]))),
        messages.SUBSTITUTION_STARTED: ("chambers", handover),
        messages.SUBSTITUTION_ENDED: ("chambers", handover),
        messages.COMPLAINT_RECEIPT: (
            "reporter",
            complaint | {"secret": "BCDF-GHJK-MNPQ", "due_at": until},
        ),
        messages.COMPLAINT_ANSWER: ("reporter", complaint | {"status": "Respondida"}),
        messages.COMPLAINT_FORWARDED: (
            "unit",
            complaint | {"heading": "Há uma reclamação", "due_at": until, "unit_due_at": until},
        ),
        messages.COMPLAINT_DEADLINES: ("staff", {"lines": [line, line]} | page),
        messages.CONTACTS_REMINDER: ("unit", {"unit": UNIT, "contacts": [contact]} | page),
        messages.CORRECTION_RESOLVED: ("proposer", correction),
        messages.SITUATION_OPENED: ("staff", situation),
        messages.SITUATION_UNIT: ("unit", situation),
        messages.INCIDENT_UNIT: ("unit", incident | at_start | {"unit": UNIT} | page),
        messages.INCIDENT_LAWYER: ("lawyer", incident | of_lawyer | page),
        messages.STAFF_INVITATION: (
            "staff",
            {"role": "gabinete", "unit": UNIT, "expires_at": until} | page,
        ),
        messages.PASSWORD_RESET: ("staff", {"expires_at": until} | page),
        messages.STATUS_CONFIRMATION: ("subscriber", place | {"expires_at": until} | page),
        messages.STATUS_NEWS: (
            "subscriber",
            place
            | {"title": "Instabilidade relatada", "lines": [WORDS], "moment": now}
            | {messages.UNSUBSCRIBE_KEY: "https://portal.invalid/parar"}
            | page,
        ),
        messages.SECOND_STEP_REMOVED: ("staff", {"at": now, "required": True} | page),
    }
