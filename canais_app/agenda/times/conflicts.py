"""The rule: appointments that stand although the rules no longer offer their time.

They stay, whatever changes; the gabinete sees them with the reason and decides.
"""

from canais_app.agenda.models import MODALITY_NAMES, Modality
from canais_app.agenda.times.slots import Court, open_spans
from canais_app.agenda.times.versions import Versions
from canais_app.agenda.times.windows import hours_of, inside, overlaps, windows_of
from canais_app.expediente.times import Span
from canais_app.kit import clock


def why(span: Span, modality: str, versions: Versions, court: Court) -> str:
    """Return what is in the way of an appointment at `span` (UTC); empty: nothing is."""
    day = clock.local_day(span[0])
    version = versions.on(day)
    if version is None:
        return "sem regras nesse dia"
    windows = windows_of(day, version.rules)
    if not inside(span, open_spans(day, windows, version.rules, court)):
        closed = court.reason(day, hours_of(day, windows)) if windows else ""
        return closed or "fora das janelas"
    if any(overlaps(span, block) for block in version.rules.blocks):
        return "em período bloqueado"
    if modality in set(Modality) and modality not in version.terms.modalities:
        return f"{MODALITY_NAMES[Modality(modality)].lower()} não é mais oferecido"
    return ""
