"""`./run sbom [--advisories FILE]`: what is installed, as CycloneDX, and which pins an advisory speaks of.

The list is written to standard output. FILE is a snapshot of advisories in the form of OSV: one JSON record or a list of
them, or a zip with a record a file, as osv.dev exports them. A pin that one speaks of ends the command with 1.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)
PINS = "requirements.txt"
Record = dict[str, Any]


def pins(text: str) -> dict[str, Version]:
    """Name -> version of a file of pinned requirements."""
    return {canonicalize_name(name): Version(version) for name, version in PIN.findall(text)}


@cache
def bom() -> str:
    """The bill of materials of what runs in production, in JSON. Raises CalledProcessError."""
    command = [
        sys.executable, "-m", "cyclonedx_py", "requirements", PINS, "--pyproject", "pyproject.toml",
        "--output-format", "JSON", "--spec-version", "1.6", "--output-reproducible",
    ]  # fmt: skip
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def read(path: Path) -> Iterator[Record]:
    """The records of a snapshot. Raises ValueError for what is none."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".json"):
                    yield json.loads(archive.read(name))
        return
    found = json.loads(path.read_text())
    records = found.get("vulns", [found]) if isinstance(found, dict) else found
    if not all(isinstance(record, dict) and "id" in record for record in records):
        raise ValueError("not a list of OSV records")
    yield from records


def spoken_of(records: Iterator[Record], held: Mapping[str, Version]) -> Iterator[tuple[str, str, str]]:
    """(advisory, name, version) of each pin that one speaks of; what was withdrawn says nothing."""
    for record in records:
        if record.get("withdrawn"):
            continue
        for affected in record.get("affected", []):
            package = affected.get("package", {})
            name = canonicalize_name(package.get("name", ""))
            if package.get("ecosystem") == "PyPI" and name in held and _covers(affected, held[name]):
                yield record["id"], name, str(held[name])
                break


def _covers(affected: Record, version: Version) -> bool:
    if any(_version(text) == version for text in affected.get("versions", [])):
        return True
    return any(_within(r["events"], version) for r in affected.get("ranges", []) if r.get("type") == "ECOSYSTEM")


def _within(events: list[dict[str, str]], version: Version) -> bool:
    """Whether the last event at or before this version begins something; an unreadable one is taken for the worst."""
    inside = False
    for event in events:
        if "introduced" in event:
            inside = inside or event["introduced"] == "0" or (_version(event["introduced"]) or version) <= version
        if "fixed" in event and (found := _version(event["fixed"])) is not None and found <= version:
            inside = False
        if "last_affected" in event and (found := _version(event["last_affected"])) is not None and found < version:
            inside = False
    return inside


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def main(given: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run sbom")
    parser.add_argument("--advisories", type=Path, metavar="FILE")
    asked = parser.parse_args(given)
    sys.stdout.write(bom())
    if asked.advisories is None:
        return 0
    try:
        found = sorted(set(spoken_of(read(asked.advisories), pins((ROOT / PINS).read_text()))))
    except (OSError, ValueError) as error:
        print(f"the advisories could not be read: {error}", file=sys.stderr)
        return 2
    for advisory, name, version in found:
        print(f"{name} {version}: {advisory}", file=sys.stderr)
    print(f"{len(found)} pins are spoken of" if found else "no advisory speaks of a pin", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
