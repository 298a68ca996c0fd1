"""Small rules of the room, each asked by itself: workers of their own come by them, or nobody looks at the edge."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.attendance import appeals
from calakan.feedback import reminders
from calakan.kernel import clock, db
from calakan.kernel.claims import WorkState
from calakan.notifications import budget, letters, services, tasks, ways
from calakan.notifications.bounces import queries as bounces
from calakan.notifications.bounces import services as returning
from calakan.notifications.bounces.kinds import BounceKind
from calakan.notifications.bounces.reports import Report
from calakan.notifications.channels import fonnte, opening, rfc5322, whatsapp
from calakan.notifications.channels.interface import Channel, Device, Outcome, Parcel
from calakan.notifications.channels.vapid import Sender
from calakan.notifications.channels.webpush import WebPushChannel
from calakan.notifications.letters import Attachment, Letter
from calakan.notifications.models import Bounce, Message
from calakan.notifications.ways import Way
from tests.notifications.acting import KIND, SECOND, SILENT, message, row
from tests.servers.push import Browser, PushService, packed


@pytest.mark.parametrize(
    ("provider", "given", "class_name", "url"),
    [
        ("fonnte", "", "FonnteChannel", fonnte.URL), ("fonnte", "http://x.test", "FonnteChannel", "http://x.test"),
        ("cloud", "", "CloudChannel", whatsapp.URL), ("cloud", "http://x.test", "CloudChannel", "http://x.test"),
        ("wablas", "http://x.test", "WablasChannel", "http://x.test"),
    ],
)  # fmt: skip
def test_the_provider_that_is_named_is_asked_at_the_address_that_is_given(
    app: Flask, provider: str, given: str, class_name: str, url: str
) -> None:
    settings = replace(app.extensions["calakan.settings"], whatsapp=provider, whatsapp_token="t", whatsapp_url=given)
    channel: Channel = opening.open_channel(Way.WHATSAPP, settings)
    assert (type(channel).__name__, channel._gateway.url) == (class_name, url)  # type: ignore[attr-defined]  # of each adapter


def test_letters_are_counted_by_address_kind_and_time(two: tuple[int, int]) -> None:
    now = clock.now()
    for values in ({}, {}, {"address": "b@b.id"}, {"kind": SILENT}):
        message(two[0], **{"kind": KIND, **values})
    with db.transaction() as session:
        first = session.scalars(sa.select(Message).order_by(Message.id)).first()
        assert first is not None
        first.created_at = now - timedelta(hours=1)
    counted = [
        services.sent_to("a@b.id", [KIND], since=now - ago) for ago in (timedelta(hours=1), timedelta(hours=1) + SECOND)
    ]
    assert counted == [1, 2]
    assert services.sent_to("a@b.id", [KIND, SILENT], since=now - SECOND) == 2


def test_what_came_since_the_last_look_is_seen(app: Flask, two: tuple[int, int]) -> None:
    """A rarer channel is looked for without a turn; what the session read before is not what it sees."""

    def write() -> None:
        with app.app_context():
            message(two[0], channel=Way.TELEGRAM)
            db.db.session.remove()

    assert db.session().scalar(sa.select(sa.func.count()).select_from(Message)) == 0
    other = Thread(target=write)
    other.start()
    other.join()
    assert tasks._waits(Way.TELEGRAM)


def test_a_push_service_that_drops_a_kept_connection_and_the_next_is_tried_later(tmp_path: Path) -> None:
    browser = Browser("/a")
    channel = WebPushChannel(Sender(tmp_path, "a@example.org"))
    with PushService() as service:
        device = Device(service.url + browser.path, packed(browser.point), packed(browser.auth))
        parcel = Parcel(Letter("Judul", "Isi\n"), "k", KIND, address="a", name="Ani", at=clock.now(), device=device)
        assert channel.send(parcel).outcome is Outcome.SENT
        service.answers[browser.path] = "drop"
        assert channel.send(parcel).outcome is Outcome.LATER
        assert (len(service.came), service.connections) == (3, 2)
        channel.close()


@pytest.mark.usefixtures("by_day")
@pytest.mark.parametrize("limits", [{}, {timedelta(hours=1): 5}])
@pytest.mark.parametrize("way", [Way.MAIL, Way.TELEGRAM])
def test_a_channel_that_rests_gives_nobody_a_batch(
    two: tuple[int, int], way: Way, limits: dict[timedelta, int]
) -> None:
    ways.connect({Way.MAIL: {}, way: limits})
    waiting = message(two[0], channel=way)

    def claimed() -> list[int]:
        with db.transaction():
            return list(tasks._claim(way)[1])

    with db.transaction():
        budget.rest(way, clock.now() + SECOND, trouble="x")
    assert claimed() == []
    with time_machine.travel(clock.now() + SECOND, tick=False):
        assert claimed() == [waiting]


def test_what_is_no_news_may_wait_for_the_morning() -> None:
    late = {
        name
        for name in ("enrolment.day_reminder", "enrolment.confirmed", appeals.ANSWERED, reminders.KIND)
        if tasks._of_a_round(Message(kind=name))
    }
    assert late == {"enrolment.day_reminder", reminders.KIND}


def test_a_key_that_is_freed_still_fits_its_column(two: tuple[int, int]) -> None:
    id = message(two[0], key="k" * 200, subject_kind="diklat", subject_id=1)
    with db.transaction():
        services.take_back("diklat", [1], kinds=[KIND])
    assert row(id).key == "k" * 180 + f"#{id}"


def test_a_page_shows_the_newest_refusals_and_says_how_many_there_are(two: tuple[int, int]) -> None:
    facts = {"kind": BounceKind.HARD, "status": "5.1.1", "detail": "x", "at": clock.now()}
    ids = [message(two[0], address=f"{n}@b.id") for n in range(bounces.SOME + 1)]
    with db.transaction() as session:
        session.add_all(Bounce(message_id=id, address=f"{n}@b.id", **facts) for n, id in enumerate(ids))
    newest, number = bounces.some_refusals()
    assert ([found.message_id for found in newest], number) == (ids[:0:-1], bounces.SOME + 1)


@pytest.mark.parametrize("state", [WorkState.PENDING, WorkState.DROPPED, WorkState.DONE, WorkState.UNCERTAIN])
def test_what_comes_back_late_fails_only_what_had_left(two: tuple[int, int], state: WorkState) -> None:
    """A letter that is being sent anew meanwhile still goes."""
    id, other = message(two[0], state=state), message(two[1], state=state)
    with db.transaction():
        assert returning.record([Report(id, BounceKind.HARD, "5.1.1")], now=clock.now()) == 1
    had_left = state in (WorkState.DONE, WorkState.UNCERTAIN)
    assert (row(id).state, row(other).state) == (WorkState.FAILED if had_left else state, state)


def test_a_letter_has_what_is_attached_to_it() -> None:
    pdf = Attachment("undangan.pdf", b"x", "application", "pdf")
    assert letters.render(
        "notifications/mail/trial.txt", name="Ani", asked_at=clock.now(), attachments=[pdf]
    ).attachments == [pdf]
    assert letters.render("notifications/mail/trial.txt", name="Ani", asked_at=clock.now()).attachments == []


@pytest.mark.parametrize(
    ("name", "written"), [("papan.pdf", 'filename="papan.pdf"'), ("é.pdf", "filename*=utf-8''%C3%A9.pdf")]
)
def test_a_name_beyond_ascii_is_written_so_that_any_mail_program_reads_it(name: str, written: str) -> None:
    part = rfc5322._part(name, b"x", "application", "pdf", ())
    assert part["Content-Disposition"] == f"attachment; {written}"
