"""A place in the waiting list as its page draws it."""

from dataclasses import dataclass
from datetime import datetime

from canais_app import routes
from canais_app.agenda.models import MODALITY_NAMES, Modality, Waiting
from canais_app.agenda.times.moments import seconds_left
from canais_app.agenda.views import WaitingPlace
from canais_app.kit import text

HEADINGS = {
    Waiting.WAITING: "Você está na fila de espera",
    Waiting.OFFERED: "Vagou um horário para você",
    Waiting.SERVED: "Seu horário foi marcado",
    Waiting.LEFT: "Você saiu da fila",
    Waiting.OVER: "Sua espera terminou",
}


@dataclass
class Shown:
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


def shown(place: WaitingPlace, now: datetime) -> Shown:
    """Return the page's values of a place."""
    return Shown(
        heading=HEADINGS[Waiting(place.status)],
        status=place.status,
        agenda=place.agenda,
        agenda_path=routes.agenda(place.agenda_slug) if place.is_published else "",
        waitlist_path=routes.waitlist(place.agenda_slug) if place.is_published else "",
        days=place.days_words,
        modality=MODALITY_NAMES[Modality(place.modality)] if place.modality else "Qualquer uma",
        ahead=ahead_words(place.ahead),
        offer=place.offer_words,
        offer_token=place.offer_token,
        offer_until=place.offer_until_words,
        seconds_left=seconds_left(place.offer_until, now),
        passed=place.passed_words,
        booked_path=routes.appointment(place.booked_token) if place.booked_token else "",
    )


def ahead_words(count: int) -> str:
    """Return how many come first: `ninguém`, `1 pessoa`, `3 pessoas`."""
    return text.plural(count, "pessoa", "pessoas") if count else "ninguém"
