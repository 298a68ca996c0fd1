"""A limit holds for those who come in the same moment: what is counted is counted before anybody decides on it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

import config
from calakan.app import create_app
from calakan.attendance import checking_in
from calakan.attendance.checking_in import Answer
from calakan.kernel import clock, db
from calakan.kernel.actor import Actor, Role
from calakan.notifications import addresses
from calakan.notifications.models import Message
from calakan.people.models import MailCode, Wanted, WrongGuesses
from calakan.people.services import entry, guessing, mail_codes
from calakan.reports import services as reports
from calakan.reports.models import Export, ExportFormat, ExportKind
from calakan.reports.terms import Filters
from tests import factories
from tests.concurrency.test_once import at_once
from tests.security.test_log_ins import PASSWORD, with_password
from tests.servers.broker import BrokerServer

MANY = 12


@pytest.fixture
def limited(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application as it runs outside tests, counting in a real broker."""
    with BrokerServer(tcp=True) as broker:
        environ = {"CALAKAN_DATABASE_URL": database_url, "CALAKAN_DATA_DIR": str(tmp_path)}
        made = create_app(config.load({**environ, "CALAKAN_REDIS_URL": broker.client_url}))
        made.config["WTF_CSRF_ENABLED"] = False
        yield made
    db.connect_ring(lambda queue: None)


def test_those_who_guess_together_are_counted_one_by_one(app: Flask, limited: Flask) -> None:
    """Before anybody looks at what they typed; what was right is given back."""
    email, barrier = with_password().email, threading.Barrier(MANY)

    def log_in(to: str, password: str) -> int:
        return limited.test_client().post("/masuk", data={"email": to, "password": password}).status_code

    def together(n: int) -> int:
        barrier.wait()
        return log_in(f"y{n}@example.org", "keliru")

    assert Counter(log_in(email, PASSWORD) for _ in range(MANY)) == {302: MANY}
    assert Counter(log_in(f"x{n}@example.org", "keliru") for n in range(100 - MANY // 2)) == {422: 100 - MANY // 2}
    with ThreadPoolExecutor(MANY) as crowd:
        assert Counter(crowd.map(together, range(MANY))) == {422: MANY // 2, 429: MANY // 2}
    assert log_in(email, PASSWORD) == 429


def count(model: type[db.Base], *conditions: sa.ColumnElement[bool]) -> int:
    return db.session().scalar(sa.select(sa.func.count()).select_from(model).where(*conditions)) or 0


def raised(results: list[object]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results if isinstance(result, Exception))


def test_a_mailbox_gets_five_of_those_that_are_asked_for_together(app: Flask) -> None:
    """By codes and resets alike, which count together."""
    email, now = factories.person().email, clock.now()
    acts = [lambda: mail_codes.ask(email, Wanted.LOG_IN, now=now), lambda: entry.ask_reset(email, now=now)]
    results = at_once(app, acts * (MANY // 2))
    # Two resets of one instant are one letter.
    assert not raised(results) - Counter(IntegrityError=MANY)
    assert 1 <= count(Message, Message.address == email) <= entry.MOST_MAILS
    assert count(MailCode) == MANY // 2


def test_five_codes_are_mailed_of_twelve(app: Flask) -> None:
    now = clock.now()
    at_once(app, [lambda: mail_codes.ask("guru@example.org", Wanted.LOG_IN, now=now)] * MANY)
    assert count(Message) == entry.MOST_MAILS


def test_wrong_codes_of_many_browsers_are_twenty_together(app: Flask) -> None:
    email, now = "guru@example.org", clock.now()
    browsers = []
    for _ in range(MANY):
        with db.transaction():
            browsers.append(mail_codes.ask(email, Wanted.LOG_IN, now=now))
    with db.transaction():
        for _ in range(mail_codes.MOST_WRONG - 3):
            guessing.note(f"code {email}", now=now)
    results = at_once(app, [lambda b=b: mail_codes.by_code(b, "12", now=now) for b in browsers])
    assert raised(results) == {"OnlyByLink": MANY - 3}
    assert guessing.wrong_in_a_row(f"code {email}") == mail_codes.MOST_WRONG


def test_passwords_are_counted_before_they_are_looked_at(app: Flask) -> None:
    email, now = "guru@example.org", clock.now()
    with db.transaction():
        for _ in range(guessing.FREE - 2):
            guessing.note(email, now=now)
    results = at_once(app, [lambda: guessing.begin(email, now=now)] * MANY)
    assert raised(results) == {"TooManyGuesses": MANY - 2}
    assert db.session().scalars(sa.select(WrongGuesses.count)).all() == [guessing.FREE]


def test_ten_wrong_codes_of_a_session_are_ten(app: Flask) -> None:
    id, now = factories.person().id, clock.now()

    def act(n: int) -> Answer:
        return checking_in.check_in(id, f"{n:06}", actor=factories.SYSTEM, now=now).answer

    tried = at_once(app, [lambda n=n: act(n) for n in range(checking_in.MOST_MISSES + MANY)])
    assert Counter(tried) == {Answer.WRONG: checking_in.MOST_MISSES, Answer.TOO_MANY: MANY}


def test_codes_to_numbers_are_five_a_day_for_one_person_and_for_one_number(app: Flask) -> None:
    people = [factories.person().id for _ in range(3)]
    one, number = people[0], "6281234567890"

    def ask(id: int, to: str) -> None:
        actor = Actor(person_id=id, name="Sri")
        addresses.ask_code(id, "Sri", to, consent="ya", actor=actor, now=clock.now())

    by_one = at_once(app, [lambda n=n: ask(one, f"62812345678{n:02}") for n in range(MANY)])
    to_one = at_once(app, [lambda n=n: ask(people[1 + n % 2], number) for n in range(MANY)])
    for results in (by_one, to_one):
        assert raised(results) == {"ProofAskedTooOften": MANY - addresses.MOST_CODES}


def test_five_files_wait_for_one_person(app: Flask) -> None:
    sri = factories.person("Sri", Role.PANITIA)
    actor = Actor(person_id=sri.id, name="Sri", roles=frozenset({Role.PANITIA}))

    def ask() -> None:
        reports.ask(ExportKind.PARTICIPATION, ExportFormat.CSV, Filters(), by=[], actor=actor, now=clock.now())

    assert raised(at_once(app, [ask] * MANY)) == {"TooManyExports": MANY - reports.MOST_OPEN}
    assert count(Export) == reports.MOST_OPEN
