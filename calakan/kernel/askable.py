"""Enumerations that answer by name."""

from __future__ import annotations

from enum import StrEnum


class Askable(StrEnum):
    """Each member answers `is_<name>` for every name of its class, so that a template asks `diklat.state.is_draft`.

    A name that the class does not have raises TypeError: Jinja would take an AttributeError for "no".
    """

    def __getattr__(self, name: str) -> bool:
        if not name.startswith("is_"):
            raise AttributeError(name)
        member = type(self).__members__.get(name[3:].upper())
        if member is None:
            raise TypeError(f"{type(self).__name__} has no member {name[3:].upper()}")
        return self is member
