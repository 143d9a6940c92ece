"""The rule: appointments that stand although the rules no longer offer their time.

They stay, whatever changes; the gabinete sees them with the reason and decides.
"""

from canais_app.agenda import slots
from canais_app.agenda.models import MODALITY_NAMES, Modality
from canais_app.agenda.slots import Court, Span
from canais_app.agenda.versions import Versions
from canais_app.kit import clock


def why(span: Span, modality: str, versions: Versions, court: Court) -> str:
    """Return what is in the way of an appointment at `span` (UTC); empty: nothing is."""
    day = clock.local_day(span[0])
    version = versions.on(day)
    if version is None:
        return "sem regras nesse dia"
    windows = slots.windows_of(day, version.rules)
    if not slots.inside(span, slots.open_spans(day, windows, version.rules, court)):
        closed = court.reason(day, slots.hours_of(day, windows)) if windows else ""
        return closed or "fora das janelas"
    if any(slots.overlaps(span, block) for block in version.rules.blocks):
        return "em período bloqueado"
    if modality in set(Modality) and modality not in version.terms.modalities:
        return f"{MODALITY_NAMES[Modality(modality)].lower()} não é mais oferecido"
    return ""
