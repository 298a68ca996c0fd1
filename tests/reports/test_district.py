"""The district demo, scaled down: the same for the same seed, and nothing in it breaks what the house promises."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.certificates import tasks as certificate_tasks
from calakan.demo import district
from calakan.diklat.models import Diklat
from calakan.enrolment.models import Enrolment
from calakan.kernel import clock, db
from calakan.people.models import Person
from calakan.promises import invariants
from tests.conftest import empty_tables


def made(seed: int) -> tuple[list[object], list[object], int]:
    now = clock.now().replace(hour=3, minute=0, second=0, microsecond=0)
    assert district.ensure_district(now=now, seed=seed)
    assert not district.ensure_district(now=now, seed=seed)
    people = db.session().execute(sa.select(Person.email, Person.name, Person.jabatan).order_by(Person.email)).all()
    courses = db.session().execute(sa.select(Diklat.title, Diklat.state).order_by(Diklat.id)).all()
    enrolments = db.session().scalar(sa.select(sa.func.count()).select_from(Enrolment)) or 0
    db.session().rollback()
    return list(people), list(courses), enrolments


def test_a_small_district_is_the_same_for_the_same_seed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("DIKLAT", 4), ("PEOPLE", 60), ("ENROLMENTS", 80)):
        monkeypatch.setattr(district, name, value)
    first = made(1)
    certificate_tasks.issue_due(app.extensions["calakan.settings"])
    assert invariants.broken() == []
    assert (len(first[0]), len(first[1]), first[2]) == (60, 4, 80)
    db.session().rollback()
    empty_tables()
    assert made(1) == first
    db.session().rollback()
    empty_tables()
    assert made(2)[0] != first[0]
