"""Of two admins who take each other's role, or close each other's account, in the same moment, one stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.people.errors import LastAdmin
from calakan.people.models import Person, PersonRole
from calakan.people.services import roles
from tests import factories
from tests.concurrency.test_once import at_once


def take_the_role(person_id: int, **by: Any) -> object:
    return roles.set_roles(person_id, [], **by)


def close(person_id: int, **by: Any) -> object:
    return roles.switch_account(person_id, active=False, **by)


@pytest.mark.parametrize("work", [take_the_role, close])
def test_one_admin_stays(app: Flask, work: Callable[..., object]) -> None:
    pair = [factories.person(name, Role.ADMIN) for name in ("Ani", "Budi")]
    ids, actors, now = [one.id for one in pair], [factories.actor(one) for one in pair], clock.now()
    db.session().rollback()
    given = at_once(
        app,
        [
            lambda: work(ids[0], actor=actors[1], now=now),
            lambda: work(ids[1], actor=actors[0], now=now),
        ],
    )
    assert sorted(type(one) for one in given if isinstance(one, Exception)) == [LastAdmin]
    admins = sa.select(sa.func.count()).select_from(PersonRole).join(Person, Person.id == PersonRole.person_id)
    assert db.session().scalar(admins.where(PersonRole.role == Role.ADMIN, Person.active)) == 1
