"""Make a gabinete's agenda, and publish what its people have written: each time a new version.

A version holds from its day on, in the court's zone, until the next one's. Nothing that was
booked before is touched. The number of the newest version is what two people race for.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.agenda import access, topics
from canais_app.agenda.availability import rule_values
from canais_app.agenda.availability.rule_values import Terms, TermsVersion
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.errors import StaleRulesError
from canais_app.agenda.models import Agenda, AgendaVersion
from canais_app.agenda.rules import diff, drafts, form_values, permissions
from canais_app.agenda.rules.diff import Changes
from canais_app.agenda.rules.form_values import Form, ParsedForm
from canais_app.agenda.rules.validation import ValidationFinding
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Channel, Unit, UnitKind
from canais_app.kit import clock, live, text
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError


def create_agenda(session: Session, actor: Actor, unit_id: int, *, now: datetime) -> int:
    """Make an empty agenda for a gabinete that has none, and return its id; nobody sees it yet.

    Raises:
        NotFoundError: it is no gabinete of this person's.
        ConflictError: it has an agenda already.
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
    named = {"título": ["", unit.name]}
    audit.record_entry(session, actor, "criou agenda", "agenda", agenda.id, named, now=now)
    return agenda.id or 0


def publish_version(  # noqa: PLR0913 (what, by whom, and what they had seen)
    session: Session, actor: Actor, agenda_id: int, form: Form, base: int, *, now: datetime
) -> list[str]:
    """Publish a form as the next version, from its day on; return what was worth knowing.

    `base` is the number of the newest version its author has seen.

    Raises:
        InvalidError: a field cannot be read or contradicts another; nothing has changed at all.
        RulesChangedError: somebody published meanwhile.
        NotFoundError: it is another unit's agenda.
    """
    _lock(session, agenda_id)
    agenda = permissions.load_for_editor(session, actor, agenda_id, now=now)
    _refuse_if_changed(session, agenda_id, base)
    typed = form_values.parse_rules_form(form)
    found = permissions.find_contradictions_of_form(typed, agenda, now=now)
    _refuse_contradictions(typed, found, clock.to_local_day(now))
    changes = _apply_form(session, agenda, typed, now=now)
    if changes:
        _add_version(session, agenda, typed, changes, base + 1, actor=actor, now=now)
    elif agenda.row.published:
        raise InvalidError("Nada mudou desde a versão publicada.")
    _set_published(session, agenda.row, published=True, now=now)
    drafts.discard_draft(session, actor, agenda_id)
    audit.record_entry(session, actor, "publicou agenda", "agenda", agenda_id, changes, now=now)
    return [one.sentence for one in found]


def unpublish_agenda(session: Session, actor: Actor, agenda_id: int, *, now: datetime) -> None:
    """Take an agenda out of the public's sight; appointments that stand stay. Twice is once.

    Raises:
        NotFoundError: it is another unit's agenda.
    """
    agenda, _ = access.require_rules_access(session, actor, agenda_id)
    if not agenda.published:
        return
    _set_published(session, agenda, published=False, now=now)
    hidden = {"publicada": ["sim", "não"]}
    audit.record_entry(session, actor, "despublicou agenda", "agenda", agenda_id, hidden, now=now)


def withdraw_version(session: Session, actor: Actor, version_id: int, *, now: datetime) -> None:
    """Take a version back that has not begun; the one before it goes on.

    Raises:
        InvalidError: it is in force already, or was replaced.
        NotFoundError: there is none, or it is another unit's.
    """
    row = session.get(AgendaVersion, version_id)
    if row is None:
        require_permission(actor, Permission.EDIT_AGENDA)
        raise NotFoundError("Esta versão já não existe.")
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
    taken_back = {"vale a partir de": [text.format_date(row.starts_on), ""]}
    audit.record_entry(
        session, actor, "retirou versão", "agenda", row.agenda_id, taken_back, now=now
    )
    live.emit(session, topics.agenda_topic(row.agenda_id))


