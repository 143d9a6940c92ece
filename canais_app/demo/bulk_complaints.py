"""Generate complaints in bulk for measuring: a court's year, drawn with numpy.

Series (unit and channel) have lognormal weights, a weekly and an hourly profile, days more uneven
than Poisson's (`phi`), and outages. Complaints have texts, owners, answers and ratings by age.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, func, select
from sqlmodel import Session, SQLModel, col

from canais_app.accounts.models import Staff
from canais_app.complaints import rollups
from canais_app.complaints.kinds import ComplaintKindCode
from canais_app.complaints.models import Complaint, ComplaintEvent, PersonReport, VisitHour
from canais_app.complaints.queries import REPORTER_NAME
from canais_app.demo.complaints import (
    CHANNEL_SHARES,
    CLOSED_DAY_SHARE,
    HOUR_WEIGHTS,
    KIND_WEIGHTS,
    TEXTS_BY_KIND,
    WEEKDAY_WEIGHTS,
)
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Channel
from canais_app.expediente.calendar import Location
from canais_app.expediente.queries import load_calendar
from canais_app.kit import clock, db
from canais_app.kit.errors import ConflictError

CHUNK = 20_000
_DAY = 86_400
_OFFSET = clock.HOURS_BEHIND_UTC * 3600
DAYS_BETWEEN_OUTAGES = 10
REPEATS = 0.1  # of the reports come from a person who was counted that day
TERM_DAYS = 30
VISIT_DAYS = 120
VISITS_PER_REPORT = 240
DROP_INDEXES_FROM = 50_000  # rows
ENDINGS = (
    "Tentei de manhã e à tarde.", "É sobre uma audiência marcada.", "Preciso da certidão.",
    "O prazo do processo corre.", "Já é a terceira vez nesta semana.", "Minha cliente é idosa.",
    "O advogado da outra parte também não conseguiu.", "O alvará está parado.", "Peço retorno.", "",
)  # fmt: skip
Array = NDArray[Any]


@dataclass(frozen=True)
class _Series:
    """The channels that are complained of, one row each."""

    unit_ids: Array
    channels: Array  # of `ChannelKind`, as text
    weights: Array  # shares, their sum is 1


def generate_complaints(  # noqa: PLR0913 (the parameters of the simulated world)
    session: Session,
    count: int,
    *,
    seed: int,
    now: datetime,
    days: int = 400,
    phi: float = 1.2,
    report_progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Store that many complaints of the last `days` days, with people, events, visits and counts.

    `phi` is the variance of a series' daily count divided by its mean; 1 is Poisson.

    Raises:
        ConflictError: there is no channel to complain of.
    """
    rng = np.random.default_rng(seed)
    series = _load_series(session, rng)
    place, at = _draw_reports(session, series, rng, count, now=now, days=days, phi=phi)
    first_id = (session.scalar(select(func.max(col(Complaint.id)))) or 0) + 1
    owners = [None, *session.scalars(select(col(Staff.id)).order_by(col(Staff.id)).limit(6))]
    connection = session.connection()
    indexes = Complaint.__table__.indexes if count >= DROP_INDEXES_FROM else ()  # type: ignore[attr-defined]
    for index in indexes:
        index.drop(connection)
    for start in range(0, count, CHUNK):
        part = slice(start, min(start + CHUNK, count))
        rows = _Rows(series, place[part], at[part], first_id + start, owners, rng, now)
        rows.store(connection)
        report_progress(rows.size)
    for index in indexes:
        index.create(connection)
    _store_visits(connection, series, rng, now, count / days)
    tables = (Complaint, ComplaintEvent, PersonReport)
    db.reset_sequences(session, *(SQLModel.metadata.tables[str(t.__tablename__)] for t in tables))
    rollups.rebuild(session)


def _load_series(session: Session, rng: np.random.Generator) -> _Series:
    asked = select(col(Channel.unit_id), col(Channel.kind)).order_by(col(Channel.id))
    found = [row for row in session.execute(asked).all() if row[1] in KIND_WEIGHTS]
    if not found:
        raise ConflictError("Gere unidades antes: não há canal do qual reclamar.")
    shares = np.array([CHANNEL_SHARES[ChannelKind(kind)] for _, kind in found])
    weights = shares * rng.lognormal(0, 1.1, len(found))
    channels = np.array([str(ChannelKind(kind)) for _, kind in found])
    return _Series(np.array([unit for unit, _ in found]), channels, weights / weights.sum())


