"""The figures count what was filed, compare it with what is normal, and say so in their titles."""

import base64
import io
import re
import zlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from openpyxl import load_workbook
from sqlmodel import Session

from canais_app.accounts.roles import PUBLIC, Actor, Grant, Role
from canais_app.complaints import rollups
from canais_app.complaints.analysis import export, state
from canais_app.complaints.analysis.presenter import headline, present_analysis
from canais_app.complaints.analysis.query import MAX_ROWS, AnalysisQuery, parse_variant, read_query
from canais_app.complaints.dossier import state as dossier
from canais_app.complaints.models import Complaint, ComplaintEvent, VisitHour
from canais_app.complaints.situations.models import Situation
from canais_app.complaints.statistics import columns, questions, tables, unit_table
from canais_app.complaints.statistics.columns import FactStore, load_facts, refresh_facts
from canais_app.complaints.statistics.figures import Analysis, build_analysis
from canais_app.complaints.statistics.filters import Scope
from canais_app.complaints.statistics.questions import Choice
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Channel, Unit
from canais_app.kit import clock, db
from canais_app.kit.errors import (
    AuthenticationRequiredError,
    InvalidError,
    NotFoundError,
    PermissionDeniedError,
)
from tests.factories import figures as factory

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
READER = Actor(staff_id=1, name="leitora", grants=(Grant(Role.READER),))
Build = Callable[..., Analysis]


@pytest.fixture
def unit(session: Session, now: datetime) -> Unit:
    """A secretaria in Sinop with one complaint every morning for sixty days."""
    made = factory.make_unit(
        session, "Secretaria da 1ª Vara", factory.make_comarca(session), now=now
    )
    factory.make_daily_complaints(session, made.id or 0, now=now, days=90)
    return made


@pytest.fixture
def other(session: Session, now: datetime) -> Unit:
    """A secretaria in Cuiabá without any complaint."""
    place = factory.make_comarca(session, "Cuiabá")
    return factory.make_unit(session, "Secretaria da 2ª Vara", place, now=now)


@pytest.fixture
def build(session: Session, now: datetime) -> Build:
    """Compute the figures of a scope."""

    def work(scope: Scope | None = None, compare: str = "") -> Analysis:
        return build_analysis(session, scope or Scope("28d"), compare=compare, now=now)

    return work


def _burst(
    session: Session,
    unit: Unit,
    now: datetime,
    count: int,
    *,
    channel: str = ChannelKind.WHATSAPP,
    kind: str = "sem_resposta",
) -> None:
    for n in range(count):
        at = now - timedelta(minutes=5 + n)
        factory.make_complaint(session, at, unit.id or 0, channel=channel, kind=kind)


def _visits(session: Session, unit: Unit, now: datetime, visits: int) -> None:
    hour = clock.hour_number(now) - 30
    session.add(
        VisitHour(hour=hour, unit_id=unit.id or 0, channel=ChannelKind.WHATSAPP, visits=visits)
    )
    session.flush()


def test_an_empty_database_has_empty_figures(build: Build) -> None:
    found = build()
    assert found.totals.now.seen == 0
    assert len(found.rows) == 0
    assert headline(found) == "0 relatos em quatro semanas, ainda sem contagem"


def test_a_usual_month_is_as_expected(build: Build, unit: Unit) -> None:
    found = build()
    assert (found.totals.now.seen, found.totals.now.before) == (27, 28)
    assert found.totals.now.expected == pytest.approx(27, abs=1.5)
    assert headline(found).endswith("dentro do esperado")
    assert [row.unit.slug for row in found.rows if row.unit] == [unit.slug]


def test_many_more_reports_than_usual_are_said_with_their_size(
    session: Session, build: Build, unit: Unit, now: datetime
) -> None:
    _burst(session, unit, now, 60)
    found = build()
    assert found.totals.now.seen == 87
    assert "vezes o esperado" in headline(found)


def test_a_unit_with_expectation_is_never_said_to_have_no_days_to_compare(
    build: Build, unit: Unit
) -> None:
    scope = Scope("7d", unit=unit.slug)
    view = present_analysis(build(scope), AnalysisQuery(scope), (), None)
    assert "sem dias" not in view.title
    assert "dentro do esperado" in view.title or "do esperado" in view.title


