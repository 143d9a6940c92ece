"""The checks of `canais doctor`: each returns whether it passed, and one line of text."""

import shutil
import smtplib
import time
import zoneinfo
from collections.abc import Callable
from urllib.parse import urlsplit

from sqlalchemy import text

from canais_app.kit import clock, db, limits, migrations
from canais_app.settings import settings

Check = Callable[[], tuple[bool, str]]
MAX_CLOCK_SKEW_SECONDS = 2  # between this machine and the database
TIMEOUT_SECONDS = 5  # of the mail server
MAX_DELAY_SECONDS = 600  # of a due message while no worker runs
MIN_FREE_BYTES = 1_000_000_000  # on the disk of the working folder


def check_settings() -> tuple[bool, str]:
    """Return the profile, the address and the number of processes."""
    found = settings()
    return True, f"perfil {found.profile}, {found.base_url}, {found.workers} processo(s)"


def check_database() -> tuple[bool, str]:
    """Query the database."""
    started = time.perf_counter()
    with db.get_engine().execution_options(reads=True).connect() as connection:
        connection.execute(text("SELECT 1"))
        name = connection.dialect.name
    return True, f"{name} responde em {(time.perf_counter() - started) * 1000:.0f} ms"


def check_migrations() -> tuple[bool, str]:
    """Compare the database's version with the program's."""
    if migrations.is_database_current():
        return True, "na versão atual"
    return False, "fora da versão atual: execute `canais migrate`"


def check_counters() -> tuple[bool, str]:
    """Ask Redis, or say who counts the requests without it."""
    if not settings().redis_url:
        workers = settings().workers
        each = f": com {workers}, um limite vale até {workers} vezes" if workers > 1 else ""
        return True, f"sem CANAIS_REDIS_URL, cada processo conta por si{each}"
    if limits.counters().probe():
        return True, "Redis responde"
    return False, "degraded: o Redis não responde; cada processo conta por si"


def check_disk() -> tuple[bool, str]:
    """Measure the free space of the working folder's disk."""
    folder = settings().var_dir
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    return free >= MIN_FREE_BYTES, f"{free / 1e9:.1f} GB livres em {folder}"


def check_worker() -> tuple[bool, str]:
    """Say which process does what runs by itself; without one, messages must not be waiting."""
    from canais_app.jobs.worker import LOCK_KEY
    from canais_app.outbox.service import count_messages

    if settings().is_sqlite:
        return True, "dentro do servidor"
    held = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = :key"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    with db.get_engine().connect() as connection:
        if connection.execute(held, {"key": LOCK_KEY}).scalar_one():
            return True, "um ativo"
    waiting = db.read_sync(count_messages, now=clock.now()).oldest_due_seconds
    return waiting < MAX_DELAY_SECONDS, f"nenhum ativo; mensagem à espera há {waiting:.0f} s"


def check_zone_table() -> tuple[bool, str]:
    """Check that the zone table in use is the pinned one (package tzdata)."""
    from importlib import metadata

    folders = ", ".join(zoneinfo.TZPATH)
    return not folders, f"{clock.TZ.key}: {folders or 'tzdata ' + metadata.version('tzdata')}"


def check_mail() -> tuple[bool, str]:
    """Contact the mail server, or name the folder used in its place."""
    url = settings().smtp_url.get_secret_value()
    if not url:
        folder = settings().var_dir / "mail"
        return not settings().is_production, f"sem CANAIS_SMTP_URL: arquivos .eml em {folder}"
    parts = urlsplit(url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    port = parts.port or (465 if parts.scheme == "smtps" else 25)
    with kind(parts.hostname or "", port, timeout=TIMEOUT_SECONDS) as server:
        code, _ = server.noop()
    return code == 250, f"{parts.hostname}:{port} responde {code}"  # noqa: PLR2004 (RFC 5321: done)


def check_clock() -> tuple[bool, str]:
    """Compare this machine's clock with PostgreSQL's."""
    local = clock.to_local(clock.now())
    words = f"{local:%d/%m/%Y %H:%M:%S}, {clock.ZONE_LABEL}"
    if settings().is_sqlite:
        return True, words
    with db.get_engine().connect() as connection:
        database_time = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    skew = abs((clock.now() - database_time).total_seconds())
    return skew < MAX_CLOCK_SKEW_SECONDS, f"{words}; banco a {skew:.1f} s"


def check_build() -> tuple[bool, str]:
    """Check that the pages were built from these sources."""
    from canais_app import serve

    if not (serve.BUILD_FOLDER / "index.html").exists():
        return False, "páginas não construídas: `canais serve` constrói"
    stamp = serve.STAMP_FILE.read_text() if serve.STAMP_FILE.exists() else ""
    if stamp != serve.compute_fingerprint():
        return False, "páginas de outra versão das fontes: `canais serve` reconstrói"
    return True, "páginas em dia"


def check_audit() -> tuple[bool, str]:
    """Verify the audit log's hash chain."""
    from canais_app.accounts import audit

    report = db.read_sync(audit.verify_chain)
    if report.is_intact:
        return True, f"{report.count} registros, corrente íntegra, último {report.head[:12]}"
    return False, f"corrente rompida no registro {report.broken_id}"


def check_provider() -> tuple[bool, str]:
    """Parse the role map and load the OpenID provider's metadata."""
    import asyncio

    from canais_app.accounts import oidc, oidc_accounts

    if not settings().has_provider:
        return True, "nenhum: entra-se com e-mail e senha"
    groups = len(oidc_accounts.parse_role_map(settings().oidc_role_map))
    asyncio.run(oidc.load_metadata(now=clock.now()))
    return True, f"{settings().oidc_issuer} responde; {groups} grupo(s) com perfil"


ALL_CHECKS: tuple[tuple[str, Check], ...] = (
    ("configuração", check_settings),
    ("banco", check_database),
    ("migrações", check_migrations),
    ("contadores", check_counters),
    ("disco", check_disk),
    ("trabalhos", check_worker),
    ("correio", check_mail),
    ("relógio", check_clock),
    ("fusos", check_zone_table),
    ("páginas", check_build),
    ("auditoria", check_audit),
    ("provedor de acesso", check_provider),
)
