"""Load the rules editor: a form, the agenda's versions, and the choices of its fields.

Functions that take an actor and an agenda raise `NotFoundError` when it is another unit's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.agenda import access, queries
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.errors import StaleRulesError
from canais_app.agenda.models import Agenda, AgendaVersion
from canais_app.agenda.rules import diff, drafts, form_values, permissions
from canais_app.agenda.rules.form_values import Form
from canais_app.agenda.views import BlockView
from canais_app.directory import unit_search
from canais_app.directory.models import Unit, UnitKind
from canais_app.kit import clock, text

MAX_CANDIDATES = 8  # possible substitutes listed at a time


@dataclass(frozen=True)
class EditableChambers:
    """A gabinete whose rules the actor may edit; `agenda_id` is 0 while it has no agenda."""

    unit_id: int
    agenda_id: int
    title: str


@dataclass(frozen=True)
class VersionLine:
    """A version in the history; `state` is atual, marcada, encerrada or substituída."""

    id: int
    name: str
    span: str
    who: str
    state: str
    changes: list[str]


@dataclass(frozen=True)
class HolidayChoice:
    """A closed day of the court on which a gabinete may choose to work."""

    iso: str
    words: str


@dataclass(frozen=True)
class DraftLine:
    """A colleague's draft that can be copied."""

    staff_id: int
    words: str


@dataclass(frozen=True)
class SubstituteLine:
    """A current or future substitute."""

    id: int
    words: str
    now: bool


@dataclass(frozen=True)
class EditorView:
    """All that the editor shows. `form` is the actor's draft, or the rules in force.

    `newest` is the number of the newest version, `base` of the one that the draft started from;
    `changed` and `changes` say what was published in between.
    """

    agenda_id: int = 0
    slug: str = ""
    title: str = ""
    unit: str = ""
    published: bool = False
    state: str = ""
    newest: int = 0
    base: int = 0
    form: Form = field(default_factory=Form)
    draft: str = ""
    changed: str = ""
    changes: list[str] = field(default_factory=list[str])
    versions: list[VersionLine] = field(default_factory=list[VersionLine])
    holidays: list[HolidayChoice] = field(default_factory=list[HolidayChoice])
    registries: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    substitutes: list[SubstituteLine] = field(default_factory=list[SubstituteLine])
    drafts: list[DraftLine] = field(default_factory=list[DraftLine])
    blocks: list[BlockView] = field(default_factory=list[BlockView])
    candidates: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


def list_editable_chambers(session: Session, actor: Actor) -> list[EditableChambers]:
    """List the gabinetes whose rules the actor may edit, those with an agenda first.

    Raises:
        PermissionDeniedError: no role of the actor edits rules.
    """
    require_permission(actor, Permission.EDIT_AGENDA)
    query = (
        select(Unit, Agenda)
        .join(Agenda, col(Agenda.unit_id) == col(Unit.id), isouter=True)
        .where(col(Unit.kind) == UnitKind.CHAMBERS, col(Unit.active))
    )
    found = [
        EditableChambers(
            unit.id or 0, agenda.id or 0 if agenda else 0, agenda.title if agenda else unit.name
        )
        for unit, agenda in session.exec(query)
        if actor.can(Permission.EDIT_AGENDA, unit.path)
    ]
    return sorted(found, key=lambda row: (not row.agenda_id, text.strip_accents(row.title)))


