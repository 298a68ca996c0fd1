"""When a link asks, who is in doubt or missing, who sees a profile, what a fit is worth."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from calakan.diklat.models import SessionState
from calakan.kernel import clock
from calakan.kernel.actor import Actor, Role
from calakan.narasumber import ranking, rules
from calakan.narasumber.models import Assignment, Duty, Volunteer, VolunteerState
from calakan.people.models import Person
from tests import factories
from tests.narasumber.acting import AS, SECOND


class Meeting:
    """As much of a session as the rules look at."""

    def __init__(self, starts_at: datetime, hours: float = 2, state: SessionState = SessionState.PLANNED) -> None:
        self.starts_at, self.ends_at, self.state = starts_at, starts_at + timedelta(hours=hours), state


NOW = clock.instant(factories.june().date(), factories.june().time())
LATER, BEFORE = NOW + timedelta(days=1), NOW - timedelta(days=1)


@pytest.mark.parametrize(
    ("given", "waits"),
    [
        ({"state": AS.INVITED, "reply_by": NOW + SECOND}, True), ({"state": AS.INVITED, "reply_by": NOW}, False),
        ({"state": AS.INVITED}, False), ({"state": AS.CONFIRMED}, True), ({"state": AS.OFFERED}, False),
        ({"state": AS.CONFIRMED, "agreed_at": BEFORE}, False),
    ],
)  # fmt: skip
def test_when_a_link_still_asks(given: dict[str, Any], waits: bool) -> None:
    assert rules.awaits_answer(Assignment(**given), now=NOW) is waits


DOUBT = {"state": AS.CONFIRMED, "duty": Duty.SPEAKER, "reply_by": NOW}


@pytest.mark.parametrize(
    ("given", "starts", "doubt"),
    [
        ({}, LATER, True), ({"reply_by": None}, LATER, True), ({"reply_by": NOW + SECOND}, LATER, False),
        ({"state": AS.INVITED}, LATER, False), ({"duty": Duty.MODERATOR}, LATER, False),
        ({"agreed_at": BEFORE}, LATER, False), ({"checked_in_at": BEFORE}, LATER, False),
        ({}, NOW + timedelta(days=3), True), ({}, NOW + timedelta(days=3) + SECOND, False),
    ],
)  # fmt: skip
def test_when_an_appointment_is_in_doubt(given: dict[str, Any], starts: datetime, doubt: bool) -> None:
    found = rules.in_doubt(Assignment(**{**DOUBT, **given}), Meeting(starts), now=NOW)
    assert found is doubt


@pytest.mark.parametrize(
    ("given", "minutes", "absent"),
    [
        ({}, 5, True), ({}, 4.9, False), ({"state": AS.INVITED}, 9, False), ({"duty": Duty.MODERATOR}, 9, False),
        ({"checked_in_at": BEFORE}, 9, False),
    ],
)  # fmt: skip
def test_when_somebody_is_missing(given: dict[str, Any], minutes: float, absent: bool) -> None:
    meeting = Meeting(NOW - timedelta(minutes=minutes))
    assert rules.absent(Assignment(**{**DOUBT, **given}), meeting, now=NOW) is absent


def test_past_the_middle_a_substitute_no_longer_helps() -> None:
    for minutes, late in ((59, False), (60, True), (61, True)):
        meeting = Meeting(NOW - timedelta(minutes=minutes), hours=2)
        assert rules.too_late_to_ask(meeting, now=NOW) is late


@pytest.mark.parametrize(
    ("public", "state", "active", "seen"),
    [
        (True, VolunteerState.APPROVED, True, True), (False, VolunteerState.APPROVED, True, False),
        (True, VolunteerState.APPLIED, True, False), (True, VolunteerState.APPROVED, False, False),
    ],
)  # fmt: skip
def test_a_profile_is_seen_by_strangers_owner_and_panitia(
    public: bool, state: VolunteerState, active: bool, seen: bool
) -> None:
    profile = Volunteer(person_id=7, public=public, state=state, person=Person(active=active))
    stranger, owner = Actor(person_id=8, name="x"), Actor(person_id=7, name="x")
    staff = Actor(person_id=9, name="x", roles=frozenset({Role.PANITIA}))
    assert [rules.may_view_profile(who, profile) for who in (None, stranger, owner, staff)] == [seen, seen, True, True]
    assert not rules.may_offer(stranger)
    assert rules.may_offer(Actor(person_id=1, name="x", roles=frozenset({Role.NARASUMBER})))


def test_what_a_fit_is_worth() -> None:
    def score(topic: bool = False, level: bool = False, mode: bool = False, rest: int | None = 0) -> float:
        return ranking.Fit(topic=topic, level=level, mode=mode, rest_days=rest).score

    assert [score(topic=True), score(level=True), score(mode=True), score(), score(rest=None)] == [40, 20, 30, 0, 15]
    assert [score(rest=days) for days in (-5, 90, 180, 400)] == [0, 7.5, 15, 15]
    qualified = [ranking.Fit(topic=t, level=False, mode=m).qualified for t in (True, False) for m in (True, False)]
    assert qualified == [True, False, False, False]
