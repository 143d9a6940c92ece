"""Access to the database: one engine, and transactions opened only at the edge.

A web transaction waits a bounded time for locks and statements, then raises `BusyError`. Under
`long_running()` (commands, the worker) there is no such limit.
"""

import asyncio
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from functools import lru_cache, partial
from pathlib import Path
from select import POLLIN, poll
from typing import Any, Concatenate, ParamSpec, TypeVar

import psycopg
import structlog
from sqlalchemy import Engine, Index, Table, event, func, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool
from sqlmodel import Session, create_engine, select

from canais_app.kit.errors import BusyError, DatabaseAwayError, InvalidError, NotFoundError
from canais_app.settings import settings

P = ParamSpec("P")
T = TypeVar("T")

MAX_ATTEMPTS = 3
_RETRIABLE = {"40001", "40P01"}  # serialization failure, deadlock (PostgreSQL, appendix A)
# Classes of errors: connection, resources (disk, connections), operator intervention (shutdown).
_AWAY = ("08", "53", "57P")
_SQLITE_AWAY = ("disk is full", "unable to open database", "disk I/O error", "readonly database")
_TIMED_OUT = {"55P03", "57014"}  # lock_not_available, query_canceled
# Seconds that a web transaction waits: for a lock or a statement of PostgreSQL, for SQLite's
# writer, for a connection of the pool.
LOCK_TIMEOUT, STATEMENT_TIMEOUT, SQLITE_TIMEOUT, POOL_TIMEOUT = 3, 15, 5, 5
CONNECT_TIMEOUT = 5  # seconds to open a connection to PostgreSQL
LONG_SQLITE_TIMEOUT = 60  # the same for a long command, beside a server that writes
WRITERS = 20  # threads for transactions that write; reads use asyncio's own and never wait for them
# SQLite has one writer; the writers of a process wait here instead of in its busy handler.
writer_lock = threading.Lock()
_waiting = [0]  # how many of them wait now
_is_long = ContextVar("is_long", default=False)
log = structlog.get_logger()
# Called with the session just before its transaction is committed, and once it is on disk, in
# the thread that commits.
before_commit_hooks: list[Callable[[Session], None]] = []
after_commit_hooks: list[Callable[[Session], None]] = []


@lru_cache(maxsize=1)
def get_engine() -> Engine:
    """Return the process's engine, made at first use."""
    url = settings().database_url
    if not settings().is_sqlite:
        made = create_engine(
            url,
            pool_size=10,
            max_overflow=20,
            pool_timeout=POOL_TIMEOUT,
            pool_use_lifo=True,  # the connection used last has its statements prepared
            connect_args={"connect_timeout": CONNECT_TIMEOUT},
            hide_parameters=True,
        )
        event.listen(made, "connect", _prepare_postgres)
        event.listen(made, "checkout", _discard_dead_connection)
        event.listen(made, "begin", _begin_postgres)
        return made
    Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    made = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=20,
        pool_timeout=POOL_TIMEOUT,
        connect_args={"check_same_thread": False},
        hide_parameters=True,  # no personal data in the log of a failed statement
    )
    event.listen(made, "connect", _prepare_sqlite)
    event.listen(made, "begin", _begin_sqlite)
    return made


def count_connections_in_use() -> int:
    """Return how many connections of this process's pool are in use."""
    pool = get_engine().pool
    return pool.checkedout() if isinstance(pool, QueuePool) else 0


def _discard_dead_connection(connection: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401 (a DBAPI connection)
    """Make the pool reconnect when PostgreSQL has ended an idle connection.

    Nothing arrives on an idle connection but its end, so no query is needed to see it.
    """
    socket = poll()
    socket.register(connection.fileno(), POLLIN)
    if socket.poll(0):
        raise InvalidatePoolError


def _prepare_postgres(connection: Any, _record: object) -> None:  # noqa: ANN401 (a DBAPI connection)
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}s'")
        cursor.execute(f"SET statement_timeout = '{STATEMENT_TIMEOUT}s'")
    connection.commit()


