"""The preview of four weeks under an unpublished form."""

from datetime import date, datetime

import pytest
from sqlmodel import Session

from canais_app.accounts.roles import Actor
from canais_app.agenda import month_view, queries
from canais_app.agenda.booking import booking
from canais_app.agenda.chambers import blocks
from canais_app.agenda.rules import editor, preview, publishing
from canais_app.agenda.rules.form_values import Form
from canais_app.agenda.rules.preview import PreviewDay, PreviewView
from canais_app.expediente.models import CalendarDay
from canais_app.kit import clock
from canais_app.kit.errors import NotFoundError
from tests.factories import accounts
from tests.factories import agenda as factory
from tests.people import CHAMBERS_A, CHAMBERS_B

WED, NEXT_WED, HOLIDAY = date(2026, 11, 25), date(2026, 12, 2), date(2026, 12, 9)
FORM: Form = {
    "title": "Gabinete A",
    "modalities-telefone": "true",
    "notice_minutes": "0",
    "cancel_notice": "0",
    "windows-0-weekday": "2",
    "windows-0-starts": "13:00",
    "windows-0-ends": "14:00",
}


@pytest.fixture
def graca(session: Session, now: datetime) -> Actor:
    return accounts.make_actor(session, CHAMBERS_A, now=now)


@pytest.fixture
def agenda_id(session: Session, graca: Actor, now: datetime) -> int:
    """Graça's published agenda: Wednesdays from 13h to 14h; one of them is a holiday."""
    session.add(CalendarDay(first_day=HOLIDAY, last_day=HOLIDAY, effect="closed", name="Feriado"))
    unit = accounts.make_unit(session, "a", now=now)
    made = publishing.create_agenda(session, graca, unit.id or 0, now=now)
    publish(session, graca, made, FORM, 0, now)
    return made


def publish(
    session: Session, actor: Actor, agenda_id: int, form: Form, base: int, now: datetime
) -> None:
    checked = publishing.check_form(session, actor, agenda_id, form, base, now=now)
    publishing.publish_version(session, actor, agenda_id, checked, now=now)


def load_preview(
    session: Session, actor: Actor, agenda_id: int, now: datetime, **changes: str
) -> PreviewView:
    form = FORM | {name.replace("__", "-"): value for name, value in changes.items()}
    return preview.preview_rules(session, actor, agenda_id, form, now=now)


def day(seen: PreviewView, when: date) -> PreviewDay:
    return next(one for week in seen.weeks for one in week if one.iso == when.isoformat())


def labels(seen: PreviewView, when: date) -> list[str]:
    return [time.label for time in seen.times.get(when.isoformat(), [])]


