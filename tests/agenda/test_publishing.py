"""Publishing an agenda's rules: permissions, versions, drafts and existing appointments."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import PUBLIC, Actor
from canais_app.agenda import appointment_views, month_view, queries
from canais_app.agenda.booking import booking
from canais_app.agenda.chambers import chambers_desk
from canais_app.agenda.errors import AgendaNotFoundError, StaleRulesError
from canais_app.agenda.models import Agenda, AgendaDraft, AgendaVersion
from canais_app.agenda.rules import drafts, editor, form_values, publishing
from canais_app.agenda.rules.form_values import Form
from canais_app.directory.models import Channel, UnitKind
from canais_app.kit import clock, db
from canais_app.kit.errors import (
    AppError,
    AuthenticationRequiredError,
    ConflictError,
    InvalidError,
    NotFoundError,
    PermissionDeniedError,
)
from tests.factories import accounts
from tests.factories import agenda as factory
from tests.people import CHAMBERS_A, CHAMBERS_B, CORREGEDORIA, MANAGER_A

NEXT = date(2026, 12, 2)


@pytest.fixture
def graca(session: Session, now: datetime) -> Actor:
    return accounts.make_actor(session, CHAMBERS_A, now=now)


@pytest.fixture
def agenda_id(session: Session, graca: Actor, now: datetime) -> int:
    """Graça's new agenda, empty and unpublished."""
    unit = accounts.make_unit(session, "a", now=now)
    return publishing.create_agenda(session, graca, unit.id or 0, now=now)


FORM: Form = {
    "title": "Gabinete A",
    "modalities-telefone": "true",
    "slot_minutes": "20",
    "step_minutes": "20",
    "notice_minutes": "0",
    "cancel_notice": "0",
    "windows-0-weekday": "2",
    "windows-0-starts": "13:00",
    "windows-0-ends": "14:00",
}


def publish(
    session: Session, actor: Actor, agenda_id: int, now: datetime, base: int, **changes: str
) -> None:
    sent = FORM | {name.replace("__", "-"): value for name, value in changes.items()}
    publish_form(session, actor, agenda_id, sent, base, now)


def publish_form(
    session: Session, actor: Actor, agenda_id: int, form: Form, base: int, now: datetime
) -> None:
    checked = publishing.check_form(session, actor, agenda_id, form, base, now=now)
    publishing.publish_version(session, actor, agenda_id, checked, now=now)


def starts(session: Session, slug: str, day: date, now: datetime) -> list[str]:
    found = queries.list_open_slots(session, slug, day, day + timedelta(days=6), now=now)
    return [one.start[8:16] for one in found]


