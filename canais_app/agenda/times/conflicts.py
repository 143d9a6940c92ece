"""The rule: appointments that stand although the rules no longer offer their time.

They stay, whatever changes; the gabinete sees them with the reason and decides.
"""

from canais_app.agenda.models import MODALITY_NAMES, Modality
from canais_app.agenda.times.slots import CourtHours, open_spans_of_day
from canais_app.agenda.times.versions import TermsVersions
from canais_app.agenda.times.windows import do_overlap, hours_of_day, is_inside, windows_of
from canais_app.expediente.times import Span
from canais_app.kit import clock


def conflict_reason(span: Span, modality: str, versions: TermsVersions, court: CourtHours) -> str:
    """Return what is in the way of an appointment at `span` (UTC); empty: nothing is."""
    day = clock.to_local_day(span[0])
    version = versions.version_on(day)
    if version is None:
        return "sem regras nesse dia"
    windows = windows_of(day, version.rules)
    if not is_inside(span, open_spans_of_day(day, windows, version.rules, court)):
        closed = court.change_reason(day, hours_of_day(day, windows)) if windows else ""
        return closed or "fora das janelas"
    if any(do_overlap(span, block) for block in version.rules.blocks):
        return "em período bloqueado"
    if modality in set(Modality) and modality not in version.terms.modalities:
        return f"{MODALITY_NAMES[Modality(modality)].lower()} não é mais oferecido"
    return ""
