"""Plays one year: an act or a turn of the world, then all that must be true; whatever is not, raises Wrong with the seed."""

from __future__ import annotations

import itertools
import os
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import sqlalchemy as sa
from flask import Flask

from bench.site import ACTOR
from bench.year import checks
from bench.year.acts import Act, People
from bench.year.model import Course, Model
from bench.year.world import Clock, Crash, Moment, Relay, World, forget_process
from calakan import wiring
from calakan.certificates import rendering
from calakan.demo import district
from calakan.enrolment import joining, services
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.kernel.errors import DomainError
from calakan.notifications.channels import opening
from calakan.notifications.channels.interface import Outcome
from calakan.notifications.models import Message
from calakan.people.models import Person

START = datetime(2027, 1, 4, 2, tzinfo=UTC)
PEOPLE, STEPS = 9, 30
BEATS = (
    "enrolment.queue_reminders",
    "notifications.sweep",
    "certificates.sweep",
    "attendance.recount",
    "audit.seal",
)
RARELY = "reports.keep_rolls"  # at every second one: nobody waits for it
TROUBLES = [Outcome.LATER, Outcome.LATER, Outcome.REFUSED, Outcome.UNCERTAIN]
LEASE_OVER = timedelta(minutes=6)


class Wrong(Exception):
    """Something that must be true is not."""


