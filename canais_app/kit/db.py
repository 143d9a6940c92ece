"""The only door to the database: one engine, one transaction at the edge."""

import asyncio
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from select import POLLIN, poll
from typing import Any, Concatenate, ParamSpec, TypeVar, TypeVarTuple
from weakref import WeakKeyDictionary

import sqlalchemy as sa
import structlog
from sqlalchemy import Engine, event, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlmodel import Session, SQLModel, create_engine, select

from canais_app.settings import settings

P = ParamSpec("P")
T = TypeVar("T")
Ts = TypeVarTuple("Ts")

ATTEMPTS = 3
_RETRIABLE = {"40001", "40P01"}  # serialization failure, deadlock (PostgreSQL, appendix A)
# SQLite lets one writer in at a time; waiting here is fair, its own busy handler is not.
_sqlite_writer = threading.Lock()
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Lock]] = WeakKeyDictionary()
log = structlog.get_logger()
# Called with the session just before its transaction is committed, and once it is on disk, in
# the thread that commits.
before_commit: list[Callable[[Session], None]] = []
after_commit: list[Callable[[Session], None]] = []


@lru_cache(maxsize=1)
def engine() -> Engine:
    """Return the process's engine, made at first use."""
    url = settings().database_url
    if not settings().is_sqlite:
        made = create_engine(
            url,
            pool_size=10,
            max_overflow=20,
            pool_use_lifo=True,  # the connection used last has its statements prepared
            hide_parameters=True,
        )
        event.listen(made, "checkout", _refuse_dead)
        return made
    Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    made = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=20,
        connect_args={"check_same_thread": False},
        hide_parameters=True,  # a statement that fails is logged without anybody's data
    )
    event.listen(made, "connect", _prepare_sqlite)
    event.listen(made, "begin", _begin_sqlite)
    return made


def _refuse_dead(connection: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401 (a DBAPI connection)
    """Find out, without a question, that PostgreSQL has ended an idle connection.

    Nobody has anything to say on an idle line: what can be read there is its end. The pool then
    opens another one, and forgets the others that are as old.
    """
    line = poll()
    line.register(connection.fileno(), POLLIN)
    if line.poll(0):
        raise InvalidatePoolError


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 (a DBAPI connection)
    connection.isolation_level = None  # the driver must not begin transactions on its own
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        "temp_store=MEMORY",
        "cache_size=-32000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:  # noqa: ANN401 (a SQLAlchemy connection)
    reads = connection.get_execution_options().get("reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


@contextmanager
def unit_of_work() -> Generator[Session, None, None]:
    """Open a transaction that writes: all of it is committed at the end, or none of it."""
    lock = _sqlite_writer if settings().is_sqlite else threading.Lock()
    with lock, Session(engine(), expire_on_commit=False) as session:
        yield session
        for last in before_commit:
            last(session)
        session.commit()
    for hear in after_commit:
        hear(session)


@contextmanager
def reading() -> Generator[Session, None, None]:
    """Open a transaction that only reads: it never waits for a writer and keeps nothing."""
    with Session(engine().execution_options(reads=True)) as session:
        yield session


def columns(table: str) -> ReadOnlyColumnCollection[str, sa.Column[Any]]:
    """Return the columns of a model's table, for a statement that is made once and `ask`ed."""
    return SQLModel.metadata.tables[table].c


def ask(session: Session, made: sa.Select[*Ts], **named: object) -> sa.CursorResult[*Ts]:
    """Ask a statement of plain columns that was made once, giving its values by their names.

    To make a statement takes longer than to ask it, and rows of the ORM longer than tuples: it is
    for what is asked while others wait for the same time. It sees what the session has changed.
    """
    session.flush()
    return session.connection().execute(made, named)


def ask_plainly(session: Session, made: sa.Select[*Ts], **named: object) -> Sequence[Sequence[Any]]:
    """Ask the same and return the rows as the driver gives them: for many, of simple columns."""
    found = ask(session, made, **named)
    rows = found.cursor.fetchall() if found.cursor else ()
    found.close()
    return rows


def insert(session: Session):  # noqa: ANN201 (either dialect's insert)
    """Return the dialect's own `insert`, which knows `on_conflict_do_update`."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert if is_sqlite else postgresql.insert


def is_alone(session: Session, job: str) -> bool:
    """Take a job for this transaction; False when another process is at it just now.

    What the other one has committed before is then seen here (READ COMMITTED).
    """
    if settings().is_sqlite:  # it has one writer
        return True
    taken = func.pg_try_advisory_xact_lock(func.hashtext(job))
    return bool(session.exec(select(taken)).one())


def _is_retriable(wrong: OperationalError) -> bool:
    state = getattr(wrong.orig, "sqlstate", None)
    return state in _RETRIABLE or "database is locked" in str(wrong.orig)


def run(work: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a service function in one transaction; deadlocks are tried at most three times."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with unit_of_work() as session:
                return work(session, *args, **kwargs)
        except OperationalError as wrong:
            if attempt == ATTEMPTS or not _is_retriable(wrong):
                raise
            log.info("transaction_retried", attempt=attempt)
    raise AssertionError  # the loop returns or raises


def run_reading(
    work: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a query in one read-only transaction."""
    with reading() as session:
        return work(session, *args, **kwargs)


async def in_session(
    work: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a service function in a thread, in one transaction that may write.

    In a process the writers of one room take turns, first come first served: twenty at once for
    one thing would only take the processor from the one who has its lock. A long import of the
    directory does not hold up a booking.
    """
    async with turn(work):
        return await asyncio.to_thread(run, work, *args, **kwargs)


def turn(work: Callable[..., object]) -> asyncio.Lock:
    """Return the turns of the room that some work belongs to; SQLite has one writer for all."""
    return turn_at("" if settings().is_sqlite else ".".join(work.__module__.split(".")[:2]))


def turn_at(place: str) -> asyncio.Lock:
    """Return the turns at a place of this process, by its name: first come, first served."""
    return _turns.setdefault(asyncio.get_running_loop(), {}).setdefault(place, asyncio.Lock())


async def in_reading(
    work: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a query in a thread, in one transaction that only reads."""
    return await asyncio.to_thread(run_reading, work, *args, **kwargs)