def test_the_preview_changes_with_what_is_typed(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    seen = load_preview(session, graca, agenda_id, now)
    assert (len(seen.weeks), {len(week) for week in seen.weeks}) == (4, {7})
    assert (seen.span, seen.total) == ("23 de nov. a 20 de dez.", "9 horários")
    assert labels(seen, WED) == ["13h", "13h20", "13h40"]
    assert day(seen, WED).words == "3 horários"
    longer = load_preview(session, graca, agenda_id, now, slot_minutes="30", step_minutes="30")
    assert labels(longer, WED) == ["13h", "13h30"]
    assert (
        queries.list_open_slots(session, "unidade-a", WED, WED, now=now)[-1].start[11:16] == "13:40"
    )


def test_the_preview_matches_what_the_public_sees_once_published(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    changes = {
        "slot_minutes": "25", "step_minutes": "15", "buffer_after": "10", "notice_minutes": "2000",
        "windows__1__weekday": "4", "windows__1__starts": "09:00", "windows__1__ends": "11:00",
        "windows__1__repeats": "cada-2", "windows__1__valid_from": "2026-12-01",
        "own_days__0__day": "2026-12-03", "own_days__0__starts": "10:00",
        "own_days__0__ends": "11:00", "opt_outs__2026-12-09": "true",
    }  # fmt: skip
    form = FORM | {name.replace("__", "-"): value for name, value in changes.items()}
    start = clock.from_wall_clock(NEXT_WED, 13, 20)
    booking.book(
        session, "unidade-a", factory.make_booking_request(start, modality="telefone"), now=now
    )
    seen = preview.preview_rules(session, graca, agenda_id, form, now=now)
    publish(session, graca, agenda_id, form, 1, now)
    board = month_view.load_month_by_id(session, agenda_id, clock.to_local_day(now), now=now)
    assert {iso: [(t.label, t.taken) for t in times] for iso, times in seen.times.items()} == {
        iso: [(t.label, t.status != "free") for t in times]
        for iso, times in board.times.items()
        if times
    }
    assert "2026-12-09" in seen.times


@pytest.mark.parametrize(
    ("when", "changes", "short", "long"),
    [
        (HOLIDAY, {}, "feriado: Feriado", "Feriado: feriado."),
        (date(2026, 11, 26), {}, "", "Nenhuma janela neste dia."),
        (
            NEXT_WED,
            {"own_days__0__day": "2026-12-02", "own_days__0__closed": "true"},
            "fechado",
            "Fechado em",
        ),
        (NEXT_WED, {"slot_minutes": "90"}, "não cabe", "Nenhum atendimento cabe"),
        (date(2026, 12, 16), {"horizon_days": "7"}, "mais adiante", "30/11/2026"),
        (WED, {"notice_minutes": "3000"}, "sem antecedência", "antecedência mínima"),
    ],
)
def test_an_empty_day_explains_why(
    session: Session,
    graca: Actor,
    agenda_id: int,
    now: datetime,
    when: date,
    changes: dict[str, str],
    short: str,
    long: str,
) -> None:
    found = day(load_preview(session, graca, agenda_id, now, **changes), when)
    assert found.words == short
    assert long in found.why


def test_a_blocked_day_is_explained(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    start, end = clock.from_wall_clock(WED, 12), clock.from_wall_clock(WED, 18)
    blocks.create_block(session, graca, agenda_id, start, end, "Correição", now=now)
    assert day(load_preview(session, graca, agenda_id, now), WED).words == "bloqueado"


def test_appointments_outside_the_new_rules_are_marked(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    start = clock.from_wall_clock(WED, 13, 20)
    booking.book(
        session, "unidade-a", factory.make_booking_request(start, modality="telefone"), now=now
    )
    assert day(load_preview(session, graca, agenda_id, now), WED).conflicts == 0
    seen = load_preview(session, graca, agenda_id, now, windows__0__starts="13:30")
    assert day(seen, WED).conflicts == 1
    assert seen.conflicts == {WED.isoformat(): ["13h20, Pessoa de demonstração: fora das janelas"]}
    seen = load_preview(
        session, graca, agenda_id, now, starts_on="2026-12-01", windows__0__starts="13:30"
    )
    assert seen.conflicts == {}  # until then the old hours hold


def test_a_later_version_is_previewed_from_its_first_day(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    seen = load_preview(session, graca, agenda_id, now, starts_on="2027-03-03", horizon_days="7")
    assert seen.span == "1 de mar. a 28 de mar."
    assert labels(seen, date(2027, 3, 3)) == ["13h", "13h20", "13h40"]
    assert day(seen, date(2027, 3, 2)).state == "past"
    assert day(seen, date(2027, 3, 17)).words == "mais adiante"


def test_errors_are_listed_by_field_while_typing(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    seen = load_preview(session, graca, agenda_id, now, capacity="0", step_minutes="90")
    assert [(one.field, one.refuses) for one in seen.remarks] == [
        ("capacity", True),
        ("step_minutes", True),
    ]
    assert labels(seen, WED) == ["13h"]


def test_another_units_preview_does_not_exist(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    gil = accounts.make_actor(session, CHAMBERS_B, now=now)
    with pytest.raises(NotFoundError):
        load_preview(session, gil, agenda_id, now)


def test_holidays_can_be_chosen_to_work_on(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    opened = editor.load_editor(session, graca, agenda_id, now=now)
    assert [(one.iso, one.words) for one in opened.holidays] == [
        ("2026-12-09", "qua., 9/12 · Feriado")
    ]
    assert day(
        load_preview(session, graca, agenda_id, now, **{"opt_outs__2026-12-09": "true"}), HOLIDAY
    ).words == ("3 horários")


def test_a_far_or_impossible_day_breaks_nothing(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    for typed in ("9999-12-31", "0001-01-01", "2100-12-31", "2026-13-40"):
        seen = load_preview(session, graca, agenda_id, now, starts_on=typed)
        assert len(seen.weeks) == 4