def _begin_postgres(connection: Any) -> None:  # noqa: ANN401 (a SQLAlchemy connection)
    if _is_long.get():
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 (a DBAPI connection)
    connection.isolation_level = None  # the driver must not begin transactions on its own
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-32000",
        "secure_delete=ON",  # erased personal data is overwritten, not only unlinked
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:  # noqa: ANN401 (a SQLAlchemy connection)
    reads = connection.get_execution_options().get("reads", False)
    seconds = LONG_SQLITE_TIMEOUT if _is_long.get() else SQLITE_TIMEOUT
    connection.exec_driver_sql(f"PRAGMA busy_timeout={seconds * 1000}")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


@contextmanager
def long_running() -> Generator[None, None, None]:
    """Lift the web's time limits for the transactions of this block and of tasks begun in it."""
    before = _is_long.set(True)
    try:
        yield
    finally:
        _is_long.reset(before)


@contextmanager
def _translate_errors() -> Generator[None, None, None]:
    """Raise `BusyError` for a timeout or a lost database, `InvalidError` for NUL.

    PostgreSQL's driver refuses a text with NUL before it is sent; SQLite finds nothing.
    """
    try:
        yield
    except PoolTimeoutError as wrong:
        raise BusyError from wrong
    except DataError as wrong:
        if "NUL" in str(wrong.orig):
            raise InvalidError("O texto tem um caractere que não se pode usar.") from wrong
        raise
    except DBAPIError as wrong:
        state, words = getattr(wrong.orig, "sqlstate", None), str(wrong.orig)
        if state in _TIMED_OUT or "database is locked" in words:
            raise BusyError from wrong
        if _is_away(wrong, state or "", words):
            raise DatabaseAwayError from wrong
        raise


def _is_away(wrong: DBAPIError, state: str, words: str) -> bool:
    """Return whether an error says that the database is not there, whatever was asked of it."""
    if settings().is_sqlite:
        return any(part in words for part in _SQLITE_AWAY)
    never_connected = isinstance(wrong, OperationalError) and not state
    return wrong.connection_invalidated or never_connected or state.startswith(_AWAY)


@contextmanager
def _sqlite_writer() -> Generator[None, None, None]:
    """Hold the writer lock on SQLite; on PostgreSQL row locks do this."""
    if not settings().is_sqlite:
        yield
        return
    if not writer_lock.acquire(blocking=False):
        _waiting[0] += 1
        try:
            if not writer_lock.acquire(timeout=-1 if _is_long.get() else SQLITE_TIMEOUT):
                raise BusyError
        finally:
            _waiting[0] -= 1
    try:
        yield
    finally:
        writer_lock.release()


def are_writers_waiting() -> bool:
    """Return whether a transaction waits for SQLite's writer: work without haste should rest."""
    return _waiting[0] > 0


@contextmanager
def write_transaction() -> Generator[Session, None, None]:
    """Open a transaction that writes: all of it is committed at the end, or none of it.

    Raises:
        BusyError: a lock, a statement or the pool took longer than the web may wait.
        DatabaseAwayError: it cannot be reached; of a commit nobody knows whether it was done.
        InvalidError: a text holds NUL (PostgreSQL).
    """
    with (
        _translate_errors(),
        _sqlite_writer(),
        Session(get_engine(), expire_on_commit=False) as session,
    ):
        yield session
        for hook in before_commit_hooks:
            hook(session)
        session.commit()
    for hook in after_commit_hooks:
        hook(session)


@contextmanager
def read_transaction() -> Generator[Session, None, None]:
    """Open a transaction that only reads: it never waits for a writer.

    Raises:
        BusyError: a statement or the pool took longer than the web may wait.
        DatabaseAwayError: it cannot be reached.
        InvalidError: a text holds NUL (PostgreSQL).
    """
    with _translate_errors(), Session(get_engine().execution_options(reads=True)) as session:
        yield session


