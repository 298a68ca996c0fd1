"""What an address does that opens without a log-in ends with the account it was made for: closed or erased.

Each address of the application with something to fill in and no log-in before it stands in one of the two tables, so that
a new one has to say whose it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from calakan import policy
from calakan.kernel import clock, db
from calakan.kernel.errors import NotFound
from calakan.narasumber import services as speaking
from calakan.narasumber import tokens
from calakan.narasumber.models import Assignment, Volunteer
from calakan.people.holders import holder
from calakan.people.models import Person
from tests import world as worlds
from tests.hostile.forms import FORMS
from tests.undoing import Undoing
from tests.world import World

OWNERS = {
    "notifications.unsubscribe": "peserta",
    "people.confirm": "baru",
    "people.reset": "baru",
    "people.mail_link": "baru",
    "people.keep_email": "baru",
    "enrolment.calendar": "peserta",
    "certificates.by_letter": "peserta",
    "narasumber.invitation": "narasumber lain",
    "narasumber.answer": "narasumber lain",
    "narasumber.invitation_check_in": "narasumber",
    "narasumber.invitation_code": "narasumber",
    "narasumber.invitation_hand_out": "narasumber",
    "narasumber.invitation_material": "narasumber",
    "narasumber.profile": "narasumber",
    "narasumber.photo": "narasumber",
    "recognition.share": "narasumber",
}
OF_NOBODY = {
    # Of the office, or of a diklat that is public.
    "web.asset", "web.card", "web.emblem", "web.help_picture", "privacy.older_notice", "diklat.detail", "diklat.card", "diklat.ics", "enrolment.enter", "enrolment.shared", "materials.newest", "api.diklat",
    # Of another issuer, whom a browser comes back from.
    "issuers.begin", "issuers.back",
    # Of a provider, who shows a secret of the office.
    "api_providers.fonnte", "api_providers.wablas",
    # The register of papers, which stays: whoever holds the paper shows it.
    "certificates.shown", "certificates.scanned", "certificates.badge", "certificates.badge_facts",
    "certificates.badge_status", "api.check_certificate",
}  # fmt: skip


def with_parts(app: Flask) -> list[tuple[str, str]]:
    """(endpoint, method) of what strangers may ask for at an address that holds something."""
    return sorted(
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        if rule.arguments and policy.POLICY[rule.endpoint].anonymous
        for method in (rule.methods or set()) & {"GET", "POST"}
    )


def test_every_such_address_says_whose_it_is(migrated_app: Flask) -> None:
    assert {endpoint for endpoint, _ in with_parts(migrated_app)} == OWNERS.keys() | OF_NOBODY


@contextmanager
def closed(world: World, name: str, **values: object) -> Iterator[None]:
    """The account is closed within this; `values` more of it changes."""
    id = world.people[name]
    was = db.session().execute(sa.select(Person.email, Person.active).where(Person.id == id)).one()
    with db.transaction() as session:
        session.execute(sa.update(Person).where(Person.id == id).values(active=False, **values))
    try:
        yield
    finally:
        with db.transaction() as session:
            session.execute(sa.update(Person).where(Person.id == id).values(**was._asdict()))


def ask(world: World, endpoint: str, method: str) -> tuple[TestResponse, list[str]]:
    """The answer, and the tables that it would have changed."""
    case = FORMS.get(endpoint)
    parts = next(iter(worlds.sides(world, endpoint).values()))
    path = worlds.address(world.app, endpoint, parts, method)
    with Undoing() as watching:
        given = case.good(world) if case is not None and method == "POST" else None
        return world.client(None).open(path, method=method, data=given), watching.committed


def said(answer: TestResponse) -> str:
    return answer.get_data().decode("utf-8", "replace")  # a paper is no text


@pytest.fixture
def public(shared: World) -> Iterator[World]:
    """The narasumber of the small office agreed to a public page, and has a photo."""
    mine = sa.update(Volunteer).where(Volunteer.person_id == shared.people["narasumber"])
    with db.transaction() as session:
        session.execute(mine.values(public=True))
    yield shared
    with db.transaction() as session:
        session.execute(mine.values(public=False))


ERASED = {"email": f"x{Person.ERASED_DOMAIN}"}


@pytest.mark.parametrize("how", [{}, ERASED], ids=["closed", "erased"])
@pytest.mark.parametrize("endpoint", OWNERS)
def test_an_address_ends_with_its_account(public: World, endpoint: str, how: dict[str, object]) -> None:
    name = f"Sri {OWNERS[endpoint].title()}"
    for asked, method in with_parts(public.app):
        if asked != endpoint:
            continue
        before, changed = ask(public, endpoint, method)
        with closed(public, OWNERS[endpoint], **how):
            after, changed_after = ask(public, endpoint, method)
        assert changed_after == []
        assert name not in said(after)
        ended = after.status_code in (404, 410) or "tidak berlaku" in said(after)
        if endpoint == "narasumber.photo":  # there is none to show before either
            assert (before.status_code, after.status_code) == (404, 404)
            continue
        # The controls: it worked before, and works again once the account is open again.
        assert before.status_code < 400, said(before)
        assert "tidak berlaku" not in said(before)
        assert method == "GET" or changed
        assert ended, said(after)
        assert ask(public, endpoint, method)[0].status_code == before.status_code


def test_the_services_behind_them_refuse_too(shared: World) -> None:
    row = db.session().scalars(
        sa.select(Assignment).where(Assignment.person_id == shared.people["narasumber lain"], Assignment.round > 0)
    )
    asked = next((r.id, r.round) for r in row if tokens.token(r.id, r.round) == shared.links["invitation"])
    with closed(shared, "narasumber lain"), pytest.raises(NotFound), db.transaction():
        speaking.answer(*asked, can=True, now=clock.now())
    assert holder(None) is None
    assert holder(10**6) is None
