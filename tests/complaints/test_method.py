"""The page "Como calculamos": stored figures, and the budget against what happened."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from canais_app.accounts.roles import Role
from canais_app.complaints import rollups
from canais_app.complaints.situations import nightly_fit
from canais_app.complaints.situations.method.view import load_method
from canais_app.kit.errors import PermissionDeniedError
from tests.factories import complaints as factory
from tests.factories.complaints import ComplaintsCourt
from tests.factories.situations import make_situation

ONE_DAY = timedelta(days=1)


@pytest.fixture
def court(session: Session) -> ComplaintsCourt:
    """A comarca with two secretarias."""
    return factory.make_court(session)


def test_before_the_first_night_the_page_says_so(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    actor = factory.make_staff(session, Role.CORREGEDORIA)
    view = load_method(session, actor, now=now)
    assert view.thresholds == ["A primeira calibração é feita na próxima noite."]
    assert view.title.startswith("0 alarmes falsos neste mês")
    assert view.channels == []


def test_the_page_is_made_of_the_stored_fit(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    for back in range(3, 40):
        at = now - back * ONE_DAY
        for number in range(3):
            rollups.count_person(
                session,
                unit_id=court.unit.id or 0,
                channel="whatsapp",
                mark=f"{back}-{number}",
                now=at - number * timedelta(hours=1),
            )
    figures = nightly_fit.calculate_figures(nightly_fit.load_past(session, now=now))
    nightly_fit.store_calibration(session, figures, now=now)
    actor = factory.make_staff(session, Role.CORREGEDORIA)
    view = load_method(session, actor, now=now)
    assert view.thresholds[0].startswith("Calibrado em 23/11/2026")
    assert {row.name for row in view.channels} == {
        "Balcão Virtual", "E-mail", "Telefone", "WhatsApp",
    }  # fmt: skip
    assert view.rises[0].unit == court.unit.name  # the busiest shows least
    assert view.rises[0].channel == "WhatsApp"
    assert view.rises[0].rise.startswith("+")


def test_the_month_counts_true_false_and_unjudged_alarms(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    closed = {"closed_at": now}
    make_situation(session, court.unit, now=now, verdict="falso", **closed)
    make_situation(session, court.unit, now=now, verdict="verdadeiro", **closed)
    make_situation(session, court.unit, now=now, confirmed_at=now, **closed)
    make_situation(session, court.unit, now=now)
    make_situation(session, court.other, now=now, probable_at=None)  # possible only
    make_situation(session, court.unit, now=now - 40 * ONE_DAY, **closed)  # last month
    actor = factory.make_staff(session, Role.CORREGEDORIA)
    view = load_method(session, actor, now=now)
    assert view.title == "1 alarme falso neste mês; a meta é até 2"
    assert view.about == "4 alarmes no mês: 2 confirmados, 1 falso, 1 sem julgamento."


def test_who_may_not_see_the_figures_is_refused(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    actor = factory.make_staff(session, Role.CHAMBERS, court.unit)
    with pytest.raises(PermissionDeniedError):
        load_method(session, actor, now=now)