def truncate_wal() -> None:
    """Empty SQLite's write-ahead log, which still holds what was erased; readers may prevent it."""
    if settings().is_sqlite:
        with get_engine().connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def dialect_insert(session: Session):  # noqa: ANN201 (either dialect's insert)
    """Return the dialect's own `insert`, which knows `on_conflict_do_update`."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert if is_sqlite else postgresql.insert


def get_or_404(
    session: Session, table: type[T], key: object, message: str, *, locked: bool = False
) -> T:
    """Return the row of a primary key; `locked`: until the transaction ends.

    Raises:
        NotFoundError: with `message`; there is none.
    """
    row = session.get(table, key, with_for_update=locked or None)
    if row is None:
        raise NotFoundError(message)
    return row


def limit_lock_wait(session: Session) -> None:
    """Bound the whole wait of the next row lock, which PostgreSQL's `lock_timeout` does not.

    Behind other waiters a statement waits twice, for its turn and for the row: each has the full
    timeout. Holds for the rest of a web transaction on PostgreSQL; changes nothing elsewhere.
    """
    if not settings().is_sqlite and not _is_long.get():
        milliseconds = LOCK_TIMEOUT * 1000 + 500
        session.connection().exec_driver_sql(f"SET LOCAL statement_timeout = {milliseconds}")


def try_advisory_lock(session: Session, job: str) -> bool:
    """Lock a job for this transaction; return False when another process has the lock.

    What the other has committed before is visible here (READ COMMITTED).
    """
    if settings().is_sqlite:  # it has one writer
        return True
    lock = func.pg_try_advisory_xact_lock(func.hashtext(job))
    return bool(session.exec(select(lock)).one())


async def connect_psycopg() -> psycopg.AsyncConnection:
    """Open a connection to PostgreSQL outside the pool, in autocommit: for LISTEN and locks."""
    url = settings().database_url.replace("postgresql+psycopg://", "postgresql://")
    return await psycopg.AsyncConnection.connect(
        url, autocommit=True, connect_timeout=CONNECT_TIMEOUT
    )


def reset_sequences(session: Session, *tables: Table) -> None:
    """Let the next id of each table follow its highest, after rows were written with their ids.

    SQLite does so itself.
    """
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        if "id" not in table.c or table.c.id.type.python_type is not int:
            continue
        highest = connection.execute(select(func.max(table.c.id))).scalar()
        if highest:
            statement = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :highest)")
            connection.execute(statement, {"name": table.name, "highest": highest})


def write_sync(
    work: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a service function in one transaction.

    Deadlocks and serialization failures are tried at most three times; timeouts once.

    Raises:
        BusyError: as `write_transaction`; and whatever `work` raises.
    """
    for attempt in range(1, MAX_ATTEMPTS + 1):
        try:
            with write_transaction() as session:
                return work(session, *args, **kwargs)
        except OperationalError as wrong:
            if attempt == MAX_ATTEMPTS or getattr(wrong.orig, "sqlstate", None) not in _RETRIABLE:
                raise
            log.info("transaction_retried", attempt=attempt)
    raise AssertionError  # the loop returns or raises


def read_sync(
    work: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a query in one read-only transaction."""
    with read_transaction() as session:
        return work(session, *args, **kwargs)


async def write(
    work: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a service function in a thread, in one transaction that may write.

    Raises:
        BusyError: as `write_transaction`; and whatever `work` raises.
    """
    call = partial(copy_context().run, write_sync, work, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_writers(), call)


@lru_cache(maxsize=1)
def _writers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(WRITERS, thread_name_prefix="writer")


async def read(
    work: Callable[Concatenate[Session, P], T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a query in a thread, in one transaction that only reads."""
    return await asyncio.to_thread(read_sync, work, *args, **kwargs)


def partial_index(name: str, *columns: str, where: str, unique: bool = True) -> Index:
    """Return an index of the rows that meet the SQL condition `where`."""
    only = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=only, postgresql_where=only)
