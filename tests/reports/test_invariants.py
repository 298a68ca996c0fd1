"""Each seeded violation is found by name."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from calakan.certificates.models import Register
from calakan.diklat.models import Diklat
from calakan.enrolment import services
from calakan.kernel import clock, db
from calakan.reports.invariants import broken
from tests import factories


def test_all_is_well_until_somebody_waits_behind_a_free_seat(app: Flask) -> None:
    course = factories.diklat(quota=1)
    for name in ("Ani", "Budi"):
        person_id = factories.person(name).id
        with db.transaction():
            services.join(course.id, person_id, actor=factories.SYSTEM, now=clock.now())
    assert broken() == []
    slug = course.slug
    with db.transaction() as session:
        session.execute(sa.update(Diklat).values(quota=5))
    assert broken() == [f"seat-left: {slug}: 1 of 5 taken while 1 wait"]


def test_a_number_that_nobody_bears_is_found(app: Flask) -> None:
    with db.transaction() as session:
        session.add(Register(year=2026, last_serial=3))
    assert broken() == ["number-gap: 2026: 0 numbers used, register stands at 3"]
