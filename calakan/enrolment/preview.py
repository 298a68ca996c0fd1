"""What joining would answer at this moment, without joining."""

from __future__ import annotations

from datetime import datetime

from calakan.diklat.models import Diklat
from calakan.enrolment import joining, seats, services
from calakan.people.models import Person


def verdict(diklat: Diklat, person: Person, *, now: datetime) -> seats.Verdict:
    """Of who has no seat, the window of enrolment and the person's profile aside; one statement."""
    rule = seats.rule_of(diklat, now=now)
    share = rule.share_of(person)
    line = joining.line(diklat.id, person.id, share)
    moves = services.line_moves(diklat, now=now)
    return seats.decide(rule, seats.Snapshot(line.taken, share, line.in_share, moves=moves))
