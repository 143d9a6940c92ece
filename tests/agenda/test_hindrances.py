"""What an agenda requires before the directory retires its units."""

from datetime import date, datetime, timedelta

from sqlmodel import Session

from canais_app.agenda.booking import booking
from canais_app.agenda.directory_hooks import retirement_blockers
from canais_app.agenda.models import AgendaSubstitute
from canais_app.kit import clock
from tests.factories import agenda as make


def test_a_published_agenda_and_its_appointments_block_retirement(
    session: Session, now: datetime
) -> None:
    agenda = make.make_agenda(session)
    start = clock.from_wall_clock(clock.to_local_day(now), 15)
    booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    said = retirement_blockers(session, agenda.unit_id, now)
    assert said == [
        f"A agenda “{agenda.title}” está publicada: tire-a do ar.",
        "1 atendimento está marcado na agenda dela: cancele ou espere que passem.",
    ]
    agenda.published = False
    session.flush()
    assert (
        retirement_blockers(
            session, agenda.unit_id, clock.from_wall_clock(clock.to_local_day(now), 18)
        )
        == []
    )


def test_an_agendas_secretaria_cannot_be_retired(session: Session, now: datetime) -> None:
    registry = make.make_agenda(session).unit_id
    agenda = make.make_agenda(session, registry_unit_id=registry, published=False)
    said = retirement_blockers(session, registry, now)
    assert f"É a secretaria da agenda “{agenda.title}”: indique outra nas regras da agenda." in said


def test_a_substitute_cannot_be_retired_before_its_last_day(
    session: Session, now: datetime
) -> None:
    agenda, other = (
        make.make_agenda(session, title="Gabinete da 1ª Vara"),
        make.make_agenda(session),
    )
    first, last = date(2026, 12, 1), date(2026, 12, 15)
    session.add(
        AgendaSubstitute(
            agenda_id=agenda.id or 0,
            unit_id=other.unit_id,
            first_day=first,
            last_day=last,
            created_at=now,
        )
    )
    session.flush()
    said = (
        "Atende no lugar do gabinete da agenda “Gabinete da 1ª Vara” de 1º a 15 de dezembro: "
        "espere que passe, ou peça a ele que retome a agenda."
    )
    assert said in retirement_blockers(session, other.unit_id, now)
    assert said not in retirement_blockers(
        session, other.unit_id, clock.from_wall_clock(last + timedelta(days=1), 0)
    )
