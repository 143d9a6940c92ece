"""Demonstration notices and one closure, so that cards and the home page have something true."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.directory.models import ChannelKind, Comarca, Notice
from canais_app.expediente.models import Closure
from canais_app.kit import clock


def post(session: Session, now: datetime) -> int:
    """Write the closure of Marcelândia, the recess to come and a maintenance; return how many."""
    marcelandia = session.exec(select(Comarca).where(col(Comarca.slug) == "marcelandia")).one()
    year = clock.local_day(now).year
    session.add(
        Closure(
            starts_at=now - timedelta(hours=20),
            reason="Fórum sem energia elétrica",
            act="Portaria de demonstração 1",
            alternative="Fale por e-mail com a Diretoria do Foro",
            comarca_id=marcelandia.id,
        )
    )
    session.add(
        Notice(
            kind="prazos",
            text="Recesso forense de 20/12 a 6/1: atendimento só em plantão. "
            "Prazos suspensos até 20/1.",
            act="Res. CNJ 244/2016",
            starts_at=now - timedelta(days=1),
            ends_at=clock.at(datetime(year + 1, 1, 21).date(), 0),  # noqa: DTZ001 (a date)
        )
    )
    session.add(
        Notice(
            kind="manutencao",
            text="Manutenção programada do Balcão Virtual, das 20h às 23h de sábado.",
            alternative="Telefone e e-mail seguem normais",
            channel_kind=ChannelKind.VIRTUAL_COUNTER,
            starts_at=now - timedelta(hours=2),
            ends_at=now + timedelta(days=5),
        )
    )
    session.flush()
    return 3
