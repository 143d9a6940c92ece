"""Notices in force or announced: where they hold, since when, until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import Session, col, select

from canais_app.directory.models import Comarca, Notice, Unit
from canais_app.directory.views import NoticeView
from canais_app.expediente.models import Closure
from canais_app.kit import clock
from canais_app.kit.text import date_words, hour_words

AHEAD = timedelta(days=45)  # how early an announced notice is shown
WARN_KINDS = frozenset({"fechada", "closure", "manutencao", "manutenção"})


@dataclass(frozen=True)
class Scoped:
    """A notice's sentence and whom it concerns: the state, a comarca, or a unit's subtree."""

    words: str
    comarca_id: int | None
    unit_id: int | None

    def concerns(self, unit: Unit) -> bool:
        """Whether the notice holds for a unit; state-wide ones stand on the home page only."""
        if self.unit_id is not None:
            return unit.id == self.unit_id or f"/{self.unit_id}/" in unit.path
        return self.comarca_id is not None and unit.comarca_id == self.comarca_id


def in_force(session: Session, now: datetime) -> list[Scoped]:
    """Return the notices and closures that hold now, as sentences for cards."""
    return [
        Scoped(_sentence(row.text, row.alternative, row.act), row.comarca_id, row.unit_id)
        for row in _rows(session, now, now)
    ] + [
        Scoped(_sentence(row.reason, row.alternative, row.act), row.comarca_id, row.unit_id)
        for row in _closures(session, now, now)
    ]


def shown(session: Session, now: datetime, unit: Unit | None = None) -> list[NoticeView]:
    """Return notices in force or announced for the weeks to come; those of a unit when given."""
    names = dict(session.exec(select(Comarca.id, Comarca.name)).all())
    found = [
        _of_notice(row, _scope(session, row, names)) for row in _rows(session, now, now + AHEAD)
    ]
    found += [
        _of_closure(row, _scope(session, row, names))
        for row in _closures(session, now, now + AHEAD)
    ]
    if unit is not None:
        keep = {(n.id, n.kind) for n in found if _for_unit(session, n, unit)}
        found = [n for n in found if (n.id, n.kind) in keep]
    return sorted(found, key=lambda notice: (notice.starts_at > now, notice.starts_at))


def _for_unit(session: Session, notice: NoticeView, unit: Unit) -> bool:
    model = Closure if notice.kind == "fechada" and notice.id < 0 else Notice
    row = session.get(model, abs(notice.id))
    if row is None:
        return False
    everywhere = row.comarca_id is None and row.unit_id is None
    return everywhere or Scoped("", row.comarca_id, row.unit_id).concerns(unit)


def _rows(session: Session, now: datetime, until: datetime) -> Sequence[Notice]:
    return session.exec(
        select(Notice).where(
            col(Notice.starts_at) <= until,
            or_(col(Notice.ends_at).is_(None), col(Notice.ends_at) > now),
        )
    ).all()


def _closures(session: Session, now: datetime, until: datetime) -> Sequence[Closure]:
    return session.exec(
        select(Closure).where(
            col(Closure.starts_at) <= until,
            or_(col(Closure.ends_at).is_(None), col(Closure.ends_at) > now),
        )
    ).all()


def _scope(session: Session, row: Notice | Closure, names: dict[int | None, str]) -> str:
    if row.unit_id is not None:
        unit = session.get(Unit, row.unit_id)
        return unit.name if unit else "Unidade"
    return names.get(row.comarca_id, "Todo o Estado") if row.comarca_id else "Todo o Estado"


def _of_notice(row: Notice, scope: str) -> NoticeView:
    return NoticeView(
        id=row.id or 0,
        scope=scope,
        tone="warn" if row.kind in WARN_KINDS else "info",
        kind=row.kind,
        text=_stopped(row.text),
        act=row.act,
        act_url=row.act_url,
        alternative=_stopped(row.alternative),
        when=span_words(row.starts_at, row.ends_at),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def _of_closure(row: Closure, scope: str) -> NoticeView:
    """Return a closure as a notice; its id is negative so that the two kinds do not collide."""
    return NoticeView(
        id=-(row.id or 0),
        scope=scope,
        tone="warn",
        kind="fechada",
        text=_stopped(row.reason),
        act=row.act,
        act_url=row.act_url,
        alternative=_stopped(row.alternative),
        when=span_words(row.starts_at, row.ends_at),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def _stopped(words: str) -> str:
    """Return the words as a sentence that another may follow."""
    return words if not words or words.endswith((".", "!", "?")) else f"{words}."


def span_words(start: datetime, end: datetime | None) -> str:
    """Return `de 24/11/2026, 9h, a 25/11/2026, 12h`, or that the end is not known."""
    if end is None:
        return f"Desde {moment_words(start)}, sem previsão de fim"
    return f"De {moment_words(start)}, a {moment_words(end)}"


def moment_words(moment: datetime) -> str:
    """Return `24/11/2026, 9h`."""
    return f"{date_words(clock.local_day(moment))}, {hour_words(moment)}"


def _sentence(*parts: str) -> str:
    return " ".join(
        part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part
    )
