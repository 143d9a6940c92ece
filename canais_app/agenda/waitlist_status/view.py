"""A place in the waiting list as its page draws it."""

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
    """The page's values, in ready words. `seconds_left` is until `offer_until`, within the hour.

    An agenda that is not published now has no paths.
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


def waitlist_page_view(place: WaitlistEntryView, now: datetime) -> WaitlistPageView:
    """Return the page's values of a place."""
    return WaitlistPageView(
        heading=HEADINGS[WaitlistStatus(place.status)],
        status=place.status,
        agenda=place.agenda,
        agenda_path=routes.agenda(place.agenda_slug) if place.is_published else "",
        waitlist_path=routes.waitlist(place.agenda_slug) if place.is_published else "",
        days=place.days_words,
        modality=MODALITY_NAMES[Modality(place.modality)] if place.modality else "Qualquer uma",
        ahead=format_ahead(place.ahead),
        offer=place.offer_words,
        offer_token=place.offer_token,
        offer_until=place.offer_until_words,
        seconds_left=seconds_left(place.offer_until, now),
        passed=place.passed_words,
        booked_path=routes.appointment(place.booked_token) if place.booked_token else "",
    )


def format_ahead(count: int) -> str:
    """Return how many come first: `ninguém`, `1 pessoa`, `3 pessoas`."""
    return text.pluralise(count, "pessoa", "pessoas") if count else "ninguém"
