"""Generate units, appointments and complaints in bulk for benchmarks, deterministically."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice
from random import Random

from sqlalchemy import func, insert, select
from sqlmodel import Session, SQLModel, col

from canais_app.agenda.availability import rule_values
from canais_app.agenda.availability.rule_values import Terms
from canais_app.agenda.availability.slots import WeeklyWindow
from canais_app.agenda.models import Agenda, AgendaVersion, Appointment, AppointmentStatus, Modality
from canais_app.demo import bulk_complaints
from canais_app.demo.shapes import JUIZADOS, VARAS
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Channel, Comarca, Unit, UnitKind
from canais_app.directory.reference import load_reference
from canais_app.kit import clock, db, live
from canais_app.kit.errors import ConflictError
from canais_app.kit.text import hash_token, slugify
from canais_app.settings import settings

BATCH_ROWS = 5000
FIRST_NUMBER = 21  # above any ordinal of the demonstration
SLOTS_PER_DAY = 21  # of twenty minutes, from 12h to 19h
WORKDAYS = 5
ReportProgress = Callable[[int], None]
RowValues = dict[str, object]


@dataclass(frozen=True)
class GeneratedCounts:
    """How many rows were written."""

    units: int
    appointments: int
    complaints: int


def generate_rows(  # noqa: PLR0913 (one option for each kind of row)
    session: Session,
    *,
    units: int,
    appointments: int,
    complaints: int,
    seed: int,
    now: datetime,
    agenda: str = "",
    days: int = 400,
    phi: float = 1.2,
    report_progress: ReportProgress = lambda _: None,
) -> GeneratedCounts:
    """Write that many rows; call `report_progress` with the size of each batch.

    Appointments are past and spread over the published agendas, or all in `agenda` (a slug).
    Complaints are of the last `days` days; `phi`: see `generate_complaints`.

    Raises:
        ConflictError: in production, or without a unit or agenda for the rows.
    """
    if settings().is_production:
        raise ConflictError("Dados gerados são recusados em produção.")
    rng = Random(seed)
    load_reference(session)
    _write(session, Unit, _units(session, units, now), report_progress)
    _write(session, Channel, _channels(session, now, units), report_progress)
    if appointments:
        rows = _appointments(session, appointments, agenda, rng, now)
        _write(session, Appointment, rows, report_progress)
    if complaints:
        bulk_complaints.generate_complaints(
            session,
            complaints,
            seed=seed,
            now=now,
            days=days,
            phi=phi,
            report_progress=report_progress,
        )
    live.emit(session, "complaints:all")
    return GeneratedCounts(units, appointments, complaints)


def _write(
    session: Session,
    model: type[SQLModel],
    rows: Iterator[RowValues],
    report_progress: ReportProgress,
) -> None:
    while batch := list(islice(rows, BATCH_ROWS)):
        session.execute(insert(model), batch)
        report_progress(len(batch))
    db.reset_sequences(session, SQLModel.metadata.tables[str(model.__tablename__)])


def _highest_id(session: Session, model: type[Unit]) -> int:
    return session.scalar(select(func.coalesce(func.max(col(model.id)), 0))) or 0


def _units(session: Session, count: int, now: datetime) -> Iterator[RowValues]:
    """Yield varas, each with its Secretaria and Gabinete, comarca after comarca."""
    installed = select(Comarca).where(col(Comarca.installed)).order_by(col(Comarca.slug))
    comarcas = session.scalars(installed).all()
    return islice(_endless_units(comarcas, _highest_id(session, Unit), now), count)


def _endless_units(comarcas: Sequence[Comarca], last: int, now: datetime) -> Iterator[RowValues]:
    number = last
    ordinal = FIRST_NUMBER + last // 3
    while True:
        for name, tags, *_ in (*VARAS, *JUIZADOS):
            for comarca in comarcas:
                full = f"{ordinal}ª {name} de {comarca.name}"
                kind = UnitKind.SMALL_CLAIMS if "Juizado" in name else UnitKind.VARA
                above = number + 1
                for kin, its_name in (
                    (kind, full),
                    (UnitKind.REGISTRY, f"{full} — Secretaria"),
                    (UnitKind.CHAMBERS, f"Gabinete da {full}"),
                ):
                    number += 1
                    top = number == above
                    yield {
                        "id": number,
                        "code": f"GER-{number:06d}",
                        "slug": slugify(its_name),
                        "name": its_name,
                        "kind": kin.value,
                        "degree": 1,
                        "comarca_id": comarca.id,
                        "parent_id": None if top else above,
                        "path": f"/{above}/" if top else f"/{above}/{number}/",
                        "competences": list(tags),
                        "aliases": [],
                        "hours": {},
                        "active": True,
                        "is_demo": True,
                        "updated_at": now,
                    }
        ordinal += 1


def _channels(session: Session, now: datetime, count: int) -> Iterator[RowValues]:
    newest = select(col(Unit.id), col(Unit.kind), col(Unit.slug)).order_by(col(Unit.id).desc())
    for row in session.connection().execute(newest.limit(count)).all():
        unit_id, kind, slug = int(row[0] or 0), row[1], row[2]
        values = [
            (ChannelKind.PHONE, f"+55653000{unit_id % 10000:04d}"),
            (ChannelKind.EMAIL, f"{slug[:60]}@exemplo.invalid"),
        ]
        if kind == UnitKind.REGISTRY:
            link = f"https://balcao.exemplo.invalid/{slug}"
            values.append((ChannelKind.VIRTUAL_COUNTER, link))
        for position, (channel, value) in enumerate(values):
            yield {
                "unit_id": unit_id, "kind": channel.value, "value": value, "hours": {},
                "position": position, "verified_at": now, "verified_by": "equipe da unidade",
            }  # fmt: skip


def _agendas(session: Session, slug: str, now: datetime) -> list[int]:
    asked = select(col(Agenda.id)).where(col(Agenda.published)).order_by(col(Agenda.id))
    found = session.scalars(asked.where(col(Agenda.slug) == slug) if slug else asked).all()
    if not found and not slug:
        found = [_new_agenda(session, now)]
    if not found:
        raise ConflictError(f"Não há agenda publicada {slug}.")
    return [agenda_id for agenda_id in found if agenda_id is not None]


def _new_agenda(session: Session, now: datetime) -> int | None:
    chambers = select(Unit).where(col(Unit.kind) == UnitKind.CHAMBERS).order_by(col(Unit.id))
    unit = session.scalars(chambers.limit(1)).first()
    if unit is None:
        raise ConflictError("Gere unidades antes: não há gabinete para a agenda.")
    agenda = Agenda(
        slug=unit.slug, title=unit.name, unit_id=unit.id or 0, published=True, updated_at=now,
    )  # fmt: skip
    session.add(agenda)
    session.flush()
    its = Terms(
        modalities=(Modality.VIDEO,),
        video_base_url="https://video.exemplo.invalid/gerada/{codigo}",
        windows=tuple(WeeklyWindow(day, time(13), time(17)) for day in range(WORKDAYS)),
    )
    session.add(
        AgendaVersion(
            agenda_id=agenda.id or 0, number=1, starts_on=clock.to_local_day(now),
            terms=rule_values.serialize_terms(its), published_at=now,
        )
    )  # fmt: skip
    session.flush()
    return agenda.id


def _appointments(
    session: Session, count: int, slug: str, rng: Random, now: datetime
) -> Iterator[RowValues]:
    agendas = _agendas(session, slug, now)
    # Before the stored appointments, so that none overlap.
    first = session.scalar(
        select(func.min(col(Appointment.starts_at))).where(col(Appointment.agenda_id).in_(agendas))
    )
    start = clock.to_local_day(min(first or now, now))
    for number in range(count):
        index_in_agenda, index = divmod(number, len(agendas))
        back, slot = divmod(index_in_agenda, SLOTS_PER_DAY)
        weeks, weekday = divmod(back, WORKDAYS)
        monday = start - timedelta(days=start.weekday() + 7 * (weeks + 1))
        day = monday + timedelta(days=weekday)
        begins = clock.from_wall_clock(day, 12) + timedelta(minutes=20 * slot)
        ends = begins + timedelta(minutes=20)
        lawyer = rng.randrange(100_000)
        yield {
            "agenda_id": agendas[index], "seat": 0, "status": AppointmentStatus.ATTENDED.value,
            "starts_at": begins, "ends_at": ends, "busy_from": begins, "busy_until": ends,
            "modality": "video", "code": f"GER{number:07d}"[:12],
            "token_hash": hash_token(f"ger-{agendas[index]}-{begins.isoformat()}"),
            "ics_sequence": 0,
            "name": "Pessoa gerada", "oab": f"MT9{lawyer:05d}", "email": "p@exemplo.invalid",
            "subject": "Medição", "created_at": begins - timedelta(days=2),
            "confirmed_at": begins - timedelta(days=2),
        }  # fmt: skip
