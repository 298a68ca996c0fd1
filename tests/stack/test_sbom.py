"""The bill of materials names every pin with its hashes, and an advisory about one of them is seen."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from packaging.version import Version

from tests import sbom

HELD = {"jinja2": Version("3.1.6"), "flask": Version("3.1.2")}


def record(id: str = "PYSEC-1", *, name: str = "Jinja2", ecosystem: str = "PyPI", **affected: Any) -> dict[str, Any]:
    return {"id": id, "affected": [{"package": {"name": name, "ecosystem": ecosystem}, **affected}]}


def span(*events: dict[str, str], kind: str = "ECOSYSTEM") -> dict[str, Any]:
    return {"ranges": [{"type": kind, "events": list(events)}]}


@pytest.mark.parametrize(
    ("affected", "spoken"),
    [
        ({"versions": ["3.1.5", "3.1.6"]}, True),
        ({"versions": ["3.1.5"]}, False),
        (span({"introduced": "0"}), True),
        (span({"introduced": "0"}, {"fixed": "3.1.7"}), True),
        (span({"introduced": "0"}, {"fixed": "3.1.6"}), False),
        (span({"introduced": "3.1.7"}), False),
        (span({"introduced": "0"}, {"last_affected": "3.1.6"}), True),
        (span({"introduced": "0"}, {"last_affected": "3.1.5"}), False),
        (span({"introduced": "0"}, {"fixed": "2.0"}, {"introduced": "3.0"}, {"fixed": "3.2"}), True),
        (span({"introduced": "0"}, kind="GIT"), False),
        ({"name": "Jinja"} | span({"introduced": "0"}), False),
        ({"ecosystem": "npm"} | span({"introduced": "0"}), False),
    ],
)
def test_an_advisory_speaks_of_the_versions_that_it_names(affected: dict[str, Any], spoken: bool) -> None:
    found = list(sbom.spoken_of(iter([record(**affected)]), HELD))
    assert found == ([("PYSEC-1", "jinja2", "3.1.6")] if spoken else [])


def test_a_withdrawn_advisory_says_nothing() -> None:
    withdrawn = {**record(**span({"introduced": "0"})), "withdrawn": "2026-01-01T00:00:00Z"}
    assert list(sbom.spoken_of(iter([withdrawn]), HELD)) == []


def test_snapshots_are_read_in_each_form(tmp_path: Path) -> None:
    one, many, archive = tmp_path / "one.json", tmp_path / "many.json", tmp_path / "all.zip"
    one.write_text(json.dumps(record()))
    many.write_text(json.dumps([record(), record("PYSEC-2")]))
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("PYSEC-3.json", json.dumps(record("PYSEC-3")))
        made.writestr("README", "text")
    assert [[row["id"] for row in sbom.read(path)] for path in (one, many, archive)] == [
        ["PYSEC-1"], ["PYSEC-1", "PYSEC-2"], ["PYSEC-3"],
    ]  # fmt: skip
    many.write_text("[1]")
    with pytest.raises(ValueError, match="OSV"):
        list(sbom.read(many))


def test_the_bill_names_every_pin_and_the_command_tells_of_advisories(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held, snapshot = sbom.pins((sbom.ROOT / sbom.PINS).read_text()), tmp_path / "advisories.json"
    snapshot.write_text(json.dumps([record(name="flask", **span({"introduced": "0"}))]))
    assert sbom.main(["--advisories", str(snapshot)]) == 1
    out = capsys.readouterr()
    assert out.err.splitlines() == [f"flask {held['flask']}: PYSEC-1", "1 pins are spoken of"]
    bill = json.loads(out.out)
    jsonschema.validate(bill, {"required": ["bomFormat", "specVersion", "components"]})
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    named = {part["name"].lower().replace("_", "-"): part for part in bill["components"]}
    assert {name: str(version) for name, version in held.items()} == {n: part["version"] for n, part in named.items()}
    assert named["flask"]["purl"] == f"pkg:pypi/flask@{held['flask']}"
    snapshot.write_text("[]")
    assert sbom.main(["--advisories", str(snapshot)]) == 0
    snapshot.write_text("no")
    assert sbom.main(["--advisories", str(snapshot)]) == 2
    assert sbom.main([]) == 0
