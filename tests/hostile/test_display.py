"""What is stored is shown as text, wherever it is shown: pages, mails, calendars, files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa
from flask import Flask

from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import tasks as notification_tasks
from calakan.notifications.models import Message
from calakan.people.models import Person
from tests import world as worlds
from tests.conftest import empty_tables
from tests.servers.smtp import SmtpSink
from tests.world import World

MARK = "<b id=x9>'\"&{{7*7}}"


@pytest.fixture(scope="module", params=[MARK])
def marked(migrated_app: Flask) -> Iterator[World]:
    """An office whose every text ends in markup, as if all forms had let it through."""
    migrated_app.config["WTF_CSRF_ENABLED"] = False
    with migrated_app.app_context():
        yield worlds.build(migrated_app, lambda plain: f"{plain} {MARK}")
        db.session().rollback()
        empty_tables()


class AttributeNames(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {name for name, _ in attrs}


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("who", "least"),
    [(None, 50), ("peserta", 500), ("narasumber", 500), ("kepsek", 500), ("panitia", 1000), ("admin", 1000)],
)
def test_stored_markup_is_text_on_every_page(marked: World, who: str | None, least: int) -> None:
    client, seen = marked.client(who), 0
    for endpoint in worlds.endpoints(marked.app, "GET"):
        for parts in worlds.sides(marked, endpoint).values():
            answer = client.get(worlds.address(marked.app, endpoint, parts))
            body = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
            if "x9" not in body:
                continue
            assert "<b id=x9" not in body, f"{endpoint} {parts}"
            assert " 49" not in re.findall(r"&lt;b id=x9&gt;.{0,20}", body), endpoint
            # Nothing leaves an attribute: then its quote would be part of a name.
            names = AttributeNames()
            names.feed(body)
            assert {name for name in names.found if not re.fullmatch(r"[a-z0-9:_-]+", name)} == set(), endpoint
            seen += body.count("&lt;b id=x9&gt;")
    assert seen > least


def test_line_breaks_in_what_is_stored_forge_no_header(marked: World) -> None:
    """A name and a title with a line break, as a hand in the database may leave them; the other mails still leave."""
    mine = Person.id == marked.people["peserta"]
    before = db.session().execute(sa.select(Person.name, Person.email).where(mine)).one()
    with db.transaction() as session:
        session.execute(
            sa.update(Person).where(mine).values(name="Ani\r\nBcc: korban@example.org", email="ani@example.org")
        )
        session.execute(sa.update(Message).values(due_at=clock.now(), state=WorkState.PENDING, expires_at=None))
        facts = {"name": "Ani\r\nBcc: korban@example.org"}
        session.execute(sa.update(Message).where(Message.person_id == marked.people["peserta"]).values(facts=facts))
    waiting = db.session().scalar(sa.select(sa.func.count()).select_from(Message)) or 0
    db.session().rollback()
    with SmtpSink() as sink:
        settings = replace(marked.app.extensions["calakan.settings"], smtp_url=sink.url)
        notification_tasks.deliver_due(settings)
        for received in sink.messages:
            assert received.message["Bcc"] is None
            assert len(received.recipients) == 1
            assert "korban@example.org" not in received.recipients
        others = len(sink.messages)
    with db.transaction() as session:  # others look at the same person's pages
        session.execute(sa.update(Person).where(mine).values(name=before.name, email=before.email))
    states = dict(db.session().execute(sa.select(Message.state, sa.func.count()).group_by(Message.state)).all())
    assert WorkState.PENDING not in states
    assert WorkState.UNCERTAIN not in states
    assert 0 < others <= waiting
