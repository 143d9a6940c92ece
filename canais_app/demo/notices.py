"""Demonstration notices for cards and the home page."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Comarca
from canais_app.expediente.models import Notice, NoticeKind
from canais_app.kit import clock


def create_notices(session: Session, now: datetime) -> int:
    """Write the closure of Marcelândia and a maintenance to come; return how many."""
    marcelandia = session.exec(select(Comarca).where(col(Comarca.slug) == "marcelandia")).one()
    today = clock.to_local_day(now)
    saturday = today + timedelta(days=(5 - today.weekday()) % 7 or 7)
    session.add(
        Notice(
            kind=NoticeKind.CLOSED,
            text="Fórum sem energia elétrica",
            act="Portaria de demonstração 1",
            alternative="Fale por e-mail com a Diretoria do Foro",
            comarca_id=marcelandia.id,
            starts_at=now - timedelta(hours=20),
            published_at=now - timedelta(hours=20),
            updated_at=now - timedelta(hours=20),
        )
    )
    session.add(
        Notice(
            kind=NoticeKind.MAINTENANCE,
            text="Manutenção programada do sistema de vídeo",
            alternative="Telefone e e-mail seguem normais",
            channel_kind=ChannelKind.VIRTUAL_COUNTER,
            starts_at=clock.from_wall_clock(saturday, 20),
            ends_at=clock.from_wall_clock(saturday, 23),
            published_at=now - timedelta(hours=2),
            updated_at=now - timedelta(hours=2),
        )
    )
    session.flush()
    return 2