@pytest.mark.parametrize(
    ("period", "days", "first"),
    [
        ("hoje", 1, date(2026, 11, 23)),
        ("7d", 7, date(2026, 11, 17)),
        ("semana", 7, date(2026, 11, 16)),
        ("28d", 28, date(2026, 10, 27)),
        ("ano", 365, date(2025, 11, 24)),
    ],
)
def test_periods_are_whole_days_of_the_court(
    build: Build, unit: Unit, period: str, days: int, first: date
) -> None:
    found = build(Scope(period))
    assert unit.id
    assert len(found.period.dates) == days
    assert found.period.dates[0] == first
    assert sum(point.seen for point in found.series) == found.totals.now.seen


def test_the_period_before_has_the_same_weekdays(build: Build, unit: Unit) -> None:
    assert unit.id
    assert build(Scope("28d")).period.shift_days == 28
    assert build(Scope("30d")).period.shift_days == 35
    assert build(Scope("hoje")).period.shift_days == 7
    assert build(Scope("7d"), compare="ano").period.shift_days == 364


def test_a_period_that_was_not_counted_before_makes_no_comparison(build: Build, unit: Unit) -> None:
    found = build(Scope("28d"), compare="ano")
    view = present_analysis(found, AnalysisQuery(compare="ano"), (), None)
    assert unit.id
    assert found.totals.now.before == 0
    assert {point.before for point in found.series} == {None}
    assert "não há contagem antes de" in view.series.title


def test_a_chosen_scope_governs_every_figure(
    session: Session, build: Build, unit: Unit, other: Unit, now: datetime
) -> None:
    _burst(session, other, now, 4, channel=ChannelKind.PHONE, kind="nao_completa")
    whole = build()
    assert whole.totals.now.seen == 31
    for scope, seen in (
        (Scope("28d", comarca="cuiaba"), 4),
        (Scope("28d", unit=unit.slug), 27),
        (Scope("28d", channel="telefone"), 4),
        (Scope("28d", kind="nao_completa"), 4),
        (Scope("28d", kind="tecnica"), 4),
        (Scope("28d", comarca="sinop", channel="telefone"), 0),
    ):
        found = build(scope)
        assert found.totals.now.seen == seen, scope
        assert sum(row.seen for row in found.rows) == seen
        assert sum(point.seen for point in found.series) == seen
        assert sum(row.seen for row in found.channels) == seen
        assert sum(row.seen for row in found.kinds) == seen


def test_the_last_rows_of_the_table_add_up(
    session: Session, build: Build, unit: Unit, other: Unit, now: datetime
) -> None:
    _burst(session, other, now, 7)
    found = build()
    table = tables.units_table(found, "-relatos")
    seen = table.head.index("relatos")
    *rows, total = table.rows
    assert sum(int(row[seen] or 0) for row in rows) == total[seen] == 34
    assert unit.id


@pytest.mark.parametrize("order", ["unidade", "relatos", "-relatos", "-mudanca", "taxa", "dias"])
def test_every_column_sorts_and_unknown_values_come_last(
    session: Session, build: Build, unit: Unit, other: Unit, now: datetime, order: str
) -> None:
    _burst(session, other, now, 7)
    _visits(session, unit, now, 1000)
    table = build().rows
    values = unit_table.SORT_KEYS[order.removeprefix("-")](table)[table.sort(order)].tolist()
    known = [value for value in values if value == value]  # noqa: PLR0124 (NaN is not known)
    assert known == sorted(known, reverse=order.startswith("-"))
    assert all(value != value for value in values[len(known) :])  # noqa: PLR0124


def test_rates_divide_by_the_visits_and_need_five_reports(
    session: Session, build: Build, unit: Unit, other: Unit, now: datetime
) -> None:
    _burst(session, other, now, 4)
    for place in (unit, other):
        _visits(session, place, now, 9000)
    rates = {row.unit.slug: row.rate for row in build().rows if row.unit}
    assert rates == {unit.slug: pytest.approx(3.0), other.slug: None}


def test_the_funnel_marks_what_the_volume_does_not_explain() -> None:
    visits = np.array([1000.0] * 50 + [1000.0, 100.0])
    seen = np.array([10.0] * 50 + [40.0, 5.0])
    low, high = unit_table.funnel(seen, visits)
    rates = 1000 * seen / visits
    assert rates[50] > high[50]
    assert (rates[:50] < high[:50]).all()
    assert (rates[:50] > low[:50]).all()
    assert high[51] > high[50]  # a small volume varies more


