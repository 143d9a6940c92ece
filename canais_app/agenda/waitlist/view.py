"""A place in the waiting list as its page draws it."""

from dataclasses import dataclass

from canais_app import routes
from canais_app.agenda.models import MODALITY_NAMES, Modality, Waiting
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
    """The page's values, in ready words."""

    heading: str = ""
    status: str = ""
    agenda: str = ""
    agenda_path: str = ""
    days: str = ""
    modality: str = ""
    ahead: str = ""
    offer_path: str = ""
    offer: str = ""
    offer_until: str = ""


def shown(place: WaitingPlace) -> Shown:
    """Return the page's values of a place."""
    return Shown(
        heading=HEADINGS[Waiting(place.status)],
        status=place.status,
        agenda=place.agenda,
        agenda_path=routes.agenda(place.agenda_slug),
        days=place.days_words,
        modality=MODALITY_NAMES[Modality(place.modality)] if place.modality else "Qualquer uma",
        ahead=ahead_words(place.ahead),
        offer_path=routes.appointment(place.offer_token) if place.offer_token else "",
        offer=place.offer_words,
        offer_until=place.offer_until_words,
    )


def ahead_words(count: int) -> str:
    """Return how many come first: `ninguém`, `1 pessoa`, `3 pessoas`."""
    return text.plural(count, "pessoa", "pessoas") if count else "ninguém"
