"""What people do in the year: each act is one call of a service, what the model makes of it, and whether it may be refused."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bench import courses
from bench.site import ACTOR
from bench.year.model import Course, Model, Sitting
from calakan.attendance import appeals, checking_in
from calakan.attendance import queries as attendance_queries
from calakan.attendance import services as attendance
from calakan.certificates import corrections
from calakan.certificates.models import Certificate, Status
from calakan.diklat.models import Diklat, LiveSession
from calakan.diklat.services import details, sessions, states
from calakan.enrolment import moving
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.people.models import Person

NINE, HOURS = timedelta(hours=9), timedelta(hours=3)
_noted = (checking_in.Answer.PRESENT, checking_in.Answer.ALREADY)


@dataclass(frozen=True)
class Act:
    """`call` runs in one transaction; `allowed`: whether the product must take it; `effect` is the same in the model."""

    name: str
    call: Callable[[datetime], object]
    allowed: bool
    effect: Callable[[datetime, object], object]


class People:
    """Everybody who may do something, and what comes into their heads."""

    def __init__(self, chance: random.Random, model: Model, people: list[int]) -> None:
        self.chance, self.model, self.people = chance, model, people
        self._acts = [
            (self.join, 30), (self.join_by_hand, 4), (self.leave, 8), (self.remove, 3), (self.move, 4), (self.widen, 3),
            (self.open_code, 10), (self.type_code, 24), (self.mark, 6), (self.hall, 8), (self.appeal, 4), (self.grant, 4),
            (self.postpone, 3), (self.close, 8), (self.correct, 5),
        ]  # fmt: skip

    def next(self, now: datetime) -> Act | None:
        """Something that makes sense or nearly does; None when nothing comes to mind."""
        chosen = self.chance.choices([act for act, _ in self._acts], [weight for _, weight in self._acts])[0]
        return chosen(now)

    def publish(self, now: datetime) -> Course:
        """A new diklat of one or two sessions, three to six weeks from now."""
        day = clock.local(now).date() + timedelta(days=self.chance.randint(21, 40))
        quota, days = self.chance.choice([2, 3, 4, None]), self.chance.choice([1, 2])
        id = courses.published(f"Diklat {day:%d %m %Y}", starts_at=clock.start_of(day) + NINE, quota=quota, days=days)
        rows = db.session().scalars(sa.select(LiveSession).where(LiveSession.diklat_id == id).order_by(LiveSession.id))
        opens_at = db.session().get_one(Diklat, id).enrol_opens_at or now
        course = Course(id, quota, opens_at, [Sitting(row.id, row.starts_at, row.ends_at) for row in rows])
        self.model.courses.append(course)
        return course

    def _course(self, *, closed: bool = False) -> Course | None:
        fitting = [course for course in self.model.courses if course.closed is closed]
        return self.chance.choice(fitting) if fitting else None

    def join(self, now: datetime, *, by_hand: bool = False) -> Act | None:
        course, person = self._course(), self.chance.choice(self.people)
        if course is None:
            return None
        late = course.state_of(person) in (None, "cancelled") and now >= course.starts_at
        if late and not course.free():  # a full line that does not move any more takes nobody
            return None
        return Act(
            "join by hand" if by_hand else "join",
            lambda at: (
                enrolment.join(course.id, person, actor=ACTOR, now=at, accept_overlap=True, by_hand=by_hand).state
            ),
            course.takes(person, now, by_hand=by_hand),
            lambda at, _: self.model.join(course, person, at),
        )

    def join_by_hand(self, now: datetime) -> Act | None:
        return self.join(now, by_hand=True)

    def _somebody(self, course: Course | None) -> int | None:
        known = [] if course is None else [*course.seated, *course.line, *sorted(course.gone)]
        return self.chance.choice(known) if known else None

    def leave(self, now: datetime) -> Act | None:
        course = self._course()
        person = self._somebody(course)
        if course is None or person is None:
            return None
        return Act(
            "leave",
            lambda at: enrolment.leave(course.id, person, actor=ACTOR, now=at),
            person in course.gone or now < course.ends_at,
            lambda at, _: self.model.leave(course, person, at),
        )

    def remove(self, now: datetime) -> Act | None:
        course = self._course()
        person = self._somebody(course)
        if course is None or person is None:
            return None
        return Act(
            "remove",
            lambda at: enrolment.remove(course.id, [person], reason="Tidak dapat hadir", actor=ACTOR, now=at),
            True,
            lambda at, _: self.model.leave(course, person, at, kind="removed"),
        )

    def move(self, now: datetime) -> Act | None:
        course, other = self._course(), self._course()
        person = self._somebody(course)
        if course is None or other is None or course is other or person is None or person in course.gone:
            return None
        if now >= other.starts_at or now >= other.ends_at:
            return None
        seated = person in course.seated
        there = other.state_of(person) or "cancelled"
        fits = not seated or there == "confirmed" or (there == "cancelled" and other.free())

        def effect(at: datetime, _: object) -> None:
            self.model.join(other, person, at)
            self.model.leave(course, person, at, kind="removed")

        return Act(
            "move",
            lambda at: moving.move(course.id, person, to=other.id, reason="Diminta", actor=ACTOR, now=at),
            fits,
            effect,
        )

    def widen(self, now: datetime) -> Act | None:
        course = self._course()
        if course is None or course.quota is None:
            return None
        quota = course.quota + 1

        def call(at: datetime) -> None:
            row = db.session().get_one(Diklat, course.id)
            opens, closes = row.enrol_opens_at, row.enrol_closes_at
            changed = details.Details(
                title=row.title, summary=row.summary, quota=quota, enrol_opens_at=opens, enrol_closes_at=closes
            )
            details.change(course.id, changed, actor=ACTOR, now=at)

        def effect(at: datetime, _: object) -> None:
            course.quota = quota
            self.model.fill(course, at)

        return Act("widen", call, True, effect)

    def _sitting(self, now: datetime) -> tuple[Course, Sitting] | None:
        """One that runs, or ended lately."""
        running = [
            (course, sitting)
            for course in self.model.courses
            for sitting in course.sittings
            if not course.closed and sitting.starts_at <= now
        ]
        return self.chance.choice(running) if running else None

    def open_code(self, now: datetime) -> Act | None:
        found = self._sitting(now)
        if found is None or now > found[1].ends_at:
            return None
        sitting = found[1]

        def effect(at: datetime, code: object) -> None:
            window = attendance_queries.check_in(sitting.id)
            assert window is not None
            sitting.code, sitting.code_until = window.code, window.closes_at

        return Act(
            "open code",
            lambda at: attendance.open_check_in(sitting.id, minutes=30, actor=ACTOR, now=at).code,
            True,
            effect,
        )

    def type_code(self, now: datetime) -> Act | None:
        found = self._sitting(now)
        person = self._somebody(found[0]) if found is not None else None
        if found is None or person is None or not found[1].code:
            return None
        course, sitting = found
        until = sitting.code_until or now
        counts = person in course.seated and now + timedelta(seconds=5) < until
        if not counts and person in course.seated and now < until:
            return None  # on the very edge

        def effect(at: datetime, answer: object) -> None:
            if counts:
                assert answer in (*_noted, checking_in.Answer.TAKEN_AWAY, checking_in.Answer.TOO_MANY), answer
            else:
                assert answer is not checking_in.Answer.PRESENT, answer
            if answer is checking_in.Answer.PRESENT:
                sitting.present.add(person)

        return Act(
            "type code",
            lambda at: checking_in.check_in(person, sitting.code, actor=ACTOR, now=at).answer,
            True,
            effect,
        )

    def mark(self, now: datetime) -> Act | None:
        found = self._sitting(now)
        person = self._somebody(found[0]) if found is not None else None
        if found is None or person is None:
            return None
        (course, sitting), there = found, self.chance.random() < 0.8

        def effect(at: datetime, _: object) -> None:
            (sitting.present.add if there else sitting.present.discard)(person)

        return Act(
            "mark",
            lambda at: attendance.mark_by_hand(
                sitting.id, [person], present=there, reason="Terlihat", actor=ACTOR, now=at
            ),
            person in course.seated,
            effect,
        )

    def hall(self, now: datetime) -> Act | None:
        found = self._sitting(now)
        return None if found is None or not found[0].seated else self.all_there(*found)

    def all_there(self, course: Course, sitting: Sitting) -> Act:
        """The panitia look about and mark whoever has a seat."""
        people = list(course.seated)
        return Act(
            "hall",
            lambda at: attendance.mark_by_hand(
                sitting.id, people, present=True, reason="Terlihat", actor=ACTOR, now=at
            ),
            True,
            lambda at, _: sitting.present.update(people),
        )

    def appeal(self, now: datetime) -> Act | None:
        found = self._sitting(now)
        person = self._somebody(found[0]) if found is not None else None
        if found is None or person is None:
            return None
        course, sitting = found
        fits = person in course.seated and person not in sitting.present and person not in sitting.appealed
        return Act(
            "appeal",
            lambda at: appeals.ask(sitting.id, person, "Saya hadir", actor=ACTOR, now=at),
            fits,
            lambda at, _: sitting.appealed.add(person),
        )

    def grant(self, now: datetime) -> Act | None:
        found = self._sitting(now)
        if found is None:
            return None
        course, sitting = found
        open_ones = [row.person_id for row in appeals.waiting(course.id) if row.live_session_id == sitting.id]
        if not open_ones:
            return None
        person = self.chance.choice(sorted(open_ones))
        return Act(
            "grant",
            lambda at: appeals.answer(sitting.id, person, grant=True, text="", actor=ACTOR, now=at),
            person in course.seated,
            lambda at, _: sitting.present.add(person),
        )

    def postpone(self, now: datetime) -> Act | None:
        course = self._course()
        ahead = [] if course is None else [sitting for sitting in course.sittings if sitting.starts_at > now]
        if not ahead:
            return None
        sitting, by = self.chance.choice(ahead), timedelta(days=self.chance.randint(1, 4))

        def call(at: datetime) -> None:
            row = db.session().get_one(LiveSession, sitting.id)
            start = row.starts_at + by
            sessions.change(
                sitting.id,
                sessions.SessionPlan(title=row.title, starts_at=start, ends_at=start + HOURS),
                actor=ACTOR,
                now=at,
            )

        def effect(at: datetime, _: object) -> None:
            sitting.starts_at, sitting.ends_at = sitting.starts_at + by, sitting.ends_at + by

        return Act("postpone", call, True, effect)

    def close(self, now: datetime) -> Act | None:
        course = self._course()
        return None if course is None else self.closing(course, now)

    def closing(self, course: Course, now: datetime) -> Act:
        return Act(
            "close",
            lambda at: states.close(course.id, actor=ACTOR, now=at),
            now >= course.ends_at,
            lambda at, _: self.model.close(course),
        )

    def correct(self, now: datetime) -> Act | None:
        """A title that was forgotten; asked for and approved in one go."""
        wanted = sa.select(Certificate).where(Certificate.state == WorkState.DONE, Certificate.status == Status.VALID)
        papers = db.session().scalars(wanted.order_by(Certificate.id)).all()
        fresh = [paper for paper in papers if paper.issued_at and now - paper.issued_at < timedelta(days=20)]
        if not fresh:
            return None
        paper = self.chance.choice(fresh)
        id, key, title = paper.id, (paper.diklat_id, paper.person_id), f"M.{self.chance.randint(1, 10**6)}"

        def call(at: datetime) -> None:
            person = db.lock(Person, key[1])
            person.title_after = title
            db.session().flush()
            row = corrections.ask(id, reason="Gelar keliru", actor=ACTOR, now=at)
            if row.decided_at is None:
                corrections.decide(id, approve=True, answer="", actor=ACTOR, now=at)

        def effect(at: datetime, _: object) -> None:
            self.model.papers[key] += 1

        return Act("correct", call, True, effect)
