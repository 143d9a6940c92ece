"""How many files of the application one request runs through, from the service down.

A file counts when one of its functions runs during the request, on a process that has served the
same request before: what is only imported does not count. `python -m bench.journeys --files`
prints the files of each journey.
"""

import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType

from bench.apart import run_isolated
from bench.claim import Claim

APP = Path(__file__).parents[1] / "canais_app"
WORDS = "vara família sinop"
WARM_ROUNDS = 2
BARS = {"agendamento": 25, "busca": 20, "relato e painel": 25, "edição de unidade": 15}


def claims() -> Iterable[Claim]:
    """Count the files of each journey in a process of its own."""
    counted = run_isolated("bench.journeys")
    for name, most in BARS.items():
        count = counted[name]
        yield Claim(
            f"arquivos de canais_app executados por um pedido: {name}",
            f"{count:.0f}",
            f"≤ {most}",
            count <= most,
        )


@contextmanager
def _recording() -> Iterator[set[str]]:
    """Yield the set of files whose functions run inside the block, in any thread started in it."""
    seen: set[str] = set()
    root = f"{APP}/"

    def note(frame: FrameType, event: str, _arg: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(root):
            seen.add(frame.f_code.co_filename.removeprefix(root))

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield seen
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def journeys() -> dict[str, set[str]]:
    """Run each journey on demonstration data and return the files of its last, warm request."""
    from canais_app import wiring
    from canais_app.demo import seed_demo
    from canais_app.kit import clock, db
    from canais_app.kit.migrations import upgrade_database

    upgrade_database()
    db.write_sync(seed_demo, clock.now())
    wiring.connect_hooks()
    return {name: _files_of(make()) for name, make in JOURNEYS.items()}


def _files_of(request: Callable[[], object]) -> set[str]:
    for _ in range(WARM_ROUNDS):
        request()
    with _recording() as seen:
        request()
    return seen


def _booking() -> Callable[[], object]:
    from canais_app.agenda import queries
    from canais_app.agenda.booking import booking
    from canais_app.kit import clock, db
    from tests.factories.agenda import make_booking_request

    first = clock.to_local_day(clock.now())

    def free_times(slug: str) -> list[str]:
        last = first + timedelta(days=28)
        slots = db.read_sync(queries.list_open_slots, slug, first, last, now=clock.now())
        return [slot.start for slot in slots]

    agendas = db.read_sync(queries.list_agendas, now=clock.now())
    slug, times = max(((a.slug, free_times(a.slug)) for a in agendas), key=lambda one: len(one[1]))
    waiting, numbers = iter(times), iter(range(1000, 2000))

    def request() -> object:
        start = datetime.fromisoformat(next(waiting))
        sent = make_booking_request(start, oab_number=str(next(numbers)))
        return db.write_sync(booking.book, slug, sent, now=clock.now())

    return request


def _search() -> Callable[[], object]:
    from canais_app.directory import unit_search
    from canais_app.kit import clock, db

    return lambda: db.read_sync(unit_search.find_units, WORDS, now=clock.now())


def _complaint_and_dashboard() -> Callable[[], object]:
    from sqlmodel import Session, select

    from canais_app.accounts.roles import Actor, Grant, Role
    from canais_app.complaints.analysis import state as analysis
    from canais_app.complaints.analysis.query import AnalysisQuery
    from canais_app.complaints.schemas import Report
    from canais_app.complaints.service import file_complaint
    from canais_app.directory.channels import ChannelKind
    from canais_app.directory.models import Channel, Unit
    from canais_app.kit import clock, db

    def place(session: Session) -> str:
        asked = select(Unit.slug).join(Channel).where(Channel.kind == ChannelKind.PHONE)
        return session.exec(asked).first() or ""

    slug = db.read_sync(place)
    actor = Actor(1, "Corregedoria", (Grant(Role.CORREGEDORIA, ""),))

    def request() -> object:
        sent = {"unit": slug, "channel": "telefone", "kind": "nao_atende"}
        db.write_sync(file_complaint, Report.model_validate(sent), now=clock.now())
        return db.read_sync(analysis.load_view, actor, AnalysisQuery(), now=clock.now())

    return request


def _unit_edit() -> Callable[[], object]:
    from sqlmodel import Session, select

    from canais_app.accounts.models import Staff
    from canais_app.accounts.roles import Actor, Grant, Role
    from canais_app.directory.editing import service as editing
    from canais_app.directory.editing import views
    from canais_app.directory.editing.schemas import BaseVersion, UnitForm
    from canais_app.directory.models import Unit
    from canais_app.kit import clock, db
    from canais_app.kit.forms import parse_form

    def read(session: Session) -> tuple[Actor, str, dict[str, str]]:
        staff, unit = session.exec(select(Staff)).first(), session.exec(select(Unit)).first()
        assert staff is not None
        assert unit is not None
        actor = Actor(staff.id, staff.name, (Grant(Role.ADMIN, ""),))
        return actor, unit.code, views.unit_form_values(unit)

    actor, code, form = db.read_sync(read)
    numbers = iter(range(1, 100))

    def save(session: Session) -> object:
        version = session.exec(select(Unit.version).where(Unit.code == code)).one()
        draft = parse_form(UnitForm, {**form, "address": f"Rua {next(numbers)}"})
        basis = BaseVersion(version=version, seen=version)
        return editing.save_unit(session, code, draft, basis, actor=actor, now=clock.now())

    def request() -> object:
        return db.write_sync(save)

    return request


JOURNEYS: dict[str, Callable[[], Callable[[], object]]] = {
    "agendamento": _booking,
    "busca": _search,
    "relato e painel": _complaint_and_dashboard,
    "edição de unidade": _unit_edit,
}


def main() -> None:
    """Print the counts as JSON; with `--files`, the files first. Uses a database of its own."""
    with tempfile.TemporaryDirectory(prefix="canais-bench-") as var:
        os.environ |= {"CANAIS_VAR_DIR": var, "CANAIS_DATABASE_URL": f"sqlite:///{var}/bench.db"}
        found = journeys()
    if "--files" in sys.argv[1:]:
        for name, files in found.items():
            print(f"{name}: {len(files)}", *sorted(files), sep="\n  ", file=sys.stderr)
    print(json.dumps({name: len(files) for name, files in found.items()}))


if __name__ == "__main__":
    main()
