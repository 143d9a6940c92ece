"""The desk of situations and incidents in words: duties, odds, promises, what stays chosen."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Role
from canais_app.complaints import rollups
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.models import Complaint
from canais_app.complaints.situations import incidents, service
from canais_app.complaints.situations.desk import state as desk
from canais_app.complaints.situations.engine import judge_now
from canais_app.complaints.situations.incident_desk import state as incident_desk
from canais_app.complaints.situations.incident_forms import IncidentForm
from canais_app.complaints.situations.models import Situation
from canais_app.complaints.situations.series import format_odds
from canais_app.complaints.statistics.filters import Scope
from canais_app.kit import db
from canais_app.kit.errors import InvalidError, NotFoundError
from tests.factories import complaints as factory
from tests.factories.complaints import ComplaintsCourt
from tests.factories.situations import make_situation

MINUTE = timedelta(minutes=1)


@pytest.fixture
def court(session: Session) -> ComplaintsCourt:
    return factory.make_court(session)


@pytest.fixture
def staff(session: Session) -> Actor:
    return factory.make_staff(session, Role.CORREGEDORIA)


def _clock(session: Session, now: datetime) -> tuple[str, str]:
    shown, _ = desk.load_views(session, Scope(), "", now=now)
    item = shown.groups[0].items[0]
    return item.clock, item.clock_tone


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (3.4e-6, "1 vez em 300 mil horas"),
        (1e-9, "1 vez em 1 bilhão de horas"),
        (4e-7, "1 vez em 2 milhões de horas"),
        (0.02, "1 vez em 50 horas"),
        (0.0, "menos de 1 vez em 1 bilhão de horas"),
    ],
)
def test_odds_are_said_in_words(p: float, words: str) -> None:
    assert format_odds(p) == words


def test_the_clock_says_the_next_duty(
    session: Session, court: ComplaintsCourt, staff: Actor, now: datetime
) -> None:
    row = make_situation(session, court.unit, now=now, probable_at=now - 22 * MINUTE)
    assert _clock(session, now) == ("assumir em 8 min", "near")
    assert _clock(session, now + 10 * MINUTE) == ("atrasado: assumir há 32 min", "late")
    service.assume(session, staff, row.code, 0, now=now)
    assert _clock(session, now + 3 * MINUTE) == ("assumida há 3 min", "")
    service.tell_unit(session, staff, row.code, 0, now=now)
    assert _clock(session, now + 41 * MINUTE) == ("unidade avisada há 41 min", "")


def test_a_judged_outage_is_shown_whole(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    for number in range(6):
        rollups.count_person(
            session,
            unit_id=court.unit.id or 0,
            channel="whatsapp",
            mark=str(number),
            now=now - (number + 1) * MINUTE,
        )
    rollups.count_visit(session, unit_id=court.unit.id or 0, channel="telefone", now=now)
    judge_now(session, now)
    shown, chosen = desk.load_views(session, Scope(), "", now=now)
    assert (shown.hot, shown.rest) == ("1 unidade acima do normal", " agora")
    assert chosen.hot == "6 pessoas relataram falha, quando o normal vai até 2."
    assert "Na mesma unidade, Telefone segue sem relatos." in chosen.sentence
    assert chosen.chart_title == "Passou do limite às 14h e não voltou"
    assert chosen.table[-1][1] == "6"
    assert [fact.value for fact in chosen.facts][1] == "6"
    assert [other.words for other in chosen.others if other.name == "Telefone"] == [
        "1 acesso, 0 relatos"
    ]


def test_the_scope_governs_the_list(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    make_situation(session, court.unit, now=now)
    make_situation(session, court.other, now=now, channel="telefone")
    shown, _ = desk.load_views(session, Scope(channel="telefone"), "", now=now)
    assert [item.title for item in shown.groups[0].items] == [court.other.name]


def test_the_chosen_one_stays_when_it_ends(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    row = make_situation(session, court.unit, now=now)
    assert desk.most_urgent(session, Scope(), now=now) == row.code
    row.closed_at = now
    session.flush()
    _, chosen = desk.load_views(session, Scope(), row.code, now=now)
    assert (chosen.code, chosen.is_open) == (row.code, False)
    assert chosen.over == "Encerrada em 23/11/2026, 14h."


def test_only_the_ticked_groups_are_answered_and_a_group_is_taken_out(
    session: Session, court: ComplaintsCourt, staff: Actor, now: datetime
) -> None:
    row = make_situation(session, court.unit, now=now)
    factory.file_reports(session, court, now, 2)
    factory.file_report(session, court, now, kind="outro")
    for complaint in session.exec(select(Complaint)):
        complaint.situation_id = row.id
    session.flush()

    def answered() -> list[str]:
        query = select(Complaint.kind).where(col(Complaint.status) == ComplaintStatus.ANSWERED)
        return list(session.exec(query))

    with pytest.raises(InvalidError, match="Marque"):
        desk.answer_groups(session, staff, row.code, [], "Já voltou.", now=now)
    assert answered() == []
    assert desk.answer_groups(session, staff, row.code, ["outro"], "Já voltou.", now=now) == (1, [])
    assert answered() == ["outro"]
    assert desk.split_group(session, staff, row.code, "caiu_no_meio", now=now) == 2
    with pytest.raises(NotFoundError):
        desk.split_group(session, staff, row.code, "caiu_no_meio", now=now)


def test_the_budget_counts_what_staff_judged(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    def add(**changes: object) -> Situation:
        return make_situation(session, court.unit, now=now, closed_at=now, **changes)

    add(verdict="falso")
    add(verdict="verdadeiro")
    waiting = add()
    shown, _ = desk.load_views(session, Scope(), "", now=now)
    assert shown.budget == "Alarmes falsos em novembro: 1 de até 3"
    assert shown.budget_words == "3 alarmes no mês: 1 confirmado, 1 falso, 1 sem julgamento."
    assert waiting.code in shown.unjudged_href


def test_a_late_promise_is_red_and_the_public_words_are_shown(
    session: Session, court: ComplaintsCourt, staff: Actor, now: datetime
) -> None:
    form = IncidentForm(
        title="Fórum sem internet",
        works="telefone",
        text="O link caiu.",
        next_update_minutes=30,
        units=[court.unit.slug],
    )
    made = incidents.declare(session, staff, form, now=now)
    _, shown = incident_desk.load_views(session, made.code, now=now + 31 * MINUTE)
    assert shown.promise_tone == "late"
    assert (shown.public_text, shown.works) == ("O link caiu.", "telefone")
    assert [step.state for step in shown.steps] == ["did", "at", "", "", ""]
    assert shown.units[0].told == "não avisada"
    found, _ = incident_desk.load_views(session, "", now=now + 31 * MINUTE)
    assert found.summary == "1 notícia prometida está atrasada."


@pytest.mark.usefixtures("any_database")
def test_both_databases_show_the_desks(now: datetime) -> None:
    with db.write_transaction() as session:
        court = factory.make_court(session)
        staff = factory.make_staff(session, Role.CORREGEDORIA)
        factory.file_reports(session, court, now, 6)
        judge_now(session, now)
        shown, chosen = desk.load_views(session, Scope(comarca="sinop-teste"), "", now=now)
        assert shown.groups[0].items[0].title == court.unit.name
        form = IncidentForm(
            title="Fórum sem internet",
            works="telefone",
            next_update_minutes=30,
            situations=[chosen.code],
        )
        made = incidents.declare(session, staff, form, now=now)
        _, incident = incident_desk.load_views(session, made.code, now=now)
        assert incident.hot.startswith("6 relatos de 6 pessoas em 1 unidade")
        assert incident.times[0].label == "Começou"
