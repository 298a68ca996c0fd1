"""Calakan carries a diklat from the idea to the report."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    # Late, so that the supervisor and the command line's help stay small and quick.
    if name == "create_app":
        from calakan.app import create_app  # late: a part of it is imported without the whole

        return create_app
    raise AttributeError(name)
