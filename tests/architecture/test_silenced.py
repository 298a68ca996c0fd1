"""What silences a checker says why, in the same line."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parents[2]
SILENCED = re.compile(r"# (?:type: ignore|noqa)\b(?:\[[\w, -]+\]|: [A-Z]+\d+(?:, [A-Z]+\d+)*)?(?P<reason>.*)")


def test_no_checker_is_silenced_without_a_reason() -> None:
    files = [HERE / "config.py", HERE / "celery_worker.py"]
    files += [path for part in ("calakan", "bench", "migrations", "tests") for path in (HERE / part).rglob("*.py")]
    wrong = [
        f"{path.relative_to(HERE)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if (found := SILENCED.search(line)) and len(found["reason"].strip(" #-")) < 4
    ]
    assert wrong == []
