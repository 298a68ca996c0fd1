"""What the profile that is kept leaves open, and the other one knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from calakan.kernel import db
from calakan.people import filled as brought
from calakan.people.models import Person

FIELDS = (
    "title_before", "title_after", "sex", "phone", "jabatan", "subject_taught", "jenjang", "employment", "nip", "nuptk",
)  # fmt: skip
UNIQUE = ("nip", "nuptk")


def fillable(kept: Person, gone: Person) -> Iterator[str]:
    """A place of work is one thing: it is taken whole or not at all."""
    for name in (*FIELDS, *(() if kept.placed else brought.PLACE)):
        if getattr(gone, name) and not getattr(kept, name):
            yield name


def fill(kept: Person, gone: Person) -> dict[str, list[Any]]:
    """field -> [what stood there, what stands there now]; a number leaves the account that is closed."""
    filled = {name: [getattr(kept, name), getattr(gone, name)] for name in fillable(kept, gone)}
    for name in UNIQUE:
        if name in filled:
            setattr(gone, name, None)
    db.session().flush()
    for name, (_, value) in filled.items():
        setattr(kept, name, value)
    db.session().flush()
    return filled


def take_back(kept: Person, gone: Person, filled: dict[str, list[Any]]) -> None:
    """What its owner changed since stays as he wrote it, but a number that stands in the one is not given to the other."""
    ours = brought.standing(kept, filled)
    for name, (before, _) in ours.items():
        setattr(kept, name, before)
    db.session().flush()
    for name in UNIQUE:
        if name in ours and getattr(gone, name) is None:
            setattr(gone, name, ours[name][1])
    db.session().flush()
