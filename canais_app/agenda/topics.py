"""What live rooms and letters call the things of the agenda."""

from canais_app.agenda.models import Appointment, WaitlistEntry


def agenda_topic(agenda_id: int | None) -> str:
    """Return the topic of an agenda: its board, its desk, its rules."""
    return f"agenda:{agenda_id}"


def appointment_topic(row: Appointment) -> str:
    """Return the topic of an appointment, and the thread of its letters."""
    return f"appointment:{row.id}"


def waitlist_topic(agenda_id: int) -> str:
    """Return the topic of an agenda's waiting list; its places are variants of it."""
    return f"line:{agenda_id}"


def waitlist_thread(entry: WaitlistEntry) -> str:
    """Return the thread of the letters about a place in the waiting list."""
    return f"waitlist:{entry.id}"
