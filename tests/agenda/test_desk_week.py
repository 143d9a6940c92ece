"""The desk as a week: free, held, booked and blocked times; moves, notes, weekly blocks, files."""

import zipfile
from datetime import date, datetime, time, timedelta
from functools import partial
from io import BytesIO

import pytest
from sqlmodel import Session, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import Actor
from canais_app.agenda import appointment_views, queries
from canais_app.agenda.availability.rule_values import AttendanceKind
from canais_app.agenda.booking import booking, holds
from canais_app.agenda.chambers import (
    blocks,
    chambers_changes,
    chambers_desk,
    desk_booking,
    desk_export,
)
from canais_app.agenda.errors import SlotTakenError
from canais_app.agenda.models import Agenda, AgendaBlock, Appointment
from canais_app.kit import clock
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.outbox.models import OutboxMessage
from tests.factories import accounts
from tests.factories import agenda as make
from tests.factories.outbox import payload_of
from tests.people import CHAMBERS_A

MINUTE = 0.095  # rem


@pytest.fixture
def graca(session: Session, now: datetime) -> Actor:
    return accounts.make_actor(session, CHAMBERS_A, now=now)


@pytest.fixture
def agenda(session: Session, now: datetime) -> Agenda:
    unit = accounts.make_unit(session, "a", now=now)
    windows = make.weekday_windows(time(13), time(15))
    return make.make_agenda(session, windows, unit_id=unit.id, capacity=1)


