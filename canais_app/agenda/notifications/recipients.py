"""Where letters to the court's own people go: a gabinete's mailbox, and its secretaria's."""

from sqlmodel import Session, col, select

from canais_app.agenda.availability.service import AgendaContext
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Channel, Unit, UnitKind
from canais_app.kit import cache_version

# Kept until the directory changes: a booking asks while others wait for the same time.
_memory = cache_version.VersionedCache[tuple[int | None, int | None, int], tuple[str, str]]()


def for_agenda(session: Session, agenda: AgendaContext, receives: int) -> tuple[str, str]:
    """Return the mailboxes of the gabinete that receives, and of the agenda's secretaria.

    `receives` is the agenda's own unit or its substitute's. Empty strings for those without.
    """
    known = _memory.get(session, agenda.directory)
    whose = (agenda.row.registry_unit_id, agenda.unit.parent_id, receives)
    if whose not in known:
        beside = _find_registry(session, agenda)
        boxes = _first_mailboxes(session, receives, beside)
        known[whose] = boxes.get(receives, ""), boxes.get(beside, "")
    return known[whose]


def for_unit(session: Session, unit_id: int) -> str:
    """Return a unit's first e-mail channel, or an empty string."""
    return _first_mailboxes(session, unit_id).get(unit_id, "")


def _find_registry(session: Session, agenda: AgendaContext) -> int:
    """Return the gabinete's secretaria: the one named, or its sister in the tree; 0 for none."""
    if agenda.row.registry_unit_id or agenda.unit.parent_id is None:
        return agenda.row.registry_unit_id or 0
    sister = select(Unit.id).where(
        col(Unit.parent_id) == agenda.unit.parent_id,
        col(Unit.kind) == UnitKind.REGISTRY,
        col(Unit.active),
    )
    return session.exec(sister.order_by(col(Unit.id))).first() or 0


def _first_mailboxes(session: Session, *unit_ids: int) -> dict[int, str]:
    found = session.exec(
        select(Channel.unit_id, Channel.value)
        .where(
            col(Channel.unit_id).in_(unit_ids),
            col(Channel.kind) == ChannelKind.EMAIL,
            col(Channel.retired_at).is_(None),
        )
        .order_by(col(Channel.position).desc(), col(Channel.id).desc())
    )
    return dict(found.all())  # of several, the first one counts: it comes last