def _lock(session: Session, agenda_id: int) -> None:
    # PostgreSQL: one publication of an agenda at a time. SQLite has one writer anyway.
    session.exec(select(Agenda.id).where(col(Agenda.id) == agenda_id).with_for_update()).first()


def _refuse_if_changed(session: Session, agenda_id: int, base: int) -> None:
    later = permissions.versions_since(session, agenda_id, base)
    if later:
        raise StaleRulesError(later[-1].published_by, later[-1].published_at)


def _refuse_contradictions(
    typed: ParsedForm, found: Sequence[ValidationFinding], today: date
) -> None:
    errors = dict(typed.errors)
    for one in found:
        if one.is_blocking:
            errors.setdefault(typed.form_field_of(one), one.sentence)
    if not typed.title:
        errors.setdefault("title", "Dê um nome à agenda: o do gabinete, nunca o de uma pessoa.")
    if typed.starts_on and typed.starts_on < today:
        errors.setdefault("starts_on", "Este dia já passou: escolha hoje ou um dia que ainda vem.")
    elif typed.starts_on and typed.starts_on > today + permissions.MAX_START_AHEAD:
        errors.setdefault("starts_on", "Escolha um dia dos próximos dois anos.")
    if errors:
        said = f"Falta corrigir {text.pluralise(len(errors), 'ponto', 'pontos')} para publicar."
        raise InvalidError(said, errors)


def _apply_form(
    session: Session, agenda: AgendaContext, typed: ParsedForm, *, now: datetime
) -> Changes:
    """Return what the form changes, and give the agenda its name and its secretaria."""
    row, first = agenda.row, permissions.first_day_of_form(typed, now)
    before = agenda.versions.version_on(first)
    old = before.terms if before else Terms()
    found = diff.diff_terms(old, typed.terms, today=clock.to_local_day(now))
    told = _find_registry(session, agenda.unit, typed.registry)
    if row.title != typed.title:
        found["Nome"] = [row.title, typed.title]
    if row.registry_unit_id != (told.id if told else None):
        was = session.get(Unit, row.registry_unit_id) if row.registry_unit_id else None
        found["Secretaria"] = [was.name if was else "", told.name if told else ""]
    row.title, row.registry_unit_id = typed.title, told.id if told else None
    if found or before is None:
        found["Vale a partir de"] = ["", text.format_date(first)]
    return found


def _find_registry(session: Session, unit: Unit, slug: str) -> Unit | None:
    if not slug:
        return None
    for one in permissions.list_registries(session, unit):
        if one.slug == slug:
            return one
    said = "Escolha uma secretaria da lista."
    raise InvalidError(said, {"registry": said})


def _add_version(  # noqa: PLR0913 (a version has that many parts)
    session: Session,
    agenda: AgendaContext,
    typed: ParsedForm,
    changes: Changes,
    number: int,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    first = permissions.first_day_of_form(typed, now)
    cut, ends_on = agenda.versions.find_superseded(first)
    row = AgendaVersion(
        agenda_id=agenda.id,
        number=number,
        starts_on=first,
        ends_on=ends_on,
        terms=rule_values.serialize_terms(typed.terms),
        changes=changes,
        published_at=now,
        published_by=actor.name,
    )
    try:
        with session.begin_nested():
            if cut is not None:
                _end_version(session, agenda.id, cut, first)
            session.add(row)
            session.flush()
    except IntegrityError:
        _refuse_if_changed(session, agenda.id, number - 1)
        raise


def _end_version(session: Session, agenda_id: int, version: TermsVersion, day: date | None) -> None:
    """Let a version end on another day than it did."""
    row = session.exec(
        select(AgendaVersion).where(
            col(AgendaVersion.agenda_id) == agenda_id,
            col(AgendaVersion.number) == version.number,
        )
    ).one()
    row.ends_on = day
    session.add(row)


def _set_published(session: Session, agenda: Agenda, *, published: bool, now: datetime) -> None:
    """Let the public see the agenda or not, and its gabinete's channel with it."""
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
    live.emit(session, topics.agenda_topic(agenda.id))
