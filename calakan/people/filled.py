"""What others brought into a profile (a list, the roster, an account that became part of it), to be taken back one day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calakan.people.models import Jenjang, Person, Sex

PLACE = ("school_id", "school_elsewhere", "kabupaten_elsewhere", "kecamatan_code")
_TYPES: Mapping[str, type[Any]] = {"sex": Sex, "jenjang": Jenjang}


def typed(name: str, value: Any) -> Any:
    """As the profile holds it, of what was kept as JSON."""
    return _TYPES[name](value) if name in _TYPES and value else value


def standing(person: Person, filled: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """Of field -> [before, brought], what its owner has not changed since.

    A place of work is one thing, with its level: it comes to a profile that names none, and once changed in part it stays.
    """
    stands = {name: both for name, both in filled.items() if getattr(person, name) == typed(name, both[1])}
    changed = (name for name in PLACE if name not in stands and (name in filled or getattr(person, name)))
    if not set(PLACE).isdisjoint(filled) and any(changed):
        stands = {name: both for name, both in stands.items() if name not in (*PLACE, "jenjang")}
    return stands
