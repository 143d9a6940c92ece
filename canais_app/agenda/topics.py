"""What live rooms and letters call the things of the agenda."""

from canais_app.agenda.models import Appointment, WaitlistEntry


def agenda(agenda_id: int | None) -> str:
    """Return the topic of an agenda: its board, its desk, its rules."""
    return f"agenda:{agenda_id}"


def appointment(row: Appointment) -> str:
    """Return the topic of an appointment, and the thread of its letters."""
    return f"appointment:{row.id}"


def line(agenda_id: int) -> str:
    """Return the topic of an agenda's waiting list; its places are variants of it."""
    return f"line:{agenda_id}"


def place(entry: WaitlistEntry) -> str:
    """Return the thread of the letters about a place in the waiting list."""
    return f"waitlist:{entry.id}"
