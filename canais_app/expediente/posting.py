"""Publish, change and end notices; a closure is also a notice (ADR 8).

Each function checks the permission (`require_permission`); closing needs EDIT_CALENDAR.
"""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, Field, ValidationInfo, field_validator
from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.expediente import places
from canais_app.expediente.models import Notice
from canais_app.expediente.rules import NOTICE_EFFECTS, NoticeKind
from canais_app.expediente.service import record_change
from canais_app.kit.contacts import OptionalLink
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError
from canais_app.kit.forms import RowId, SingleLineText
from canais_app.kit.text import format_datetime

MAX_DAYS_AHEAD = 5 * 366  # longest duration, and furthest start
NOTICE_KIND_NAMES = {
    NoticeKind.CLOSED: "Fechada",
    NoticeKind.DEADLINES: "Prazos suspensos",
    NoticeKind.CHANGED: "Atendimento alterado",
    NoticeKind.MAINTENANCE: "Manutenção",
}


class NoticeForm(BaseModel):
    """A notice as its author enters it."""

    kind: NoticeKind
    text: SingleLineText = Field(min_length=3, max_length=300)
    act: SingleLineText = Field(default="", max_length=120)
    act_url: OptionalLink = ""
    alternative: SingleLineText = Field(default="", max_length=200)
    comarca_id: RowId | None = None
    unit_id: RowId | None = None
    channel_kind: SingleLineText = Field(default="", max_length=24)
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = None

    @field_validator("unit_id")
    @classmethod
    def _one_location(cls, unit_id: int | None, info: ValidationInfo) -> int | None:
        if unit_id is not None and info.data.get("comarca_id") is not None:
            raise ValueError("Escolha a comarca ou a unidade, não as duas.")
        return unit_id

    @field_validator("channel_kind")
    @classmethod
    def _no_closure_of_a_channel(cls, channel: str, info: ValidationInfo) -> str:
        if channel and info.data.get("kind") in NOTICE_EFFECTS:
            raise ValueError(
                "Um canal não fecha a unidade: escolha manutenção, ou todos os canais."
            )
        return channel

    @field_validator("ends_at")
    @classmethod
    def _ends_after(cls, end: datetime | None, info: ValidationInfo) -> datetime | None:
        start = info.data.get("starts_at")
        if end and start and end <= start:
            raise ValueError("O fim vem depois do começo.")
        if end and start and (end - start).days > MAX_DAYS_AHEAD:
            raise ValueError("Escolha um fim em até cinco anos, ou deixe sem previsão.")
        return end


def publish_notice(session: Session, actor: Actor, form: NoticeForm, *, now: datetime) -> Notice:
    """Publish a notice, in force at once or later; a closing one also closes the calendar.

    Raises:
        NotFoundError: the unit does not exist, or is not in the actor's scope.
        InvalidError: it would be over already, or lies too far ahead.
    """
    _require_permission(session, actor, form.kind, form.unit_id)
    _require_future_end(session, form, now)
    row = Notice(**form.model_dump(), published_at=now, updated_at=now)
    session.add(row)
    session.flush()
    key = ("publicar aviso", "aviso", row.uid)
    record_change(session, actor, *key, {}, _snapshot_row(session, row), now=now)
    return row


def edit_notice(  # noqa: PLR0913 (the notice, its new form and the version seen)
    session: Session,
    actor: Actor,
    uid: str,
    form: NoticeForm,
    *,
    seen: datetime | None = None,
    now: datetime,
) -> Notice:
    """Change a notice that is not over; `seen` is the `updated_at` its editor started from.

    Raises:
        NotFoundError: the notice or unit does not exist, or is not in the actor's scope.
        ConflictError: it is over, or another person changed it meanwhile.
        InvalidError: it would be over already, or lies too far ahead.
    """
    row = _load_editable(session, actor, uid)
    _require_permission(session, actor, form.kind, form.unit_id)
    _require_not_over(row, now)
    if seen is not None and seen != row.updated_at:
        raise ConflictError("Este aviso foi alterado por outra pessoa. Confira e repita a mudança.")
    _require_future_end(session, form, now)
    before = _snapshot_row(session, row)
    row.sqlmodel_update(form.model_dump())
    key = ("alterar aviso", "aviso", uid)
    if record_change(session, actor, *key, before, _snapshot_row(session, row), now=now):
        row.updated_at = now
        session.add(row)
    return row


