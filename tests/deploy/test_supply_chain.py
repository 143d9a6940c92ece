"""The bill of materials, the licences, and the comparison with known vulnerabilities."""

import importlib.util
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "deploy" / "supply_chain.py"
# Licences of what runs; another one is a decision.
ACCEPTED = (
    "MIT", "BSD", "Apache", "MPL", "ISC", "PSF-2.0", "LGPL", "Unlicense", "Dual License",
)  # fmt: skip


@pytest.fixture(scope="module")
def chain() -> ModuleType:
    spec = importlib.util.spec_from_file_location("supply_chain", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    return made


def advisory(name: str, version: str, **more: object) -> dict[str, Any]:
    affected = [{"package": {"ecosystem": "PyPI", "name": name}, "versions": ["0.1", version]}]
    return {"id": "OSV-1", "summary": "Trouble", "affected": affected} | more


def audit(osv: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, SCRIPT, "audit", osv], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


def test_the_bill_of_materials_names_every_pin_once(chain: ModuleType) -> None:
    packages = chain.list_packages()
    bill = chain.bill_of_materials(packages)
    urls = [part["purl"] for part in bill["components"]]
    assert len(urls) == len(set(urls))
    assert any(url.startswith("pkg:pypi/reflex@") for url in urls)
    assert any(url.startswith("pkg:npm/react@") for url in urls)
    pins = (SCRIPT.parents[1] / "requirements.txt").read_text("utf-8").splitlines()
    expected = [line for line in pins if line[:1].isalnum() and "==" in line]
    assert len([p for p in packages if p.kind == "pypi"]) == len(expected)


def test_every_licence_of_what_runs_is_an_accepted_one(chain: ModuleType) -> None:
    told = {p.name: p.licence for p in chain.list_packages() if p.licence}
    assert len(told) > 80
    assert {n: w for n, w in told.items() if not any(a in w for a in ACCEPTED)} == {}


def test_a_listed_version_is_found_in_a_file_a_folder_and_an_archive(
    chain: ModuleType, tmp_path: Path
) -> None:
    pin = next(p for p in chain.list_packages() if p.name == "typing-extensions")
    record = json.dumps(advisory("Typing_Extensions", pin.version))
    file, packed = tmp_path / "osv.json", tmp_path / "all.zip"
    file.write_text(record)
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("OSV-1.json", record)
    line = f"typing-extensions {pin.version}: OSV-1 Trouble\n"
    for given in (file, tmp_path, packed):
        assert audit(given) == (1, line)


def test_other_versions_and_withdrawn_records_are_not(chain: ModuleType, tmp_path: Path) -> None:
    pin = next(p for p in chain.list_packages() if p.name == "reflex")
    other = advisory("reflex", "0.0.1")
    withdrawn = advisory("reflex", pin.version, withdrawn="2026-01-01T00:00:00Z")
    file = tmp_path / "osv.json"
    file.write_text(json.dumps([other, withdrawn, advisory("nobody", pin.version)]))
    assert audit(file) == (0, "")


def test_a_finding_belongs_to_the_ecosystem_that_it_names(chain: ModuleType) -> None:
    packages = chain.list_packages()
    react = next(p for p in packages if (p.kind, p.name) == ("npm", "react"))
    of_python = advisory("react", react.version)
    of_npm = advisory("react", react.version)
    of_npm["affected"][0]["package"]["ecosystem"] = "npm"
    assert chain.find_vulnerabilities(packages, iter([of_python])) == []
    assert chain.find_vulnerabilities(packages, iter([of_npm])) == [
        f"react {react.version}: OSV-1 Trouble"
    ]
