"""What must be true, said once more and otherwise than the product does: in memory, from the acts that were committed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

SEATED, WAITING, GONE = "confirmed", "waiting", "cancelled"


@dataclass(frozen=True)
class Due:
    """A letter that an act owes somebody; `about` is the diklat."""

    person: int
    kind: str
    about: int
    at: datetime


@dataclass
class Sitting:
    """A session as planned, and who was seen in it."""

    id: int
    starts_at: datetime
    ends_at: datetime
    present: set[int] = field(default_factory=set)
    appealed: set[int] = field(default_factory=set)
    code: str = ""
    code_until: datetime | None = None


@dataclass
class Course:
    """Seats and line of one diklat, in the order in which people came."""

    id: int
    quota: int | None
    opens_at: datetime
    sittings: list[Sitting]
    seated: list[int] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    closed: bool = False

    @property
    def starts_at(self) -> datetime:
        return min(sitting.starts_at for sitting in self.sittings)

    @property
    def ends_at(self) -> datetime:
        return max(sitting.ends_at for sitting in self.sittings)

    def free(self) -> bool:
        return self.quota is None or len(self.seated) < self.quota

    def state_of(self, person: int) -> str | None:
        if person in self.seated:
            return SEATED
        if person in self.line:
            return WAITING
        return GONE if person in self.gone else None

    def states(self) -> dict[int, str]:
        return {person: state for person in {*self.seated, *self.line, *self.gone} if (state := self.state_of(person))}

    def takes(self, person: int, now: datetime, *, by_hand: bool) -> bool:
        """Whether joining is answered, with a seat or a place in the line; for who is in it already too."""
        if person in self.seated or person in self.line:
            return True
        if self.closed or now >= self.ends_at:
            return False
        return by_hand or self.opens_at <= now < self.starts_at

    def passed(self) -> set[int]:
        """Whose paper is due once it is closed: 80 % of one session or of two alike are all of them."""
        return {person for person in self.seated if all(person in sitting.present for sitting in self.sittings)}


class Model:
    """All diklat, the letters that are owed, and the papers that people hold (diklat and person -> how many, each replacing the one before)."""

    def __init__(self) -> None:
        self.courses: list[Course] = []
        self.owed: list[Due] = []
        self.changed: dict[tuple[int, int], list[datetime]] = {}
        self.papers: Counter[tuple[int, int]] = Counter()

    def _moves(self, course: Course, person: int, kind: str, now: datetime) -> None:
        self.owed.append(Due(person, f"enrolment.{kind}", course.id, now))
        self.changed.setdefault((course.id, person), []).append(now)

    def join(self, course: Course, person: int, now: datetime) -> None:
        if person in course.seated or person in course.line:
            return
        course.gone.discard(person)
        free = course.free()
        (course.seated if free else course.line).append(person)
        self._moves(course, person, SEATED if free else WAITING, now)

    def leave(self, course: Course, person: int, now: datetime, *, kind: str = "cancelled") -> None:
        if person in course.gone:
            return
        for group in (course.seated, course.line):
            if person in group:
                group.remove(person)
        course.gone.add(person)
        self._moves(course, person, kind, now)
        self.fill(course, now)

    def fill(self, course: Course, now: datetime) -> None:
        """Whoever came first, until the first session begins."""
        while course.line and course.free() and now < course.starts_at:
            person = course.line.pop(0)
            course.seated.append(person)
            self._moves(course, person, "promoted", now)

    def close(self, course: Course) -> None:
        course.closed = True
        for person in course.passed():
            self.papers[course.id, person] = 1

    def may_be_dropped(self, due: Due) -> bool:
        """Whether what the letter says stopped being true afterwards: then it may stay away, and need not."""
        course = next(course for course in self.courses if course.id == due.about)
        later = self.changed[due.about, due.person][-1] != due.at  # in their order: the clock may have been turned back
        return later or (course.closed and due.kind in ("enrolment.confirmed", "enrolment.promoted"))