def end_notice(session: Session, actor: Actor, uid: str, *, now: datetime) -> None:
    """End a notice now; delete one that has not begun.

    Raises:
        NotFoundError: the notice does not exist, or is not in the actor's scope.
        ConflictError: it is over already.
    """
    row = _load_editable(session, actor, uid)
    _require_not_over(row, now)
    before = _snapshot_row(session, row)
    action, after = "retirar aviso", dict[str, str]()
    if row.starts_at > now:
        session.delete(row)
    else:
        row.ends_at, row.updated_at = now, now
        session.add(row)
        action, after = "encerrar aviso", _snapshot_row(session, row)
    record_change(session, actor, action, "aviso", uid, before, after, now=now)


def can_post_notice(actor: Actor, kind: NoticeKind, unit_path: str) -> bool:
    """Whether the actor may publish, change and end such a notice there (no path: state-wide)."""
    where = unit_path or "/"
    closes = kind in NOTICE_EFFECTS
    allowed = actor.can(Permission.EDIT_DIRECTORY, where)
    return allowed and (not closes or actor.can(Permission.EDIT_CALENDAR, where))


def _load_editable(session: Session, actor: Actor, uid: str) -> Notice:
    require_permission(actor, Permission.EDIT_DIRECTORY)
    row = session.exec(select(Notice).where(col(Notice.uid) == uid)).first()
    if row is None:
        raise NotFoundError("Este aviso não existe.")
    _require_permission(session, actor, NoticeKind(row.kind), row.unit_id)
    return row


def _require_permission(
    session: Session, actor: Actor, kind: NoticeKind, unit_id: int | None
) -> None:
    # No scope covers "/": notices of the state or a comarca need an actor without a scope.
    where = (places.load_unit_path(session, unit_id) if unit_id else "") or "/"
    require_permission(actor, Permission.EDIT_DIRECTORY, where)
    if kind in NOTICE_EFFECTS:
        require_permission(actor, Permission.EDIT_CALENDAR, where)


def _require_not_over(row: Notice, now: datetime) -> None:
    if row.ends_at is not None and row.ends_at <= now:
        raise ConflictError("Este aviso já terminou. Publique outro.")


def _require_future_end(session: Session, form: NoticeForm, now: datetime) -> None:
    wrong: dict[str, str] = {}
    if form.ends_at is not None and form.ends_at <= now:
        wrong["ends_at"] = "Este fim já passou."
    if abs((form.starts_at - now).days) > MAX_DAYS_AHEAD:
        wrong["starts_at"] = "Escolha um começo a até cinco anos de hoje."
    if form.comarca_id is not None and not places.load_comarca_name(session, form.comarca_id):
        wrong["comarca_id"] = "Escolha uma comarca da lista."
    if form.unit_id is not None and not places.load_unit_name(session, form.unit_id):
        wrong["unit_id"] = "Escolha uma unidade da lista."
    if wrong:
        raise InvalidError("Confira o aviso.", wrong)


def _snapshot_row(session: Session, row: Notice) -> dict[str, str]:
    where = "todo o Estado"
    if row.unit_id is not None:
        where = places.load_unit_name(session, row.unit_id)
    elif row.comarca_id is not None:
        where = f"comarca de {places.load_comarca_name(session, row.comarca_id)}"
    return {
        "tipo": NOTICE_KIND_NAMES[NoticeKind(row.kind)],
        "texto": row.text,
        "onde": where,
        "canal": row.channel_kind,
        "começo": format_datetime(row.starts_at),
        "fim": format_datetime(row.ends_at) if row.ends_at else "sem previsão",
        "ato": row.act,
        "link do ato": row.act_url,
        "canal alternativo": row.alternative,
    }
