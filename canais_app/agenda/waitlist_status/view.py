"""Values of a waitlist entry's page."""

from dataclasses import dataclass
from datetime import datetime

from canais_app import routes
from canais_app.agenda.formatting import seconds_left
from canais_app.agenda.models import MODALITY_NAMES, Modality, WaitlistStatus
from canais_app.agenda.views import WaitlistEntryView
from canais_app.kit import text

HEADINGS = {
    WaitlistStatus.WAITING: "Você está na fila de espera",
    WaitlistStatus.OFFERED: "Vagou um horário para você",
    WaitlistStatus.BOOKED: "Seu horário foi marcado",
    WaitlistStatus.LEFT: "Você saiu da fila",
    WaitlistStatus.EXPIRED: "Sua espera terminou",
}


@dataclass
class WaitlistPageView:
    """The page's values in ready words; an unpublished agenda has no paths.

    `seconds_left` counts to `offer_until` when that is within the hour.
    """

    heading: str = ""
    status: str = ""
    agenda: str = ""
    agenda_path: str = ""
    waitlist_path: str = ""
    days: str = ""
    modality: str = ""
    ahead: str = ""
    offer: str = ""
    offer_token: str = ""
    offer_until: str = ""
    seconds_left: int = 0
    passed: str = ""
    booked_path: str = ""


def waitlist_page_view(entry: WaitlistEntryView, now: datetime) -> WaitlistPageView:
    """Return the page's values of an entry."""
    return WaitlistPageView(
        heading=HEADINGS[WaitlistStatus(entry.status)],
        status=entry.status,
        agenda=entry.agenda,
        agenda_path=routes.agenda(entry.agenda_slug) if entry.is_published else "",
        waitlist_path=routes.waitlist(entry.agenda_slug) if entry.is_published else "",
        days=entry.days_words,
        modality=MODALITY_NAMES[Modality(entry.modality)] if entry.modality else "Qualquer uma",
        ahead=format_ahead(entry.ahead),
        offer=entry.offer_words,
        offer_token=entry.offer_token,
        offer_until=entry.offer_until_words,
        seconds_left=seconds_left(entry.offer_until, now),
        passed=entry.passed_words,
        booked_path=routes.appointment(entry.booked_token) if entry.booked_token else "",
    )


def format_ahead(count: int) -> str:
    """Return the number of earlier entries: `ninguém`, `1 pessoa`, `3 pessoas`."""
    return text.pluralise(count, "pessoa", "pessoas") if count else "ninguém"
