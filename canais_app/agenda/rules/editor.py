"""What the rules editor opens with: a form, the versions before it, and what can be chosen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.agenda import access, chambers_desk
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.chambers_desk import DeskBlock
from canais_app.agenda.errors import StaleRulesError
from canais_app.agenda.models import Agenda, AgendaVersion
from canais_app.agenda.rules import diff, drafts, form_values, permissions
from canais_app.agenda.rules.form_values import Form
from canais_app.directory.models import Unit, UnitKind
from canais_app.kit import clock, text

MAX_CANDIDATES = 8  # gabinetes offered at a time to stand in


@dataclass(frozen=True)
class EditableChambers:
    """A gabinete whose rules a person may set; `agenda_id` is 0 while it has no agenda."""

    unit_id: int
    agenda_id: int
    title: str


@dataclass(frozen=True)
class VersionLine:
    """A version as the history lists it; `state` is atual, marcada, encerrada or substituída."""

    id: int
    name: str
    span: str
    who: str
    state: str
    changes: list[str]


@dataclass(frozen=True)
class HolidayChoice:
    """A closed day of the court on which a gabinete may receive all the same."""

    iso: str
    words: str


@dataclass(frozen=True)
class DraftLine:
    """A colleague's draft that can be taken up."""

    staff_id: int
    words: str


@dataclass(frozen=True)
class SubstituteLine:
    """A gabinete that stands in, or will."""

    id: int
    words: str
    now: bool


@dataclass(frozen=True)
class EditorView:
    """All that the editor opens with. `form` is the person's draft, or the rules in force."""

    agenda_id: int
    slug: str
    title: str
    unit: str
    published: bool
    state: str
    newest: int
    base: int
    form: Form
    draft: str
    changed: str
    changes: list[str]
    versions: list[VersionLine] = field(default_factory=list[VersionLine])
    holidays: list[HolidayChoice] = field(default_factory=list[HolidayChoice])
    registries: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    substitutes: list[SubstituteLine] = field(default_factory=list[SubstituteLine])
    drafts: list[DraftLine] = field(default_factory=list[DraftLine])
    blocks: list[DeskBlock] = field(default_factory=list[DeskBlock])
    candidates: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


def list_editable_chambers(session: Session, actor: Actor) -> list[EditableChambers]:
    """List the gabinetes whose rules a person may set, those with an agenda first.

    Raises:
        NotPermittedError: no role of theirs sets rules.
    """
    require_permission(actor, Permission.EDIT_AGENDA)
    asked = (
        select(Unit, Agenda)
        .join(Agenda, col(Agenda.unit_id) == col(Unit.id), isouter=True)
        .where(col(Unit.kind) == UnitKind.CHAMBERS, col(Unit.active))
    )
    found = [
        EditableChambers(
            unit.id or 0, agenda.id or 0 if agenda else 0, agenda.title if agenda else unit.name
        )
        for unit, agenda in session.exec(asked)
        if actor.can(Permission.EDIT_AGENDA, unit.path)
    ]
    return sorted(found, key=lambda one: (not one.agenda_id, text.strip_accents(one.title)))


def load_editor(session: Session, actor: Actor, agenda_id: int, *, now: datetime) -> EditorView:
    """Return what the editor opens with.

    Raises:
        NotFoundError: it is another unit's agenda.
    """
    agenda = permissions.load_for_editor(session, actor, agenda_id, now=now)
    today, rows = clock.to_local_day(now), permissions.versions_since(session, agenda_id, 0)
    number, draft = (
        permissions.newest_version_number(session, agenda_id),
        drafts.load_own_draft(session, actor, agenda_id),
    )
    changed, changes = _changes(rows, draft.base if draft else number)
    return EditorView(
        agenda_id=agenda_id,
        slug=agenda.row.slug,
        title=agenda.row.title,
        unit=agenda.unit.name,
        published=agenda.row.published,
        state=_state_text(agenda, today),
        newest=number,
        base=draft.base if draft else number,
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
            SubstituteLine(one.id, f"{one.name}, {one.period_text}", one.covers(today))
            for one in agenda.substitutes
        ],
        drafts=[
            DraftLine(one.staff_id, f"{name}, {_format_moment(one.saved_at)}")
            for one, name in drafts.list_colleagues_drafts(session, actor, agenda_id)
        ],
        blocks=chambers_desk.load_blocks(session, agenda_id, now=now),
        candidates=find_substitute_candidates(session, actor, agenda_id, ""),
    )


def load_changes_since(
    session: Session, actor: Actor, agenda_id: int, base: int
) -> tuple[str, list[str]]:
    """Return who published after version `base`, in a sentence, and what that changed.

    Raises:
        NotFoundError: it is another unit's agenda.
    """
    access.require_rules_access(session, actor, agenda_id)
    return _changes(permissions.versions_since(session, agenda_id, base), base)


def _changes(rows: Sequence[AgendaVersion], base: int) -> tuple[str, list[str]]:
    later = [row for row in rows if row.number > base]
    if not later:
        return "", []
    said = StaleRulesError(later[-1].published_by, later[-1].published_at).message
    return said, [line for row in later for line in diff.format_changes(row.changes)]


def form_in_force(session: Session, agenda: AgendaContext, *, now: datetime) -> Form:
    """Return the rules in force today (or the first to come) as a form."""
    told = agenda.row.registry_unit_id
    registry = session.get(Unit, told) if told else None
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
    coming = next((one for one in agenda.versions.versions if one.starts_on > today), None)
    said = f"Publicada, com as regras de {_date(version.starts_on)}" if version else "Publicada"
    return said + (f"; outras valem a partir de {_date(coming.starts_on)}." if coming else ".")


def _version_line(row: AgendaVersion, today: date) -> VersionLine:
    last = row.ends_on - timedelta(days=1) if row.ends_on else None
    state = "encerrada"
    if row.ends_on == row.starts_on:
        state = "substituída"
    elif row.starts_on > today:
        state = "marcada"
    elif row.ends_on is None or row.ends_on > today:
        state = "atual"
    span = f"de {_date(row.starts_on)}" + (f" a {_date(last)}" if last else " em diante")
    return VersionLine(
        id=row.id or 0,
        name=f"Versão {row.number}",
        span="não chegou a valer" if state == "substituída" else span,
        who=", ".join(
            part for part in (row.published_by, _format_moment(row.published_at)) if part
        ),
        state=state,
        changes=diff.format_changes(row.changes),
    )


def _date(day: date) -> str:
    return text.format_date(day)


def find_substitute_candidates(
    session: Session, actor: Actor, agenda_id: int, query: str
) -> list[tuple[str, str]]:
    """Return up to eight gabinetes (slug, name) that could stand in, of the same comarca first.

    Raises:
        NotFoundError: it is another unit's agenda.
    """
    _, own = access.require_rules_access(session, actor, agenda_id)
    others = session.exec(
        select(Unit.slug, Unit.name, Unit.comarca_id).where(
            col(Unit.kind) == UnitKind.CHAMBERS, col(Unit.active), col(Unit.id) != own.id
        )
    )
    asked = text.strip_accents(query).split()
    found = [row for row in others if all(word in text.strip_accents(row[1]) for word in asked)]
    found.sort(key=lambda row: (row[2] != own.comarca_id, text.strip_accents(row[1])))
    return [(slug, name) for slug, name, _ in found[:MAX_CANDIDATES]]