def load_editor(session: Session, actor: Actor, agenda_id: int, *, now: datetime) -> EditorView:
    """Return what the editor shows of an agenda."""
    agenda = permissions.load_for_editor(session, actor, agenda_id, now=now)
    today, rows = clock.to_local_day(now), permissions.versions_since(session, agenda_id, 0)
    newest = rows[-1].number if rows else 0
    draft = drafts.load_own_draft(session, actor, agenda_id)
    base = draft.base if draft else newest
    changed, changes = _changes(rows, base)
    return EditorView(
        agenda_id=agenda_id,
        slug=agenda.row.slug,
        title=agenda.row.title,
        unit=agenda.unit.name,
        published=agenda.row.published,
        state=_state_text(agenda, today),
        newest=newest,
        base=base,
        form=draft.form if draft else form_in_force(session, agenda, now=now),
        draft=f"Rascunho seu, de {_format_moment(draft.saved_at)}" if draft else "",
        changed=changed,
        changes=changes,
        versions=[_version_line(row, today) for row in reversed(rows)],
        holidays=[
            HolidayChoice(day.isoformat(), f"{text.format_short_date(day)} · {name}")
            for day, name in agenda.court.list_holidays(
                today, today + permissions.HOLIDAYS_AHEAD
            ).items()
        ],
        registries=[
            (unit.slug, unit.name) for unit in permissions.list_registries(session, agenda.unit)
        ],
        substitutes=[
            SubstituteLine(row.id, f"{row.name}, {row.period_text}", row.covers(today))
            for row in agenda.substitutes
        ],
        drafts=[
            DraftLine(row.staff_id, f"{name}, {_format_moment(row.saved_at)}")
            for row, name in drafts.list_colleagues_drafts(session, actor, agenda_id)
        ],
        blocks=queries.load_blocks(session, agenda_id, now=now),
        candidates=find_substitute_candidates(session, actor, agenda_id, ""),
    )


def load_changes_since(
    session: Session, actor: Actor, agenda_id: int, base: int
) -> tuple[str, list[str]]:
    """Return who published after version `base`, in a sentence, and the changes."""
    access.require_rules_access(session, actor, agenda_id)
    return _changes(permissions.versions_since(session, agenda_id, base), base)


def _changes(rows: Sequence[AgendaVersion], base: int) -> tuple[str, list[str]]:
    later = [row for row in rows if row.number > base]
    if not later:
        return "", []
    message = StaleRulesError(later[-1].published_by, later[-1].published_at).message
    return message, [line for row in later for line in diff.format_changes(row.changes)]


def form_in_force(session: Session, agenda: AgendaContext, *, now: datetime) -> Form:
    """Return the rules in force today (or the first to come) as a form."""
    registry_id = agenda.row.registry_unit_id
    registry = session.get(Unit, registry_id) if registry_id else None
    today = clock.to_local_day(now)
    return form_values.terms_to_form(
        agenda.versions.terms_on(today),
        title=agenda.row.title,
        registry=registry.slug if registry else "",
        since=today,
    )


def _format_moment(moment: datetime) -> str:
    return f"{text.format_date(clock.to_local_day(moment))}, às {text.format_hour(moment)}"


def _state_text(agenda: AgendaContext, today: date) -> str:
    if not agenda.row.published:
        return "Não publicada: ninguém a vê."
    version = agenda.versions.version_on(today)
    coming = next((v for v in agenda.versions.versions if v.starts_on > today), None)
    state = "Publicada"
    if version:
        state += f", com as regras de {text.format_date(version.starts_on)}"
    if coming:
        state += f"; outras valem a partir de {text.format_date(coming.starts_on)}"
    return f"{state}."


def _version_line(row: AgendaVersion, today: date) -> VersionLine:
    last = row.ends_on - timedelta(days=1) if row.ends_on else None
    state = "encerrada"
    if row.ends_on == row.starts_on:
        state = "substituída"
    elif row.starts_on > today:
        state = "marcada"
    elif row.ends_on is None or row.ends_on > today:
        state = "atual"
    until = f"a {text.format_date(last)}" if last else "em diante"
    span = f"de {text.format_date(row.starts_on)} {until}"
    return VersionLine(
        id=row.id or 0,
        name=f"Versão {row.number}",
        span="não chegou a valer" if state == "substituída" else span,
        who=", ".join(filter(None, (row.published_by, _format_moment(row.published_at)))),
        state=state,
        changes=diff.format_changes(row.changes),
    )


def find_substitute_candidates(
    session: Session, actor: Actor, agenda_id: int, query: str
) -> list[tuple[str, str]]:
    """Return up to eight possible substitutes (slug, name), those of the same comarca first."""
    _, own = access.require_rules_access(session, actor, agenda_id)
    found = [
        unit
        for unit in unit_search.match_units(session, query)
        if unit.kind == UnitKind.CHAMBERS and unit.id != own.id
    ]
    found.sort(key=lambda unit: unit.comarca_id != own.comarca_id)
    return [(unit.slug, unit.name) for unit in found[:MAX_CANDIDATES]]
