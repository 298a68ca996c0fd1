"""Whom the lines of a pasted list mean: by an email or a number for certain, by a name alone only perhaps."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.askable import Askable
from calakan.kernel.text import search_key
from calakan.people.models import Person
from calakan.people.queries import to_be_added

MOST_LINES = 300
LONGEST_LINE = 300  # a longer one is no row of people, and to search it would take long
_EMAIL = re.compile(r"[^\s<>(),;:\"']+@[^\s<>(),;:\"']+\.[^\s<>(),;:\"'.]+")
_NUMBER = re.compile(r"(?<!\d)\d(?:[ .]?\d){15,17}(?!\d)")
_LEADING = re.compile(r"^\s*\d{1,3}[.)\t]\s*")


class By(Askable):
    """How a person was found; NAME is no proof, MANY, DISAGREE and NOBODY found no one."""

    EMAIL = "email"
    NUMBER = "number"
    NAME = "name"
    MANY = "many"
    DISAGREE = "disagree"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Line:
    """What was pasted, and whom it means. A person stands in the first of his lines alone."""

    text: str
    by: By
    person: Person | None = None


def read(text: str, *, actor: Actor) -> list[Line]:
    """Of the people the actor may see, with their schools; blank lines are none. Reads at most MOST_LINES lines."""
    lines = [line for line in (" ".join(raw.split()) for raw in text.splitlines()) if line][:MOST_LINES]
    looked = {line: line if len(line) <= LONGEST_LINE else "" for line in lines}
    emails = {line: {found.lower() for found in _EMAIL.findall(short)} for line, short in looked.items()}
    numbers = {line: {re.sub(r"\D", "", found) for found in _NUMBER.findall(short)} for line, short in looked.items()}
    names = {line: _names(short) for line, short in looked.items() if not emails[line] and not numbers[line]}
    known = _known(_all(emails.values()), _all(numbers.values()), _all(names.values()), actor)
    found, seen = [], set[int]()
    for line in dict.fromkeys(lines):
        meant = _meant(line, known, emails[line], numbers[line], names.get(line, set()))
        if meant.person is not None and meant.person.id in seen:
            continue
        if meant.person is not None:
            seen.add(meant.person.id)
        found.append(meant)
    return found


def _all(sets: Iterable[set[str]]) -> set[str]:
    return set().union(*sets)


def _names(line: str) -> set[str]:
    """The keys of a written name, with and without what stands behind its first comma."""
    plain = _LEADING.sub("", line)
    return {key for key in (search_key(plain), search_key(plain.partition(",")[0])) if key}


@dataclass(frozen=True)
class _Known:
    emails: dict[str, Person]
    numbers: dict[str, Person]
    names: dict[str, list[Person]]


def _known(emails: set[str], numbers: set[str], names: set[str], actor: Actor) -> _Known:
    """Everybody whom any line might mean, in one statement."""
    wanted = (
        sa.select(Person)
        .where(
            to_be_added(actor),
            sa.or_(
                Person.email.in_(emails),
                Person.second_email.in_(emails),
                Person.nip.in_(numbers),
                Person.nuptk.in_(numbers),
                Person.name_key.in_(names),
            ),
        )
        .options(joinedload(Person.school), joinedload(Person.kecamatan))
        .order_by(Person.name_key, Person.id)
    )
    known = _Known({}, {}, defaultdict(list))
    for person in db.session().scalars(wanted).unique():
        known.emails.update({email: person for email in (person.email, person.second_email) if email})
        known.numbers.update({number: person for number in (person.nip, person.nuptk) if number})
        known.names[person.name_key].append(person)
    return known


def _meant(line: str, known: _Known, emails: set[str], numbers: set[str], names: set[str]) -> Line:
    by_email = {known.emails[email].id: known.emails[email] for email in emails if email in known.emails}
    by_number = {known.numbers[number].id: known.numbers[number] for number in numbers if number in known.numbers}
    sure = by_email | by_number
    if len(sure) > 1:
        return Line(line, By.DISAGREE)
    if sure:
        return Line(line, By.EMAIL if by_email else By.NUMBER, next(iter(sure.values())))
    alike: Sequence[Person] = list({p.id: p for name in names for p in known.names.get(name, ())}.values())
    if len(alike) > 1:
        return Line(line, By.MANY)
    return Line(line, By.NAME, alike[0]) if alike else Line(line, By.NOBODY)
