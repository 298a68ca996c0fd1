"""Small rules of the room, each asked by itself: many pages come by them, and none looks at the edge."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from calakan.attendance import entries, evidence
from calakan.attendance.entries import Entry
from calakan.attendance.listing import looks
from calakan.attendance.models import BatchLine, Decision, Evidence, Kind
from calakan.kernel import db
from tests.attendance.test_neighbours import Two, act, two

__all__ = ["two"]  # the fixture


def test_a_changed_rule_decides_anew_about_its_own_diklat_alone(two: Two) -> None:
    ani = two.people[0]
    with db.transaction() as session:
        for id in (two.first, two.theirs):
            session.add(Evidence(live_session_id=id, person_id=ani, kind=Kind.CODE, at=two.begins, source=""))
    act(lambda *, actor, now: evidence.derive_diklat(two.one, now=now))
    assert list(db.session().scalars(sa.select(Decision.live_session_id))) == [two.first]


@pytest.mark.parametrize(
    ("value", "name", "entry"),
    [
        ("", "", Entry(1)),
        ("Ani ani@b.id", "", Entry(1, email="ani@b.id")),
        ("ani@b.id", "Ani", Entry(1, name="Ani", email="ani@b.id")),
        ("1980 0101 2005 0110 01", "", Entry(1, numbers=["198001012005011001"])),
        ("Ani Sri", "", Entry(1, name="Ani Sri")),
        ("Ani Sri", "Budi", Entry(1, name="Budi", email="ani sri")),
        ("ani", "", Entry(1, email="ani")),
    ],
)
def test_what_stands_in_a_column_of_user_names(value: str, name: str, entry: Entry) -> None:
    found = Entry(1, name=name)
    entries.identify(found, value)
    assert found == entry


def test_a_line_is_found_though_a_candidate_has_left() -> None:
    row = BatchLine(id=1, lines=[7], shown="Galaxy", email="", number="", said="", candidates=[9], person_id=None)
    assert looks._matches(row, {}, "galaxy")
    assert not looks._matches(row, {}, "ani")
    assert [looks._matches(row, {}, number) for number in ("7", "8", " ")] == [True, False, True]
