"""deploy/: hardened units, a backup that keeps fourteen, alerts with a runbook."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY

from canais_app.api import ops

DEPLOY = Path(__file__).parents[2] / "deploy"
MAX_EXPOSURE = 3.0  # of systemd-analyze: 0 is closed, 10 is open
ANALYZE = shutil.which("systemd-analyze")


@pytest.mark.skipif(ANALYZE is None, reason="needs systemd-analyze (apt: systemd)")
@pytest.mark.parametrize("unit", sorted(p.name for p in DEPLOY.glob("systemd/*.service")))
def test_a_unit_is_hardened(unit: str) -> None:
    assert ANALYZE
    done = subprocess.run(
        [ANALYZE, "security", "--offline=yes", "--no-pager", DEPLOY / "systemd" / unit],
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert found, done.stderr
    assert float(found[1]) <= MAX_EXPOSURE


def test_the_nightly_backup_keeps_fourteen(database: Path, tmp_path: Path) -> None:
    folder, programs = tmp_path / "backup", tmp_path / "bin"
    folder.mkdir()
    programs.mkdir()
    old = [folder / f"canais-2026-01-{day:02d}-021500" for day in range(1, 21)]
    for path in old:
        path.touch()
    canais = programs / "canais"
    canais.write_text(f'#!/bin/sh\nexec {sys.executable} -m canais_app.cli "$@"\n')
    canais.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{programs}:/usr/bin:/bin",
        "PYTHONPATH": str(DEPLOY.parent),
    }
    subprocess.run([DEPLOY / "backup.sh", folder], env=environment, check=True)
    kept = sorted(path.name for path in folder.iterdir())
    assert len(kept) == 14
    assert kept[:13] == [path.name for path in old[7:]]
    assert (folder / kept[-1]).stat().st_size > 0


def test_the_composed_services_are_the_web_and_a_worker() -> None:
    services = yaml.safe_load((DEPLOY / "container/compose.yaml").read_text())["services"]
    assert set(services) == {"postgres", "redis", "web", "worker"}
    assert services["worker"]["command"] == ["canais", "worker"]
    assert services["web"]["ports"] == ["127.0.0.1:3000:3000"]


def known_metrics() -> set[str]:
    """Return the names of the series that /metrics may have."""
    names = {f"{metric.name}" for metric in REGISTRY.collect()} | set(ops.SCRAPED)
    return names | {f"{name}{end}" for name in names for end in ("_total", "_bucket", "_count")}


def test_alerts_and_dashboard_ask_for_metrics_that_exist_and_name_a_runbook() -> None:
    alerts = yaml.safe_load((DEPLOY / "alerts.yml").read_text())
    rules = [rule for group in alerts["groups"] for rule in group["rules"]]
    dashboard = json.loads((DEPLOY / "grafana.json").read_text())
    asked = [rule["expr"] for rule in rules]
    asked += [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    used = {name for expression in asked for name in re.findall(r"canais_\w+", expression)}
    assert len(used) >= 8
    assert used <= known_metrics(), used - known_metrics()
    runbook = (DEPLOY.parent / "docs/operations.md").read_text("utf-8")
    for rule in rules:
        assert f"`{rule['alert']}`" in runbook
        assert rule["annotations"]["runbook"]