def test_answers_and_ratings_are_shared_out_by_unit(
    session: Session, build: Build, unit: Unit, now: datetime
) -> None:
    for days, late, solved in ((2, False, True), (4, False, True), (40, True, False)):
        row = factory.make_complaint(session, now - (days + 1) * DAY, unit.id or 0)
        row.due_at = now - 5 * DAY if late else now + DAY
        rollups.count_answer(session, row, now=now - DAY)
        row.rated_at, row.is_resolved = now - HOUR, solved
    session.flush()
    (found,) = build().rows
    assert (found.answers, found.on_time, found.median_days) == (3, 2, 4.0)
    assert (found.ratings, found.solved) == (3, 2)
    assert build().totals.now.median_days == 4.0


def test_hours_are_means_over_the_days_of_the_period(build: Build, unit: Unit) -> None:
    heat = build().heat
    assert unit.id
    assert heat.means[9][1] == 1.0
    assert sum(map(sum, heat.means)) == heat.means[9][0] + sum(heat.means[9][1:])


@pytest.mark.usefixtures("any_database")
def test_facts_kept_by_a_server_equal_those_read_anew(now: datetime) -> None:
    with Session(db.get_engine()) as session:
        place = factory.make_comarca(session)
        unit = factory.make_unit(session, "Vara", place, now=now).id or 0
        factory.make_daily_complaints(session, unit, now=now, days=5)
        session.commit()
        kept = load_facts(session, now)
        for n, back in enumerate((0, 1, 26, 700)):
            row = factory.make_complaint(session, now - back * HOUR, unit)
            row.created_at = now + timedelta(seconds=n)
            rollups.count_answer(session, row, now=now + n * HOUR)
            row.rated_at, row.is_resolved = now + HOUR, True
            session.commit()
            kept = refresh_facts(session, kept, now + timedelta(seconds=n + 1))
        fresh = load_facts(session, now)
        for name in ("reports", "answers", "ratings"):
            left, right = getattr(kept, name), getattr(fresh, name)
            span = (0, 10**7)
            assert _counted(left.between(*span)) == _counted(right.between(*span)), name
        assert kept.first_hour == fresh.first_hour
        assert kept.version == 4
        assert refresh_facts(session, kept, now + timedelta(seconds=9)).version == 4


def _counted(rows: dict[str, np.ndarray]) -> dict[tuple[int, ...], int]:
    found: dict[tuple[int, ...], int] = {}
    names = [name for name in rows if name != "count"]
    for *key, count in zip(*(rows[name].tolist() for name in (*names, "count")), strict=True):
        found[tuple(key)] = found.get(tuple(key), 0) + count
    return found


def test_a_long_tail_of_added_rows_is_merged_in_order() -> None:
    kept = columns.Columns({"at": np.array([1, 5, 9]), "count": np.array([1, 1, 1])})
    for at in range(columns.TAIL_ROWS + 5):
        kept = kept.plus({"at": np.array([at % 10]), "count": np.array([1])})
    assert (np.diff(kept.base["at"]) >= 0).all()
    assert int(kept.between(0, 10)["count"].sum()) == columns.TAIL_ROWS + 8


def test_a_server_reads_new_complaints_without_reading_the_tables_again(
    session: Session, unit: Unit, now: datetime
) -> None:
    session.commit()
    store = FactStore(keeps=True)
    before = store.current(session, now)
    factory.make_complaint(session, now, unit.id or 0)
    session.commit()
    after = store.current(session, now + timedelta(seconds=5))
    assert after.reports.base is before.reports.base
    assert after.version == before.version + 1


def test_silent_and_slow_units_are_named(
    session: Session, build: Build, unit: Unit, now: datetime
) -> None:
    table = questions.late_answers(build())
    assert table.rows == [(unit.name, 27, 0, None, None)]
    assert table.title.startswith("1 unidade não respondeu nada")
    row = factory.make_complaint(session, now - 3 * DAY, unit.id or 0)
    rollups.count_answer(session, row, now=now)
    assert questions.late_answers(build()).rows == []


