"""The demonstration: real tree, fictitious contacts, consistent counts, refused in production."""

import re
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlmodel import Session, func, select

from canais_app import demo
from canais_app.accounts import passwords
from canais_app.accounts.models import Staff, StaffRole
from canais_app.accounts.roles import SCOPED_ROLES, Role
from canais_app.agenda.availability import rule_values
from canais_app.agenda.models import Agenda, AgendaVersion, Appointment
from canais_app.complaints.models import Complaint, ComplaintEvent, ComplaintHour
from canais_app.demo import seed
from canais_app.directory.models import Channel, Comarca, Unit
from canais_app.expediente.calendar import Location
from canais_app.expediente.queries import load_calendar
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError
from canais_app.settings import Settings

# One sowing for all these tests: they only read.
MONDAY = datetime(2026, 11, 23, 14, 0, tzinfo=clock.TZ)


@pytest.fixture
def sown(session: Session) -> Session:
    demo.seed_demo(session, MONDAY)
    return session


def test_the_demonstration_is_complete_and_consistent(sown: Session) -> None:
    units = sown.exec(select(Unit)).all()
    assert len(units) >= 600
    installed = sown.exec(select(Comarca.id).where(Comarca.installed)).all()
    assert len(installed) == 79
    assert {u.comarca_id for u in units} == {*installed, None}
    _check_paths(units)
    _check_sectors(units)
    _check_contacts(sown, units)
    _check_agendas(sown)
    _check_complaints(sown)
    _check_outages(sown)
    _check_staff(sown)


def _check_paths(units: list[Unit]) -> None:
    by_id = {u.id: u for u in units}
    for unit in units:
        above = by_id[unit.parent_id].path if unit.parent_id else "/"
        assert unit.path == f"{above}{unit.id}/"


def _check_sectors(units: list[Unit]) -> None:
    below: dict[int | None, Counter[str]] = {}
    for unit in units:
        below.setdefault(unit.parent_id, Counter())[unit.kind] += 1
    for unit in units:
        if unit.kind in ("vara", "juizado", "nucleo"):
            assert below[unit.id] == {"secretaria": 1, "gabinete": 1}, unit.name
        if unit.kind in ("camara", "turma_recursal"):
            assert below[unit.id] == {"secretaria": 1, "gabinete": 3}, unit.name
    chambers = Counter(u.name.split("ª ")[1] for u in units if u.kind == "camara")
    assert sorted(chambers.values()) == [3, 4, 5]


def _check_contacts(session: Session, units: list[Unit]) -> None:
    kinds = {u.id: u for u in units}
    found: dict[int, set[str]] = {}
    for channel in session.exec(select(Channel)):
        unit = kinds[channel.unit_id]
        found.setdefault(channel.unit_id, set()).add(channel.kind)
        if not unit.is_demo:
            assert channel.value in ("+558006471420", "ouvidoria@tjmt.jus.br")
        elif channel.kind in ("telefone", "whatsapp"):
            assert re.fullmatch(r"\+55(65|66)3000\d{4}", channel.value)
        elif channel.kind == "email":
            assert channel.value.endswith("@exemplo.invalid")
        elif channel.kind == "balcao_virtual":
            assert channel.value.startswith("https://balcao.exemplo.invalid/")
            assert unit.kind == "secretaria"
        else:
            assert channel.value.startswith("/agenda/")
            assert unit.kind == "gabinete"
    assert all({"telefone", "email"} <= found[u.id or 0] for u in units)
    assert all("balcao_virtual" in found[u.id or 0] for u in units if u.kind == "secretaria")


def _check_agendas(session: Session) -> None:
    agendas = session.exec(select(Agenda).where(Agenda.published)).all()
    assert len(agendas) == 60
    kinds = {u.id: u.kind for u in session.exec(select(Unit))}
    assert {kinds[a.unit_id] for a in agendas} == {"gabinete"}
    assert {kinds[a.registry_unit_id] for a in agendas} == {"secretaria"}
    versions = {
        v.agenda_id: rule_values.parse_terms(v.terms) for v in session.exec(select(AgendaVersion))
    }
    assert set(versions) == {a.id for a in agendas}
    assert len({its.slot_minutes for its in versions.values()}) > 1
    assert all(its.windows for its in versions.values())
    by_agenda: dict[int, list[Appointment]] = {}
    for row in session.exec(select(Appointment).order_by(Appointment.starts_at)):
        by_agenda.setdefault(row.agenda_id, []).append(row)
        assert row.email.endswith("@exemplo.invalid")
        assert "demonstração" in row.name
        assert row.case_number == ""
    calendar = load_calendar(session)
    for rows in by_agenda.values():
        assert all(one.busy_until <= other.busy_from for one, other in pairwise(rows))
        assert all(calendar.open_state_at(r.starts_at, Location()).is_open for r in rows)


