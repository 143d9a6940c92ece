"""Create a gabinete's agenda, and publish its rules as versions.

A version is in force from its first day, in the court's zone, until the next one begins.
Appointments that exist are not touched. Concurrent publications of an agenda compete for the
number of the newest version.

Functions that take an actor and an agenda raise `NotFoundError` when it is another unit's.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.agenda import access, queries, tokens
from canais_app.agenda.availability import rule_values
from canais_app.agenda.availability.rule_values import Terms, TermsVersion
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.errors import StaleRulesError
from canais_app.agenda.models import Agenda, AgendaVersion
from canais_app.agenda.notifications import changes as events
from canais_app.agenda.rules import diff, drafts, form_values, permissions, validation
from canais_app.agenda.rules.diff import Changes
from canais_app.agenda.rules.form_values import Form, ParsedForm
from canais_app.agenda.rules.validation import ValidationContext, ValidationFinding
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Channel, Unit, UnitKind
from canais_app.kit import clock, db, live, text
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError


@dataclass(frozen=True)
class CheckedForm:
    """A form without contradictions, and what it was checked against.

    `base` is the number of the newest version its author has seen.
    """

    parsed: ParsedForm
    base: int
    context: ValidationContext


def create_agenda(session: Session, actor: Actor, unit_id: int, *, now: datetime) -> int:
    """Create an empty, unpublished agenda for a gabinete and return its id.

    Raises:
        NotFoundError: the unit is not a gabinete that the actor may edit.
        ConflictError: the gabinete already has an agenda.
    """
    require_permission(actor, Permission.EDIT_AGENDA)
    unit = session.get(Unit, unit_id)
    if unit is None or unit.kind != UnitKind.CHAMBERS or not unit.active:
        raise NotFoundError("Não encontramos este gabinete.")
    require_permission(actor, Permission.EDIT_AGENDA, unit.path)
    agenda = Agenda(slug=unit.slug, title=unit.name, unit_id=unit_id, updated_at=now)
    try:
        with session.begin_nested():
            session.add(agenda)
            session.flush()
    except IntegrityError:
        raise ConflictError("Este gabinete já tem agenda.") from None
    changes = {"título": ["", unit.name]}
    audit.record_entry(session, actor, "criou agenda", "agenda", agenda.id, changes, now=now)
    return agenda.id or 0


def check_form(  # noqa: PLR0913 (a form, its author and its base)
    session: Session, actor: Actor, agenda_id: int, form: Form, base: int, *, now: datetime
) -> CheckedForm:
    """Validate a form for `publish_version`: the slow part, done without holding a lock.

    Raises:
        InvalidError: a field cannot be read or contradicts another.
        StaleRulesError: a version newer than `base` was published.
    """
    agenda = permissions.load_for_editor(session, actor, agenda_id, now=now)
    _refuse_if_changed(session, agenda_id, base)
    parsed = form_values.parse_rules_form(form)
    context = permissions.validation_context(parsed, agenda, now=now)
    findings = validation.find_contradictions(parsed.terms, context)
    _refuse_contradictions(parsed, findings, context.today)
    return CheckedForm(parsed, base, context)


def publish_version(
    session: Session, actor: Actor, agenda_id: int, checked: CheckedForm, *, now: datetime
) -> None:
    """Publish a checked form as the next version, in force from its first day.

    Those booked are told of another room or link; appointments that it no longer offers stay.

    Raises:
        StaleRulesError: another version was published meanwhile.
        ConflictError: the court's calendar or the versions changed since the check.
        InvalidError: the form changes nothing.
    """
    _lock(session, agenda_id)
    agenda = permissions.load_for_editor(session, actor, agenda_id, now=now)
    _refuse_if_changed(session, agenda_id, checked.base)
    if permissions.validation_context(checked.parsed, agenda, now=now) != checked.context:
        raise ConflictError("O calendário ou as versões mudaram agora. Confira e publique de novo.")
    changes = _apply_form(session, agenda, checked.parsed, now=now)
    if changes:
        _add_version(session, actor, agenda, checked, changes, now=now)
    elif agenda.row.published:
        raise InvalidError("Nada mudou desde a versão publicada.")
    _set_published(session, agenda.row, published=True, now=now)
    session.flush()
    _notify_booked(session, agenda, now=now)
    drafts.discard_draft(session, actor, agenda_id)
    audit.record_entry(session, actor, "publicou agenda", "agenda", agenda_id, changes, now=now)


def unpublish_agenda(session: Session, actor: Actor, agenda_id: int, *, now: datetime) -> None:
    """Hide an agenda from the public; appointments stay. Idempotent."""
    agenda, _ = access.require_rules_access(session, actor, agenda_id)
    if not agenda.published:
        return
    _set_published(session, agenda, published=False, now=now)
    changes = {"publicada": ["sim", "não"]}
    audit.record_entry(session, actor, "despublicou agenda", "agenda", agenda_id, changes, now=now)


def withdraw_version(session: Session, actor: Actor, version_id: int, *, now: datetime) -> None:
    """Withdraw a version that is not yet in force; the version before it is extended.

    Those booked are told of another room or link, as when it was published.

    Raises:
        InvalidError: the version is in force already, or was replaced.
        NotFoundError: the version does not exist, or is another unit's.
    """
    row = require_version(session, actor, version_id)
    _lock(session, row.agenda_id)
    agenda = permissions.load_for_editor(session, actor, row.agenda_id, now=now)
    session.refresh(row)
    if row.starts_on <= clock.to_local_day(now) or row.ends_on == row.starts_on:
        raise InvalidError("Só se retira uma versão que ainda não começou.")
    before = agenda.versions.version_on(row.starts_on - timedelta(days=1))
    if before is not None:
        _end_version(session, agenda.id, before, row.ends_on)
    row.ends_on = row.starts_on
    session.add(row)
    session.flush()
    _notify_booked(session, agenda, now=now)
    changes = {"vale a partir de": [text.format_date(row.starts_on), ""]}
    audit.record_entry(session, actor, "retirou versão", "agenda", row.agenda_id, changes, now=now)
    live.emit(session, tokens.agenda_topic(row.agenda_id))


def require_version(session: Session, actor: Actor, version_id: int) -> AgendaVersion:
    """Return a version of an agenda whose rules the actor may edit.

    Raises:
        NotFoundError: the version does not exist, or is another unit's.
    """
    require_permission(actor, Permission.EDIT_AGENDA)
    row = db.get_or_404(session, AgendaVersion, version_id, "Esta versão já não existe.")
    access.require_rules_access(session, actor, row.agenda_id)
    return row


def _notify_booked(session: Session, before: AgendaContext, *, now: datetime) -> None:
    """Tell those booked whose room, link or attending gabinete a change of versions changes."""
    after = queries.load_by_id(session, before.id, now=now)
    rows = events.load_coming(session, before.id, now=now)
    changed = events.compute_impact(rows, before, after).changed
    events.notify_changes(session, after, changed, now=now)


def _lock(session: Session, agenda_id: int) -> None:
    # Serialise publications of an agenda on PostgreSQL; SQLite has one writer anyway.
    session.exec(select(Agenda.id).where(col(Agenda.id) == agenda_id).with_for_update()).first()


def _refuse_if_changed(session: Session, agenda_id: int, base: int) -> None:
    later = permissions.versions_since(session, agenda_id, base)
    if later:
        raise StaleRulesError(later[-1].published_by, later[-1].published_at)


def _refuse_contradictions(
    parsed: ParsedForm, findings: list[ValidationFinding], today: date
) -> None:
    errors = dict(parsed.errors)
    for finding in findings:
        if finding.is_blocking:
            errors.setdefault(parsed.form_field_of(finding), finding.sentence)
    if not parsed.title:
        errors.setdefault("title", "Dê um nome à agenda: o do gabinete, nunca o de uma pessoa.")
    if parsed.starts_on and parsed.starts_on < today:
        errors.setdefault("starts_on", "Este dia já passou: escolha hoje ou um dia que ainda vem.")
    elif parsed.starts_on and parsed.starts_on > today + permissions.MAX_START_AHEAD:
        errors.setdefault("starts_on", "Escolha um dia dos próximos dois anos.")
    if errors:
        count = text.pluralise(len(errors), "ponto", "pontos")
        raise InvalidError(f"Falta corrigir {count} para publicar.", errors)


def _apply_form(
    session: Session, agenda: AgendaContext, parsed: ParsedForm, *, now: datetime
) -> Changes:
    """Set the agenda's title and secretaria; return all changes, those of the terms too."""
    row, first = agenda.row, permissions.first_day_of_form(parsed, now)
    before = agenda.versions.version_on(first)
    old_terms = before.terms if before else Terms()
    changes = diff.diff_terms(old_terms, parsed.terms, today=clock.to_local_day(now))
    registry = _find_registry(session, agenda.unit, parsed.registry)
    if row.title != parsed.title:
        changes["Nome"] = [row.title, parsed.title]
    if row.registry_unit_id != (registry.id if registry else None):
        old = session.get(Unit, row.registry_unit_id) if row.registry_unit_id else None
        changes["Secretaria"] = [old.name if old else "", registry.name if registry else ""]
    row.title, row.registry_unit_id = parsed.title, registry.id if registry else None
    if changes or before is None:
        changes["Vale a partir de"] = ["", text.format_date(first)]
    return changes


