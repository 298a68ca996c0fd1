"""What a list brings into a profile: what its owner left open, remembered, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calakan.people import filled as brought
from calakan.people.models import Person

FILLED = ("title_before", "title_after", "sex", "phone", "jabatan", "subject_taught", "employment", "nip", "nuptk")


def plan(person: Person, wanted: Mapping[str, Any]) -> dict[str, list[Any]]:
    """field -> [what stands there, what would]: what is wanted and its owner left open."""
    return {
        name: [getattr(person, name), value] for name, value in wanted.items() if value and not getattr(person, name)
    }


def fill(person: Person, wanted: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What the owner wrote stays. field -> [before, now]"""
    filled = plan(person, wanted)
    for name, (_, value) in filled.items():
        setattr(person, name, brought.typed(name, value))
    return filled


def take_back(person: Person, filled: Mapping[str, list[Any]]) -> None:
    """What was changed since stays as its owner wrote it."""
    for name, (before, _) in brought.standing(person, filled).items():
        setattr(person, name, before)
