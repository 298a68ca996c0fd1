"""Each way out of the services of second steps."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.kernel import clock, codes, db
from calakan.kernel.actor import Actor
from calakan.people import passwords, queries
from calakan.people.errors import (
    EmailUnconfirmed,
    LinkInvalid,
    NoSecondFactor,
    OwnRoles,
    SecondCodeWrong,
    SecondFactorOn,
    TooManySecondCodes,
    WrongCurrentPassword,
)
from calakan.people.models import (
    Login,
    OneTimeLink,
    Person,
    Purpose,
    RecoveryCode,
    SecondFactor,
)
from calakan.people.services import second_factor, tokens
from tests import factories
from tests.people.acting import SECOND, act, acts, by, count, log_in, mails, refused, row


def code_at(person_id: int, at: datetime, steps: int = 0) -> str:
    db.session().rollback()
    secret = db.session().scalars(sa.select(SecondFactor.secret).where(SecondFactor.person_id == person_id)).one()
    return pyotp.TOTP(secret).at(at + timedelta(seconds=30 * steps))


@pytest.fixture
def guarded(app: Flask) -> tuple[int, list[str]]:
    """Somebody with a second step, whose first code lies ten minutes back; and the recovery codes."""
    ani = factories.person("Ani").id
    with db.transaction() as session:
        session.get_one(Person, ani).password_hash = passwords.hashed("kata sandi lama sekali")
    login, before = log_in(ani), clock.now() - timedelta(minutes=10)
    act(second_factor.prepare, ani, now=before)
    made = by(second_factor.activate, ani, code_at(ani, before), login_id=login, now=before)
    assert isinstance(made, list)
    return ani, made


def test_a_second_step_is_prepared_then_proven(app: Flask) -> None:
    ani, other, now = factories.person("Ani").id, factories.person("Budi").id, clock.now()
    mine, elsewhere, theirs = log_in(ani), log_in(ani), log_in(other)
    by(tokens.make, row(ani).email)
    refused(NoSecondFactor, by, second_factor.activate, ani, "0", login_id=mine)
    refused(NoSecondFactor, by, second_factor.renew_codes, ani)
    refused(NoSecondFactor, by, second_factor.turn_off, ani)
    for _ in range(2):
        act(second_factor.prepare, ani)
    assert (count(SecondFactor), queries.second_factor(ani)) == (1, None)
    refused(SecondCodeWrong, by, second_factor.activate, ani, "000000x", login_id=mine, now=now)
    by(second_factor.activate, ani, f" {code_at(ani, now)} ", login_id=mine, now=now)
    assert db.session().scalars(sa.select(Login.id).order_by(Login.id)).all() == [mine, theirs]
    assert elsewhere not in (mine, theirs)
    assert (count(OneTimeLink, purpose=Purpose.API), queries.recovery_codes_left(ani)) == (0, 8)
    assert (mails("people.second_factor"), acts("people.second")) == ([ani], ["people.second_factor_on"])
    refused(SecondFactorOn, act, second_factor.prepare, ani)
    refused(SecondFactorOn, by, second_factor.activate, ani, "0", login_id=mine)
    with db.transaction() as session:
        session.get_one(Person, other).email_confirmed_at = None
    refused(EmailUnconfirmed, act, second_factor.prepare, other)
    refused(EmailUnconfirmed, by, second_factor.activate, other, "0", login_id=theirs)


def step_of(person_id: int, now: object) -> str:
    begun = act(second_factor.begin_log_in, person_id, device="hp", now=now)
    assert isinstance(begun, second_factor.Begun)
    assert begun.needs_code
    return begun.secret


def test_a_code_counts_for_its_step_and_the_neighbours_once(guarded: tuple[int, list[str]]) -> None:
    ani, _ = guarded
    now = clock.now()

    def enters(step: str, code: str, at: object = now) -> bool:
        return act(second_factor.finish_log_in, step, code, device="hp", now=at) is not None

    step = step_of(ani, now)
    assert [enters(step, code_at(ani, now, n)) for n in (-2, 2)] == [False, False]
    assert enters(step, code_at(ani, now, -1))
    refused(LinkInvalid, act, second_factor.finish_log_in, step, code_at(ani, now), device="hp")
    step = step_of(ani, now)
    assert not enters(step, code_at(ani, now, -1))  # used
    assert enters(step, code_at(ani, now, 1))
    step = step_of(ani, now)
    assert not enters(step, code_at(ani, now))  # older than the last one
    late = now + second_factor.STEP_LIFETIME
    with pytest.raises(LinkInvalid):
        enters(step, code_at(ani, late), late)
    free = act(second_factor.begin_log_in, factories.person("Budi").id, device="hp")
    assert isinstance(free, second_factor.Begun)
    assert not free.needs_code


def test_five_wrong_codes_and_a_pause(guarded: tuple[int, list[str]]) -> None:
    ani, recovery = guarded
    now = clock.now()
    step = step_of(ani, now)
    for _ in range(5):
        assert act(second_factor.finish_log_in, step, "salah", device="hp", now=now) is None
    pause = timedelta(minutes=5)
    refused(
        TooManySecondCodes, act, second_factor.finish_log_in, step, recovery[0], device="hp", now=now + pause - SECOND
    )
    later = now + pause
    step = step_of(ani, later)
    assert act(second_factor.finish_log_in, step, recovery[0].lower(), device="hp", now=later) is not None
    assert (queries.recovery_codes_left(ani), count(SecondFactor, failures=0)) == (7, 1)
    assert acts("people.wrong") == ["people.wrong_second_code"] * 5
    assert (acts("people.second")[-1], len(mails("people.second_factor"))) == ("people.second_factor_recovered", 2)
    step = step_of(ani, later)
    assert act(second_factor.finish_log_in, step, recovery[0], device="hp", now=later) is None
    new = by(second_factor.renew_codes, ani)
    assert isinstance(new, list)
    assert acts("people.renew") == ["people.renew_recovery_codes"]
    assert (len(new), {len(code) for code in new}, queries.recovery_codes_left(ani)) == (8, {29}, 8)
    assert act(second_factor.finish_log_in, step, recovery[1], device="hp", now=later) is None
    assert act(second_factor.finish_log_in, step, new[0], device="hp", now=later) is not None


def test_a_dangerous_act_asks_again(guarded: tuple[int, list[str]]) -> None:
    ani, recovery = guarded
    login = log_in(ani)
    now = clock.now() + timedelta(minutes=1)
    refused(WrongCurrentPassword, act, second_factor.prove, login, "lain", recovery[0], now=now)
    assert act(second_factor.prove, login, "kata sandi lama sekali", "salah", now=now) is False
    assert db.session().get_one(Login, login).proved_at < now
    assert act(second_factor.prove, login, "kata sandi lama sekali", recovery[0], now=now) is True
    assert db.session().get_one(Login, login).proved_at == now


def test_a_second_step_is_taken_away_by_its_owner_or_an_admin(guarded: tuple[int, list[str]]) -> None:
    ani, _ = guarded
    other = factories.person("Budi").id
    me = Actor(person_id=ani, name="Ani")
    refused(OwnRoles, by, second_factor.reset, ani, actor=me)
    refused(NoSecondFactor, by, second_factor.reset, other)
    log_in(ani)
    by(second_factor.reset, ani)
    assert (count(SecondFactor), count(RecoveryCode), count(Login)) == (0, 0, 0)
    act(second_factor.prepare, ani)
    now = clock.now()
    login = log_in(ani)
    by(second_factor.activate, ani, code_at(ani, now), login_id=login, now=now)
    by(second_factor.turn_off, ani, actor=me)
    assert (count(SecondFactor), count(RecoveryCode), count(Login)) == (0, 0, 1)
    assert acts("people.second") == [f"people.second_factor_{what}" for what in ("on", "reset", "on", "off")]
    assert len(mails("people.second_factor")) == 4


def test_a_recovery_code_is_its_owners(guarded: tuple[int, list[str]]) -> None:
    ani, recovery = guarded
    other = factories.person("Budi").id
    with db.transaction() as session:
        session.add(RecoveryCode(person_id=other, code_hash=codes.hashed("ABCD")))
        session.execute(sa.update(RecoveryCode).where(RecoveryCode.person_id == ani).values(used_at=clock.now()))
    step = step_of(ani, clock.now())
    for code in ("ABCD", recovery[0]):
        assert act(second_factor.finish_log_in, step, code, device="hp") is None
    assert queries.recovery_codes_left(other) == 1
