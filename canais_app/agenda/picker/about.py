"""What the picker says of the agenda itself, and how its modalities are called."""

from dataclasses import dataclass, field

from canais_app import routes
from canais_app.agenda.models import MODALITY_NAMES, Modality
from canais_app.agenda.views import AgendaView


@dataclass
class AgendaSummaryView:
    """The agenda, in ready words."""

    title: str = ""
    unit_path: str = ""
    waitlist_path: str = ""
    hours: str = ""
    place: str = ""
    minutes: int = 0
    modalities: list[str] = field(default_factory=list[str])
    modality_words: str = ""


def agenda_summary_view(agenda: AgendaView) -> AgendaSummaryView:
    """Return what the page says of an agenda."""
    return AgendaSummaryView(
        title=agenda.title,
        unit_path=routes.unit(agenda.unit_slug),
        waitlist_path=routes.waitlist(agenda.slug),
        hours=agenda.hours,
        place=agenda.place,
        minutes=agenda.slot_minutes,
        modalities=list(agenda.modalities),
        modality_words=format_modalities(agenda.modalities),
    )


def modality_name(value: str) -> str:
    """Return `Vídeo` for `video`; what is unknown stays as it is."""
    return MODALITY_NAMES[Modality(value)] if value in set(Modality) else value


def format_modalities(values: list[str]) -> str:
    """Return `Vídeo ou presencial`."""
    names = [modality_name(value) for value in values]
    *first, last = names or ["A combinar"]
    return f"{', '.join(first)} ou {last}".capitalize() if first else last
