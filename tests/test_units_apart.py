"""A person of unit B and the things of unit A: for whom they do not exist, they are not found.

Every service that takes an actor is here: with a call on a thing of A, or with the reason why it
takes no unit's thing. A new one fails until it is placed.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from sqlmodel import Session

import canais_app
from canais_app.accounts.roles import Actor, Permission
from canais_app.agenda import access, chambers_desk, feeds, walk_ins
from canais_app.agenda.availability.rule_values import Terms
from canais_app.agenda.booking import approvals, booking, storage
from canais_app.agenda.models import AgendaBlock, AgendaDraft, AgendaSubstitute
from canais_app.agenda.rules import drafts, editor, permissions, preview, publishing, substitutes
from canais_app.agenda.rules.form_values import ParsedForm
from canais_app.agenda.rules.substitutes import SubstitutionRequest
from canais_app.agenda.rules.validation import ValidationContext
from canais_app.agenda.walk_ins import WalkInForm
from canais_app.complaints import triage
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.directory.editing import (
    change_log,
    corrections,
    history,
    locks,
    views,
)
from canais_app.directory.editing import (
    service as editing,
)
from canais_app.directory.editing.schemas import BaseVersion, ChannelForm, UnitForm
from canais_app.directory.models import Channel, ContactProposal, UnitChange, UnitKind
from canais_app.expediente import posting
from canais_app.expediente.posting import NoticeForm
from canais_app.expediente.rules import NoticeKind
from canais_app.kit import clock
from canais_app.kit.errors import (
    AppError,
    AuthenticationRequiredError,
    NotFoundError,
    PermissionDeniedError,
)
from tests.factories import accounts as factory
from tests.factories import agenda as make
from tests.factories import figures
from tests.people import CHAMBERS_A, CHAMBERS_B, MANAGER_A, MANAGER_B

ROOMS = ("agenda", "complaints", "directory", "expediente")


@dataclass
class World:
    """Things of unit A."""

    session: Session
    now: datetime
    code: str
    slug: str
    unit: int
    agenda: int
    appointment: int
    pending: int
    block: int
    substitute: int
    walk_in: int
    version: int
    channel: int
    change: int
    proposal: int
    drafter: int
    notice: str
    protocol: str


@pytest.fixture
def world(session: Session, now: datetime) -> World:
    """Unit A with one of everything; B beside it."""
    unit = factory.make_unit(session, "a", now=now)
    factory.make_unit(session, "b", now=now)
    graca = factory.make_actor(session, CHAMBERS_A, now=now)
    mauro = factory.make_actor(session, MANAGER_A, now=now)
    agenda = make.make_agenda(session, unit_id=unit.id)
    version = make.make_version(session, agenda, make.weekday_windows(), number=2)
    start = clock.from_wall_clock(clock.to_local_day(now) + timedelta(days=2), 14)
    times = (start, start + timedelta(hours=1))
    booked = [
        booking.book(
            session, agenda.slug, make.make_booking_request(at, oab_number=str(n + 1)), now=now
        )
        for n, at in enumerate(times)
    ]
    number = [_row_of(session, one.code) for one in booked]
    channel = Channel(unit_id=unit.id, kind="email", value="a@exemplo.invalid")
    change = UnitChange(
        unit_id=unit.id, field="room", before="1", after="2", version=2, at=now, actor="Mauro"
    )
    block = AgendaBlock(agenda_id=agenda.id, starts_at=start, ends_at=start)
    stand_in = AgendaSubstitute(
        agenda_id=agenda.id,
        unit_id=unit.id,
        first_day=clock.to_local_day(now),
        last_day=clock.to_local_day(now),
        created_at=now,
    )
    draft = AgendaDraft(agenda_id=agenda.id, staff_id=graca.staff_id, form={}, base=2, saved_at=now)
    for row in (channel, change, block, stand_in, draft):
        session.add(row)
    session.flush()
    proposal = ContactProposal(
        unit_id=unit.id, channel_id=channel.id, wrong="extinto", created_at=now
    )
    session.add(proposal)
    session.flush()
    arrived = walk_ins.add_walk_in(session, graca, agenda.id or 0, arrival(), now=now)
    posted = posting.publish_notice(session, mauro, notice(unit.id, now), now=now)
    report = figures.make_complaint(session, now, unit.id or 0, status=ComplaintStatus.FORWARDED)
    return World(
        session=session,
        now=now,
        code=unit.code,
        slug=agenda.slug,
        unit=unit.id or 0,
        agenda=agenda.id or 0,
        appointment=number[0],
        pending=number[1],
        block=block.id or 0,
        substitute=stand_in.id or 0,
        walk_in=arrived,
        version=version.id or 0,
        channel=channel.id or 0,
        change=change.id or 0,
        proposal=proposal.id or 0,
        drafter=graca.staff_id or 0,
        notice=posted.uid,
        protocol=report.protocol,
    )


def _row_of(session: Session, code: str) -> int:
    from sqlmodel import select

    from canais_app.agenda.models import Appointment

    return session.exec(select(Appointment.id).where(Appointment.code == code)).one() or 0


def arrival() -> WalkInForm:
    return WalkInForm.model_validate({"name": "Ana", "oab_number": "7", "oab_uf": "MT"})


def notice(unit_id: int | None, now: datetime) -> NoticeForm:
    return NoticeForm(
        kind=NoticeKind.MAINTENANCE, text="Linha muda", unit_id=unit_id, starts_at=now
    )


def handover() -> SubstitutionRequest:
    day = datetime(2026, 12, 1).date()  # noqa: DTZ001 (a day, whichever)
    return SubstitutionRequest(unit="unidade-b", first_day=day, last_day=day)


CHANNEL = ChannelForm.model_validate({"kind": "email", "value": "outro@exemplo.invalid"})
UNIT = UnitForm.model_validate({"name": "Outro nome", "kind": UnitKind.CHAMBERS})
BASIS = BaseVersion(version=1, seen=0)
CHECKED = publishing.CheckedForm(
    ParsedForm(Terms()), 0, ValidationContext(date.min, date.min, date.min)
)
Call = Callable[[World, Actor], Any]

# Of chambers: what a person of A's own may do, and one of B's finds nothing to do it to.
OF_CHAMBERS: dict[str, Call] = {
    "agenda.booking.approvals.list_requests": lambda w, a: approvals.list_requests(
        w.session, a, w.slug, now=w.now
    ),
    "agenda.booking.approvals.approve_request": lambda w, a: approvals.approve_request(
        w.session, a, w.pending, now=w.now
    ),
    "agenda.booking.approvals.refuse_request": lambda w, a: approvals.refuse_request(
        w.session, a, w.pending, "Não", now=w.now
    ),
    "agenda.chambers_desk.mark_attendance": lambda w, a: chambers_desk.mark_attendance(
        w.session, a, w.appointment, "attended", now=w.now
    ),
    "agenda.chambers_desk.cancel_as_chambers": lambda w, a: chambers_desk.cancel_as_chambers(
        w.session, a, w.appointment, "Férias", now=w.now
    ),
    "agenda.chambers_desk.suggest_alternatives": lambda w, a: chambers_desk.suggest_alternatives(
        w.session, a, w.appointment, now=w.now
    ),
    "agenda.chambers_desk.create_block": lambda w, a: chambers_desk.create_block(
        w.session, a, w.agenda, w.now, w.now + timedelta(hours=1), "Férias", now=w.now
    ),
    "agenda.chambers_desk.remove_block": lambda w, a: chambers_desk.remove_block(
        w.session, a, w.block, now=w.now
    ),
    "agenda.chambers_desk.load_desk": lambda w, a: chambers_desk.load_desk(
        w.session, a, w.agenda, now=w.now
    ),
    "agenda.chambers_desk.require_desk_access": lambda w, a: chambers_desk.require_desk_access(
        w.session, a, w.agenda, now=w.now
    ),
    "agenda.rules.drafts.save_draft": lambda w, a: drafts.save_draft(
        w.session, a, w.agenda, {}, 0, now=w.now
    ),
    "agenda.rules.drafts.discard_draft": lambda w, a: drafts.discard_draft(w.session, a, w.agenda),
    "agenda.rules.drafts.load_own_draft": lambda w, a: drafts.load_own_draft(
        w.session, a, w.agenda
    ),
    "agenda.rules.drafts.list_colleagues_drafts": lambda w, a: drafts.list_colleagues_drafts(
        w.session, a, w.agenda
    ),
    "agenda.rules.editor.load_editor": lambda w, a: editor.load_editor(
        w.session, a, w.agenda, now=w.now
    ),
    "agenda.rules.drafts.copy_draft": lambda w, a: drafts.copy_draft(
        w.session, a, w.agenda, w.drafter, now=w.now
    ),
    "agenda.rules.editor.load_changes_since": lambda w, a: editor.load_changes_since(
        w.session, a, w.agenda, 0
    ),
    "agenda.rules.editor.find_substitute_candidates": lambda w, a: (
        editor.find_substitute_candidates(w.session, a, w.agenda, "vara")
    ),
    "agenda.feeds.load_feed_view": lambda w, a: feeds.load_feed_view(w.session, a, w.agenda),
    "agenda.feeds.create_feed": lambda w, a: feeds.create_feed(w.session, a, w.agenda, now=w.now),
    "agenda.feeds.revoke_feed": lambda w, a: feeds.revoke_feed(w.session, a, w.agenda, now=w.now),
    "agenda.access.require_agenda": lambda w, a: access.require_agenda(
        w.session, a, w.agenda, Permission.EDIT_AGENDA, now=w.now
    ),
    "agenda.booking.storage.lock_for_staff": lambda w, a: storage.lock_for_staff(
        w.session, a, w.appointment, now=w.now
    ),
    "agenda.access.load_workable_appointment": lambda w, a: access.load_workable_appointment(
        w.session, a, w.appointment, now=w.now
    ),
    "agenda.access.require_rules_access": lambda w, a: access.require_rules_access(
        w.session, a, w.agenda
    ),
    "agenda.rules.preview.preview_rules": lambda w, a: preview.preview_rules(
        w.session, a, w.agenda, {}, now=w.now
    ),
    "agenda.rules.publishing.create_agenda": lambda w, a: publishing.create_agenda(
        w.session, a, w.unit, now=w.now
    ),
    "agenda.rules.publishing.check_form": lambda w, a: publishing.check_form(
        w.session, a, w.agenda, {}, 0, now=w.now
    ),
    "agenda.rules.publishing.publish_version": lambda w, a: publishing.publish_version(
        w.session, a, w.agenda, CHECKED, now=w.now
    ),
    "agenda.rules.publishing.unpublish_agenda": lambda w, a: publishing.unpublish_agenda(
        w.session, a, w.agenda, now=w.now
    ),
    "agenda.rules.publishing.withdraw_version": lambda w, a: publishing.withdraw_version(
        w.session, a, w.version, now=w.now
    ),
    "agenda.rules.permissions.load_for_editor": lambda w, a: permissions.load_for_editor(
        w.session, a, w.agenda, now=w.now
    ),
    "agenda.rules.substitutes.appoint_substitute": lambda w, a: substitutes.appoint_substitute(
        w.session, a, w.agenda, handover(), now=w.now
    ),
    "agenda.rules.substitutes.end_substitution": lambda w, a: substitutes.end_substitution(
        w.session, a, w.substitute, now=w.now
    ),
    "agenda.walk_ins.add_walk_in": lambda w, a: walk_ins.add_walk_in(
        w.session, a, w.agenda, arrival(), now=w.now
    ),
    "agenda.walk_ins.set_walk_in_status": lambda w, a: walk_ins.set_walk_in_status(
        w.session, a, w.walk_in, "called", now=w.now
    ),
}
# Of managers, the same.
OF_MANAGERS: dict[str, Call] = {
    "complaints.triage.move": lambda w, a: triage.move_complaint(
        w.session, a, w.protocol, ComplaintStatus.ANSWERED, "Consertado", now=w.now
    ),
    "directory.changes.held": lambda w, a: change_log.lock_unit(w.session, w.code, a),
    "directory.changes.found": lambda w, a: change_log.get_unit(w.session, w.code, a),
    "directory.contacts.confirm": lambda w, a: editing.confirm_contacts(
        w.session, w.code, actor=a, now=w.now
    ),
    "directory.editing.save_unit": lambda w, a: editing.save_unit(
        w.session, w.code, UNIT, BASIS, actor=a, now=w.now
    ),
    "directory.editing.save_channel": lambda w, a: editing.save_channel(
        w.session, w.code, w.channel, CHANNEL, BASIS, actor=a, now=w.now
    ),
    "directory.editing.add_channel": lambda w, a: editing.add_channel(
        w.session, w.code, CHANNEL, actor=a, now=w.now
    ),
    "directory.editing.retire_channel": lambda w, a: editing.retire_channel(
        w.session, w.code, w.channel, actor=a, now=w.now
    ),
    "directory.editing.shift_channel": lambda w, a: editing.reorder_channel(
        w.session, w.code, w.channel, up=True, actor=a, now=w.now
    ),
    "directory.history.undo": lambda w, a: history.undo_change(
        w.session, w.change, actor=a, now=w.now
    ),
    "directory.sheets.desk": lambda w, a: views.load_unit_editor(
        w.session, w.code, actor=a, now=w.now
    ),
    "directory.locks.take": lambda w, a: locks.acquire(w.session, w.code, actor=a, now=w.now),
    "directory.locks.release": lambda w, a: locks.release(w.session, w.code, actor=a),
    "directory.proposals.accept": lambda w, a: corrections.accept_correction(
        w.session, w.proposal, actor=a, now=w.now
    ),
    "directory.proposals.refuse": lambda w, a: corrections.refuse_correction(
        w.session, w.proposal, "Não é", actor=a, now=w.now
    ),
    "expediente.posting.post": lambda w, a: posting.publish_notice(
        w.session, a, notice(w.unit, w.now), now=w.now
    ),
    "expediente.posting.edit": lambda w, a: posting.edit_notice(
        w.session, a, w.notice, notice(w.unit, w.now), now=w.now
    ),
    "expediente.posting.end": lambda w, a: posting.end_notice(w.session, a, w.notice, now=w.now),
}
CALLS = {**OF_CHAMBERS, **OF_MANAGERS}

# Whatever takes an actor and no unit's thing, and why.
ELSEWHERE: dict[str, str] = {
    "agenda.access.accessible_agendas": "lists one's own",
    "agenda.access.can_work": "says whether; `require_agenda` and `lock_for_staff` refuse by it",
    "agenda.chambers_desk.list_desk_agendas": "lists one's own",
    "agenda.rules.editor.list_editable_chambers": "lists one's own",
    "complaints.figures.check": "no role of a unit sees the dashboard",
    "complaints.figures.choices": "the same",
    "complaints.figures.snapshot": "the same",
    "complaints.stats.count_by": "the same",
    "complaints.tables.file_of": "the same",
    "complaints.tables.read": "the same",
    "complaints.queries.detail": "no role of a unit triages",
    "complaints.listing.queue_page": "the same",
    "complaints.listing.queue_total": "the same",
    "complaints.triage.extend": "the same",
    "complaints.triage.write": "the same",
    "complaints.triage.open_identity": "no role of a unit opens identities",
    "directory.changes.mine": "says which units are one's own",
    "directory.files.drafts.drop": "no role of a unit brings files in",
    "directory.files.drafts.keep": "the same",
    "directory.files.drafts.preview": "the same",
    "directory.files.drafts.save": "the same",
    "directory.files.service.export_file": "the same",
    "directory.files.service.import_file": "the same",
    "directory.files.service.preview": "the same",
    "directory.freshness.behind": "one's own units, or all for whoever has no unit",
    "directory.freshness.behind_csv": "the same",
    "directory.freshness.table": "the same",
    "directory.freshness.table_csv": "the same",
    "directory.linter.lint": "the same",
    "directory.locks.come_back": "keeps one's own lock, or none",
    "directory.locks.ensure": "takes a unit that was found for this person",
    "directory.proposals.waiting": "lists one's own",
    "directory.listing.list_units": "lists one's own",
    "directory.listing.my_units": "lists one's own",
    "directory.listing.units_named": "names of units are public",
    "directory.synonyms.listed": "no role of a unit edits what the search understands",
    "directory.synonyms.remove": "the same",
    "directory.synonyms.save": "the same",
    "directory.synonyms.wait_for_search": "the same",
    "directory.tree.create": "no role of a unit shapes the tree",
    "directory.tree.move": "the same",
    "directory.tree.restore": "the same",
    "directory.tree.retire": "the same",
    "expediente.posting.may_post": "a question with an answer, no thing",
    "expediente.service.add_day": "no role of a unit edits the calendar",
    "expediente.service.change_day": "the same",
    "expediente.service.remove_day": "the same",
    "expediente.years.accept": "the same",
}


def _services() -> Iterator[str]:
    for room in ROOMS:
        for module in _business(f"{canais_app.__name__}.{room}"):
            for name, function in vars(module).items():
                own = inspect.isfunction(function) and function.__module__ == module.__name__
                if own and "actor" in inspect.signature(function).parameters and name[0] != "_":
                    yield f"{module.__name__.partition('.')[2]}.{name}"


def _business(package: str) -> Iterator[ModuleType]:
    """Import the modules of a room and of its sub-rooms; not those of its screens."""
    inside = list(pkgutil.iter_modules(importlib.import_module(package).__path__))
    if any(found.name == "page" for found in inside):
        return
    for found in inside:
        if found.ispkg:
            yield from _business(f"{package}.{found.name}")
        elif found.name != "pages":
            yield importlib.import_module(f"{package}.{found.name}")


def _person(name: str, unit: str) -> Any:
    if name in OF_CHAMBERS:
        return CHAMBERS_A if unit == "a" else CHAMBERS_B
    return MANAGER_A if unit == "a" else MANAGER_B


@pytest.mark.parametrize("name", sorted(CALLS))
def test_for_a_person_of_another_unit_the_thing_does_not_exist(world: World, name: str) -> None:
    stranger = factory.make_actor(world.session, _person(name, "b"), now=world.now)
    with pytest.raises(NotFoundError):
        CALLS[name](world, stranger)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_for_a_person_of_the_unit_it_does(world: World, name: str) -> None:
    """What was sent may be refused; the thing itself is found."""
    own = factory.make_actor(world.session, _person(name, "a"), now=world.now)
    try:
        CALLS[name](world, own)
    except (NotFoundError, PermissionDeniedError, AuthenticationRequiredError):
        raise
    except AppError:
        pass


def test_every_service_that_takes_an_actor_is_placed() -> None:
    placed = {*CALLS, *ELSEWHERE}
    assert set(_services()) - placed == set(), "new services: try them with another unit's things"
    assert placed - set(_services()) == set(), "placed, but no longer there"
