"""Registration is explicit: importing a module changes nothing elsewhere (`wiring.py`)."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, SQLModel

from canais_app import wiring
from canais_app.directory import hooks
from canais_app.kit import cache_version, db, live

ROOT = Path(__file__).parents[1]
# Calls that hand something of one module to another.
REGISTRATIONS = {
    "append", "connect", "connect_hooks", "connect_screens", "depends_on", "listen", "listens_for",
    "register", "register_agendas", "register_cache_version", "register_counts",
    "register_incident_appointments", "register_not_attended", "register_outages",
    "register_retirement_blockers", "register_view",
}  # fmt: skip
# The entry points: they compose, and no other module imports them.
ENTRY_POINTS = {"canais_app.py", "cli.py"}


def _run_at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run when a module is imported."""
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        inner = [block for _, block in ast.iter_fields(statement) if isinstance(block, list)]
        blocks = [b for b in inner if b and isinstance(b[0], ast.stmt)]
        if not blocks:
            yield statement
        for block in blocks:
            yield from _run_at_import(block)


def _registrations(source: str) -> list[str]:
    return [
        f"line {call.lineno}: {ast.unparse(call)}"
        for statement in _run_at_import(ast.parse(source).body)
        for call in ast.walk(statement)
        if isinstance(call, ast.Call)
        and isinstance(call.func, (ast.Attribute, ast.Name))
        and (call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id)
        in REGISTRATIONS
    ]


def test_no_module_registers_anything_when_it_is_imported() -> None:
    found = {
        str(path.relative_to(ROOT)): lines
        for path in sorted((ROOT / "canais_app").rglob("*.py"))
        if str(path.relative_to(ROOT / "canais_app")) not in ENTRY_POINTS
        and (lines := _registrations(path.read_text()))
    }
    assert found == {}, "register it in canais_app/wiring.py"


@pytest.mark.parametrize(
    "source",
    [
        "live.register_view('agenda', State, read)",
        "class State:\n    live.depends_on('agenda', TOPIC)",
        "VERSION = cache_version.register_cache_version(CacheVersion(Table))",
        "if True:\n    db.after_commit_hooks.append(broadcast)",
        "for listener in LISTENERS:\n    live.listen(listener)",
    ],
)
def test_a_registration_at_import_is_detected(source: str) -> None:
    assert _registrations(source)
    assert not _registrations("def register():\n" + "\n".join(" " + s for s in source.split("\n")))


def _registered() -> tuple[object, ...]:
    hub = live.broadcaster
    return (
        [*db.before_commit_hooks], [*db.after_commit_hooks], [*hub.listeners], {**hub.views},
        {topic: {**kinds} for topic, kinds in hub.dependents.items()},
        set(cache_version._registered),  # pyright: ignore[reportPrivateUsage]
        len(list(Session().dispatch.before_flush)),  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
        [*hooks.hooks.retirement_blockers], hooks.hooks.agendas, hooks.hooks.outages,
    )  # fmt: skip


def test_connecting_again_changes_nothing() -> None:
    wiring.connect_hooks()
    wiring.connect_screens()
    once = _registered()
    wiring.connect_hooks()
    wiring.connect_screens()
    assert _registered() == once


def _process(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_command_has_every_model_and_hook_and_no_screen() -> None:
    program = """
import sys
from typer.testing import CliRunner
from sqlmodel import SQLModel
from canais_app import cli

@cli.app.command()
def seen():
    from canais_app.directory.hooks import hooks
    from canais_app.kit import db
    assert db.before_commit_hooks and db.after_commit_hooks and hooks.retirement_blockers
    print(*sorted(SQLModel.metadata.tables))
    print(*(m for m in sys.modules if m.startswith("canais_app.")))

done = CliRunner().invoke(cli.app, ["seen"], catch_exceptions=False)
print(done.stdout)
"""
    tables, modules = _process(program).strip().splitlines()
    assert set(tables.split()) == SQLModel.metadata.tables.keys()
    assert [m for m in modules.split() if m.endswith((".state", ".page", ".pages"))] == []


def test_every_module_with_tables_is_listed_in_models() -> None:
    listed = (ROOT / "canais_app" / "models.py").read_text()
    for path in (ROOT / "canais_app").rglob("*.py"):
        if "table=True" in path.read_text():
            assert path.name == "models.py", path
            package = ".".join(path.parent.relative_to(ROOT).parts)
            assert f"{package} import models" in listed, path


def test_every_registration_function_of_wiring_is_known() -> None:
    called = {
        call.func.attr
        for call in ast.walk(ast.parse((ROOT / "canais_app" / "wiring.py").read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
    }
    assert called <= REGISTRATIONS