def test_units_that_nobody_used_are_no_data(
    session: Session, build: Build, unit: Unit, other: Unit, now: datetime
) -> None:
    _visits(session, unit, now, 10)
    table = questions.answer(session, build(), Choice("sem-dados"))
    assert table is not None
    assert [row[0] for row in table.rows] == [other.name]
    assert "1 unidade sem acesso no período; 1 sem nenhum relato" in table.title


def test_a_change_is_compared_with_as_many_days_before_it(
    session: Session, build: Build, unit: Unit, now: datetime
) -> None:
    day = date(2026, 11, 9)
    table = questions.answer(session, build(), Choice("antes-depois", day))
    assert table is not None
    assert table.rows[0] == ("Total", 14, 14, 0, "sim")
    _burst(session, unit, now - 2 * DAY, 60)
    table = questions.answer(session, build(), Choice("antes-depois", day))
    assert table is not None
    assert table.rows[0][1:3] == (14, 74)


def test_two_units_stand_side_by_side(
    session: Session, build: Build, unit: Unit, other: Unit, now: datetime
) -> None:
    _burst(session, other, now, 6)
    table = questions.answer(
        session, build(Scope("28d", unit=unit.slug)), Choice("lado-a-lado", other=other.slug)
    )
    assert table is not None
    assert table.head[1:] == (unit.name, other.name)
    assert table.rows[0][1:] == (27, 6)


def test_alarms_are_counted_against_the_budget(
    session: Session, build: Build, unit: Unit, now: datetime
) -> None:
    moment = now - DAY
    session.add(
        Situation(
            code="2026-0001", scope="unit", place_id=unit.id or 0, unit_id=unit.id,
            channel=ChannelKind.WHATSAPP, level="provavel", people=4, seen=5, expected=0.4,
            first_report_at=moment, opened_at=moment, judged_at=moment, verdict="falso",
        )
    )  # fmt: skip
    session.flush()
    table = questions.answer(session, build(), Choice("alarmes"))
    assert table is not None
    assert table.title == "1 alarme tocou; 1 era falso (orçamento: até 3)"
    assert table.rows[0][1] == unit.name


def test_the_address_keeps_order_rows_and_question(now: datetime) -> None:
    sent = {
        "ordem": "prazo", "linhas": "80", "com": "ano", "achar": "Sinop", "pergunta": "alarmes",
        "p": "7d", "canal": "telefone",
    }  # fmt: skip
    query = read_query(sent, Scope("7d", channel="telefone"))
    assert (query.order, query.rows, query.needle) == ("prazo", 80, "sinop")
    assert parse_variant(query.to_query(), now=now) == query


@pytest.mark.parametrize(
    "sent",
    [
        {"ordem": "x"},
        {"linhas": "-1"},
        {"linhas": "abc"},
        {"dia": "x"},
        {"pergunta": "x"},
        {"dia": "0001-01-01"},
    ],
)
def test_what_is_not_valid_in_the_address_is_left_out(sent: dict[str, str]) -> None:
    assert read_query(sent, Scope("28d")) == AnalysisQuery()


def test_as_many_rows_as_nobody_has_are_limited() -> None:
    assert read_query({"linhas": "9" * 5000}, Scope("28d")).rows == MAX_ROWS


def test_a_table_shows_forty_units_and_adds_up_the_others(
    session: Session, unit: Unit, now: datetime
) -> None:
    place = factory.make_comarca(session, "Sorriso")
    for n in range(50):
        made = factory.make_unit(session, f"Vara {n:02}", place, now=now)
        factory.make_complaint(session, now, made.id or 0)
    view = state.load_view(session, READER, AnalysisQuery(), now=now)
    assert len(view.table.rows) == 40
    assert view.table.others[:2] == ["Outras 11 unidades", "11"]
    assert view.table.total[1] == "77"
    assert view.table.more == "Mostrar mais 11"
    assert view.table.rows[0].name == unit.name
    found = state.load_view(session, READER, AnalysisQuery(needle="vara 07"), now=now)
    assert [row.name for row in found.table.rows] == ["Vara 07"]


def test_unknown_places_are_refused(build: Build) -> None:
    with pytest.raises(InvalidError):
        build(Scope("28d", comarca="atlantida"))
    with pytest.raises(InvalidError):
        build(Scope("28d", unit="vara-nenhuma"))