@pytest.fixture
def day(now: datetime) -> date:
    """The Tuesday after the test's Monday."""
    return now.date() + timedelta(days=1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return clock.from_wall_clock(day, hour, minute)


def book(session: Session, agenda: Agenda, start: datetime, now: datetime) -> Appointment:
    made = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    return session.exec(select(Appointment).where(Appointment.code == made.code)).one()


def column(session: Session, actor: Actor, agenda: Agenda, day: date, now: datetime):  # noqa: ANN201
    """The day's column of the grid."""
    desk = chambers_desk.load_desk(session, actor, agenda.id or 0, now=now)
    days = [one for week in desk.weeks for one in week.days]
    return next(one for one in days if one.iso == day.isoformat())


def test_the_grid_shows_what_is_free_held_booked_and_blocked(
    session: Session, graca: Actor, agenda: Agenda, now: datetime, day: date
) -> None:
    row = book(session, agenda, at(day, 13, 20), now)
    holds.hold_slot(session, agenda.slug, at(day, 13, 40), "video", now=now)
    blocks.create_block(session, graca, agenda.id or 0, at(day, 14, 40), at(day, 16), "", now=now)
    shown = column(session, graca, agenda, day, now)
    marks = [(one.kind, one.words, one.id) for one in shown.marks]
    assert marks == [
        ("free", "1 livre", 0),
        ("held", "em preenchimento", 0),
        ("free", "2 livres", 0),
        ("booked", "Pessoa de demonstração", row.id),
    ]
    booked = shown.marks[-1]
    assert booked.top == f"{80 * MINUTE:.3f}rem"  # the grid begins an hour before 13h
    assert booked.height == f"{20 * MINUTE:.3f}rem"
    assert [one.kind for one in shown.ground] == ["open", "blocked"]
    assert shown.ground[1].height == f"{20 * MINUTE:.3f}rem"  # what of it is in the window
    assert shown.summary == "1 · 3 livres"


def test_a_block_over_a_booking_is_a_conflict_and_the_past_has_none(
    session: Session, graca: Actor, agenda: Agenda, now: datetime, day: date
) -> None:
    row = book(session, agenda, at(day, 13), now)
    blocks.create_block(session, graca, agenda.id or 0, at(day, 13), at(day, 14), "", now=now)
    shown = column(session, graca, agenda, day, now)
    assert (shown.conflicts, shown.marks[-1].kind) == (1, "conflict")
    later = at(day, 13, 10)
    assert column(session, graca, agenda, day, later).marks[-1].kind == "now"
    chambers_desk.mark_attendance(session, graca, row.id or 0, "missed", now=later)
    assert column(session, graca, agenda, day, later).marks[-1].kind == "missed"


def test_people_at_the_same_time_stand_side_by_side(
    session: Session, graca: Actor, now: datetime, day: date
) -> None:
    unit = accounts.make_unit(session, "a", now=now)
    agenda = make.make_agenda(session, unit_id=unit.id, capacity=2)
    book(session, agenda, at(day, 13), now)
    booking.book(
        session, agenda.slug, make.make_booking_request(at(day, 13), oab_number="2"), now=now
    )
    marks = [one for one in column(session, graca, agenda, day, now).marks if one.id]
    assert [(one.left, one.width) for one in marks] == [("0.00%", "50.00%"), ("50.00%", "50.00%")]


def test_the_gabinete_moves_an_appointment_and_everybody_is_told(
    session: Session, graca: Actor, agenda: Agenda, now: datetime, day: date
) -> None:
    row = book(session, agenda, at(day, 13), now)
    other = booking.book(
        session, agenda.slug, make.make_booking_request(at(day, 14), oab_number="2"), now=now
    )
    times = chambers_changes.list_move_times(session, graca, row.id or 0, now=now)
    assert at(day, 13, 20) in times
    assert at(day, 13) not in times
    assert other.start not in times
    chambers_changes.move_as_chambers(session, graca, row.id or 0, at(day, 13, 20), now=now)
    assert (row.starts_at, row.ics_sequence) == (at(day, 13, 20), 1)
    told = [one.message_id for one in session.exec(select(OutboxMessage))]
    assert [one for one in told if "appointment_moved" in one and "lawyer" in one]
    free = queries.list_open_slots(session, agenda.slug, day, day, now=now)
    assert at(day, 13) in [datetime.fromisoformat(slot.start) for slot in free]
    with pytest.raises(SlotTakenError):
        chambers_changes.move_as_chambers(session, graca, row.id or 0, other.start, now=now)
    with pytest.raises(InvalidError):
        chambers_changes.move_as_chambers(
            session, graca, row.id or 0, at(day, 14, 20), now=at(day, 13, 30)
        )


def test_a_note_is_the_gabinetes_only(
    session: Session, graca: Actor, agenda: Agenda, now: datetime, day: date
) -> None:
    row = book(session, agenda, at(day, 13), now)
    chambers_changes.save_note(session, graca, row.id or 0, " Trazer os autos ", now=now)
    item = chambers_desk.load_desk_item(session, graca, row.id or 0, now=now)
    assert item.note == "Trazer os autos"
    entries = session.exec(select(AuditEntry)).all()
    assert "Trazer" not in repr(entries)
    with pytest.raises(InvalidError):
        chambers_changes.save_note(session, graca, row.id or 0, "x" * 1001, now=now)


def test_weekly_blocks_are_one_row_and_go_together(
    session: Session, graca: Actor, agenda: Agenda, now: datetime, day: date
) -> None:
    start, end = at(day, 13), at(day, 14)
    work = blocks.create_block
    work(session, graca, agenda.id or 0, start, end, "Sessão", now=now, weeks=8)
    rows = session.exec(select(AgendaBlock).order_by(AgendaBlock.starts_at)).all()  # pyright: ignore[reportArgumentType]
    assert [one.starts_at for one in rows] == [start + timedelta(weeks=n) for n in range(8)]
    (shown,) = queries.load_blocks(session, agenda.id or 0, now=now)
    last = day + timedelta(weeks=7)
    assert shown.words.endswith(f"nas semanas seguintes até {last:%d/%m/%Y}")
    blocks.remove_block(session, graca, shown.id, now=now)
    assert session.exec(select(AgendaBlock)).all() == []
    for weeks in (0, 53):
        with pytest.raises(InvalidError):
            work(session, graca, agenda.id or 0, start, end, "", now=now, weeks=weeks)


def test_the_desk_says_who_comes_next_and_that_free_times_run_out(
    session: Session, graca: Actor, agenda: Agenda, now: datetime, day: date
) -> None:
    book(session, agenda, at(day, 13), now)
    load, number = chambers_desk.load_desk, agenda.id or 0
    early = load(session, graca, number, now=at(day, 12))
    assert early.upcoming == "Próximo, às 13h: abrir a sala de vídeo · Pessoa de demonstração"
    assert load(session, graca, number, now=at(day, 13, 5)).upcoming.startswith("Agora, às 13h")
    assert load(session, graca, number, now=at(day, 14)).upcoming == ""
    assert early.free_warning == ""
    until = at(day + timedelta(days=14), 18)
    blocks.create_block(session, graca, number, now, until, "Férias", now=now)
    warning = load(session, graca, number, now=now).free_warning
    assert "nos próximos 10 dias não há nenhum" in warning


def test_the_files_hold_the_appointments_and_the_figures(
    session: Session, graca: Actor, agenda: Agenda, now: datetime, day: date
) -> None:
    row = book(session, agenda, at(day, 13), now)
    row.preferences, row.access_needs = ["idoso"], ["libras"]
    row.lawyer_outcome = "not_attended"
    later = at(day, 14)
    chambers_desk.mark_attendance(session, graca, row.id or 0, "attended", now=later)
    number = agenda.id or 0
    figures = {
        one.name: one.value for one in desk_export.load_figures(session, graca, number, now=later)
    }
    assert figures["Vieram"] == "1 de 1 (100%)"
    assert figures["Faltaram"] == "0 de 1 (0%)"
    assert figures["Quem marcou diz que ninguém atendeu"] == "1"
    assert figures["Preferência: Pessoa idosa (60 anos ou mais)"] == "1"
    assert figures["Acessibilidade: Intérprete de Libras"] == "1"
    files = {
        name: desk_export.prepare_file(session, graca, number, name, now=later)()[0]
        for name in desk_export.RENDERERS
    }
    line = files["agenda.csv"].decode()
    assert "Pessoa de demonstração;OAB " in line
    assert "Intérprete de Libras" in line
    assert "ninguém atendeu" in line
    book_parts = zipfile.ZipFile(BytesIO(files["agenda.xlsx"])).namelist()
    assert "xl/worksheets/sheet2.xml" in book_parts
    assert files["agenda.pdf"].startswith(b"%PDF")
    actions = session.exec(select(AuditEntry.action)).all()
    assert actions.count("exportou agenda") == 3
    with pytest.raises(NotFoundError):
        desk_export.prepare_file(session, graca, number, "outro.csv", now=later)


def test_the_gabinete_books_for_who_telephones_and_everybody_is_told(
    session: Session, graca: Actor, agenda: Agenda, now: datetime, day: date
) -> None:
    agenda_id = agenda.id or 0
    choices = desk_booking.list_choices(session, graca, agenda_id, "", now=now)
    assert at(day, 13) in choices.starts
    assert choices.kinds == ["Atendimento"]
    request = make.make_booking_request(at(day, 13), email="balcao@exemplo.invalid")
    number = desk_booking.book_as_chambers(session, graca, agenda_id, request, now=now)
    row = session.get_one(Appointment, number)
    unit = queries.load_by_id(session, agenda_id, now=now).unit.name
    assert (row.status, row.booked_by_name) == ("confirmed", unit)
    (letter,) = session.exec(select(OutboxMessage)).all()  # the test's gabinete has no mailbox
    assert letter.recipient == "balcao@exemplo.invalid"
    assert f"Marcado por: {unit}" in payload_of(letter).text
    with pytest.raises(SlotTakenError):
        desk_booking.book_as_chambers(session, graca, agenda_id, request, now=now)
    assert "marcou por quem pediu" in [one.action for one in session.exec(select(AuditEntry))]


def test_the_gabinete_books_a_kind_that_asks_for_the_case_with_its_number(
    session: Session, graca: Actor, agenda: Agenda, now: datetime, day: date
) -> None:
    kinds = (AttendanceKind(name="Despacho", needs_case_number=True),)
    other = make.make_agenda(session, unit_id=agenda.unit_id, kinds=kinds)
    request = make.make_booking_request(at(day, 13), case_number="")
    with pytest.raises(InvalidError) as refused:
        desk_booking.book_as_chambers(session, graca, other.id or 0, request, now=now)
    assert refused.value.errors.keys() == {"case_number"}


def test_a_link_of_one_appointment_is_told_once_and_the_moderators_to_nobody(
    session: Session, graca: Actor, agenda: Agenda, now: datetime, day: date
) -> None:
    row = book(session, agenda, at(day, 13), now)
    before, sequence = len(session.exec(select(OutboxMessage)).all()), row.ics_sequence
    own, secret = "https://sala.exemplo.invalid/a?b=%7bc%7d", "https://sala.exemplo.invalid/chefe"
    set_links = partial(chambers_changes.set_links, session, graca, row.id or 0, now=now)
    with pytest.raises(InvalidError) as wrong:
        set_links("http://sala.exemplo.invalid", "")
    assert wrong.value.errors.keys() == {"video_link"}
    assert set_links(own, secret)
    told = session.exec(select(OutboxMessage)).all()[before:]
    assert {one.kind for one in told} == {"appointment_changed"}
    assert len({(one.party, one.recipient) for one in told}) == len(told)
    assert row.ics_sequence == sequence + 1
    assert not set_links(own, secret + "2")  # the moderator's alone: nobody else is concerned
    assert len(session.exec(select(OutboxMessage)).all()) == before + len(told)
    view = appointment_views.load_view_by_id(session, row.id or 0, now=now)
    assert view.video_url == own
    assert secret not in str(view)
    assert all(secret not in str(payload_of(one)) for one in told)
    item = chambers_desk.load_desk_item(session, graca, row.id or 0, now=now)
    assert (item.room, item.moderator_link) == (own, secret + "2")