def _check_complaints(session: Session) -> None:
    complaints = session.exec(select(Complaint)).all()
    first = min(c.occurred_at for c in complaints)
    assert timedelta(days=118) < MONDAY - first <= timedelta(days=120)
    assert max(c.created_at for c in complaints) <= MONDAY
    counted: Counter[tuple[int, int, str, str]] = Counter()
    for c in complaints:
        counted[clock.hour_number(c.occurred_at), c.unit_id, c.channel, c.kind] += 1
    rolled = {
        (h.hour, h.unit_id, h.channel, h.kind): h.count for h in session.exec(select(ComplaintHour))
    }
    assert rolled == counted
    have = set(session.exec(select(Channel.unit_id, Channel.kind)).all())
    assert {(c.unit_id, c.channel) for c in complaints} <= have
    received = select(func.count()).where(ComplaintEvent.to_status == "recebida")
    assert session.exec(received).one() == len(complaints)
    pending = [c for c in complaints if c.status in ("em_analise", "encaminhada")]
    assert {c.due_at < MONDAY for c in pending} == {True, False}
    assert any(c.owner_id for c in pending)
    assert any(c.is_unread for c in pending)
    answered = [c for c in complaints if c.answered_at]
    assert {c.is_on_time for c in answered} == {True, False}
    assert {c.is_resolved for c in answered} == {True, False, None}
    local = [clock.to_local(c.occurred_at) for c in complaints]
    open_share = sum(12 <= at.hour < 19 and at.weekday() < 5 for at in local) / len(local)
    assert open_share > 0.85


def _check_outages(session: Session) -> None:
    for slug, channel, kind, least in (
        ("2a-vara-de-familia-de-varzea-grande-secretaria", "whatsapp", "sem_resposta", 14),
        ("juizado-especial-criminal-de-sinop-secretaria", "balcao_virtual", "caiu_no_meio", 11),
    ):
        unit = session.exec(select(Unit).where(Unit.slug == slug)).one()
        recent = select(func.count()).where(
            Complaint.unit_id == unit.id,
            Complaint.channel == channel,
            Complaint.kind == kind,
            Complaint.occurred_at > MONDAY - timedelta(hours=3),
        )
        assert session.exec(recent).one() >= least


def _check_staff(session: Session) -> None:
    roles = {
        email: (role, unit)
        for email, role, unit in session.exec(
            select(Staff.email, StaffRole.role, StaffRole.unit_id).join(
                StaffRole, StaffRole.staff_id == Staff.id
            )
        )
    }
    assert set(roles) == {f"{role}@exemplo.invalid" for role in Role}
    assert {role for role, unit in roles.values() if unit} == SCOPED_ROLES
    kept = session.exec(select(Staff.password_hash)).first()
    assert passwords.verify_password(demo.DEMO_PASSWORD, kept or "")[0]


def test_marcelandia_is_closed_without_an_end(sown: Session) -> None:
    place = Location(sown.exec(select(Comarca.id).where(Comarca.slug == "marcelandia")).one())
    state = load_calendar(sown).open_state_at(MONDAY, place)
    assert not state.is_open
    assert state.next_change is None
    assert "sem energia" in state.reason


def test_seeding_twice_changes_nothing(sown: Session) -> None:
    before = sown.exec(select(func.count()).select_from(Complaint)).one()
    again = demo.seed_demo(sown, MONDAY)
    assert not again.sown
    assert len(again.log_ins) == 5
    assert sown.exec(select(func.count()).select_from(Complaint)).one() == before


def test_the_same_moment_gives_the_same_data(database: object) -> None:
    def names() -> list[object]:
        with Session(db.get_engine()) as session:
            demo.seed_demo(session, MONDAY)
            codes = session.exec(select(Appointment.code, Appointment.starts_at)).all()
            told = session.exec(select(Complaint.protocol, Complaint.occurred_at)).all()
            session.rollback()
        return [codes, told]

    assert names() == names()


def test_production_refuses_the_demonstration(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = Settings(
        profile="production",
        secret_key="x" * 40,  # pyright: ignore[reportArgumentType]
        public_url="https://canais.exemplo.invalid",
        rate_limits="on",
    )
    monkeypatch.setattr(seed, "settings", lambda: live)
    with pytest.raises(AppError, match="recusados em produção"):
        demo.seed_demo(session, MONDAY)
    assert session.exec(select(func.count()).select_from(Unit)).one() == 0
