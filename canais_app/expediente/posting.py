"""Publish, change and end notices; a closure is a notice too (ADR 8)."""

from datetime import datetime
from urllib.parse import urlsplit

from pydantic import AwareDatetime, BaseModel, Field, ValidationInfo, field_validator
from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.expediente import places
from canais_app.expediente.changes import diff_fields
from canais_app.expediente.models import Notice
from canais_app.expediente.queries import TOPIC
from canais_app.expediente.rules import NOTICE_EFFECTS, NoticeKind
from canais_app.kit import clock, live
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError
from canais_app.kit.forms import SingleLineText
from canais_app.kit.text import format_date, format_hour

MAX_DAYS_AHEAD = 5 * 366  # days that a notice may last, or lie ahead
NOTICE_KIND_NAMES = {
    NoticeKind.CLOSED: "Fechada",
    NoticeKind.DEADLINES: "Prazos suspensos",
    NoticeKind.CHANGED: "Atendimento alterado",
    NoticeKind.MAINTENANCE: "Manutenção",
}
INVALID_LINK_TEXT = "Escreva um endereço que comece com https://."


class NoticeForm(BaseModel):
    """A notice as it is written: what, where, since when, until when."""

    kind: NoticeKind
    text: SingleLineText = Field(min_length=3, max_length=300)
    act: SingleLineText = Field(default="", max_length=120)
    act_url: SingleLineText = Field(default="", max_length=300)
    alternative: SingleLineText = Field(default="", max_length=200)
    comarca_id: int | None = None
    unit_id: int | None = None
    channel_kind: SingleLineText = Field(default="", max_length=24)
    starts_at: AwareDatetime
    ends_at: AwareDatetime | None = None

    @field_validator("act_url")
    @classmethod
    def _https(cls, link: str) -> str:
        if link and not _is_https(link):
            raise ValueError(INVALID_LINK_TEXT)
        return link

    @field_validator("unit_id")
    @classmethod
    def _one_place(cls, unit_id: int | None, info: ValidationInfo) -> int | None:
        if unit_id is not None and info.data.get("comarca_id") is not None:
            raise ValueError("Escolha a comarca ou a unidade, não as duas.")
        return unit_id

    @field_validator("channel_kind")
    @classmethod
    def _no_half_closure(cls, channel: str, info: ValidationInfo) -> str:
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


def _is_https(link: str) -> bool:
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return (
        parts.scheme == "https" and bool(parts.hostname) and link.isprintable() and " " not in link
    )


def publish_notice(session: Session, actor: Actor, form: NoticeForm, *, now: datetime) -> Notice:
    """Publish a notice, at once or for a day to come; one that closes also closes the calendar.

    Raises:
        NotSignedInError, NotPermittedError: who may not; closing needs the calendar's permission.
        NotFoundError: no such unit, or none of this person's.
        InvalidError: it would be over already, or lies too far ahead.
    """
    _require_permission(session, actor, form.kind, form.unit_id)
    _require_future_end(session, form, now)
    row = Notice(**form.model_dump(), published_at=now, updated_at=now)
    session.add(row)
    session.flush()
    changes = diff_fields({}, _snapshot_row(session, row))
    audit.record_entry(session, actor, "publicar aviso", "aviso", row.uid, changes, now=now)
    live.emit(session, TOPIC)
    return row


def edit_notice(  # noqa: PLR0913 (whose, what, as it was seen)
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
        NotSignedInError, NotPermittedError: as for `post`.
        NotFoundError: no such notice or unit, or none of this person's.
        ConflictError: it is over, or somebody else changed it meanwhile.
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
    changes = diff_fields(before, _snapshot_row(session, row))
    if changes:
        row.updated_at = now
        session.add(row)
        audit.record_entry(session, actor, "alterar aviso", "aviso", uid, changes, now=now)
        live.emit(session, TOPIC)
    return row


def end_notice(session: Session, actor: Actor, uid: str, *, now: datetime) -> None:
    """End a notice now; one that has not begun is taken back as if it had never been.

    Raises:
        NotSignedInError, NotPermittedError: as for `post`.
        NotFoundError: no such notice, or none of this person's.
        ConflictError: it is over already.
    """
    row = _load_editable(session, actor, uid)
    _require_not_over(row, now)
    before = _snapshot_row(session, row)
    if row.starts_at > now:
        session.delete(row)
        action, changes = "retirar aviso", diff_fields(before, {})
    else:
        row.ends_at, row.updated_at = now, now
        session.add(row)
        action, changes = "encerrar aviso", diff_fields(before, _snapshot_row(session, row))
    audit.record_entry(session, actor, action, "aviso", uid, changes, now=now)
    live.emit(session, TOPIC)


def can_post_notice(actor: Actor, kind: NoticeKind, unit_path: str) -> bool:
    """Whether somebody may publish, change and end such a notice there (no path: state-wide)."""
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
    # Nobody's scope covers "/": what is state-wide or of a comarca is for those without a scope.
    where = (places.load_unit_path(session, unit_id) if unit_id else "") or "/"
    require_permission(actor, Permission.EDIT_DIRECTORY, where)
    if kind in NOTICE_EFFECTS:
        require_permission(actor, Permission.EDIT_CALENDAR, where)


def _require_not_over(row: Notice, now: datetime) -> None:
    if row.ends_at is not None and row.ends_at <= now:
        raise ConflictError("Este aviso já terminou. Publique outro.")


def _require_future_end(session: Session, wish: NoticeForm, now: datetime) -> None:
    wrong: dict[str, str] = {}
    if wish.ends_at is not None and wish.ends_at <= now:
        wrong["ends_at"] = "Este fim já passou."
    if abs((wish.starts_at - now).days) > MAX_DAYS_AHEAD:
        wrong["starts_at"] = "Escolha um começo a até cinco anos de hoje."
    if wish.comarca_id is not None and not places.load_comarca_name(session, wish.comarca_id):
        wrong["comarca_id"] = "Escolha uma comarca da lista."
    if wish.unit_id is not None and not places.load_unit_name(session, wish.unit_id):
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
        "começo": _moment(row.starts_at),
        "fim": _moment(row.ends_at) if row.ends_at else "sem previsão",
        "ato": row.act,
        "link do ato": row.act_url,
        "canal alternativo": row.alternative,
    }


def _moment(moment: datetime) -> str:
    return f"{format_date(clock.to_local_day(moment))}, {format_hour(moment)}"
