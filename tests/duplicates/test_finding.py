"""Which accounts are proposed as one person's, and which never."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.duplicates import columns, finding, tasks
from calakan.duplicates.finding import Known, known, pairs
from calakan.duplicates.models import LikelyPair, Sign
from calakan.kernel import clock, db
from calakan.kernel.errors import NotFound
from tests import factories
from tests.people.acting import acts, by, refused

NIP, SAME_DAY, OTHER_DAY = "198501312010012001", "198501312022212003", "198502012010012001"


COUNT = itertools.count(1)


def one(name: str = "Siti Lestari", **given: Any) -> Known:
    rest = {"phone": None, "nip": None, "emails": (), "school_id": None, **given}
    return known(next(COUNT), name, **rest)


def signs(*people: Known) -> list[Sign]:
    found = pairs(people)
    assert len(found) <= 1
    return next(iter(found.values()), [])


def test_a_name_alone_is_no_pair_nor_is_another_sign_without_a_name() -> None:
    assert signs(one(), one()) == []
    assert signs(one(phone="+62812"), one("Bambang Purnomo", phone="+62812")) == []
    assert signs(one(school_id=1), one(school_id=2)) == []
    assert signs(one(emails=["guru@a.id"]), one(emails=["guru@b.id"])) == []  # a mailbox that anybody has


def test_each_sign_beside_the_name_makes_a_pair() -> None:
    mailboxes = [["siti.lestari@guru.sd.belajar.id"], ["sitilestari@example.org"]]
    assert signs(one(phone="+62812"), one(phone="+62812")) == [Sign.NAME, Sign.PHONE]
    assert signs(one(nip=NIP), one(nip=SAME_DAY)) == [Sign.NAME, Sign.BIRTH]
    assert signs(one(emails=mailboxes[0]), one(emails=mailboxes[1])) == [Sign.NAME, Sign.EMAIL]
    assert signs(one(school_id=1), one(school_id=1)) == [Sign.NAME, Sign.SCHOOL]
    assert signs(one("Karsinah", school_id=1), one("KARSINAH", school_id=1)) == [Sign.NAME, Sign.SCHOOL]


def test_two_days_of_birth_are_two_people_whatever_else_agrees() -> None:
    assert signs(one(nip=NIP, phone="+62812", school_id=1), one(nip=OTHER_DAY, phone="+62812", school_id=1)) == []


@pytest.mark.parametrize("other", ["Lestari Siti", "Dra. Hj. Siti Lestari, M.Pd.", "SITI  LESTARI"])
def test_titles_and_order_are_no_other_name(other: str) -> None:
    assert signs(one(school_id=1), one(other, school_id=1)) == [Sign.NAME, Sign.SCHOOL]


@pytest.mark.parametrize("other", ["Siti Lestary", "Siti", "Siti Lestari Wulandari"])
def test_a_name_that_is_near_wants_a_sign_of_the_person_not_of_the_school(other: str) -> None:
    assert signs(one(phone="+62812"), one(other, phone="+62812")) == [Sign.ALIKE, Sign.PHONE]
    assert signs(one(school_id=1), one(other, school_id=1)) == []


def test_many_of_one_name_are_compared_with_their_neighbours() -> None:
    crowd = [one(school_id=7) for _ in range(40)]
    assert len(pairs(crowd)) == 39


def test_pairs_are_kept_until_somebody_says_that_they_are_two(app: Flask) -> None:
    first, second = factories.person("Siti Lestari"), factories.person("Lestari Siti")
    apart = factories.person("Budi Santoso"), factories.person("Budi Santoso")
    closed = factories.person("Budi Santoso")
    with db.transaction():
        row = db.session().get_one(type(closed), closed.id)
        row.active = False
    assert tasks.find(app.extensions["calakan.settings"]) == 2
    found = db.session().scalars(finding.waiting()).all()
    assert {(pair.first_id, pair.second_id) for pair in found} == {
        (first.id, second.id),
        (apart[0].id, apart[1].id),
    }
    assert (found[0].meant, finding.count()) == ([Sign.NAME, Sign.SCHOOL], 2)
    refused(NotFound, by, finding.keep_apart, first.id, apart[0].id)
    by(finding.keep_apart, apart[1].id, apart[0].id)
    by(finding.keep_apart, apart[0].id, apart[1].id)
    assert acts("duplicates.") == ["duplicates.apart"]
    assert finding.find(now=clock.now()) == 1
    assert finding.count() == 1
    assert db.session().scalar(sa.select(sa.func.count()).select_from(LikelyPair)) == 2


def test_every_column_that_names_a_person_is_moved_or_has_its_reason() -> None:
    """A new table with a person in it: does it go along when two accounts become one?"""
    found = {
        f"{table.name}.{key.parent.name}"
        for table in db.Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "person"
    }
    named = [*columns.MOVES, *columns.BY_THEMSELVES, *columns.STAYS]
    assert found == set(named)
    assert len(named) == len(set(named))
