"""Reminders while everything dies: workers, beats and the broker are killed, the mail server misbehaves. Nobody reads one twice."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import time as time_of_day
from datetime import timedelta

import redis
import sqlalchemy as sa

from bench import courses, processes
from bench.runner import Bench, Row, Wrong
from bench.site import Site, _end
from calakan.enrolment import reminders
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import services
from calakan.notifications.models import Message
from calakan.stack import broker
from calakan.stack.commands import commands
from tests.servers.broker import start_broker
from tests.servers.smtp import Mode, SmtpSink

NAME = "faults"
TITLE = "reminders while workers, two beats and the broker are killed (-9) and the mail server misbehaves; seeded"
SEED, WORKERS = 20261126, 2
OPEN = [WorkState.PENDING, WorkState.CLAIMED, WorkState.HANDING]
VICTIMS = ("worker", "one worker process", "worker", "beat", "second beat", "broker", "what the broker holds")
TROUBLES: tuple[Mode, ...] = ("slow", "temporary", "ok", "drop", "refuse", "permanent")


def run(bench: Bench) -> Iterator[Row]:
    for kind in bench.kinds:
        with SmtpSink(delay=0.05, failures=1) as sink:
            yield _measure(bench, kind, sink)


class Stack:
    """A worker with its processes, two beats and the broker, each of which may be killed and comes back."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.running = {name: self._start(name) for name in ("worker", "beat", "second beat")}

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        command = list(commands(self.site.settings)["worker" if name == "worker" else "beat"])
        if name == "second beat":
            schedule = str(self.site.folder / "second-beat")
            command = [part if part != _schedule_of(command) else schedule for part in command]
        return self.site.spawn(command)

    def kill(self, name: str) -> None:
        if name == "what the broker holds":
            with contextlib.closing(redis.Redis.from_url(broker.client_url(self.site.settings))) as client:
                client.flushall()
        elif name == "broker":
            assert self.site.broker is not None
            self.site.broker.kill()
            self.site.broker.wait()
            time.sleep(0.5)
            self.site.broker = start_broker(self.site.settings)
            assert self.site.broker is not None
            self.site._open.callback(_end, self.site.broker)
        elif name == "one worker process":
            children = processes.below(self.running["worker"].pid)[1:]
            if children:
                os.kill(children[0].pid, signal.SIGKILL)
        else:
            os.killpg(self.running[name].pid, signal.SIGKILL)
            self.running[name].wait()
            self.running[name] = self._start(name)


def _schedule_of(command: list[str]) -> str:
    """The file in which a beat remembers; two beats on two hosts have two."""
    return next((command[at + 1] for at, part in enumerate(command) if part in ("-s", "--schedule")), "")


def _measure(bench: Bench, kind: str, sink: SmtpSink) -> Row:
    count, kills, chance = bench.size(3_000, 150), bench.size(20, 3), random.Random(SEED)
    with Site(bench.databases, kind, task_workers=WORKERS, smtp_url=sink.url) as site:
        people = site.people(count // 3)
        _write(people)
        addresses = sorted(set(db.session().scalars(sa.select(Message.address))))
        sink.refused = frozenset(chance.sample(addresses, max(1, len(addresses) // 100)))
        stack = Stack(site)
        begin = time.monotonic()
        for number in range(kills):
            _shorten_gaps()
            sink.mode = TROUBLES[number % len(TROUBLES)]
            time.sleep(chance.uniform(0.2, 1.0) if bench.small else chance.uniform(1.0, 8.0))
            stack.kill(chance.choice(VICTIMS))
        sink.mode = "permanent"
        _until(lambda: _open() == 0, seconds=bench.size(900, 120), meanwhile=_shorten_gaps)
        states = _states()
        received = Counter(str(one.message["Message-ID"]) for one in sink.messages)
    if sum(states.values()) != count:
        raise Wrong(f"{count} written, {sum(states.values())} accounted for")
    if max(received.values(), default=0) > 1:
        raise Wrong(f"{sum(n > 1 for n in received.values())} letters came twice")
    if not states[WorkState.DONE] <= len(received) <= states[WorkState.DONE] + states[WorkState.UNCERTAIN]:
        raise Wrong(f"{len(received)} received, {states}")
    uncertain, dropped = states[WorkState.UNCERTAIN], sink.dropped
    if uncertain > kills * WORKERS + dropped:
        raise Wrong(f"{uncertain} uncertain after {kills} kills and {dropped} lost answers")
    return {
        "database": kind,
        "messages": count,
        "kills": kills,
        "lost_answers": dropped,
        "sent": states[WorkState.DONE],
        "failed": states[WorkState.FAILED],
        "uncertain": uncertain,
        "came_twice": 0,
        "seconds": round(time.monotonic() - begin),
    }


def _write(people: list[int]) -> None:
    """Three diklat on one day, far enough that the beats find nothing more to remind of."""
    noon = clock.instant(clock.today() + timedelta(days=3), time_of_day(12))
    for number in range(3):
        course = courses.published(f"Siang {number}", starts_at=noon + timedelta(minutes=50), days=1)
        courses.enrol(course, people)
    with db.transaction() as session:
        reminders.queue_due(now=noon)
        session.execute(sa.update(Message).values(due_at=clock.now()))
        db.ring(services.QUEUE)


def _shorten_gaps() -> None:
    """Who waits for another try or for the lease of the dead would wait minutes; here at most seconds."""
    now = clock.now()
    table = db.table(Message)
    waits = table.c.state == WorkState.PENDING
    held = table.c.lease_until < now + timedelta(minutes=4, seconds=45)
    stale = table.c.state.in_([WorkState.CLAIMED, WorkState.HANDING]) & held
    changes = ((waits, {"due_at": now, "attempts": 0}), (stale, {"lease_until": now - timedelta(seconds=1)}))
    for which, values in changes:
        ids = sa.select(table.c.id).where(which).order_by(table.c.id)
        if db.engine().dialect.name == "postgresql":
            ids = ids.with_for_update(skip_locked=True)  # what a worker holds is not waiting
        chosen = ids.cte("chosen")
        with db.transaction() as session:
            session.execute(sa.update(table).where(table.c.id.in_(sa.select(chosen.c.id))).values(values))
            db.ring("notifications.sweep")


def _until(done: Callable[[], bool], *, seconds: float, meanwhile: Callable[[], None]) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise Wrong(f"not finished after {seconds:.0f} s: {_states()}")
        time.sleep(1)
        meanwhile()


def _open() -> int:
    return sum(number for state, number in _states().items() if state in OPEN)


def _states() -> Counter[WorkState]:
    db.session().rollback()
    return Counter(dict(db.session().execute(sa.select(Message.state, sa.func.count()).group_by(Message.state)).all()))
