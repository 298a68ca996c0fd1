"""What a closed account may no longer do by a secret that it was given; apart from the table of addresses, whose office these
tests would empty."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from calakan.kernel import clock, db
from calakan.notifications import addresses
from calakan.notifications.models import AddressState, ChannelAddress
from calakan.people.models import Person, Purpose
from calakan.people.services import accounts
from tests import factories


def test_a_chat_is_not_opened_for_a_closed_account(app: Flask) -> None:
    id, now = factories.person().id, clock.now()
    with db.transaction():
        addresses.ask_link(id, consent="Ya.", actor=factories.SYSTEM, now=now)
    mine = sa.select(ChannelAddress).where(ChannelAddress.person_id == id)
    token = addresses.link_token(db.session().scalars(mine).one())
    for active, opened in ((False, False), (True, True)):
        with db.transaction() as session:
            session.execute(sa.update(Person).where(Person.id == id).values(active=active))
            assert addresses.confirm_chat(token, "4711", now=now) is opened
    assert db.session().scalars(mine).one().state is AddressState.CONFIRMED


def test_mailed_links_name_nobody_whose_account_is_closed(app: Flask) -> None:
    person = factories.person()
    id, now = person.id, clock.now()
    for purpose in Purpose:
        with db.transaction() as session:
            secret = accounts.one_time_link(
                session.get_one(Person, id), purpose, lifetime=accounts.RESET_LIFETIME, now=now
            )
        for active in (False, True):
            with db.transaction() as session:
                session.execute(sa.update(Person).where(Person.id == id).values(active=active))
            assert (accounts.link_owner(secret, purpose, now=now) is not None) is active
