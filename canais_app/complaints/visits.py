"""Count the uses of channels' buttons, without identity: the denominator of rates."""

from datetime import datetime

from sqlmodel import Session

from canais_app.complaints import rollups
from canais_app.complaints.service import require_published
from canais_app.directory.queries import load_unit_ref


def count_visit(session: Session, slug: str, channel: str, *, now: datetime) -> None:
    """Count one use of a button.

    Raises:
        NotFoundError: no such unit.
        InvalidError: the unit does not publish the channel.
    """
    unit = load_unit_ref(session, slug)
    require_published(session, unit, channel, now=now)
    rollups.count_visit(session, unit_id=unit.id, channel=channel, now=now)
