"""Count the uses of channels' buttons, without identity: the denominator of rates."""

from datetime import datetime

from sqlmodel import Session

from canais_app.complaints import rollups
from canais_app.complaints.service import list_channels
from canais_app.directory.queries import load_unit_ref
from canais_app.kit.errors import InvalidError


def count_visit(session: Session, slug: str, channel: str, *, now: datetime) -> None:
    """Count one use of a button.

    Raises:
        NotFoundError: no such unit.
        InvalidError: the unit does not publish the channel.
    """
    unit = load_unit_ref(session, slug)
    if channel not in list_channels(session, unit, now=now):
        message = "Esta unidade não publica esse canal."
        raise InvalidError(message, {"channel": "Escolha um canal desta unidade."})
    rollups.count_visit(session, unit_id=unit.id, channel=channel, now=now)
