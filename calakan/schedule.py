"""What the beat asks for, and how often: the `beats.py` of each room. They import nothing, so that the beat stays small."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path


def _read() -> dict[str, int]:
    found: dict[str, int] = {}
    for path in sorted(Path(__file__).parent.glob("*/beats.py")):
        found |= import_module(f"calakan.{path.parent.name}.beats").BEATS
    return found


# Seconds between two runs.
SCHEDULE = _read()
