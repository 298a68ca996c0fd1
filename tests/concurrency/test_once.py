"""A code of the second step and a mailed link count for one of twenty hands, and a place in the report holds one quote."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.feedback import quotes, services
from calakan.feedback.errors import QuotePlaceTaken, QuotesFull
from calakan.feedback.models import ITEMS, Consent, Quote
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people.errors import LinkInvalid
from calakan.people.models import Login, Person, Purpose, SecondFactor
from calakan.people.services import accounts, second_factor
from tests import factories
from tests.feedback.test_feedback import course

HANDS = 20


def at_once(app: Flask, acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each of them gave or raised."""
    barrier, results = threading.Barrier(len(acts)), list[Any]()

    def run(act: Callable[[], Any]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                with db.transaction():
                    given = act()
                results.append(given)
            except Exception as error:
                results.append(error)
            finally:
                db.db.session.remove()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session().rollback()
    return results


def test_a_code_typed_by_twenty_hands_lets_one_in(app: Flask) -> None:
    id, now = factories.person("Sri", Role.PANITIA).id, clock.now()
    with db.transaction():
        second_factor.prepare(id, now=now)
    with db.transaction() as session:
        session.execute(sa.update(SecondFactor).values(confirmed_at=now))
    phone = pyotp.TOTP(db.session().scalars(sa.select(SecondFactor.secret)).one())
    with db.transaction():
        step = second_factor.begin_log_in(id, device="test", now=now).secret
    at_once(app, [lambda: second_factor.finish_log_in(step, phone.at(now), device="test", now=now)] * HANDS)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Login)) == 1


def test_a_mailed_link_in_twenty_hands_sets_one_password_and_ends_all_log_ins(app: Flask) -> None:
    id, now = factories.person("Sri").id, clock.now()
    with db.transaction():
        accounts.log_in(id, device="test", now=now)
        older, secret = (accounts.mailed_link(id, Purpose.RESET_PASSWORD, now) for _ in range(2))
    tried = at_once(
        app,
        [
            lambda n=n: accounts.reset_password(secret, password_hash=f"hash {n}", now=now).password_hash
            for n in range(HANDS)
        ],
    )
    assert len(tried) == HANDS
    (won,) = (given for given in tried if isinstance(given, str))
    assert {type(error) for error in tried if error is not won} == {LinkInvalid}
    assert db.session().get_one(Person, id).password_hash == won
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Login)) == 0
    with pytest.raises(LinkInvalid):
        accounts.use_link(older, Purpose.RESET_PASSWORD, now=now)


def test_the_last_places_hold_one_quote_each(app: Flask) -> None:
    _, session_id, people = course(quotes.MOST + 2)
    for person_id in people:
        with db.transaction():
            services.answer(
                session_id, person_id, dict.fromkeys(ITEMS, 4), text="Kata", quote=Consent.NAMELESS,
                actor=factories.SYSTEM, now=clock.now(),
            )  # fmt: skip
    ids = db.session().scalars(sa.select(Quote.id)).all()
    db.session().rollback()
    tried = at_once(
        app, [lambda id=id: quotes.choose(id, actor=factories.SYSTEM, now=clock.now()) for id in ids]
    )  # fmt: skip
    refused = [error for error in tried if error is not None]
    held = db.session().scalars(sa.select(Quote.place).where(Quote.place.is_not(None))).all()
    assert {type(error) for error in refused} <= {QuotesFull, QuotePlaceTaken}
    assert (len(held), len(set(held))) == (len(ids) - len(refused),) * 2
    assert 1 <= len(held) <= quotes.MOST
