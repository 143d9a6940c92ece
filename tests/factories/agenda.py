"""Agendas and appointments for tests: a gabinete, its secretaria, Monday–Friday 13h–17h."""

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

from sqlmodel import Session, select

from canais_app.agenda.availability import rule_values
from canais_app.agenda.availability.rule_values import Terms
from canais_app.agenda.availability.slots import WeeklyWindow
from canais_app.agenda.models import Agenda, AgendaVersion
from canais_app.agenda.schemas import BookingRequest
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Channel, Comarca, Unit, UnitKind

_number = count(os.getpid() * 1000)  # several programs may write into one database
CREATED_AT = datetime(2026, 1, 1, tzinfo=UTC)


def make_comarca(session: Session) -> Comarca:
    """The one comarca of these tests."""
    found = session.exec(select(Comarca).where(Comarca.name == "Sinop")).first()
    if found is None:
        found = Comarca(
            slug="sinop-teste", name="Sinop", ibge_code="0000001", latitude=-11.8, longitude=-55.5
        )
        session.add(found)
        session.flush()
    return found


def make_unit(session: Session, kind: UnitKind, email: str = "", **fields: Any) -> Unit:
    """A unit with an e-mail channel."""
    number = next(_number)
    fields = {"comarca_id": make_comarca(session).id, "name": f"Unidade {number}"} | fields
    made = Unit(
        code=f"T{number}",
        slug=f"unidade-{number}",
        kind=kind,
        degree=1,
        updated_at=CREATED_AT,
        **fields,
    )
    session.add(made)
    session.flush()
    made.path = f"/{made.id}/"
    if email:
        session.add(Channel(unit_id=made.id, kind=ChannelKind.EMAIL, value=email))
    session.flush()
    return made


def make_agenda(
    session: Session, windows: Sequence[WeeklyWindow] | None = None, **fields: Any
) -> Agenda:
    """A published agenda of twenty-minute slots, without notice; `fields` are its own or terms."""
    number = next(_number)
    vara = make_unit(session, UnitKind.VARA)
    chambers = make_unit(
        session,
        UnitKind.CHAMBERS,
        "gabinete@exemplo.invalid",
        parent_id=vara.id,
        name=f"Gabinete {number}",
    )
    make_unit(session, UnitKind.REGISTRY, "secretaria@exemplo.invalid", parent_id=vara.id)
    made = Agenda(
        **{
            "slug": f"gabinete-{number}",
            "title": f"Gabinete {number}",
            "unit_id": chambers.id,
            "published": True,
            "updated_at": CREATED_AT,
        }
        | {name: value for name, value in fields.items() if name in Agenda.model_fields}
    )
    session.add(made)
    session.flush()
    its = {name: value for name, value in fields.items() if name not in Agenda.model_fields}
    make_version(session, made, tuple(weekday_windows() if windows is None else windows), **its)
    return made


def make_version(
    session: Session, agenda: Agenda, windows: Sequence[WeeklyWindow], **fields: Any
) -> AgendaVersion:
    """The terms of an agenda, in force for ever unless `starts_on` and `ends_on` are given."""
    row = {"number": 1, "starts_on": date(2000, 1, 1), "ends_on": None, "published_at": CREATED_AT}
    made = AgendaVersion(
        agenda_id=agenda.id or 0,
        terms=rule_values.serialize_terms(
            Terms(
                **{
                    "windows": tuple(windows),
                    "notice_minutes": 0,
                    "cancel_notice": 0,
                    "max_per_oab_per_day": 0,
                    "max_active_per_oab": 0,
                    "max_active_per_case": 0,
                    "max_active_per_email": 0,
                    "release_delay": 0,
                    "modalities": ("video", "presencial"),
                    "place": "Fórum de Sinop, sala 4",
                    "video_base_url": "https://sala.exemplo.invalid/",
                }
                | {name: value for name, value in fields.items() if name not in row}
            )
        ),
        **row | {name: value for name, value in fields.items() if name in row},
    )
    session.add(made)
    session.flush()
    return made


def weekday_windows(starts: time = time(13), ends: time = time(17)) -> list[WeeklyWindow]:
    """A window on each weekday."""
    return [WeeklyWindow(day, starts, ends) for day in range(5)]


def make_window(
    weekday: int, starts: time = time(13), ends: time = time(17), **more: Any
) -> WeeklyWindow:
    """One window, to be put into an agenda."""
    return WeeklyWindow(weekday, starts, ends, **more)


def make_booking_request(start: datetime, **fields: Any) -> BookingRequest:
    """What a lawyer sends."""
    return BookingRequest.model_validate(make_booking_form(start, **fields))


def make_booking_form(start: datetime, **fields: Any) -> dict[str, Any]:
    """The same as the form's or the API's fields."""
    return {
        "start": start.isoformat(),
        "modality": "video",
        "name": "Pessoa de demonstração",
        "oab_number": "1",
        "oab_uf": "MT",
        "email": "voce@exemplo.invalid",
        "phone": "(65) 3000-0000",
        "case_number": "",
        "subject": "Tutela de urgência pendente",
        "consent": True,
    } | fields
