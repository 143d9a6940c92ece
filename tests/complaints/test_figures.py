"""The figures count what was filed, compare it with what is normal, and say since when."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session

from canais_app.accounts.roles import PUBLIC, Actor, Grant, Role
from canais_app.complaints.dashboard import presenter
from canais_app.complaints.statistics import counts, export, figures
from canais_app.complaints.statistics.anomaly import AlarmLevel
from canais_app.complaints.statistics.baseline import split_into_hours
from canais_app.complaints.statistics.counts import DashboardScope, WeightedSpan
from canais_app.complaints.statistics.export import TableName
from canais_app.complaints.statistics.figures import build_dashboard_snapshot
from canais_app.complaints.statistics.filters import (
    DashboardFilter,
    parse_filter,
    parse_filter_variant,
)
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Unit
from canais_app.kit import clock, db
from canais_app.kit.errors import (
    AuthenticationRequiredError,
    InvalidError,
    NotFoundError,
    PermissionDeniedError,
)
from tests.factories import figures as factory
from tests.factories.directory import make_notice

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
READER = Actor(staff_id=1, name="leitora", grants=(Grant(Role.READER),))


@pytest.fixture
def unit(session: Session, now: datetime) -> Unit:
    """A secretaria in Sinop with one complaint every morning for sixty days."""
    made = factory.make_unit(
        session, "Secretaria da 1ª Vara", factory.make_comarca(session), now=now
    )
    factory.make_daily_complaints(session, made.id or 0, now=now)
    return made


@pytest.fixture
def other(session: Session, now: datetime) -> Unit:
    """A secretaria in Cuiabá without any complaint."""
    place = factory.make_comarca(session, "Cuiabá")
    return factory.make_unit(session, "Secretaria da 2ª Vara", place, now=now)


def _burst(session: Session, unit: Unit, now: datetime, count: int, **kind: str) -> None:
    for n in range(count):
        factory.make_complaint(session, now - (5 + 8 * n) * MINUTE, unit.id or 0, **kind)


@pytest.mark.usefixtures("any_database")
def test_counts_by_unit_sum_the_weighted_hours_of_each_span(now: datetime) -> None:
    with Session(db.get_engine()) as session:
        unit = factory.make_unit(session, "Vara", factory.make_comarca(session), now=now).id or 0
        for hours in (0, 1, 1, 2):
            factory.make_complaint(session, now - hours * HOUR, unit)
        spans = [
            WeightedSpan(0, now - HOUR, now, 0.5),
            WeightedSpan(0, now, now + HOUR),
            WeightedSpan(3, now - 2 * HOUR, now),
        ]
        found = counts.count_by_unit(session, DashboardScope(), spans, per_channel=False)
    assert found == {(0, unit, ""): 2.0, (3, unit, ""): 3.0}


def test_an_empty_database_gives_an_empty_snapshot(session: Session, now: datetime) -> None:
    found = build_dashboard_snapshot(session, DashboardFilter(), now=now)
    assert found.alarms == ()
    assert found.ranking == ()
    assert presenter.present_dashboard(found).alarm_words == "Nenhuma unidade acima do normal"


def test_a_quiet_day_raises_no_alarm(session: Session, unit: Unit, now: datetime) -> None:
    factory.make_complaint(session, now - 20 * MINUTE, unit.id or 0)
    assert build_dashboard_snapshot(session, DashboardFilter(), now=now).alarms == ()


def test_five_reports_in_a_quiet_hour_are_a_probable_failure(
    session: Session, unit: Unit, now: datetime
) -> None:
    _burst(session, unit, now, 5)
    (alarm,) = build_dashboard_snapshot(session, DashboardFilter(), now=now).alarms
    assert (alarm.unit.slug, alarm.channel) == (unit.slug, ChannelKind.WHATSAPP)
    assert alarm.seen == 5
    assert alarm.level == AlarmLevel.PROBABLE
    assert alarm.expected == 0
    assert alarm.since == now - 37 * MINUTE


def test_an_alarm_starts_with_the_first_unusual_hour(
    session: Session, unit: Unit, now: datetime
) -> None:
    _burst(session, unit, now, 5)
    _burst(session, unit, now - HOUR, 4)
    (alarm,) = build_dashboard_snapshot(session, DashboardFilter(), now=now).alarms
    assert alarm.since == now - HOUR - 29 * MINUTE


def test_the_usual_number_at_the_usual_hour_is_no_alarm(
    session: Session, unit: Unit, now: datetime
) -> None:
    morning = now.replace(hour=10)
    assert build_dashboard_snapshot(session, DashboardFilter(), now=morning).alarms == ()
    assert build_dashboard_snapshot(session, DashboardFilter(), now=morning).series[
        -1
    ].expected == pytest.approx(1)


def test_a_closed_unit_raises_no_alarm(session: Session, unit: Unit, now: datetime) -> None:
    _burst(session, unit, now, 5)
    make_notice(session, "sem energia", starts_at=now - HOUR, act="Portaria 1", unit_id=unit.id)
    found = build_dashboard_snapshot(session, DashboardFilter(), now=now)
    assert found.alarms == ()
    assert presenter.present_dashboard(found).muted == [
        "Secretaria da 1ª Vara: sem energia, desde 13h (Portaria 1)"
    ]


def test_the_ranking_puts_the_largest_excess_first(
    session: Session, unit: Unit, other: Unit, now: datetime
) -> None:
    factory.make_complaint(session, now.replace(hour=9), unit.id or 0)
    _burst(session, other, now, 3)
    first, second = build_dashboard_snapshot(session, DashboardFilter(), now=now).ranking
    assert (first.unit.slug, first.seen, first.expected) == (other.slug, 3, 0)
    assert (second.unit.slug, second.seen) == (unit.slug, 1)
    assert second.expected == pytest.approx(1, abs=0.2)
    assert sum(first.recent) == 3


def test_periods_count_whole_days_of_cuiaba(session: Session, unit: Unit, now: datetime) -> None:
    found = build_dashboard_snapshot(session, DashboardFilter(period="7d"), now=now)
    assert len(found.series) == 7
    assert [p.seen for p in found.series] == [1] * 6 + [0]
    assert found.series[0].start == clock.from_wall_clock(date(2026, 11, 17), 0)
    assert sum(row.seen for row in found.ranking) == 6


def test_a_custom_period_ends_with_its_last_day(
    session: Session, unit: Unit, now: datetime
) -> None:
    chosen = parse_filter({"de": "2026-11-02", "ate": "2026-11-04"}, now=now)
    found = build_dashboard_snapshot(session, chosen, now=now)
    assert [p.seen for p in found.series] == [1, 1, 1]


def test_filters_narrow_every_figure(
    session: Session, unit: Unit, other: Unit, now: datetime
) -> None:
    _burst(session, other, now, 5, channel=ChannelKind.PHONE)
    assert build_dashboard_snapshot(session, DashboardFilter(comarca="sinop"), now=now).alarms == ()
    (alarm,) = build_dashboard_snapshot(
        session, DashboardFilter(channel="telefone"), now=now
    ).alarms
    assert alarm.unit.slug == other.slug
    assert (
        build_dashboard_snapshot(session, DashboardFilter(channel="email"), now=now).ranking == ()
    )


def test_a_chosen_unit_has_a_series_beside_the_states(
    session: Session, unit: Unit, other: Unit, now: datetime
) -> None:
    _burst(session, other, now, 5)
    factory.make_complaint(session, now - MINUTE, unit.id or 0)
    found = build_dashboard_snapshot(session, DashboardFilter(unit=unit.slug), now=now)
    assert found.series[-1].seen == 6
    assert found.unit_series[-1].seen == 1
    assert found.unit is not None
    assert found.unit.name == unit.name


def test_the_heat_table_is_a_mean_per_day(session: Session, unit: Unit, now: datetime) -> None:
    heat = build_dashboard_snapshot(session, DashboardFilter(), now=now).heat
    assert heat.means[9] == pytest.approx((1,) * 7)
    assert sum(heat.means[10]) == 0


def test_weeks_begin_on_monday_and_unusual_ones_are_marked(
    session: Session, unit: Unit, now: datetime
) -> None:
    for n in range(30):
        factory.make_complaint(session, now - (10 + n) * MINUTE, unit.id or 0)
    weeks = build_dashboard_snapshot(session, DashboardFilter(), now=now).weeks
    assert weeks.starts[-1] == date(2026, 11, 23)
    assert weeks.totals[-2:] == (7, 30)
    (row,) = weeks.rows
    assert row.seen == weeks.totals
    assert row.levels[-2:] == (AlarmLevel.NORMAL, AlarmLevel.PROBABLE)


def test_deadlines_count_open_complaints_only(session: Session, other: Unit, now: datetime) -> None:
    unit_id, old = other.id or 0, now - timedelta(days=30)
    factory.make_complaint(session, old, unit_id, due_in=timedelta(days=30, hours=-2))
    factory.make_complaint(session, old, unit_id, due_in=timedelta(days=20))
    factory.make_complaint(session, old, unit_id, status="resolvida")
    factory.make_complaint(session, now - HOUR, unit_id)
    due = build_dashboard_snapshot(session, DashboardFilter(), now=now).deadlines
    assert (due.overdue, due.today, due.open) == (1, 1, 3)
    view = presenter.present_dashboard(
        build_dashboard_snapshot(session, DashboardFilter(), now=now)
    ).due
    assert view.title == "1 prazo vence hoje"
    assert [day.title for day in view.days][:2] == ["Vencidos", "Hoje, segunda, 23/11"]
    assert view.days[1].rows[0].due == "dia 30 de 30"


def test_the_headline_states_the_finding(session: Session, unit: Unit, now: datetime) -> None:
    _burst(session, unit, now, 5)
    view = presenter.present_dashboard(
        build_dashboard_snapshot(session, DashboardFilter(), now=now)
    )
    assert view.alarm_words + view.rest_words == (
        "1 unidade acima do normal agora; 1 prazo vence hoje"
    )
    assert view.series.title.startswith("5 relatos na última hora")
    assert view.time == "14h"


def test_a_filter_survives_its_live_variant(now: datetime) -> None:
    for sent in (
        {},
        {"p": "30d", "comarca": "sinop", "unidade": "x-1", "canal": "email", "tipo": "outro"},
        {"de": "2026-11-01", "ate": "2026-11-09", "canal": "telefone"},
    ):
        chosen = parse_filter(sent, now=now)
        assert parse_filter_variant(chosen.to_variant(), now=now) == chosen


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"p": "1y"}, "p"),
        ({"comarca": "Não Existe"}, "comarca"),
        ({"canal": "fax"}, "canal"),
        ({"tipo": {"a": 1}}, "tipo"),
        ({"de": "2026-11-01"}, "geral"),
        ({"de": "2026-11-09", "ate": "2026-11-01"}, "geral"),
        ({"de": "2027-11-01", "ate": "2027-11-02"}, "geral"),
        ({"de": "2020-01-01", "ate": "2026-11-02"}, "geral"),
        ({"de": "ontem", "ate": "2026-11-02"}, "de"),
    ],
)
def test_an_invalid_filter_gets_an_error_at_its_field(
    sent: dict[str, object], field: str, now: datetime
) -> None:
    with pytest.raises(InvalidError) as refused:
        parse_filter(sent, now=now)
    assert list(refused.value.errors) == [field]


def test_unknown_places_are_refused(session: Session, now: datetime) -> None:
    for chosen in (DashboardFilter(comarca="nenhuma"), DashboardFilter(unit="nenhuma")):
        with pytest.raises(InvalidError):
            build_dashboard_snapshot(session, chosen, now=now)


def test_figures_need_the_dashboard_permission(session: Session, now: datetime) -> None:
    gabinete = Actor(staff_id=2, grants=(Grant(Role.CHAMBERS, "/1/"),))
    for read in (figures.load_dashboard_snapshot, export.load_tables):
        with pytest.raises(AuthenticationRequiredError):
            read(session, PUBLIC, DashboardFilter(), now=now)
        with pytest.raises(PermissionDeniedError):
            read(session, gabinete, DashboardFilter(), now=now)
        assert read(session, READER, DashboardFilter(), now=now)


def test_the_files_hold_the_figures(session: Session, unit: Unit, now: datetime) -> None:
    body, media = export.export_figure(
        session, READER, "unidades.csv", DashboardFilter(period="7d"), now=now
    )
    lines = body.decode("utf-8-sig").splitlines()
    assert media.startswith("text/csv")
    assert lines[0] == "unidade;nome;comarca;observado;esperado;excesso"
    assert lines[1].startswith("secretaria-da-1a-vara;Secretaria da 1ª Vara;Sinop;6;")
    assert (
        export.export_figure(session, READER, "painel.xlsx", DashboardFilter(), now=now)[0][:2]
        == b"PK"
    )
    with pytest.raises(NotFoundError):
        export.export_figure(session, READER, "segredos.csv", DashboardFilter(), now=now)


def test_every_table_has_column_names(session: Session, unit: Unit, now: datetime) -> None:
    found = export.load_tables(session, READER, DashboardFilter(unit=unit.slug), now=now)
    assert set(found) == set(TableName)
    assert all(len(table.columns) > 1 for table in found.values())


def test_partial_hours_count_in_proportion() -> None:
    start = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
    parts = split_into_hours(start, start + HOUR)
    assert [share for _, share in parts] == [0.5, 0.5]