def test_a_new_agenda_is_hidden_until_it_is_published(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    with pytest.raises(AgendaNotFoundError):
        queries.load_agenda_view(session, "unidade-a", now=now)
    publish(session, graca, agenda_id, now, 0)
    assert starts(session, "unidade-a", clock.to_local_day(now), now) == [
        "25T13:00",
        "25T13:20",
        "25T13:40",
    ]


def test_publishing_opens_the_units_channel_and_unpublishing_closes_it(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    def shown() -> list[str]:
        every = session.exec(select(Channel)).all()
        return [one.value for one in every if one.retired_at is None]

    publish(session, graca, agenda_id, now, 0)
    assert shown() == ["/agenda/unidade-a"]
    publishing.unpublish_agenda(session, graca, agenda_id, now=now)
    assert shown() == []
    publish_form(session, graca, agenda_id, FORM, 1, now)
    assert shown() == ["/agenda/unidade-a"]
    assert len(session.exec(select(AgendaVersion)).all()) == 1  # the same rules, shown again


def test_a_gabinete_has_one_agenda(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    unit = accounts.make_unit(session, "a", now=now)
    with pytest.raises(ConflictError):
        publishing.create_agenda(session, graca, unit.id or 0, now=now)
    unit.kind = UnitKind.VARA
    with pytest.raises(NotFoundError):
        publishing.create_agenda(session, graca, unit.id or 0, now=now)


def test_a_version_is_in_force_from_its_first_day(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    publish(session, graca, agenda_id, now, 0)
    publish(
        session,
        graca,
        agenda_id,
        now,
        1,
        starts_on="2026-12-02",
        slot_minutes="30",
        step_minutes="30",
    )
    first = clock.to_local_day(now)
    assert starts(session, "unidade-a", first, now) == ["25T13:00", "25T13:20", "25T13:40"]
    assert starts(session, "unidade-a", NEXT, now) == ["02T13:00", "02T13:30"]
    rows = session.exec(select(AgendaVersion).order_by(AgendaVersion.number)).all()
    assert [(row.starts_on, row.ends_on) for row in rows] == [(first, NEXT), (NEXT, None)]


def test_todays_rules_can_change_while_a_later_version_waits(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    publish(session, graca, agenda_id, now, 0)
    publish(session, graca, agenda_id, now, 1, starts_on="2026-12-02", slot_minutes="30")
    publish(session, graca, agenda_id, now, 2, slot_minutes="60", step_minutes="60")
    assert starts(session, "unidade-a", clock.to_local_day(now), now) == ["25T13:00"]
    assert starts(session, "unidade-a", NEXT, now) == ["02T13:00", "02T13:20"]
    publish(session, graca, agenda_id, now, 3, starts_on="2026-12-02", windows__0__starts="13:20")
    assert starts(session, "unidade-a", NEXT, now) == ["02T13:20", "02T13:40"]
    lines = editor.load_editor(session, graca, agenda_id, now=now).versions
    assert [line.state for line in lines] == ["marcada", "atual", "substituída", "substituída"]


def test_a_version_not_yet_in_force_can_be_withdrawn(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    publish(session, graca, agenda_id, now, 0)
    publish(session, graca, agenda_id, now, 1, starts_on="2026-12-02", slot_minutes="30")
    first, second = session.exec(select(AgendaVersion).order_by(AgendaVersion.number)).all()
    publishing.withdraw_version(session, graca, second.id or 0, now=now)
    assert starts(session, "unidade-a", NEXT, now) == ["02T13:00", "02T13:20", "02T13:40"]
    for version in (first, second):
        with pytest.raises(InvalidError):
            publishing.withdraw_version(session, graca, version.id or 0, now=now)


def test_appointments_stay_and_show_as_conflicts_when_hours_change(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    publish(session, graca, agenda_id, now, 0)
    start = clock.from_wall_clock(date(2026, 11, 25), 13, 20)
    wish = factory.make_booking_request(start, modality="telefone")
    booked = booking.book(session, "unidade-a", wish, now=now)
    publish(session, graca, agenda_id, now, 1, windows__0__starts="15:00", windows__0__ends="16:00")
    assert (
        appointment_views.load_view_by_token(session, booked.token, now=now).status == "confirmed"
    )
    (day,) = [
        day
        for day in chambers_desk.load_desk(session, graca, agenda_id, now=now).days
        if day.people
    ]
    assert day.people[0].conflict == "fora das janelas"


def test_the_history_says_who_when_and_what(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    publish(session, graca, agenda_id, now, 0)
    publish(session, graca, agenda_id, now, 1, slot_minutes="30", title="Gabinete A, 1ª sala")
    newest = editor.load_editor(session, graca, agenda_id, now=now).versions[0]
    assert newest.who == "Graça, do gabinete A, 23/11/2026, às 14h"
    assert newest.changes == [
        "Duração: 20 minutos → 30 minutos",
        "Nome: Gabinete A → Gabinete A, 1ª sala",
        "Vale a partir de: — → 23/11/2026",
    ]
    entry = session.exec(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert entry.action == "publicou agenda"
    assert entry.changes["Duração"] == ["20 minutos", "30 minutos"]


def test_publishing_without_changes_is_refused(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    publish(session, graca, agenda_id, now, 0)
    with pytest.raises(InvalidError) as refused:
        publish(session, graca, agenda_id, now, 1)
    assert "Nada mudou" in refused.value.message


def test_a_stale_author_sees_the_changes_and_keeps_the_draft(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    other = accounts.make_actor(session, MANAGER_A, now=now)
    colleague = Actor(other.staff_id, "Outra pessoa", graca.grants)
    publish(session, graca, agenda_id, now, 0)
    drafts.save_draft(session, colleague, agenda_id, FORM | {"slot_minutes": "40"}, 1, now=now)
    publish(session, graca, agenda_id, now, 1, slot_minutes="30")
    with pytest.raises(StaleRulesError) as refused:
        publish(session, colleague, agenda_id, now, 1, slot_minutes="40")
    assert "Graça" in refused.value.message
    opened = editor.load_editor(session, colleague, agenda_id, now=now)
    assert opened.form["slot_minutes"] == "40"
    assert opened.changes[0] == "Duração: 20 minutos → 30 minutos"
    publish(session, colleague, agenda_id, now, opened.newest, slot_minutes="40")


def test_a_draft_lasts_until_published_and_colleagues_see_it(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    drafts.save_draft(session, graca, agenda_id, FORM | {"place": "Sala 9"}, 0, now=now)
    assert editor.load_editor(session, graca, agenda_id, now=now).form["place"] == "Sala 9"
    colleague = Actor(
        accounts.make_actor(session, MANAGER_A, now=now).staff_id, "Outra", graca.grants
    )
    opened = editor.load_editor(session, colleague, agenda_id, now=now)
    assert [line.words for line in opened.drafts] == ["Graça, do gabinete A, 23/11/2026, às 14h"]
    assert "Sala 9" not in opened.form.values()
    publish(session, graca, agenda_id, now, 0)
    assert session.exec(select(AgendaDraft)).all() == []


def test_contradictions_are_reported_and_nothing_is_stored(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    with pytest.raises(InvalidError) as refused:
        publish(
            session, graca, agenda_id, now, 0,
            title="", starts_on="2026-11-01", slot_minutes="90", modalities__video="true",
            registry="nao-existe", capacity="0",
        )  # fmt: skip
    assert set(refused.value.errors) == {
        "title", "starts_on", "windows-0-ends", "video_base_url", "capacity",
    }  # fmt: skip
    assert refused.value.message == "Falta corrigir 5 pontos para publicar."
    assert session.exec(select(AgendaVersion)).all() == []


def test_an_empty_agenda_is_not_published(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    sent = {name: value for name, value in FORM.items() if not name.startswith("windows")}
    with pytest.raises(InvalidError) as refused:
        publish_form(session, graca, agenda_id, sent, 0, now)
    assert list(refused.value.errors) == ["windows"]


def test_another_units_rules_do_not_exist(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    gil = accounts.make_actor(session, CHAMBERS_B, now=now)
    unit = accounts.make_unit(session, "a", now=now)
    publish(session, graca, agenda_id, now, 0)
    version = session.exec(select(AgendaVersion)).one().id or 0
    for knock in (
        lambda: editor.load_editor(session, gil, agenda_id, now=now),
        lambda: publish(session, gil, agenda_id, now, 1),
        lambda: publishing.unpublish_agenda(session, gil, agenda_id, now=now),
        lambda: publishing.withdraw_version(session, gil, version, now=now),
        lambda: drafts.save_draft(session, gil, agenda_id, FORM, 1, now=now),
        lambda: drafts.discard_draft(session, gil, agenda_id),
        lambda: publishing.create_agenda(session, gil, unit.id or 0, now=now),
        lambda: editor.find_substitute_candidates(session, gil, agenda_id, ""),
    ):
        with pytest.raises(NotFoundError):
            knock()
    assert editor.list_editable_chambers(session, gil)[0].agenda_id == 0


def test_strangers_and_other_roles_are_refused(
    session: Session, agenda_id: int, now: datetime
) -> None:
    celia = accounts.make_actor(session, CORREGEDORIA, now=now)
    with pytest.raises(AuthenticationRequiredError):
        publish(session, PUBLIC, agenda_id, now, 0)
    with pytest.raises(PermissionDeniedError):
        publish(session, celia, agenda_id, now, 0)
    with pytest.raises(PermissionDeniedError):
        editor.list_editable_chambers(session, celia)


def test_one_of_twenty_concurrent_publications_wins(any_database: str, now: datetime) -> None:
    def prepare(session: Session) -> tuple[Actor, int]:
        graca = accounts.make_actor(session, CHAMBERS_A, now=now)
        unit = accounts.make_unit(session, "a", now=now)
        made = publishing.create_agenda(session, graca, unit.id or 0, now=now)
        publish(session, graca, made, now, 0)
        return graca, made

    graca, agenda_id = db.write_sync(prepare)

    def rival(number: int) -> str:
        sent = FORM | {"slot_minutes": str(30 + number)}
        try:
            checked = db.read_sync(publishing.check_form, graca, agenda_id, sent, 1, now=now)
            db.write_sync(publishing.publish_version, graca, agenda_id, checked, now=now)
        except AppError as refusal:
            return type(refusal).__name__
        return "published"

    with ThreadPoolExecutor(20) as pool:
        said = list(pool.map(rival, range(20)))
    assert sorted(said) == ["StaleRulesError"] * 19 + ["published"]
    with Session(db.get_engine()) as session:
        rows = session.exec(select(AgendaVersion).order_by(AgendaVersion.number)).all()
    assert [(row.number, row.ends_on) for row in rows] == [(1, rows[0].starts_on), (2, None)]


def test_a_check_is_void_once_somebody_else_published(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    publish(session, graca, agenda_id, now, 0)
    sent = FORM | {"slot_minutes": "30"}
    checked = publishing.check_form(session, graca, agenda_id, sent, 1, now=now)
    publish(session, graca, agenda_id, now, 1, slot_minutes="15")
    with pytest.raises(StaleRulesError):
        publishing.publish_version(session, graca, agenda_id, checked, now=now)


def test_a_check_is_void_once_the_versions_it_saw_were_withdrawn(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    publish(session, graca, agenda_id, now, 0)
    publish(session, graca, agenda_id, now, 1, slot_minutes="15", starts_on="2026-12-15")
    sent = FORM | {"slot_minutes": "30"}
    checked = publishing.check_form(session, graca, agenda_id, sent, 2, now=now)
    later = session.exec(select(AgendaVersion).where(AgendaVersion.number == 2)).one()
    publishing.withdraw_version(session, graca, later.id or 0, now=now)
    with pytest.raises(ConflictError):
        publishing.publish_version(session, graca, agenda_id, checked, now=now)
    assert len(session.exec(select(AgendaVersion)).all()) == 2


def test_rules_form_is_what_the_editor_opens_with(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    publish(session, graca, agenda_id, now, 0)
    opened = editor.load_editor(session, graca, agenda_id, now=now)
    with pytest.raises(InvalidError):  # nothing changed by opening it
        publish_form(session, graca, agenda_id, opened.form, 1, now)
    assert form_values.parse_rules_form(opened.form).errors == {}


def test_open_pickers_of_an_unpublished_agenda_show_no_free_day(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    publish(session, graca, agenda_id, now, 0)
    publishing.unpublish_agenda(session, graca, agenda_id, now=now)
    board = month_view.load_month_by_id(session, agenda_id, clock.to_local_day(now), now=now)
    assert {day.free for day in board.days} == {0}


def test_the_command_line_and_the_api_list_what_was_published(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    publish(session, graca, agenda_id, now, 0)
    agenda = session.get_one(Agenda, agenda_id)
    board = month_view.load_month_by_id(session, agenda.id or 0, clock.to_local_day(now), now=now)
    listed = [t.start for times in board.times.values() for t in times]
    found = queries.list_open_slots(
        session, agenda.slug, clock.to_local_day(now), date(2026, 12, 20), now=now
    )
    assert [one.start for one in found] == listed


def test_kinds_of_attendance_are_published_offered_and_kept_by_the_next_version(
    session: Session, graca: Actor, agenda_id: int, now: datetime
) -> None:
    """The editor once dropped them: publishing anything else took them away."""
    kinds = {
        "kinds-0-name": "Conversa",
        "kinds-1-name": "Despacho de urgência",
        "kinds-1-minutes": "10",
        "kinds-1-needs_approval": "true",
    }
    publish_form(session, graca, agenda_id, FORM | kinds, 0, now)
    opened = editor.load_editor(session, graca, agenda_id, now=now)
    assert opened.form["kinds-1-name"] == "Despacho de urgência"
    publish_form(session, graca, agenda_id, opened.form | {"capacity": "2"}, 1, now)
    opened = editor.load_editor(session, graca, agenda_id, now=now)
    slug = session.get_one(Agenda, agenda_id).slug
    view = queries.load_agenda_view(session, slug, now=now)
    assert [(kind.name, kind.minutes, kind.needs_approval) for kind in view.kinds] == [
        ("Conversa", 20, False),
        ("Despacho de urgência", 10, True),
    ]
    assert "Tipos de atendimento: — → Conversa; Despacho" in " ".join(
        line for version in opened.versions for line in version.changes
    )
