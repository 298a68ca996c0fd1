"""The door of the workers."""

from __future__ import annotations

from calakan.duplicates import finding
from calakan.kernel import clock
from config import Settings


def find(settings: Settings) -> int:
    """Look for accounts that may be one person's; returns how many pairs wait."""
    return finding.find(now=clock.now())
