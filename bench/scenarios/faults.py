"""Papers and reminders while everything dies: web, worker, beats and broker are killed or frozen, mail server and chat misbehave.

No paper, number or message is lost, and nobody reads one twice.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import time as time_of_day
from datetime import timedelta

import sqlalchemy as sa

from bench import courses
from bench.runner import Bench, Row, Wrong
from bench.scenarios import issuing
from bench.site import ACTOR, Site
from bench.victims import Victims
from calakan.certificates.models import Certificate
from calakan.diklat.services import states as diklat_states
from calakan.enrolment import reminders
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import services
from calakan.notifications.models import AddressState, ChannelAddress, Message
from calakan.notifications.ways import Way
from tests.servers import gateways
from tests.servers.smtp import Mode, SmtpSink

NAME = "faults"
TITLE = "papers, mails and chats while web, worker, two beats and broker are killed (-9) or frozen, receivers misbehave; seeded"
SEED, WORKERS = 20261126, 2
OPEN = [WorkState.PENDING, WorkState.CLAIMED, WorkState.HANDING]
TROUBLES: tuple[Mode, ...] = ("slow", "temporary", "ok", "drop", "refuse", "permanent")


def run(bench: Bench) -> Iterator[Row]:
    for kind in bench.kinds:
        with SmtpSink(delay=0.05, failures=1) as sink, gateways.provider(gateways.telegram) as bot:
            yield _measure(bench, kind, sink, bot)


def _measure(bench: Bench, kind: str, sink: SmtpSink, bot: gateways.Provider) -> Row:
    count, papers, kills = bench.size(3_000, 60), bench.size(2_000, 20), bench.size(60, 4)
    chance, chat = random.Random(SEED), {"telegram_token": gateways.TOKEN, "telegram_bot": "bench_bot"}
    with Site(bench.databases, kind, task_workers=WORKERS, smtp_url=sink.url, telegram_url=bot.url, **chat) as site:
        people = site.people(max(count // 3, papers))
        reached = _reach(people[::3])
        _write(people[: count // 3])
        written = _states().total()
        over = _held(people[:papers])
        expected = written + papers + sum(person in reached for person in people[:papers])
        addresses = sorted(set(db.session().scalars(sa.select(Message.address).where(Message.channel == Way.MAIL))))
        sink.refused = frozenset(chance.sample(addresses, max(1, len(addresses) // 100)))
        db.session().rollback()
        stack, begin = Victims(site, chance), time.monotonic()
        for number in range(kills):
            _shorten_gaps()
            if number % (kills // len(over)) == 0 and number // (kills // len(over)) < len(over):
                _close(over[number // (kills // len(over))])
            sink.mode = TROUBLES[number % len(TROUBLES)]
            bot.mode = "drop" if number % 5 == 4 else "ok"
            time.sleep(chance.uniform(0.2, 1.0) if bench.small else chance.uniform(1.0, 5.0))
            stack.strike()
        sink.mode, bot.mode = "permanent", "ok"
        _until(lambda: _open() == 0, seconds=bench.size(1200, 120), meanwhile=_shorten_gaps)
        seconds, states = round(time.monotonic() - begin), _states()
        issuing.check(site, papers)
    mails = Counter(str(one.message["Message-ID"]) for one in sink.messages)
    chats = Counter((str(body["chat_id"]), str(body["text"])) for body in bot.taken)
    unanswered = sink.dropped + sum("sendMessage" in path for path in bot.paths) - len(bot.taken)
    _judge(states, expected, mails, chats, doubts=stack.told.total() * WORKERS + unanswered)
    return {
        "database": kind,
        "papers": papers,
        "messages": expected,
        **stack.told,
        "lost_answers": unanswered,
        "sent": states[WorkState.DONE],
        "failed": states[WorkState.FAILED],
        "uncertain": states[WorkState.UNCERTAIN],
        "came_twice": 0,
        "seconds": seconds,
    }


def _judge(
    states: Counter[WorkState], expected: int, mails: Counter[str], chats: Counter[tuple[str, str]], *, doubts: int
) -> None:
    """Raises Wrong."""
    received = len(mails) + len(chats)
    if states.total() != expected:
        raise Wrong(f"{expected} to be written, {states.total()} accounted for")
    if twice := sum(n > 1 for n in (*mails.values(), *chats.values())):
        raise Wrong(f"{twice} messages came twice")
    if not states[WorkState.DONE] <= received <= states[WorkState.DONE] + states[WorkState.UNCERTAIN]:
        raise Wrong(f"{received} received, {states}")
    if states[WorkState.UNCERTAIN] > doubts:
        raise Wrong(f"{states[WorkState.UNCERTAIN]} uncertain, where {doubts} may be")


def _reach(people: list[int]) -> frozenset[int]:
    """They have opened a chat, and get everything there too."""
    now, state = clock.now(), AddressState.CONFIRMED
    with db.transaction() as session:
        for id in people:
            row = ChannelAddress(person_id=id, channel=Way.TELEGRAM, address=str(10_000 + id), state=state)
            row.asked_at = row.confirmed_at = now
            session.add(row)
    return frozenset(people)


def _held(people: list[int]) -> list[int]:
    """Four diklat that are over, each with its share of these people, all of whom were there."""
    ids = []
    for number in range(4):
        ids.append(courses.published(f"Selesai {number}", starts_at=clock.now() - timedelta(days=30)))
        courses.enrol(ids[-1], people[number::4])
    return ids


def _close(diklat_id: int) -> None:
    with db.transaction():
        diklat_states.close(diklat_id, actor=ACTOR, now=clock.now())


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
    for model in (Message, Certificate):
        table = db.table(model)
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
                db.ring("certificates.sweep")


def _until(done: Callable[[], bool], *, seconds: float, meanwhile: Callable[[], None]) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise Wrong(f"not finished after {seconds:.0f} s: {_states()}")
        time.sleep(1)
        meanwhile()


def _open() -> int:
    return sum((_states() + _states(Certificate))[state] for state in OPEN)


def _states(model: type[Message | Certificate] = Message) -> Counter[WorkState]:
    db.session().rollback()
    return Counter(dict(db.session().execute(sa.select(model.state, sa.func.count()).group_by(model.state)).all()))