def _draw_reports(  # noqa: PLR0913 (the parameters of the simulated world)
    session: Session,
    series: _Series,
    rng: np.random.Generator,
    count: int,
    *,
    now: datetime,
    days: int,
    phi: float,
) -> tuple[Array, Array]:
    """Return the series and the moment (seconds since 1970, UTC) of each report, oldest first."""
    calendar, today = load_calendar(session), clock.to_local_day(now)
    dates = [today - timedelta(days=back) for back in range(days, 0, -1)]
    day_weights = np.array([
        WEEKDAY_WEIGHTS[day.weekday()]
        if calendar.is_open_day(day, Location())
        else CLOSED_DAY_SHARE
        for day in dates
    ])  # fmt: skip
    day_weights /= day_weights.sum()
    drawn: list[Array] = []
    for weight in day_weights:
        mean = series.weights * weight * count * 1.05  # a few too many, cut below
        rate = rng.gamma(mean / (phi - 1), phi - 1) if phi > 1 else mean
        drawn.append(np.repeat(np.arange(len(mean)), rng.poisson(rate)))
    place = np.concatenate(drawn)
    day = np.repeat(np.arange(len(dates)), [len(found) for found in drawn])
    chosen = rng.choice(len(place), count, replace=len(place) < count)
    place, day = place[chosen], day[chosen]
    hours = np.array(list(HOUR_WEIGHTS))
    profile = np.array(list(HOUR_WEIGHTS.values()), float)
    hour = rng.choice(hours, count, p=profile / profile.sum())
    starts = np.array([int(clock.from_wall_clock(date, 0).timestamp()) for date in dates])
    at = starts[day] + hour * 3600 + rng.integers(0, 3600, count)
    for _ in range(min(days // DAYS_BETWEEN_OUTAGES, count // 100)):
        size = int(rng.integers(15, 40))
        struck = rng.choice(count, size, replace=False)
        begins = starts[rng.integers(len(starts))] + rng.integers(9, 16) * 3600
        place[struck] = rng.choice(len(series.weights), p=series.weights)
        at[struck] = begins + rng.integers(0, 7200, size)
    order = np.argsort(at, kind="stable")
    return place[order], np.minimum(at[order], int(now.timestamp()) - 60)


class _Rows:
    """A chunk of complaints as rows of the tables."""

    def __init__(  # noqa: PLR0913, PLR0917 (columns of a chunk)
        self,
        series: _Series,
        place: Array,
        at: Array,
        first_id: int,
        owners: Sequence[int | None],
        rng: np.random.Generator,
        now: datetime,
    ) -> None:
        self.rng, self.size = rng, len(at)
        self.ids = np.arange(first_id, first_id + self.size)
        self.units, self.channels = series.unit_ids[place], series.channels[place]
        self.created = np.minimum(at + rng.integers(0, 240, self.size), int(now.timestamp()))
        self.occurred = at
        self.due = (_days(self.created) + TERM_DAYS + 1) * _DAY + _OFFSET - 60
        self.kinds = self._draw_kinds()
        self._draw_triage(place, owners, int(now.timestamp()))

    def _draw_kinds(self) -> list[str]:
        found = np.empty(self.size, object)
        for channel in set(self.channels.tolist()):
            kinds, weights = zip(*KIND_WEIGHTS[ChannelKind(channel)], strict=True)
            where = np.flatnonzero(self.channels == channel)
            shares = np.array(weights, float) / sum(weights)
            found[where] = self.rng.choice([str(kind) for kind in kinds], len(where), p=shares)
        return found.tolist()

    def _draw_triage(self, place: Array, owners: Sequence[int | None], now: int) -> None:
        rng, size = self.rng, self.size
        usual = 4 + place % 17  # days that a unit usually takes
        self.answered = self.created + (rng.gamma(3, usual / 3) * 86400).astype(np.int64) + 3600
        is_never = rng.random(size) < 0.004  # noqa: PLR2004 (stay open beyond their deadline)
        self.is_answered = (self.answered < now) & ~is_never
        self.closed = self.answered + rng.integers(1, 15, size) * 86400
        self.is_closed = self.is_answered & (self.closed < now)
        self.is_rated = self.is_closed & (rng.random(size) < 0.3)  # noqa: PLR2004 (three in ten answer)
        age = now - self.created
        steps = np.digitize(age, (86400, 3 * 86400))
        self.status = np.where(
            self.is_closed,
            np.where(rng.random(size) < 0.9, "resolvida", "nao_confirmada"),  # noqa: PLR2004 (nine in ten)
            np.where(
                self.is_answered,
                "respondida",
                np.array(["recebida", "em_analise", "encaminhada"])[steps],
            ),
        ).tolist()
        picked = rng.integers(0, len(owners), size)
        self.owners = [owners[n] for n in picked.tolist()]

    def store(self, connection: Connection) -> None:
        """Write the chunk."""
        occurred, created, due = map(_moments, (self.occurred, self.created, self.due))
        answered = _moments(self.answered, self.is_answered)
        closed = _moments(self.closed, self.is_closed)
        rated = _moments(self.closed + 3600, self.is_rated)
        on_time = (self.answered <= self.due).tolist()
        solved = (self.rng.random(self.size) < 0.7).tolist()  # noqa: PLR2004 (seven in ten)
        ids, units, channels = self.ids.tolist(), self.units.tolist(), self.channels.tolist()
        texts = self._texts()
        _insert(
            connection,
            "complaint",
            "id protocol secret_hash unit_id channel kind status occurred_at created_at due_at "
            "text name email version duplicates is_unread owner_id answered_at is_on_time "
            "closed_at rated_at is_resolved is_useful",
            (
                (
                    ids[n], f"GER-{ids[n]:09d}", "0" * 64, units[n], channels[n], self.kinds[n],
                    self.status[n], occurred[n], created[n], due[n], texts[n], "", "", 1, 0, False,
                    self.owners[n], answered[n], on_time[n] if answered[n] else None, closed[n],
                    rated[n], solved[n] if rated[n] else None, solved[n] if rated[n] else None,
                )
                for n in range(self.size)
            ),
        )  # fmt: skip
        _insert(
            connection,
            "complaint_event",
            "complaint_id at who author from_status to_status text public",
            self._events(ids, created, answered),
        )
        days = _days(self.created).tolist()
        is_repeat = (self.rng.random(self.size) < REPEATS).tolist()
        _insert(
            connection,
            "person_report",
            "unit_id channel day received_at complaint_id",
            (
                (units[n], channels[n], days[n], created[n], ids[n])
                for n in range(self.size)
                if not is_repeat[n]
            ),
        )

    def _events(
        self, ids: list[int], created: list[str | None], answered: list[str | None]
    ) -> Iterator[tuple[object, ...]]:
        for n, id_ in enumerate(ids):
            yield id_, created[n], REPORTER_NAME, "reporter", "", "recebida", "", True
            if answered[n]:
                words = "Verificamos e corrigimos."
                yield id_, answered[n], "Unidade", "unit", "encaminhada", "respondida", words, True

    def _texts(self) -> list[str]:
        beginnings = self.rng.integers(0, 1000, self.size).tolist()
        endings = self.rng.integers(0, len(ENDINGS), self.size).tolist()
        found: list[str] = []
        for n, kind in enumerate(self.kinds):
            options = TEXTS_BY_KIND.get(ComplaintKindCode(kind), ("",))
            words = options[beginnings[n] % len(options)]
            found.append(f"{words} {ENDINGS[endings[n]]}".strip() if words else "")
        return found


def _days(seconds: Array) -> Array:
    """Return the court's days, since 1970, of moments."""
    return (seconds - _OFFSET) // _DAY


def _moments(seconds: Array, known: Array | None = None) -> list[str | None]:
    """Return moments as both databases read them; None where not known."""
    texts = np.char.replace(np.datetime_as_string(seconds.astype("datetime64[s]")), "T", " ")
    written: list[str | None] = np.char.add(texts, ".000000").tolist()
    if known is None:
        return written
    return [moment if on else None for moment, on in zip(written, known.tolist(), strict=True)]


def _store_visits(
    connection: Connection, series: _Series, rng: np.random.Generator, now: datetime, a_day: float
) -> None:
    """Write the uses of each channel's button, as one count a day at noon."""
    connection.execute(delete(VisitHour))
    today = int(clock.from_wall_clock(clock.to_local_day(now), 12).timestamp()) // 3600
    uneven = rng.lognormal(0, 0.4, len(series.weights))
    units, channels = series.unit_ids.tolist(), series.channels.tolist()
    means = series.weights * uneven * a_day * VISITS_PER_REPORT
    _insert(
        connection,
        "visit_hour",
        "hour unit_id channel visits",
        (
            (today - 24 * back, unit, channel, count)
            for back in range(1, VISIT_DAYS)
            for unit, channel, count in zip(
                units, channels, rng.poisson(means).tolist(), strict=True
            )
            if count
        ),
    )


def _insert(
    connection: Connection, table: str, columns: str, rows: Iterable[tuple[object, ...]]
) -> None:
    """Write rows in the driver's fastest way."""
    names = ", ".join(columns.split())
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        with driver.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(columns.split()))
    driver.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 (names of ours)
