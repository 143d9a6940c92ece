"""Explicit registration: importing a module registers nothing.

Imports are inside the functions, so that a command loads no page. Repeated calls change nothing.
"""


def connect_hooks() -> None:
    """Register functions of upper rooms that lower rooms call. Every entry point calls it."""
    from canais_app.agenda.availability import rule_values as rules
    from canais_app.agenda.directory_hooks import (
        load_agenda_summaries,
        load_bookable_units,
        retirement_blockers,
    )
    from canais_app.agenda.incident_letters import list_affected, tell_lawyer
    from canais_app.complaints.not_attended import file_not_attended
    from canais_app.complaints.public_status.outages import outage_cache
    from canais_app.directory import hooks
    from canais_app.directory import models as directory
    from canais_app.expediente import queries as calendar
    from canais_app.kit import cache_version, live

    live.connect()
    live.listen(outage_cache.on_change)
    for module in (calendar, directory, rules):
        cache_version.register_cache_version(module.VERSION)
    hooks.register_agendas(load_agenda_summaries, load_bookable_units)
    hooks.register_outages(outage_cache.outages_of_units)
    hooks.register_incident_appointments(list_affected, tell_lawyer)
    hooks.register_not_attended(file_not_attended)
    hooks.register_retirement_blockers(retirement_blockers)


def connect_screens() -> None:
    """Register every live view. Only the app calls it."""
    from canais_app.accounts.frame import counts
    from canais_app.accounts.frame import state as frame
    from canais_app.admin import outbox_view
    from canais_app.agenda.appointment import state as appointment
    from canais_app.agenda.desk import state as desk
    from canais_app.agenda.move import state as move
    from canais_app.agenda.picker import state as picker
    from canais_app.agenda.rules_editor import state as rules_editor
    from canais_app.agenda.waitlist_status import state as waitlist_status
    from canais_app.complaints.analysis import state as analysis
    from canais_app.complaints.inbox import state as inbox
    from canais_app.complaints.queue import state as queue
    from canais_app.complaints.service import TOPIC as COMPLAINTS
    from canais_app.complaints.situations.desk import state as situations_desk
    from canais_app.complaints.situations.incident_desk import state as incident_desk
    from canais_app.complaints.situations.queries import TOPIC as SITUATIONS
    from canais_app.complaints.status import state as status
    from canais_app.complaints.triage import menu_counts
    from canais_app.directory.editing import corrections
    from canais_app.directory.editing.change_log import CONTACTS_TOPIC
    from canais_app.directory.editor import state as editor
    from canais_app.directory.finder import state as finder
    from canais_app.directory.management import state as management
    from canais_app.directory.unit import state as unit
    from canais_app.kit import live
    from canais_app.outbox.queue import TOPIC as OUTBOX

    for screen in (appointment, desk, picker, move, waitlist_status, rules_editor):
        screen.register()
    for screen in (analysis, queue, inbox, situations_desk, incident_desk, status, editor, finder):
        screen.register()
    for screen in (management, unit, frame):
        screen.register()
    for reader in (menu_counts, corrections, outbox_view):
        counts.register_counts(reader.read_counts)
    for topic in (COMPLAINTS, SITUATIONS, CONTACTS_TOPIC, OUTBOX):
        live.depends_on("frame", topic)
