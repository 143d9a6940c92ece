"""The way from nothing to production in docs/operations.md: its commands, extracted and run.

What a test machine cannot do (packages, systemd) is listed with the reason.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import servers
from tests.mail_server import MailServer, free_port, serve_in_background

ROOT = Path(__file__).parents[2]
PSQL = shutil.which("psql")
pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(
        servers.postgres_bin() is None or PSQL is None,
        reason="PostgreSQL is not installed (apt package: postgresql)",
    ),
]
SKIPPED = {
    "apt-get install": "changes the machine",
    "useradd": "changes the machine",
    "git clone": "needs the repository's address",
    "cd /srv/canais": "the tests' own tree stands for it",
    "make install": "the tests run in what it makes",
    "cp deploy/systemd": "tests/deploy/test_units.py",
    "cp deploy/logrotate.conf": "tests/deploy/test_units.py",
    "cp deploy/nginx": "tests/deploy/test_nginx.py",
    "nginx -t": "tests/deploy/test_nginx.py",
    "systemctl": "needs systemd as the first process",
}


def commands() -> list[str]:
    """Return the commands of the section, in their order."""
    text = (ROOT / "docs/operations.md").read_text("utf-8")
    section = text.partition("## From nothing to production")[2].partition("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


def test_every_command_is_run_or_has_a_reason_not_to_be() -> None:
    runnable = [line for line in commands() if not line.startswith(tuple(SKIPPED))]
    assert len(runnable) >= 10
    for prefix in SKIPPED:
        assert any(line.startswith(prefix) for line in commands()), prefix


def test_the_way_from_nothing_to_the_first_administrator(
    postgres_url: str, database: Path, tmp_path: Path
) -> None:
    """A production portal on PostgreSQL, its invitation at a mail server, its directory."""
    programs = tmp_path / "bin"
    programs.mkdir()
    canais = programs / "canais"
    canais.write_text(f'#!/bin/sh\nexec {sys.executable} -m canais_app.cli "$@"\n')
    canais.chmod(0o755)
    port = postgres_url.rpartition(":")[2].partition("/")[0]
    environment = {
        "PATH": f"{programs}:/usr/bin:/bin:/usr/sbin",
        "PYTHONPATH": str(ROOT),
        "PGHOST": "127.0.0.1",
        "PGPORT": port,
        "PGUSER": "canais",  # the superuser of the tests' cluster
        "PGDATABASE": "postgres",
        "REFLEX_TELEMETRY_ENABLED": "false",
    }
    write_directory(tmp_path / "unidades.csv")
    with serve_in_background(MailServer(free_port())) as mail:
        settings = (ROOT / "deploy/canais.env.example").read_text("utf-8")
        example = tmp_path / "canais.env.example"
        example.write_text(
            settings.replace("KEY=\n", f"KEY={'0123456789abcdef' * 4}\n")
            .replace("127.0.0.1/canais", f"127.0.0.1:{port}/canais")
            .replace("canais:PASSWORD", "portal:PASSWORD")
            .replace("smtp://127.0.0.1:25", f"smtp://127.0.0.1:{mail.port}")
            .replace("/var/lib/canais", str(tmp_path / "var"))
        )
        script = [line for line in commands() if not line.startswith(tuple(SKIPPED))]
        done = subprocess.run(
            ["/bin/sh", "-eu", "-c", "\n".join(map(here(tmp_path), script[:-2]))],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        last = [*script[-2:], "canais outbox drain"]
        told = subprocess.run(
            ["/bin/sh", "-c", f"set -a; . {tmp_path}/canais.env; set +a\n" + "\n".join(last)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        assert "ok    banco: postgresql" in told
        assert "ok    migrações" in told
        assert "FALHA contadores" in told  # no Redis is running here
        (invitation,) = mail.taken
        assert invitation["To"] == "admin@example.org"
    assert "https://canais.example.org/senha/" in str(invitation.get_body(("plain",)))


def here(folder: Path):  # noqa: ANN201 (a function of a line)
    """Return how a line of the document reads in this test."""

    def work(line: str) -> str:
        for before, after in (
            ("/srv/canais/deploy/canais.env.example", f"{folder}/canais.env.example"),
            ("/etc/canais.env", f"{folder}/canais.env"),
            ("ROLE canais", "ROLE portal"),
            ("OWNER canais", "OWNER portal"),
        ):
            line = line.replace(before, after)
        return line

    return work


def write_directory(file: Path) -> None:
    """Write a directory of some units, as an administrator would bring it."""
    for words in (
        ["bench-data", "--units", "12", "--appointments", "0", "--complaints", "0"],
        ["export", str(file)],
    ):
        subprocess.run(
            [sys.executable, "-m", "canais_app.cli", *words],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
        )
    # Production refuses contacts of the demonstration.
    text = file.read_text("utf-8-sig")
    file.write_text(text.replace("exemplo.invalid", "example.org").replace(") 3000-", ") 3617-"))