def test_figures_need_the_permission(session: Session, now: datetime) -> None:
    nobody = Actor(staff_id=2, name="gabinete", grants=(Grant(Role.CHAMBERS),))
    for actor, refusal in ((PUBLIC, AuthenticationRequiredError), (nobody, PermissionDeniedError)):
        with pytest.raises(refusal):
            state.load_view(session, actor, AnalysisQuery(), now=now)
        with pytest.raises(refusal):
            export.prepare_file(session, actor, "unidades.csv", AnalysisQuery(), now=now)


def test_a_workbook_is_exactly_the_view(
    session: Session, unit: Unit, other: Unit, now: datetime
) -> None:
    _burst(session, other, now, 40)
    query = AnalysisQuery(order="relatos")
    content, media = _render(session, "analise.xlsx", query, now)
    book = load_workbook(io.BytesIO(content))
    assert "spreadsheetml" in media
    assert book.sheetnames == ["sobre", *export.TABLES]
    about = [row[0].value for row in book["sobre"].iter_rows()]
    assert about[1] == "67 relatos em quatro semanas, 2,4 vezes o esperado"
    assert "Ordem: relatos, crescente" in about
    assert "Dados de 23/11/2026, 14h, horário de Cuiabá" in about
    rows = list(book["unidades"].iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == [unit.name, other.name, "Estado"]
    assert [row[2] for row in rows[1:]] == [27, 40, 67]


def _render(session: Session, name: str, query: AnalysisQuery, now: datetime) -> tuple[bytes, str]:
    return export.prepare_file(session, READER, name, query, now=now)()


def _printed(pdf: bytes) -> str:
    """Return the words of a PDF that ReportLab wrote."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    drawn = b"".join(
        zlib.decompress(base64.a85decode(raw.strip().removesuffix(b"~>"))) for raw in streams
    )
    said = re.findall(rb"\(((?:[^()\\]|\\.)*)\) Tj", drawn)
    unescaped = [re.sub(rb"\\(\d{3})", lambda o: bytes([int(o[1], 8)]), words) for words in said]
    return b" ".join(unescaped).decode("cp1252")


def test_a_pdf_has_the_scope_the_tables_and_page_numbers(
    session: Session, unit: Unit, now: datetime
) -> None:
    scope = Scope("7d", comarca="sinop")
    content, media = _render(session, "analise.pdf", AnalysisQuery(scope), now)
    words, pages = _printed(content), content.count(b"/Type /Page\n")
    assert media == "application/pdf"
    assert "17/11/2026 a 23/11/2026, comarca de Sinop" in words
    assert unit.name in words
    assert f"Página {pages} de {pages}" in words
    assert "Dados de 23/11/2026, 14h" in words


@pytest.mark.parametrize(
    "name", ["outra.csv", "unidades.exe", "analise", "../x.csv", "pergunta.csv"]
)
def test_unknown_files_are_refused(session: Session, now: datetime, name: str) -> None:
    with pytest.raises(NotFoundError):
        export.prepare_file(session, READER, name, AnalysisQuery(), now=now)


@pytest.mark.parametrize("name", export.TABLES)
def test_every_table_is_a_csv(session: Session, unit: Unit, now: datetime, name: str) -> None:
    content, media = _render(session, f"{name}.csv", AnalysisQuery(), now)
    head, *rows = content.decode("utf-8-sig").splitlines()
    assert unit.id
    assert media.startswith("text/csv")
    assert rows
    assert all(row.count(";") == head.count(";") for row in rows)


def test_a_complaint_of_another_year_is_counted_in_its_hour(
    session: Session, unit: Unit, now: datetime
) -> None:
    row = Complaint(
        protocol="2025-1", secret_hash="", unit_id=unit.id or 0, channel="whatsapp",
        kind="outro", occurred_at=datetime(2025, 12, 1, 3, 30, tzinfo=UTC), created_at=now,
        due_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    rollups.count_complaint(session, row)
    scope = Scope("datas", first=date(2025, 11, 30), last=date(2025, 11, 30))
    assert build_analysis(session, scope, now=now).totals.now.seen == 1


def test_a_dossier_is_one_unit_whole_on_the_page_and_on_paper(
    session: Session, unit: Unit, now: datetime
) -> None:
    session.add(Channel(unit_id=unit.id or 0, kind="telefone", value="+556530000001"))
    session.flush()
    late = factory.make_complaint(session, now - 100 * DAY, unit.id or 0)
    query = AnalysisQuery(Scope("28d", unit=unit.slug))
    shown = dossier.load_dossier(session, READER, query, now=now)
    titles = {section.name: section.title for section in shown.sections}
    assert shown.title == f"{unit.name}: 27 relatos em quatro semanas, dentro do esperado"
    assert titles["prazos"] == "91 reclamações esperam resposta; 61 prazos venceram"
    assert titles["contatos"] == "1 contato não é conferido há mais de 180 dias"
    assert titles["alarmes"].startswith("Nenhum alarme tocou")
    content, _ = _render(session, "dossie.pdf", query, now)
    words = _printed(content)
    assert "Dossiê: Secretaria da 1ª Vara" in words
    assert late.protocol in words
    assert "Esperado: a média dos mesmos dias" in words


def test_a_dossier_without_a_unit_offers_the_units(
    session: Session, unit: Unit, now: datetime
) -> None:
    shown = dossier.load_dossier(session, READER, AnalysisQuery(), now=now)
    assert [choice.words for choice in shown.choices] == [unit.name]
    with pytest.raises(InvalidError, match="Escolha a unidade"):
        export.prepare_file(session, READER, "dossie.pdf", AnalysisQuery(), now=now)


def test_what_reporters_say_of_the_answers_is_counted(
    session: Session, build: Build, unit: Unit, other: Unit, now: datetime
) -> None:
    def rated(place: Unit, *, resolved: bool, reopened: bool = False) -> None:
        row = factory.make_complaint(session, now - 3 * DAY, place.id or 0)
        row.rated_at, row.is_resolved, row.is_useful = now - HOUR, resolved, True
        if reopened:
            event = ComplaintEvent(
                complaint_id=row.id or 0,
                at=now - HOUR,
                who="quem relatou",
                from_status="respondida",
                to_status="em_analise",
            )
            session.add(event)
        session.flush()

    rated(unit, resolved=True)
    rated(unit, resolved=False)
    rated(other, resolved=False, reopened=True)
    table = questions.answer(session, build(), Choice("ajudaram"))
    assert table is not None
    assert table.rows == [(other.name, 1, 0, 1, 1), (unit.name, 2, 1, 2, 0)]
    assert table.title == "3 pessoas responderam: 33% dizem que resolveu; 1 reabertura"
    kept = questions.answer(session, build(Scope("28d", unit=unit.slug)), Choice("ajudaram"))
    assert kept is not None
    assert kept.title.endswith("nenhuma reabertura")


def test_units_with_the_same_answers_are_in_the_order_of_their_slugs(
    session: Session, build: Build, now: datetime
) -> None:
    place = factory.make_comarca(session)
    for number in (3, 1, 2):
        made = factory.make_unit(session, f"Vara {number}", place, now=now)
        row = factory.make_complaint(session, now - DAY, made.id or 0)
        row.rated_at, row.is_resolved = now - HOUR, True
    session.flush()
    table = questions.answer(session, build(), Choice("ajudaram"))
    assert table is not None
    assert [row[0] for row in table.rows] == ["Vara 1", "Vara 2", "Vara 3"]


def test_a_comarca_without_reports_in_the_period_has_not_the_most(
    session: Session, build: Build, other: Unit, now: datetime
) -> None:
    factory.make_complaint(session, now - 40 * DAY, other.id or 0)
    table = questions.answer(session, build(), Choice("comarcas"))
    assert table is not None
    assert [row[:2] for row in table.rows] == [("Cuiabá", 0)]
    assert table.title == "Nenhum relato em comarca alguma"


def test_comarcas_stand_side_by_side_on_one_scale(
    session: Session, build: Build, unit: Unit, other: Unit, now: datetime
) -> None:
    _burst(session, other, now, 30)
    query = AnalysisQuery(choice=Choice("comarcas"))
    analysis = build()
    table = questions.answer(session, analysis, query.choice)
    assert table is not None
    assert [row[:3] for row in table.rows] == [("Cuiabá", 30, 0), ("Sinop", 27, 28)]
    assert table.title == "Cuiabá tem mais relatos; nenhuma comarca subiu"
    assert table.links[1].endswith("comarca=sinop")
    shown = present_analysis(analysis, query, (), table).answer.minis
    assert [(mini.name, mini.seen) for mini in shown] == [("Cuiabá", "30"), ("Sinop", "27")]
    assert shown[0].box == shown[1].box
