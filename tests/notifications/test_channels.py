"""Several channels: who gets a copy, what stops it, and that one channel's trouble is not another's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.notifications import letters, queries, services, tasks, ways
from calakan.notifications.channels import opening
from calakan.notifications.channels.interface import Outcome, Parcel, Result
from calakan.notifications.letters import Letter
from calakan.notifications.models import AddressState, ChannelAddress, Message, MutedTopic
from calakan.notifications.topics import Topic
from calakan.notifications.ways import Way
from calakan.office import services as office
from calakan.people.models import PersonRole
from config import Settings
from tests import factories
from tests.kinds import composed_by

NOON = datetime(2027, 3, 10, 5, tzinfo=UTC)
REMINDER, PAPER, SECRET = "enrolment.reminder", "certificates.issued", "people.reset_password"
Opener = Callable[[int | None], FlaskClient]


@pytest.fixture(autouse=True)
def by_day() -> Iterator[None]:
    """At night a chat is quiet."""
    with time_machine.travel(NOON):
        yield


class Ways:
    """Channels that answer what the test says, and keep what they were given."""

    def __init__(self) -> None:
        self.sent: list[tuple[Way, str, str]] = []
        self.answers: dict[Way, Result] = {}

    def open(self, way: Way, settings: Settings) -> _Channel:
        return _Channel(self, way)


class _Channel:
    def __init__(self, ways: Ways, way: Way) -> None:
        self.ways, self.way = ways, way

    def send(self, parcel: Parcel) -> Result:
        self.ways.sent.append((self.way, parcel.address, parcel.key))
        return self.ways.answers.get(self.way, Result(Outcome.SENT, provider_id=f"{self.way}-1"))

    def close(self) -> None:
        pass


@pytest.fixture
def out(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ways]:
    """Mail and Telegram work here, WhatsApp does not."""
    ways.connect({Way.MAIL: {}, Way.TELEGRAM: {}})
    made = Ways()
    monkeypatch.setattr(opening, "open_channel", made.open)
    for kind in (REMINDER, PAPER, SECRET):
        composed_by(monkeypatch, kind, lambda message, now: Letter(message.kind, "Isi.\n"))
    yield made
    ways.connect(opening.configured(app.extensions["calakan.settings"]))


def somebody(name: str = "Sri", *, chat: str = "", muted: tuple[tuple[Topic, Way], ...] = ()) -> tuple[int, str]:
    person = factories.person(name)
    id, email = person.id, person.email
    with db.transaction() as session:
        for way in (Way.TELEGRAM, Way.WHATSAPP):
            if chat:
                state = AddressState.CONFIRMED
                session.add(ChannelAddress(person_id=id, channel=way, address=chat, state=state, asked_at=clock.now()))
        session.add_all(MutedTopic(person_id=id, topic=topic, channel=way) for topic, way in muted)
    return id, email


def write(kind: str, *people: tuple[int, str], by: set[Way] | None = None, count: int = 1) -> int:
    with db.transaction():
        return services.queue_rows(
            (
                services.message_row(kind, key=f"{kind}:{id}:{n}", person_id=id, address=email, now=clock.now())
                for id, email in people
                for n in range(count)
            ),
            by=by,
        )


def deliver(app: Flask) -> int:
    count = tasks.deliver_due(app.extensions["calakan.settings"])
    db.session().rollback()
    return count


def rows(way: Way) -> list[Message]:
    db.session().rollback()
    return list(db.session().scalars(sa.select(Message).where(Message.channel == way).order_by(Message.id)))


def test_a_copy_leaves_by_each_channel_that_works_and_was_agreed_to(app: Flask, out: Ways) -> None:
    sri, budi = somebody(chat="4711"), somebody("Budi")
    assert write(REMINDER, sri, budi) == 3
    assert write(REMINDER, sri, budi) == 0
    assert write(SECRET, sri) == 1
    assert deliver(app) == 4
    key = f"{REMINDER}:{sri[0]}:0"
    assert sorted(out.sent) == sorted(
        [
            (Way.MAIL, sri[1], key), (Way.MAIL, budi[1], f"{REMINDER}:{budi[0]}:0"),
            (Way.MAIL, sri[1], f"{SECRET}:{sri[0]}:0"), (Way.TELEGRAM, "4711", f"{key}#telegram"),
        ]
    )  # fmt: skip
    (chat,) = rows(Way.TELEGRAM)
    assert (chat.state, chat.provider_id, chat.body) == (WorkState.DONE, "telegram-1", f"{REMINDER}\n\nIsi.")
    assert db.session().scalar(sa.select(sa.func.count()).select_from(queries.inbox(sri[0]).subquery())) == 1


def test_a_topic_is_silent_on_one_channel_alone(app: Flask, out: Ways) -> None:
    sri = somebody(chat="4711", muted=((Topic.REMINDERS, Way.TELEGRAM),))
    budi = somebody("Budi", chat="4712", muted=((Topic.REMINDERS, Way.MAIL),))
    write(REMINDER, sri, budi)
    write(PAPER, sri)
    deliver(app)
    assert {(way, address, key.split(":")[0]) for way, address, key in out.sent} == {
        (Way.MAIL, sri[1], REMINDER), (Way.TELEGRAM, "4712", REMINDER),
        (Way.MAIL, sri[1], PAPER), (Way.TELEGRAM, "4711", PAPER),
    }  # fmt: skip


def test_only_the_chosen_channels_are_used(app: Flask, out: Ways) -> None:
    sri = somebody(chat="4711")
    assert write(REMINDER, sri, by={Way.TELEGRAM}) == 1
    assert write(PAPER, sri, by={Way.MAIL}) == 1
    deliver(app)
    assert {(way, key.split(":")[0]) for way, _, key in out.sent} == {(Way.TELEGRAM, REMINDER), (Way.MAIL, PAPER)}


def test_without_a_channel_nothing_more_is_asked(app: Flask, out: Ways) -> None:
    def statements() -> int:
        seen: list[str] = []

        def listen(*args: Any) -> None:
            seen.append(args[2])

        sa.event.listen(db.engine(), "before_cursor_execute", listen)
        try:
            write(REMINDER, sri)
        finally:
            sa.event.remove(db.engine(), "before_cursor_execute", listen)
        return len([text for text in seen if not text.startswith(("PRAGMA", "BEGIN"))])

    sri = somebody(chat="4711")
    ways.connect({Way.MAIL: {}})
    alone = statements()
    ways.connect({Way.MAIL: {}, Way.TELEGRAM: {}})
    assert (alone, statements()) == (1, 3)


def test_what_was_withdrawn_meanwhile_is_not_sent(app: Flask, out: Ways) -> None:
    sri = somebody(chat="4711")
    write(REMINDER, sri)
    with db.transaction() as session:
        session.execute(sa.update(ChannelAddress).values(state=AddressState.WITHDRAWN))
    deliver(app)
    assert [way for way, _, _ in out.sent] == [Way.MAIL]
    (chat,) = rows(Way.TELEGRAM)
    assert (chat.state, chat.last_error) == (WorkState.DROPPED, "withdrawn")


def test_an_address_that_takes_nothing_more_is_withdrawn(app: Flask, out: Ways) -> None:
    sri = somebody(chat="4711")
    out.answers[Way.TELEGRAM] = Result(Outcome.GONE, "403 blocked")
    write(REMINDER, sri)
    deliver(app)
    found = db.session().scalars(sa.select(ChannelAddress).where(ChannelAddress.channel == Way.TELEGRAM)).one()
    assert (found.state, found.withdrawn_why) == (AddressState.WITHDRAWN, "gone")
    assert [(m.state, m.last_error) for m in rows(Way.TELEGRAM)] == [(WorkState.FAILED, "403 blocked")]
    assert write(PAPER, sri) == 1


def test_a_channel_in_trouble_rests_and_the_others_go_on(app: Flask, out: Ways) -> None:
    sri = somebody(chat="4711")
    with time_machine.travel(NOON, tick=False) as traveller:
        out.answers[Way.TELEGRAM] = Result(Outcome.LATER, "401", retry_after=timedelta(minutes=10), rests=True)
        write(REMINDER, sri, count=3)
        deliver(app)
        assert [way for way, _, _ in out.sent] == [Way.MAIL] * 3 + [Way.TELEGRAM]
        assert [(m.state, m.attempts) for m in rows(Way.TELEGRAM)] == [(WorkState.PENDING, 0)] * 3
        del out.answers[Way.TELEGRAM]
        traveller.shift(timedelta(minutes=9))
        assert deliver(app) == 0
        traveller.shift(timedelta(minutes=1))
        assert deliver(app) == 3
        assert [m.state for m in rows(Way.TELEGRAM)] == [WorkState.DONE] * 3


def test_the_wait_that_a_provider_asks_for_is_kept(app: Flask, out: Ways) -> None:
    sri = somebody(chat="4711")
    with time_machine.travel(NOON, tick=False):
        out.answers[Way.TELEGRAM] = Result(Outcome.LATER, "429", retry_after=timedelta(seconds=37))
        write(REMINDER, sri)
        deliver(app)
    (chat,) = rows(Way.TELEGRAM)
    assert (chat.state, chat.due_at, chat.attempts) == (WorkState.PENDING, NOON + timedelta(seconds=37), 1)


def test_each_channel_has_caps_of_its_own(app: Flask, out: Ways) -> None:
    sri = somebody(chat="4711")
    with time_machine.travel(NOON, tick=False) as traveller:
        ways.connect({Way.MAIL: {}, Way.TELEGRAM: {timedelta(hours=1): 2, timedelta(days=1): 9}})
        write(REMINDER, sri, count=5)
        deliver(app)
        assert (len(rows(Way.MAIL)), sum(way is Way.TELEGRAM for way, _, _ in out.sent)) == (5, 2)
        with db.transaction():
            office.change_settings(actor=factories.SYSTEM, now=clock.now(), telegram_per_hour=3)
        deliver(app)
        assert sum(way is Way.TELEGRAM for way, _, _ in out.sent) == 3
        traveller.shift(timedelta(hours=1, seconds=1))
        deliver(app)
        assert sum(way is Way.TELEGRAM for way, _, _ in out.sent) == 5


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Yth. Bapak/Ibu Sri,\n\nSesi dibatalkan.\n\nSalam\n", "Judul\n\nSesi dibatalkan."),
        (
            "Yth. Bapak/Ibu Sri,\n\nAda kursi.\n\nLihat http://calakan.test/saya\n",
            "Judul\n\nAda kursi.\n\nhttp://calakan.test/saya",
        ),
        ("Isi: http://calakan.test/saya ya\n", "Judul\n\nIsi: http://calakan.test/saya ya"),
    ],
)
def test_a_letter_in_short(app: Flask, text: str, short: str) -> None:
    assert letters.short_of(Letter("Judul", text)) == short
    assert letters.short_of(replace(Letter("Judul", text), short="Pendek.")) == "Pendek."


def test_the_page_has_a_list_for_each_confirmed_channel(app: Flask, out: Ways, client_of: Opener) -> None:
    sri, budi = somebody(chat="4711")[0], somebody("Budi")[0]
    assert "Juga lewat" not in client_of(budi).get("/saya/pesan/atur").text
    browser = client_of(sri)
    page = browser.get("/saya/pesan/atur").text
    assert (page.count("Juga lewat"), page.count(" checked")) == (1, 2 * len(Topic))
    all_topics = [topic.value for topic in Topic]
    answer = browser.post("/saya/pesan/atur", data={"topics": all_topics, "topics_telegram": ["kode"]})
    assert answer.status_code == 303
    db.db.session.remove()
    assert queries.muted([sri]) == {(sri, topic, Way.TELEGRAM) for topic in set(Topic) - {Topic.CODES}}


def test_the_office_sets_caps_of_the_channels_that_work(app: Flask, out: Ways, client_of: Opener) -> None:
    page = client_of(factories.person("Admin", Role.ADMIN).id).get("/kelola/pengaturan").text
    assert ('name="telegram_per_day"' in page, 'name="whatsapp_per_day"' in page) == (True, False)


def test_the_panitia_see_how_each_channel_stands(app: Flask, out: Ways, client_of: Opener) -> None:
    sri = somebody(chat="4711")
    with time_machine.travel(NOON, tick=False):
        staff = client_of(factories.person("Panitia", Role.PANITIA).id)
        write(REMINDER, sri)
        out.answers[Way.TELEGRAM] = Result(Outcome.LATER, "401 x", retry_after=timedelta(hours=1), rests=True)
        deliver(app)
        page = staff.get("/kelola/pesan").text
        assert "Berhenti sampai 13.00 WIB" in page
        assert "1 menunggu · 1 orang terhubung · 401 x" in page
        assert page.count("Bekerja") == 1
        chats = staff.get("/kelola/pesan?kanal=telegram").text
        assert (sri[1] in chats, "4711" in chats) == (False, True)
        with db.transaction() as session:
            delivered = {"state": WorkState.DONE, "delivered_at": NOON, "read_at": NOON}
            session.execute(sa.update(Message).where(Message.channel == Way.TELEGRAM).values(**delivered))
        assert "Dibaca" in staff.get("/kelola/pesan?kanal=telegram").text


def test_a_channel_is_tried_on_oneself(app: Flask, out: Ways, client_of: Opener) -> None:
    without, email = somebody("Panitia")
    with db.transaction() as session:
        session.add(PersonRole(person_id=without, role=Role.PANITIA))
    browser = client_of(without)

    def told(channel: str) -> str:
        browser.post("/kelola/pesan/uji", data={"kanal": channel})
        return browser.get("/kelola/pesan").text

    assert "Kanal ini belum terhubung" in told("telegram")
    assert "Kanal tidak dikenal" in told("whatsapp")
    with db.transaction() as session:
        state = AddressState.CONFIRMED
        session.add(
            ChannelAddress(person_id=without, channel=Way.TELEGRAM, address="9", state=state, asked_at=clock.now())
        )
    assert "Pesan uji masuk antrean" in told("telegram")
    assert "Pesan uji masuk antrean" in told("mail")
    deliver(app)
    assert sorted((way, address) for way, address, _ in out.sent) == [(Way.MAIL, email), (Way.TELEGRAM, "9")]


def test_a_resting_or_used_up_channel_is_no_stuck_worker(app: Flask, out: Ways, client: FlaskClient) -> None:
    sri = somebody(chat="4711")
    with time_machine.travel(NOON, tick=False) as traveller:
        write(REMINDER, sri)
        traveller.shift(timedelta(minutes=2))
        assert client.get("/readyz").status_code == 503
        out.answers[Way.TELEGRAM] = Result(Outcome.LATER, "401", retry_after=timedelta(hours=1), rests=True)
        deliver(app)
        traveller.shift(timedelta(minutes=30))
        assert client.get("/readyz").status_code == 200
        traveller.shift(timedelta(minutes=40))
        assert client.get("/readyz").status_code == 503
        ways.connect({Way.MAIL: {}, Way.TELEGRAM: {timedelta(days=1): 0}})
        assert client.get("/readyz").status_code == 200


def test_at_night_only_what_somebody_waits_for_leaves_by_a_chat(app: Flask, out: Ways, client: FlaskClient) -> None:
    sri = somebody(chat="4711")
    with time_machine.travel(NOON, tick=False) as traveller:
        traveller.shift(timedelta(hours=9))  # 21.00 WIB
        write(PAPER, sri)
        with db.transaction():
            services.try_channel(
                sri[0], Way.TELEGRAM, name="Sri", email=sri[1], actor=factories.SYSTEM, now=clock.now()
            )
        deliver(app)
        assert sorted((way, key.split(":")[0]) for way, _, key in out.sent) == [
            (Way.MAIL, PAPER), (Way.TELEGRAM, "notifications.trial"),
        ]  # fmt: skip
        traveller.shift(timedelta(hours=8, seconds=-1))
        assert deliver(app) == 0
        assert client.get("/readyz").status_code == 200
        traveller.shift(timedelta(seconds=1))
        assert deliver(app) == 1


def test_the_inbox_tells_each_thing_once_by_whatever_way_it_came(app: Flask, out: Ways) -> None:
    sri = somebody(chat="4711", muted=((Topic.REMINDERS, Way.MAIL),))
    ways.connect({Way.MAIL: {}, Way.WHATSAPP: {}, Way.TELEGRAM: {}})
    write(REMINDER, sri)
    write(PAPER, sri)
    deliver(app)
    assert len(out.sent) == 5
    found = db.session().scalars(queries.inbox(sri[0])).all()
    assert {(m.kind, m.channel is Way.MAIL) for m in found} == {(REMINDER, False), (PAPER, True)}
    assert (len(found), queries.unread(sri[0])) == (2, 2)