class Year:
    """One seed on an empty, migrated database with places and lists."""

    def __init__(self, app: Flask, seed: int) -> None:
        self.app, self.seed = app, seed
        self.settings = app.extensions["calakan.settings"]
        self.chance = random.Random(seed)
        self.clock = Clock(START)
        self.world = World(self.chance, self.clock, db.transaction)
        self.model = Model()
        self.told: list[str] = []
        self.counts: Counter[str] = Counter()
        self.beats = 0

    def play(self, steps: int = STEPS) -> Counter[str]:
        """What happened how often. Raises Wrong."""
        try:
            with self._world():
                self.people = People(self.chance, self.model, self._crowd())
                for number in range(steps):
                    self._step()
                    self._look(all=number % 10 == 0)
                self._end()
        except (Exception, Crash) as error:
            last = "\n  ".join(self.told[-12:])
            raise Wrong(f"seed {self.seed}: {type(error).__name__}: {error}\n  {last}") from error
        return self.counts

    @contextmanager
    def _world(self) -> Iterator[None]:
        relay = Relay(self.world)
        with ExitStack() as stack:
            for target, name, stands in (
                (clock, "now", self.clock.now),
                (db, "transaction", self.world.transaction),
                (db, "_ring", self.world.ring),
                (opening, "open_channel", lambda *_: relay),
                (os, "fsync", lambda _: None),  # the power does not fail in this world
            ):
                stack.enter_context(mock.patch.object(target, name, stands))
            yield

    def _crowd(self) -> list[int]:
        rows = district.people_rows(random.Random(self.seed), self.clock.now())
        with db.transaction():
            district.insert_rows(Person, itertools.islice(rows, PEOPLE))
        return list(db.session().scalars(sa.select(Person.id).order_by(Person.id)))

    def _say(self, what: str) -> None:
        self.counts[what.partition(":")[0]] += 1
        self.told.append(f"{self.clock.at:%d %b %H:%M:%S} {what}")

    def _step(self) -> None:
        going = [course for course in self.model.courses if not course.closed]
        if len(going) < 2 and self.chance.random() < 0.7:
            course = self.people.publish(self.clock.tick())
            self._say(f"publish: {course.id}, {course.quota} seats")
            return
        turn = self.chance.choices([self._act, self._trouble, self._hop, self._rush], [58, 16, 22, 9])[0]
        turn()

    def _act(self) -> None:
        doom = self.chance.choice([Moment.BEFORE_COMMIT, Moment.AFTER_COMMIT]) if self.chance.random() < 0.1 else None
        for _ in range(8):  # until something comes to mind
            now = self.clock.tick()
            act = self.people.next(now)
            db.session().rollback()
            if act is not None:
                self._carry_out(act, now, doom)
                return

    def _carry_out(self, act: Act, now: datetime, doom: Moment | None, *, answered: bool = True) -> None:
        self._say(f"{act.name}: {f'killed {doom}' if doom else 'done'}, {'fits' if act.allowed else 'to be refused'}")
        happened, answer, refusal = True, None, ""
        self.world.doom = (doom, 1) if doom else None
        try:
            with db.transaction():
                answer = act.call(now)
        except Crash as crash:
            happened = crash.args[0] is Moment.AFTER_COMMIT
            forget_process()
        except DomainError as error:
            happened, refusal = False, type(error).__name__
        self.world.doom = None
        if bool(refusal) is act.allowed:
            raise Wrong(f"{act.name} was {f'refused with {refusal}' if refusal else 'taken'}")
        if happened:
            act.effect(now, answer)
        if answered and self.chance.random() < 0.8:
            self._answer_rings()

    def _answer_rings(self) -> None:
        for name in sorted(self.world.rung):
            self.world.rung.discard(name)
            self._run(name)

    def _run(self, name: str) -> None:
        """A piece of work in a worker, which may be killed at it."""
        try:
            wiring.WORK[name](self.settings)
        except Crash as crash:
            self._say(f"a worker dies: {name}, {crash}")
            forget_process()
            self._doubt()
        forget_process()

    def _doubt(self) -> None:
        """Whoever died may have had one letter in its hand, and nobody knows whether that one left."""
        held = db.session().scalars(sa.select(Message.key).where(Message.state == WorkState.HANDING))
        in_hand = set(held) - self.world.doubtful
        if len(in_hand) > 1:
            raise Wrong(f"one worker died, and {len(in_hand)} letters are in doubt")
        self.world.doubtful |= in_hand

    def _beat(self) -> None:
        self.beats += 1
        for name in (*BEATS, *([RARELY] if self.beats % 2 else [])):
            self._run(name)

    def _hop(self) -> None:
        """Some time later; often where something happens."""
        at = self.clock.at
        marks = [
            moment
            for course in self.model.courses
            if not course.closed
            for sitting in course.sittings
            for moment in (
                sitting.starts_at - timedelta(minutes=50),
                sitting.starts_at + timedelta(minutes=5),
                sitting.ends_at + timedelta(minutes=1),
            )
            if moment > at
        ]
        if marks and self.chance.random() < 0.7:
            self.clock.on(min(marks) - at)
        else:
            self.clock.on(self.chance.choice([timedelta(minutes=10), timedelta(hours=5), timedelta(days=2)]))
        self._say("time goes on")
        self._beat()

    def _trouble(self) -> None:
        turn = self.chance.choice(
            [
                self._kill_worker,
                self._kill_worker,
                self._freeze,
                self._wipe,
                self._turn_clock,
                self._bad_relay,
                self._full,
            ]
        )
        turn()

    def _kill_worker(self) -> None:
        self.world.doom = (self.chance.choice(list(Moment)), self.chance.randint(1, 6))
        self._say(f"to be killed: {self.world.doom[0]}")
        self._beat()
        self.world.doom = None

    def _freeze(self) -> None:
        """A worker stands still with a letter in its hand and more before it, and another one comes."""
        for _ in range(3):
            now = self.clock.tick()
            act = self.people.join(now)
            if act is not None:
                self._carry_out(act, now, None, answered=False)
        long = self.chance.random() < 0.5

        def another() -> None:
            if long:
                self.clock.on(LEASE_OVER)
            with self.app.app_context():
                wiring.WORK["notifications.sweep"](self.settings)

        self.world.meanwhile = another
        self._say(f"a worker freezes: {'long' if long else 'a moment'}")
        self._beat()
        self.world.meanwhile = None

    def _wipe(self) -> None:
        self._say("the broker forgets")
        self.world.rung.clear()

    def _turn_clock(self) -> None:
        self.clock.on(self.chance.choice([timedelta(minutes=-10), timedelta(minutes=-1), timedelta(hours=1)]))
        self._say("somebody turns the clock")
        self._beat()

    def _bad_relay(self) -> None:
        self.world.answers = self.chance.choices(TROUBLES, k=self.chance.randint(1, 3))
        self._say("the relay is moody: " + ", ".join(self.world.answers))
        self._beat()
        self.world.answers = []

    def _full(self) -> None:
        self._say("the disk is full")
        with mock.patch.object(rendering, "keep", side_effect=OSError(28, "No space left on device")):
            self._beat()

    def _rush(self) -> None:
        """Two for one seat: while one knows what is free and has not taken it, the other one comes."""
        now = self.clock.tick()
        free = [(course, self._welcome(course, now)) for course in self.model.courses]
        free = [(course, people) for course, people in free if len(people) > 1]
        if not free:
            return
        course, people = self.chance.choice(free)
        first, second = self.chance.sample(people, 2)
        self._say(f"rush: {first} and {second}")
        self._race(course, first, second, now)
        self.model.join(course, first, now)
        self.model.join(course, second, now)

    def _welcome(self, course: Course, now: datetime) -> list[int]:
        """Who could join, and never did."""
        everybody = self.people.people
        return [id for id in everybody if course.state_of(id) is None and course.takes(id, now, by_hand=False)]

    def _race(self, course: Course, first: int, second: int, now: datetime) -> None:
        read, done, errors = threading.Event(), threading.Event(), []
        known, leader = joining.line, threading.current_thread()
        while_other = 0.03 if db.engine().dialect.name == "postgresql" else 0.003  # SQLite lets nobody else in anyway

        def line(*given: Any) -> joining.Line:
            found = known(*given)
            if threading.current_thread() is leader:
                read.set()
                done.wait(while_other)
            return found

        def join(person: int) -> None:
            with db.transaction():
                services.join(course.id, person, actor=ACTOR, now=now, accept_overlap=True)

        def other() -> None:
            try:
                read.wait(5)
                with self.app.app_context():
                    join(second)
            except Exception as error:
                errors.append(error)
            done.set()

        thread = threading.Thread(target=other)
        with mock.patch.object(joining, "line", line):
            thread.start()
            try:
                join(first)
            finally:
                read.set()
                thread.join()
        if errors:
            raise errors[0]

    def _look(self, *, all: bool) -> None:
        db.session().rollback()
        found = checks.after_each_step(self.model, self.world, all=all)
        db.session().rollback()
        if found:
            raise Wrong("; ".join(found[:5]))

    def _end(self) -> None:
        """Time goes by without trouble, until all is closed and nothing waits: then everything that is owed was given."""
        for course in [course for course in self.model.courses if not course.closed]:
            self.clock.at = max(self.clock.at, course.ends_at)
            for sitting in course.sittings if course.seated else ():
                self._carry_out(self.people.all_there(course, sitting), self.clock.tick(), None)
            self._carry_out(self.people.closing(course, self.clock.at), self.clock.tick(), None)
            self._beat()
        self.world.calm()
        for hours in (0, 1, 2, 8, 24):
            self.clock.on(timedelta(hours=hours, minutes=6))
            self._beat()
        self._say("the year is over")
        self._look(all=True)
        found = checks.at_the_end(self.model, self.world, self.clock.now())
        db.session().rollback()
        if found:
            raise Wrong("; ".join(found[:5]))