def _find_registry(session: Session, unit: Unit, slug: str) -> Unit | None:
    if not slug:
        return None
    for registry in permissions.list_registries(session, unit):
        if registry.slug == slug:
            return registry
    raise InvalidError.at("registry", "Escolha uma secretaria da lista.")


def _add_version(  # noqa: PLR0913 (a version has that many parts)
    session: Session,
    actor: Actor,
    agenda: AgendaContext,
    checked: CheckedForm,
    changes: Changes,
    *,
    now: datetime,
) -> None:
    first = permissions.first_day_of_form(checked.parsed, now)
    superseded, ends_on = agenda.versions.find_superseded(first)
    row = AgendaVersion(
        agenda_id=agenda.id,
        number=checked.base + 1,
        starts_on=first,
        ends_on=ends_on,
        terms=rule_values.serialize_terms(checked.parsed.terms),
        changes=changes,
        published_at=now,
        published_by=actor.name,
    )
    try:
        with session.begin_nested():
            if superseded is not None:
                _end_version(session, agenda.id, superseded, first)
            session.add(row)
            session.flush()
    except IntegrityError:
        _refuse_if_changed(session, agenda.id, checked.base)
        raise


def _end_version(session: Session, agenda_id: int, version: TermsVersion, day: date | None) -> None:
    """Set the day on which a version ends (exclusive)."""
    row = session.exec(
        select(AgendaVersion).where(
            col(AgendaVersion.agenda_id) == agenda_id, col(AgendaVersion.number) == version.number
        )
    ).one()
    row.ends_on = day
    session.add(row)


def _set_published(session: Session, agenda: Agenda, *, published: bool, now: datetime) -> None:
    """Show or hide the agenda, and the gabinete's channel that links to it."""
    agenda.published, agenda.updated_at = published, now
    session.add(agenda)
    path = routes.agenda(agenda.slug)
    channel = session.exec(
        select(Channel).where(
            col(Channel.unit_id) == agenda.unit_id,
            col(Channel.kind) == ChannelKind.APPOINTMENT,
            col(Channel.value) == path,
        )
    ).first()
    if channel is None and published:
        channel = Channel(unit_id=agenda.unit_id, kind=ChannelKind.APPOINTMENT, value=path)
    if channel is not None:
        channel.retired_at = None if published else now
        session.add(channel)
        live.emit(session, "directory:all")
    live.emit(session, tokens.agenda_topic(agenda.id))
