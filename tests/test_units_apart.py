"""A person of unit B and the things of unit A: the services answer that they do not exist.

Every service that takes an actor is listed here: in CHAMBERS or MANAGERS with what it is called
with, or in EXEMPT with the reason why it takes nothing of a unit. A new one fails until listed.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from sqlmodel import Session, select

import canais_app
from canais_app.accounts.roles import Actor, Permission
from canais_app.agenda import access, consequences, feeds
from canais_app.agenda import oversight_queries as oversight
from canais_app.agenda.availability.rule_values import Terms
from canais_app.agenda.booking import approvals, booking, storage
from canais_app.agenda.busy import service as busy
from canais_app.agenda.busy.service import CalendarForm
from canais_app.agenda.chambers import (
    blocks,
    chambers_changes,
    chambers_desk,
    desk_booking,
    desk_export,
    staff_bookings,
    walk_ins,
)
from canais_app.agenda.chambers.walk_ins import WalkInForm
from canais_app.agenda.models import AgendaBlock, AgendaDraft, AgendaSubstitute, Appointment
from canais_app.agenda.rules import drafts, editor, permissions, preview, publishing, substitutes
from canais_app.agenda.rules.form_values import ParsedForm
from canais_app.agenda.rules.substitutes import SubstitutionRequest
from canais_app.agenda.rules.validation import ValidationContext
from canais_app.agenda.slot_queries import parse_time_range
from canais_app.complaints import attachments
from canais_app.complaints import queries as complaint_queries
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.situations import (
    alarm_rules,
    appointments,
    incident_detail,
    incident_members,
    incidents,
    unit_side,
)
from canais_app.complaints.situations import detail as situation_detail
from canais_app.complaints.situations import listing as situation_listing
from canais_app.complaints.situations import service as situations
from canais_app.complaints.statistics import summary
from canais_app.complaints.triage import (
    answer_templates,
    bulk,
    case,
    duplicates,
    listing,
    menu_counts,
    presence,
    records,
    saved_views,
    unit_inbox,
)
from canais_app.complaints.triage import service as triage
from canais_app.directory import linter, synonyms
from canais_app.directory.editing import (
    change_log,
    corrections,
    history,
    locks,
    tree,
    verification,
    views,
)
from canais_app.directory.editing import service as editing
from canais_app.directory.editing.schemas import BaseVersion, ChannelForm, UnitForm
from canais_app.directory.models import Channel, ContactProposal, UnitChange, UnitKind
from canais_app.directory.spreadsheet import pending_imports
from canais_app.directory.spreadsheet import service as spreadsheet
from canais_app.expediente import posting, years
from canais_app.expediente import service as calendar
from canais_app.expediente.posting import NoticeForm
from canais_app.expediente.rules import NoticeKind
from canais_app.kit import clock
from canais_app.kit.errors import (
    AppError,
    AuthenticationRequiredError,
    NotFoundError,
    PermissionDeniedError,
)
from canais_app.webhooks import service as webhooks
from tests.factories import accounts as factory
from tests.factories import agenda as make
from tests.factories import figures
from tests.factories.situations import make_incident
from tests.people import CHAMBERS_A, CHAMBERS_B, MANAGER_A, MANAGER_B

ROOMS = ("webhooks", "agenda", "complaints", "directory", "expediente")
Things = dict[str, Any]
Service = Callable[..., Any]


@pytest.fixture
def things(session: Session, now: datetime) -> Things:
    """Return one of everything of unit A, by the name of the parameter that takes it."""
    unit = factory.make_unit(session, "a", now=now)
    factory.make_unit(session, "b", now=now)
    chambers = factory.make_actor(session, CHAMBERS_A, now=now)
    manager = factory.make_actor(session, MANAGER_A, now=now)
    agenda = make.make_agenda(session, unit_id=unit.id)
    version = make.make_version(session, agenda, make.weekday_windows(), number=2)
    today = clock.to_local_day(now)
    start = clock.from_wall_clock(today + timedelta(days=2), 14)
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    appointment = session.exec(select(Appointment).where(Appointment.code == booked.code)).one()
    channel = Channel(unit_id=unit.id, kind="email", value="a@exemplo.invalid")
    change = UnitChange(
        unit_id=unit.id, field="room", before="1", after="2", version=2, at=now, actor="Mauro"
    )
    block = AgendaBlock(agenda_id=agenda.id, starts_at=start, ends_at=start)
    substitute = AgendaSubstitute(
        agenda_id=agenda.id, unit_id=unit.id, first_day=today, last_day=today, created_at=now
    )
    draft = AgendaDraft(
        agenda_id=agenda.id, staff_id=chambers.staff_id, form={}, base=2, saved_at=now
    )
    session.add_all((channel, change, block, substitute, draft))
    session.flush()
    proposal = ContactProposal(
        unit_id=unit.id, channel_id=channel.id, wrong="extinto", created_at=now
    )
    session.add(proposal)
    session.flush()
    posted = posting.publish_notice(session, manager, notice(unit.id, now), now=now)
    report = figures.make_complaint(session, now, unit.id or 0, status=ComplaintStatus.FORWARDED)
    report.forwarded_at = now
    make_incident(session, (unit, "email"), now=now)
    return {
        "session": session,
        "now": now,
        "code": unit.code,
        "slug": agenda.slug,
        "unit_id": unit.id,
        "agenda_id": agenda.id,
        "appointment_id": appointment.id,
        "block_id": block.id,
        "substitute_id": substitute.id,
        "walk_in_id": walk_ins.add_walk_in(session, chambers, agenda.id or 0, ARRIVAL, now=now),
        "version_id": version.id,
        "channel_id": channel.id,
        "change_id": change.id,
        "proposal_id": proposal.id,
        "staff_id": chambers.staff_id,
        "uid": posted.uid,
        "protocol": report.protocol,
        "arrival": ARRIVAL,
        "base": 0,
        "checked": publishing.CheckedForm(
            ParsedForm(Terms()), 0, ValidationContext(date.min, date.min, date.min)
        ),
        "basis": BaseVersion(version=1, seen=0),
        "end": now + timedelta(hours=1),
        "form": {},
        "permission": Permission.EDIT_AGENDA,
        "query": "vara",
        "reason": "Férias",
        "request": SubstitutionRequest(unit="unidade-b", first_day=DAY, last_day=DAY),
        "start": now,
        "up": True,
    }


def notice(unit_id: int | None, now: datetime) -> NoticeForm:
    return NoticeForm(
        kind=NoticeKind.MAINTENANCE, text="Linha muda", unit_id=unit_id, starts_at=now
    )


def _notice_of(things: Things) -> NoticeForm:
    return notice(things["unit_id"], things["now"])


ARRIVAL = WalkInForm.model_validate({"name": "Ana", "oab_number": "7", "oab_uf": "MT"})
DAY = date(2026, 12, 1)
CHANNEL = ChannelForm.model_validate({"kind": "email", "value": "outro@exemplo.invalid"})
UNIT = UnitForm.model_validate({"name": "Outro nome", "kind": UnitKind.CHAMBERS})

# What a person of A's chambers may do, with the arguments that are not in `things`.
CHAMBERS: dict[Service, Things] = {
    access.load_workable_appointment: {},
    access.require_agenda: {},
    access.require_rules_access: {},
    approvals.approve_request: {},
    approvals.list_requests: {},
    approvals.refuse_request: {},
    staff_bookings.list_bookings: {
        "span": lambda things: parse_time_range("", "", now=things["now"])
    },
    chambers_changes.list_move_times: {},
    chambers_changes.move_as_chambers: {},
    chambers_changes.save_note: {"note": "Trazer os autos"},
    chambers_changes.set_links: {"video_link": "", "moderator_link": ""},
    desk_booking.book_as_chambers: {
        "request": lambda things: make.make_booking_request(things["now"] + timedelta(days=1))
    },
    desk_booking.list_choices: {"kind": ""},
    chambers_desk.cancel_as_chambers: {},
    chambers_desk.load_desk_item: {},
    desk_export.load_figures: {},
    desk_export.prepare_file: {"name": "agenda.csv"},
    blocks.create_block: {},
    chambers_desk.load_desk: {},
    chambers_desk.mark_attendance: {"status": "attended"},
    blocks.remove_block: {},
    chambers_desk.require_desk_access: {},
    chambers_desk.suggest_alternatives: {},
    busy.connect_calendar: {"form": CalendarForm(address="https://a.exemplo.invalid/a.ics")},
    busy.disconnect_calendar: {},
    busy.load_calendar_view: {},
    busy.read_soon: {},
    drafts.copy_draft: {},
    drafts.discard_draft: {},
    drafts.list_colleagues_drafts: {},
    drafts.load_own_draft: {},
    drafts.save_draft: {},
    editor.find_substitute_candidates: {},
    editor.load_changes_since: {},
    editor.load_editor: {},
    feeds.create_feed: {},
    feeds.load_feed_view: {},
    feeds.revoke_feed: {},
    permissions.load_for_editor: {},
    preview.preview_rules: {},
    publishing.check_form: {},
    publishing.create_agenda: {},
    consequences.publish: {},
    consequences.withdraw_version: {},
    publishing.require_version: {},
    publishing.publish_version: {},
    publishing.unpublish_agenda: {},
    consequences.withdraw_version: {},
    publishing.require_version: {},
    publishing.withdraw_version: {},
    storage.lock_for_staff: {},
    substitutes.appoint_substitute: {},
    substitutes.end_substitution: {},
    walk_ins.add_walk_in: {},
    walk_ins.set_walk_in_status: {"status": "called"},
}
# The same for a manager of A.
MANAGERS: dict[Service, Things] = {
    change_log.get_unit: {"permission": Permission.EDIT_DIRECTORY},
    change_log.lock_unit: {"permission": Permission.EDIT_DIRECTORY},
    corrections.accept_correction: {},
    corrections.refuse_correction: {},
    editing.add_channel: {"draft": CHANNEL},
    editing.confirm_contacts: {},
    editing.reorder_channel: {},
    editing.retire_channel: {},
    editing.save_channel: {"draft": CHANNEL},
    editing.save_unit: {"draft": UNIT},
    history.undo_change: {},
    locks.acquire: {},
    locks.release: {},
    posting.edit_notice: {"form": _notice_of},
    posting.end_notice: {},
    posting.publish_notice: {"form": _notice_of},
    unit_inbox.answer_to_corregedoria: {"deeds": [], "words": "Feito", "version": 0},
    unit_inbox.load_inbox_detail: {},
    unit_inbox.refuse_complaint: {"version": 0},
    unit_inbox.take_complaint: {},
    unit_side.say: {"code": "2026-001", "answer": "voltou"},
    incident_members.acknowledge: {"code": "2026-001"},
    views.load_unit_editor: {},
}
CALLS = {**CHAMBERS, **MANAGERS}

# The services that take an actor and nothing of a unit, by the reason.
EXEMPT: dict[str, tuple[Service, ...]] = {
    "returns only what is the actor's own": (
        access.accessible_agendas,
        change_log.editable_by,
        chambers_desk.list_desk_agendas,
        corrections.list_open_corrections,
        corrections.read_counts,
        menu_counts.read_counts,
        editor.list_editable_chambers,
        locks.renew_for_tab,
        unit_inbox.count_inbox,
        unit_inbox.in_scope,
        unit_inbox.load_inbox,
        unit_side.list_own_failures,
        views.list_managed_units,
        views.list_units,
    ),
    "returns a boolean; the services that refuse by it are above": (
        access.can_work,
        posting.can_post_notice,
    ),
    "takes a unit that was loaded for the actor": (locks.acquire_for_save,),
    "takes an appointment that was loaded for the actor": (consequences.cancel_fallen,),
    "writes an audit entry for services that have checked": (calendar.record_change,),
    "the names of units are public": (views.find_units_by_name,),
    "one's own units, or all for actors without a scope": (
        linter.lint_contacts,
        verification.export_age_table_csv,
        verification.export_stale_contacts_csv,
        verification.list_stale_contacts,
        verification.load_age_table,
    ),
    "no scoped role sees the dashboard": (
        oversight.list_disagreements,
        oversight.list_full_agendas,
        oversight.list_overdue_requests,
        alarm_rules.add_rule,
        alarm_rules.list_people,
        alarm_rules.list_rules,
        alarm_rules.remove_rule,
        summary.count_complaints,
    ),
    "counts what the Corregedoria sees; for others nothing": (menu_counts.read_tab_counts,),
    "no scoped role triages": (
        attachments.read_photo,
        bulk.answer_all,
        bulk.assign_all,
        bulk.change_many,
        bulk.forward_all,
        bulk.merge_all,
        bulk.move_all,
        bulk.undo_changes,
        complaint_queries.load_detail,
        duplicates.list_likely_duplicates,
        duplicates.mark_duplicate,
        listing.count_queue,
        listing.count_views,
        listing.load_queue_page,
        listing.load_rows,
        presence.enter,
        presence.leave,
        records.load_record,
        records.load_table,
        saved_views.delete_own_view,
        saved_views.list_own_views,
        saved_views.save_own_view,
        triage.answer_complaint,
        triage.ask_reporter,
        triage.assign_complaint,
        triage.extend_deadline,
        triage.forward_complaint,
        triage.list_owners,
        triage.mark_read,
        triage.move_complaint,
        triage.open_identity,
        triage.return_to_unit,
        triage.write_staff_message,
    ),
    "takes a complaint whose permission was checked": (
        case.check_version,
        case.describe_last_change,
        case.open_case,
        case.staff_name,
    ),
    "templates belong to the Corregedoria": (
        answer_templates.list_templates,
        answer_templates.save_template,
    ),
    "no scoped role handles situations": (
        appointments.tell_lawyers,
        incident_members.announce,
        incident_members.claim_open,
        incident_members.claim_situation,
        incident_members.include_units,
        incident_members.lock,
        incident_members.remove_unit,
        incident_members.tell_units,
        incidents.declare,
        incidents.mark_false,
        incidents.merge,
        incidents.publish,
        incidents.write_review,
        incident_detail.load_incident_detail,
        situation_detail.list_handlers,
        situation_detail.load_detail,
        situation_listing.list_incidents,
        situation_listing.list_situations,
        situation_listing.load_incident_row,
        situation_listing.load_situation,
        situations.add_note,
        situations.assume,
        situations.confirm,
        situations.dismiss,
        situations.hand_over,
        situations.judge_true,
        situations.list_protocols,
        situations.pass_on,
        situations.record_answers,
        situations.split_complaint,
        situations.tell_unit,
        situations.undo,
    ),
    "no scoped role manages webhooks": (
        webhooks.add_webhook,
        webhooks.list_deliveries,
        webhooks.list_webhooks,
        webhooks.remove_webhook,
        webhooks.send_again,
    ),
    "no scoped role shapes the directory": (
        pending_imports.apply_upload,
        pending_imports.delete_upload,
        pending_imports.list_loose_columns,
        pending_imports.map_upload,
        pending_imports.preview_upload,
        pending_imports.store_upload,
        spreadsheet.export_file,
        spreadsheet.import_file,
        spreadsheet.run_import,
        spreadsheet.preview_file,
        synonyms.list_synonyms,
        synonyms.remove_synonym,
        synonyms.save_synonym,
        synonyms.wait_for_search,
        tree.create_unit,
        tree.move_unit,
        tree.restore_unit,
        tree.retire_unit,
    ),
    "no scoped role edits the calendar": (
        calendar.add_day,
        calendar.change_day,
        calendar.load_day,
        calendar.remove_day,
        years.accept_proposal,
    ),
}


def _name(service: Service) -> str:
    return f"{service.__module__.partition('.')[2]}.{service.__name__}"


def _services() -> Iterator[str]:
    for room in ROOMS:
        for module in _modules(f"{canais_app.__name__}.{room}"):
            for name, function in vars(module).items():
                own = inspect.isfunction(function) and function.__module__ == module.__name__
                if own and "actor" in inspect.signature(function).parameters and name[0] != "_":
                    yield _name(function)


def _modules(package: str) -> Iterator[ModuleType]:
    """Import the modules of a room and of its sub-packages, except those of its screens."""
    inside = list(pkgutil.iter_modules(importlib.import_module(package).__path__))
    if any(found.name == "page" for found in inside):
        return
    for found in inside:
        if found.ispkg:
            yield from _modules(f"{package}.{found.name}")
        elif found.name != "pages":
            yield importlib.import_module(f"{package}.{found.name}")


def _person(service: Service, unit: str) -> Any:
    if service in CHAMBERS:
        return CHAMBERS_A if unit == "a" else CHAMBERS_B
    return MANAGER_A if unit == "a" else MANAGER_B


def _call(service: Service, things: Things, actor: Actor) -> None:
    """Call a service on unit A's things; parameters with a default keep it."""
    given = {name: v(things) if callable(v) else v for name, v in CALLS[service].items()}
    available = {**things, "actor": actor, **given}
    parameters = inspect.signature(service).parameters.values()
    service(**{p.name: available[p.name] for p in parameters if p.default is p.empty})


@pytest.mark.parametrize("service", CALLS, ids=_name)
def test_another_units_things_are_not_found(things: Things, service: Service) -> None:
    stranger = factory.make_actor(things["session"], _person(service, "b"), now=things["now"])
    with pytest.raises(NotFoundError):
        _call(service, things, stranger)


@pytest.mark.parametrize("service", CALLS, ids=_name)
def test_ones_own_units_things_are_found(things: Things, service: Service) -> None:
    """The arguments may be refused; the thing itself is found."""
    own = factory.make_actor(things["session"], _person(service, "a"), now=things["now"])
    try:
        _call(service, things, own)
    except (NotFoundError, PermissionDeniedError, AuthenticationRequiredError):
        raise
    except AppError:
        pass


def test_every_service_that_takes_an_actor_is_listed() -> None:
    listed = [_name(s) for s in (*CALLS, *(s for group in EXEMPT.values() for s in group))]
    assert len(listed) == len(set(listed))
    assert set(_services()) - set(listed) == set(), "new services: try them with another unit's"
    assert set(listed) - set(_services()) == set(), "listed, but gone"
