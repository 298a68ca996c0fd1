"""What the profile that is kept leaves open, and the other one knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from calakan.kernel import db
from calakan.people import filled as brought
from calakan.people import queries as people
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


def takes_number(kept: Person, gone: Person) -> bool:
    """Whether the number by which `gone` came in opens `kept` from now on: never in the place of another, and never staff."""
    if gone.number is None or kept.number is not None:
        return False
    return not people.staff_roles(kept) and not people.staff_roles(gone)


def hand_number(kept: Person, gone: Person, *, given: bool) -> tuple[str, bool] | None:
    """On the account that is closed a number would let nobody in, and nobody else could have it."""
    number = gone.number
    if number is None:
        return None
    gone.number = None
    db.session().flush()
    if given:
        kept.number = number
        db.session().flush()
    return number, given


def number_back(kept: Person, gone: Person, number: str, given: bool) -> None:
    """Unless somebody else has it by now."""
    if given and kept.number == number and kept.email is not None:
        kept.number = None
        db.session().flush()
    if not db.session().scalar(sa.select(sa.exists().where(Person.number == number))):
        gone.number = number
        db.session().flush()


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
