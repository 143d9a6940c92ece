"""Live alarms become situations: who counts, when they open and close, and who is told."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlmodel import Session, col, select

from canais_app.accounts.roles import Role
from canais_app.complaints import rollups
from canais_app.complaints.models import Complaint
from canais_app.complaints.schemas import Report
from canais_app.complaints.service import file_complaint
from canais_app.complaints.situations import episodes
from canais_app.complaints.situations.engine import Moment, judge_now, load_world
from canais_app.complaints.situations.episodes import open_situation
from canais_app.complaints.situations.models import AlarmRule, Situation, StatusSubscription
from canais_app.complaints.situations.queries import PublicLevel, current_situation
from canais_app.directory.models import Channel, Unit
from canais_app.kit import db, encryption, live
from canais_app.outbox.models import OutboxMessage
from canais_app.webhooks.models import Webhook, WebhookDelivery
from tests.factories import complaints as factory
from tests.factories.complaints import ComplaintsCourt
from tests.factories.directory import make_notice
from tests.factories.outbox import payload_of
from tests.factories.situations import make_incident, make_situation

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def court(session: Session) -> ComplaintsCourt:
    """A comarca with two secretarias."""
    return factory.make_court(session)


def _people(session: Session, unit: Unit, *moments: datetime, channel: str = "whatsapp") -> None:
    for number, at in enumerate(moments):
        rollups.count_person(
            session,
            unit_id=unit.id or 0,
            channel=channel,
            mark=f"{unit.slug}-{channel}-{at.isoformat()}-{number}",
            now=at,
        )


def _burst(session: Session, unit: Unit, now: datetime, people: int, **more: str) -> None:
    """Count that many people in the last half hour."""
    _people(session, unit, *(now - (2 + n) * MINUTE for n in range(people)), **more)


def _open(session: Session) -> list[Situation]:
    query = select(Situation).where(col(Situation.closed_at).is_(None)).order_by(col(Situation.id))
    return list(session.exec(query))


def _levels(session: Session, unit: Unit, now: datetime) -> dict[str, str]:
    here = current_situation(session, unit.id or 0, now)
    return {trouble.channel: trouble.level.value for trouble in here.troubles}


def test_three_people_on_a_quiet_channel_open_a_probable_situation(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    _burst(session, court.unit, now, 3)
    judge_now(session, now)
    (made,) = _open(session)
    assert (made.level, made.people, made.seen) == ("provavel", 3, 3)
    assert (made.code, made.unit_id, made.channel) == ("2026-0001", court.unit.id, "whatsapp")
    assert made.first_report_at == now - 4 * MINUTE
    assert _levels(session, court.unit, now) == {"whatsapp": "relatada"}
    assert "situations:all" in session.info["topics"]


def test_two_people_open_nothing(session: Session, court: ComplaintsCourt, now: datetime) -> None:
    _burst(session, court.unit, now, 2)
    judge_now(session, now)
    assert _open(session) == []


def test_one_address_with_twenty_reports_is_never_public(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    report = Report.model_validate(
        {"unit": court.unit.slug, "channel": "balcao_virtual", "kind": "caiu_no_meio"}
    )
    for number in range(20):
        file_complaint(session, report, now=now - number * MINUTE, reporter="same")
    rollups.count_person(
        session, unit_id=court.unit.id or 0, channel="balcao_virtual", mark="same", now=now
    )
    judge_now(session, now)
    assert _open(session) == []
    assert _levels(session, court.unit, now) == {}


def test_one_person_in_many_units_is_no_comarca(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    for unit in (court.unit, court.other):
        for channel in ("telefone", "email", "whatsapp", "balcao_virtual"):
            rollups.count_person(
                session, unit_id=unit.id or 0, channel=channel, mark="same", now=now - MINUTE
            )
    judge_now(session, now)
    assert _open(session) == []


def test_backdated_reports_neither_raise_nor_hide(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    numbers = count()

    def backdate(days: int) -> None:
        report = Report.model_validate(
            {
                "unit": court.unit.slug,
                "channel": "balcao_virtual",
                "kind": "caiu_no_meio",
                "occurred_at": now - timedelta(days=days),
            }
        )
        file_complaint(session, report, now=now - 5 * HOUR, reporter=f"back{next(numbers)}")

    for days in range(3, 30):
        backdate(days)
        backdate(days)
    judge_now(session, now)
    assert _open(session) == [], "they happened on other days, and were received hours ago"
    _burst(session, court.unit, now, 4, channel="balcao_virtual")
    judge_now(session, now)
    assert _levels(session, court.unit, now) == {"balcao_virtual": "relatada"}


def test_a_declared_maintenance_is_no_alarm_and_what_outlives_it_is(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    make_notice(
        session,
        "Troca da central",
        kind="manutencao",
        unit_id=court.unit.id,
        channel_kind="whatsapp",
        starts_at=now - HOUR,
        ends_at=now + 10 * MINUTE,
    )
    _burst(session, court.unit, now, 8)
    judge_now(session, now)
    assert _open(session) == []
    assert _levels(session, court.unit, now) == {"whatsapp": PublicLevel.MAINTENANCE}
    later = now + 30 * MINUTE
    judge_now(session, later)
    assert _levels(session, court.unit, later) == {}, "what was reported in its window is over"
    _burst(session, court.unit, later, 4)
    judge_now(session, later)
    assert _levels(session, court.unit, later) == {"whatsapp": PublicLevel.REPORTED}


def test_a_closed_unit_raises_no_alarm(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    make_notice(session, "Sem energia", unit_id=court.unit.id, starts_at=now - HOUR)
    _burst(session, court.unit, now, 8)
    judge_now(session, now)
    assert _open(session) == []


def test_members_of_an_incident_are_silent_until_they_leave_it(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    incident = make_incident(session, (court.unit, "whatsapp"), now=now)
    _burst(session, court.unit, now, 5)
    judge_now(session, now)
    assert _open(session) == []
    incident.false_reason, incident.closed_at = "Não era nada", now
    session.flush()
    judge_now(session, now)
    assert len(_open(session)) == 1


def test_an_episode_closes_after_two_quiet_hours_and_does_not_flap(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    _burst(session, court.unit, now, 5)
    judge_now(session, now)
    (made,) = _open(session)
    for minutes in range(60, 241, 60):  # out of the windows after three hours
        judge_now(session, now + minutes * MINUTE)
    assert made.closed_at is None
    assert made.quiet_since == now + 180 * MINUTE
    _people(session, court.unit, *(now + (298 + n) * MINUTE for n in range(2)))
    judge_now(session, now + 301 * MINUTE)
    assert made.closed_at is None, "a little trouble within the two hours: the same episode"
    judge_now(session, now + 620 * MINUTE)
    judge_now(session, now + 740 * MINUTE)
    assert made.closed_at == now + 740 * MINUTE
    assert len(session.exec(select(Situation)).all()) == 1
    assert current_situation(session, court.unit.id or 0, now + 740 * MINUTE).troubles == ()


def test_many_units_of_a_comarca_are_one_situation(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    units = [
        court.unit,
        court.other,
        *(factory.make_unit(session, court.comarca, f"vara-{n}", f"Vara {n}") for n in range(4)),
    ]
    elsewhere = factory.make_unit(session, court.comarca, "longe", "Longe")
    elsewhere.comarca_id = None
    session.flush()
    for unit in units:
        _burst(session, unit, now, 1)
        _burst(session, unit, now, 1, channel="telefone")
    judge_now(session, now)
    (made,) = _open(session)
    assert (made.scope, made.place_id, made.channel) == ("comarca", court.comarca.id, "")
    assert made.people == len(units) * 2
    assert _levels(session, court.other, now) == {"telefone": "relatada", "whatsapp": "relatada"}
    assert _levels(session, elsewhere, now) == {}
    _burst(session, court.unit, now + MINUTE, 5)
    judge_now(session, now + MINUTE)
    assert len(_open(session)) == 1, "its members raise none of their own"


def test_a_unit_that_was_alone_is_muted_by_the_comarca(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    _burst(session, court.unit, now, 4)
    judge_now(session, now)
    (alone,) = _open(session)
    more = [factory.make_unit(session, court.comarca, f"vara-{n}", f"Vara {n}") for n in range(5)]
    for unit in (*more, court.other):
        _burst(session, unit, now, 2, channel="telefone")
    judge_now(session, now)
    group = _open(session)[-1]
    assert group.scope == "comarca"
    assert alone.muted_by_id == group.id


def test_a_member_freed_by_its_group_is_told_as_public(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    _subscribe(session, court, now)
    group = make_situation(
        session, court.unit, now=now, scope="comarca", place_id=court.comarca.id, unit_id=None,
        channel="",
    )  # fmt: skip
    members = [
        make_situation(session, unit, now=now, muted_by_id=group.id, people=people)
        for unit, people in ((court.unit, 4), (court.other, 2))
    ]
    episodes.close(session, group, "Encerrada.", now=now)
    assert {member.muted_by_id for member in members} == {None}
    letters = session.exec(
        select(OutboxMessage).where(col(OutboxMessage.kind) == "status_news")
    ).all()
    threads = [letter.thread.rpartition(":")[0] for letter in letters]
    assert threads == [f"status:situation:{members[0].id}"], "the other has too few people"


def test_a_false_one_stays_open_inside_and_is_not_raised_again(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    _burst(session, court.unit, now, 5)
    judge_now(session, now)
    (made,) = _open(session)
    made.verdict = "falso"
    session.flush()
    judge_now(session, now + MINUTE)
    assert _open(session) == [made]
    assert _levels(session, court.unit, now) == {}


def test_a_possible_one_dismissed_is_announced_to_nobody_when_it_grows(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    _subscribe(session, court, now)
    _burst(session, court.unit, now, 5)
    world = load_world(session, now)
    (reading,) = Moment(world).above_normal()
    made = open_situation(session, replace(reading, is_probable=False), now)
    assert made
    made.verdict = "falso"
    session.flush()
    for minutes in (1, 180, 301):
        judge_now(session, now + minutes * MINUTE)
    assert (made.probable_at, made.closed_at) == (None, now + 301 * MINUTE)
    assert _news(session) == []
    assert _letters(session) == []


def test_complaints_belong_to_their_situation_and_name_its_kind(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    def report(kind: str, at: datetime, who: str) -> None:
        said = {"unit": court.unit.slug, "channel": "balcao_virtual", "kind": kind}
        file_complaint(session, Report.model_validate(said), now=at, reporter=who)

    for number in range(4):
        report("caiu_no_meio", now - number * MINUTE, f"p{number}")
    report("ninguem_entra", now - 5 * HOUR, "early")
    judge_now(session, now)
    (made,) = _open(session)
    mine = session.exec(select(Complaint).where(col(Complaint.situation_id) == made.id)).all()
    assert (made.kind, len(mine)) == ("caiu_no_meio", 4)
    min(mine, key=lambda row: row.created_at).situation_id = None  # taken out by staff
    report("link_nao_abre", now + MINUTE, "p9")
    judge_now(session, now + MINUTE)
    mine = session.exec(select(Complaint).where(col(Complaint.situation_id) == made.id)).all()
    assert len(mine) == 4, "the new one came in, the one taken out stayed out"
    assert made.people == 5


def _letters(session: Session) -> list[str]:
    query = select(OutboxMessage.recipient).where(col(OutboxMessage.kind) == "situation_opened")
    return sorted(session.exec(query))


def test_each_episode_is_told_once_to_the_corregedoria(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    factory.make_staff(session, Role.CORREGEDORIA)
    factory.make_staff(session, Role.MANAGER, court.unit)
    for step in range(3):
        _burst(session, court.unit, now + step * MINUTE, 4)
        judge_now(session, now + step * MINUTE)
    assert _letters(session) == ["corregedoria@exemplo.invalid"]


def _subscribe(session: Session, court: ComplaintsCourt, now: datetime) -> None:
    asked = StatusSubscription(
        email="advogada@exemplo.invalid",
        place=f"comarca:{court.comarca.slug}",
        token_hash="x",
        sealed_token=encryption.encrypt("x" * 43),
        created_at=now,
        confirmed_at=now,
    )
    session.add(asked)
    session.commit()


def _news(session: Session) -> list[str]:
    query = select(OutboxMessage).where(col(OutboxMessage.kind) == "status_news")
    rows = session.exec(query.order_by(col(OutboxMessage.id))).all()
    return [payload_of(row).subject for row in rows]


def test_subscribers_hear_of_the_beginning_and_the_end(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    _subscribe(session, court, now)
    _burst(session, court.unit, now, 5)
    for minutes in (0, 1, 180, 301):
        judge_now(session, now + minutes * MINUTE)
    about = f"WhatsApp, {court.unit.name}"
    assert _news(session) == [
        f"Instabilidade relatada por usuários: {about}",
        f"Voltou ao normal: {about}",
    ]


def test_rules_say_who_is_on_duty(session: Session, court: ComplaintsCourt, now: datetime) -> None:
    factory.make_staff(session, Role.CORREGEDORIA)
    on_duty = factory.make_staff(session, Role.ADMIN)
    session.add(AlarmRule(staff_id=on_duty.staff_id or 0, comarca_id=court.comarca.id))
    session.flush()
    _burst(session, court.unit, now, 4)
    judge_now(session, now)
    assert _letters(session) == ["administrador@exemplo.invalid"]


def test_other_systems_hear_of_the_beginning_and_the_end(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    for events in ([], ["situation.closed"], ["other"]):
        session.add(
            Webhook(url="https://exemplo.invalid", sealed_secret="x", events=events, created_at=now)
        )
    _burst(session, court.unit, now, 4)
    for minutes in (0, 200, 330):
        judge_now(session, now + minutes * MINUTE)
    sent = session.exec(select(WebhookDelivery).order_by(col(WebhookDelivery.id))).all()
    assert [row.event for row in sent] == ["situation.opened", *["situation.closed"] * 2]
    assert sent[1].event_id == sent[2].event_id != sent[0].event_id
    assert len({row.delivery_id for row in sent}) == 3
    assert sent[0].payload["unit"] == court.unit.slug


@pytest.mark.usefixtures("any_database")
def test_the_database_decides_between_two_engines(now: datetime) -> None:
    with db.write_transaction() as session:
        _burst(session, factory.make_court(session).unit, now, 4)
    with db.write_transaction() as session:
        moment = judge_now(session, now)
        (reading,) = moment.above_normal()
        assert open_situation(session, reading, now) is None
    with db.read_transaction() as session:
        assert len(session.exec(select(Situation)).all()) == 1


def test_a_channel_taken_down_ends_its_situation(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    _burst(session, court.unit, now, 4)
    judge_now(session, now)
    for channel in session.exec(select(Channel).where(col(Channel.unit_id) == court.unit.id)):
        channel.retired_at = now
    session.flush()
    judge_now(session, now + MINUTE)
    judge_now(session, now + 122 * MINUTE)
    assert _open(session) == []


def test_nothing_is_announced_without_a_change(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    live.connect()
    _burst(session, court.unit, now, 4)
    judge_now(session, now)
    session.info["topics"].clear()
    judge_now(session, now)
    assert not session.info["topics"]
