"""Each way out of the services of links, tokens and log-ins."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.kernel import clock, codes, db
from calakan.kernel.errors import NotFound
from calakan.people import queries
from calakan.people.errors import (
    LinkInvalid,
    TooManyGuesses,
)
from calakan.people.models import (
    Login,
    OneTimeLink,
    Person,
    Purpose,
    TokenScope,
    WrongGuesses,
)
from calakan.people.services import accounts, guessing, tokens
from tests import factories
from tests.people.acting import SECOND, act, acts, by, count, link, log_in, refused


def test_a_link_works_once_in_its_time_and_for_its_purpose(app: Flask) -> None:
    ani, budi, now = factories.person("Ani").id, factories.person("Budi").id, clock.now()
    older, theirs = link(ani, Purpose.RESET_PASSWORD), link(budi, Purpose.RESET_PASSWORD)
    other, secret = link(ani, Purpose.CONFIRM_EMAIL), link(ani, Purpose.RESET_PASSWORD, now=now)
    ends = now + timedelta(hours=1)

    def owner(secret: str, purpose: Purpose = Purpose.RESET_PASSWORD, at: object = now) -> int | None:
        found = accounts.link_owner(secret, purpose, now=at)
        return found.id if found is not None else None

    assert [owner(given) for given in (older, theirs, other, secret, "x")] == [None, budi, None, ani, None]
    assert owner(other, Purpose.CONFIRM_EMAIL) == ani
    assert (owner(secret, at=ends - SECOND), owner(secret, at=ends)) == (ani, None)
    for given, at in ((older, now), (other, now), (secret, ends), ("x", now)):
        refused(LinkInvalid, act, accounts.use_link, given, Purpose.RESET_PASSWORD, now=at)
    found = act(accounts.use_link, secret, Purpose.RESET_PASSWORD, now=ends - SECOND)
    assert isinstance(found, Person)
    assert found.id == ani
    refused(LinkInvalid, act, accounts.use_link, secret, Purpose.RESET_PASSWORD, now=now)
    assert owner(secret) is None


def test_tokens_of_programs_live_side_by_side(app: Flask) -> None:
    ani, budi = factories.person("Ani"), factories.person("Budi")
    made = [str(by(tokens.make, ani.email)), str(by(tokens.make, ani.email, TokenScope.READ))]
    theirs = str(by(tokens.make, budi.email))
    link(ani.id, Purpose.RESET_PASSWORD)
    now = clock.now()

    def held(person: int | None = None, at: object = now) -> list[int]:
        db.session().rollback()
        return [found.person_id for found, _ in tokens.held(person, now=at)]

    assert (held(), held(ani.id)) == ([budi.id, ani.id, ani.id], [ani.id, ani.id])
    assert held(at=now + tokens.LIFETIME + SECOND) == []
    found = queries.bearer(made[1], now=now)
    assert found is not None
    assert (found[0].id, found[1]) == (ani.id, TokenScope.READ)
    assert queries.bearer(made[0], now=now + tokens.LIFETIME + SECOND) is None
    assert queries.bearer("x", now=now) is None
    ids = {link.secret_hash: link.id for link, _ in tokens.held(now=now)}
    mine = ids[codes.hashed(made[0])]
    refused(NotFound, by, tokens.revoke, mine, owner_id=budi.id)
    refused(NotFound, by, tokens.revoke, 999)
    by(tokens.revoke, mine, owner_id=ani.id)
    refused(NotFound, by, tokens.revoke, mine)
    assert queries.bearer(made[0], now=now) is None
    assert len(held(ani.id)) == 1
    by(tokens.revoke, ids[codes.hashed(theirs)])
    assert held() == [ani.id]
    assert acts("people.revoke") == ["people.revoke_token"] * 2
    assert acts("people.bearer") == ["people.bearer_token"] * 3
    reset = db.session().scalars(sa.select(OneTimeLink.id).where(OneTimeLink.purpose == Purpose.RESET_PASSWORD)).one()
    refused(NotFound, by, tokens.revoke, reset)
    with db.transaction() as session:
        session.get_one(Person, ani.id).active = False
    assert queries.bearer(made[1], now=now) is None


@pytest.mark.parametrize("lacks", ["account", "active", "confirmed"])
def test_a_token_is_for_an_open_and_proven_account(app: Flask, lacks: str) -> None:
    ani = factories.person("Ani")
    email = "tidak@ada.id" if lacks == "account" else ani.email
    with db.transaction() as session:
        person = session.get_one(Person, ani.id)
        person.active = lacks != "active"
        person.email_confirmed_at = None if lacks == "confirmed" else clock.now()
    refused(LinkInvalid, by, tokens.make, email)


def test_what_ends_with_all_log_ins(app: Flask) -> None:
    ani, budi = factories.person("Ani"), factories.person("Budi")
    for person in (ani, budi):
        log_in(person.id)
        by(tokens.make, person.email)
        for purpose in (Purpose.SECOND_STEP, Purpose.RESET_PASSWORD, Purpose.CONFIRM_EMAIL):
            link(person.id, purpose)
    with db.transaction():
        accounts.end_logins(ani.id)
    left = {purpose: count(OneTimeLink, person_id=ani.id, purpose=purpose) for purpose in Purpose}
    assert {purpose for purpose, number in left.items() if number} == {Purpose.CONFIRM_EMAIL}
    assert (count(Login, person_id=ani.id), count(Login, person_id=budi.id)) == (0, 1)
    assert count(OneTimeLink, person_id=budi.id) == 4


def test_a_log_in_is_noted_cut_and_ended_by_its_own_secret(app: Flask) -> None:
    ani = factories.person("Ani").id
    first, second = log_in(ani), log_in(ani)
    now = clock.now() + timedelta(minutes=3)
    with db.transaction():
        accounts.seen(first, now=now)
    db.session().rollback()
    seen = {id: db.session().get_one(Login, id).last_seen_at for id in (first, second)}
    assert (seen[first] == now, seen[second] < now) == (True, True)
    assert len(db.session().get_one(Login, first).device) == 120
    secret = str(act(accounts.log_in, ani, device="hp"))
    with db.transaction():
        accounts.log_out(secret)
    assert count(Login) == 2
    assert acts("people.log_in") == ["people.log_in"] * 3


def test_the_sweep_forgets_what_is_a_month_old(app: Flask) -> None:
    ani, now = factories.person("Ani").id, clock.now()
    act(accounts.log_in, ani, device="hp", now=now)
    link(ani, Purpose.RESET_PASSWORD, lifetime=timedelta(0), now=now)
    act(guessing.note, "a@b.id", now=now)
    month = timedelta(days=31)
    with db.transaction():
        assert accounts.forget_expired(now=now + timedelta(days=7)) == 0
        assert accounts.forget_expired(now=now + timedelta(days=7) + SECOND) == 1
        assert accounts.forget_expired(now=now + month) == 0
        assert accounts.forget_expired(now=now + month + SECOND) == 2


def test_whoever_guesses_waits_longer_and_longer(app: Flask) -> None:
    now = clock.now()
    act(guessing.note, " A@B.id ", now=now)
    assert (guessing.wrong_in_a_row("a@b.id"), guessing.wrong_in_a_row("c@d.id")) == (1, 0)

    def waits(number: int) -> int:
        """Seconds until the next try."""
        with db.transaction() as session:
            session.execute(sa.update(WrongGuesses).values(count=number, at=now))
        for seconds in (0, 1, 2, 4, 8, 3599, 3600):
            with contextlib.suppress(TooManyGuesses):
                guessing.may_try("a@b.id", now=now + timedelta(seconds=seconds))
                return seconds
        return 9999

    assert [waits(number) for number in (99, 100, 101, 102, 103, 112, 200)] == [0, 1, 2, 4, 8, 3600, 3600]
    guessing.may_try("c@d.id", now=now)
    act(guessing.begin, "c@d.id", now=now)
    assert guessing.wrong_in_a_row("a@b.id") == 200
    with db.transaction():
        guessing.forget("A@b.id")
    assert (guessing.wrong_in_a_row("a@b.id"), guessing.wrong_in_a_row("c@d.id")) == (0, 1)
