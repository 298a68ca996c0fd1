"""Each way out of the services of addresses, chats and browsers."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from calakan.kernel import clock, db
from calakan.kernel.errors import NotFound
from calakan.notifications import addresses, devices, marks, queries
from calakan.notifications.bounces import queries as bounces
from calakan.notifications.bounces.kinds import BounceKind
from calakan.notifications.bounces.trust import trust_address
from calakan.notifications.channels.encryption import packed
from calakan.notifications.channels.interface import Device
from calakan.notifications.errors import (
    DeviceInvalid,
    ProofAskedTooOften,
    ProofOver,
)
from calakan.notifications.models import (
    AddressState,
    Bounce,
    ChannelAddress,
)
from calakan.notifications.topics import Topic
from calakan.notifications.ways import Way
from calakan.people.models import Person
from tests.notifications.acting import SECOND, act, acts, agree, device, message, mute, refused

pytestmark = pytest.mark.usefixtures("by_day")


def test_where_people_are_reached(two: tuple[int, int]) -> None:
    ani, budi = two
    agree(ani, Way.TELEGRAM, "7")
    agree(budi, Way.TELEGRAM, "8", AddressState.WITHDRAWN)
    agree(budi, Way.WHATSAPP, "628")
    now = clock.now()
    device(ani, "HP 000001", now - SECOND)
    device(ani, "HP 000002", now)
    assert queries.addresses([ani, budi], [Way.TELEGRAM, Way.WHATSAPP]) == {
        ani: {Way.TELEGRAM: "7"}, budi: {Way.WHATSAPP: "628"},
    }  # fmt: skip
    assert queries.addresses([ani], [Way.WHATSAPP]) == queries.addresses([ani], []) == {}
    assert queries.agreed_by_channel() == {Way.TELEGRAM: 1, Way.WHATSAPP: 1}
    assert {id: list(found) for id, found in queries.devices([ani, budi]).items()} == {ani: ["HP 000001", "HP 000002"]}
    assert queries.devices([budi]) == {}
    own = [queries.own_address(person, way) for person, way in ((ani, Way.PUSH), (ani, Way.TELEGRAM), (budi, Way.PUSH))]
    assert own == ["HP 000002", "7", None]
    found = queries.address_of(budi, Way.WHATSAPP)
    assert found is not None
    assert (found.address, queries.address_of(ani, Way.WHATSAPP)) == ("628", None)

    def reached(*channels: Way) -> list[int]:
        wanted = sa.select(Person.id).where(queries.reachable(Person.id, Topic.REMINDERS, channels)).order_by(Person.id)
        return list(db.session().scalars(wanted))

    assert (reached(Way.TELEGRAM), reached(Way.WHATSAPP), reached(Way.PUSH)) == ([ani], [budi], [ani])
    mute(ani, Topic.BROADCASTS, Way.TELEGRAM)
    mute(budi, Topic.REMINDERS, Way.PUSH)
    mute(ani, Topic.REMINDERS, Way.WHATSAPP)
    assert (reached(Way.TELEGRAM), reached(Way.WHATSAPP), reached(Way.PUSH)) == ([ani], [budi], [ani])
    mute(ani, Topic.REMINDERS, Way.TELEGRAM)
    assert (reached(Way.TELEGRAM), reached(Way.TELEGRAM, Way.PUSH)) == ([], [ani])
    mute(ani, Topic.REMINDERS, Way.PUSH)
    assert reached(Way.TELEGRAM, Way.PUSH) == []


NUMBER = "6281200001111"


def code_for(person: int, at: datetime | None = None) -> str:
    act(addresses.ask_code, person, "Ani", NUMBER, consent="ya", now=at or clock.now())
    with db.transaction():
        return addresses.new_code(person, NUMBER, at or clock.now())


def standing(person: int, way: Way = Way.WHATSAPP) -> ChannelAddress:
    db.session().rollback()
    found = queries.address_of(person, way)
    assert found is not None
    return found


def test_a_number_is_proven_in_its_time_and_after_five_tries_no_more(two: tuple[int, int]) -> None:
    ani, budi = two
    now = clock.now()
    code = code_for(ani)
    until = now + timedelta(minutes=15)
    assert standing(ani).proof_until == until
    refused(ProofOver, addresses.confirm_code, budi, code)
    refused(ProofOver, addresses.confirm_code, ani, code, now=until)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(4):
        assert act(addresses.confirm_code, ani, wrong) is False
    assert act(addresses.confirm_code, ani, code, now=until - SECOND) is True
    found = standing(ani)
    assert (found.state, found.address, found.proof_hash, found.confirmed_at) == (
        AddressState.CONFIRMED, NUMBER, "", until - SECOND,
    )  # fmt: skip
    refused(ProofOver, addresses.confirm_code, ani, code)
    code = code_for(ani)
    for _ in range(5):
        assert act(addresses.confirm_code, ani, "x") is False
    refused(ProofOver, addresses.confirm_code, ani, code)
    assert acts() == ["notifications.ask_channel", "notifications.confirm_channel", "notifications.ask_channel"]


def test_codes_are_asked_for_five_times_a_day_by_a_person_or_for_a_number(two: tuple[int, int]) -> None:
    ani, budi = two
    now = clock.now()
    for n in range(5):
        code_for(ani, now + n * SECOND)
    for person in (ani, budi):
        refused(ProofAskedTooOften, addresses.ask_code, person, "x", NUMBER, consent="ya", now=now + 9 * SECOND)
    refused(ProofAskedTooOften, addresses.ask_code, ani, "x", "6281", consent="ya", now=now + 9 * SECOND)
    day = timedelta(days=1)
    assert queries.proofs_sent(budi, "lain", since=now - day) == 0
    refused(ProofAskedTooOften, addresses.ask_code, budi, "x", NUMBER, consent="ya", now=now + day - SECOND)
    act(addresses.ask_code, budi, "x", NUMBER, consent="ya", now=now + day)


def test_a_chat_is_opened_once_by_its_link(two: tuple[int, int]) -> None:
    ani, budi = two
    now = clock.now()
    tokens = {}
    for person in two:
        act(addresses.ask_link, person, consent="ya", now=now)
        tokens[person] = addresses.link_token(standing(person, Way.TELEGRAM))
    hour = timedelta(hours=1)

    def opens(token: str, at: datetime) -> bool:
        with db.transaction():
            return addresses.confirm_chat(token, "77", now=at)

    assert (opens("x", now), opens(tokens[ani], now + hour)) == (False, False)
    assert (opens(tokens[ani], now + hour - SECOND), opens(tokens[ani], now)) == (True, False)
    assert (standing(ani, Way.TELEGRAM).address, standing(budi, Way.TELEGRAM).state) == ("77", AddressState.ASKED)
    with db.transaction() as session:
        session.execute(sa.text("UPDATE person SET active = false WHERE id = :id"), {"id": budi})
    assert not opens(tokens[budi], now)


def test_a_channel_is_closed_by_its_owner_by_stop_or_by_its_provider(two: tuple[int, int]) -> None:
    ani, budi = two
    now = clock.now()

    def agreed(state: AddressState = AddressState.CONFIRMED) -> None:
        with db.transaction() as session:
            session.execute(sa.delete(ChannelAddress))
            for person, way, address in ((ani, Way.TELEGRAM, "7"), (ani, Way.WHATSAPP, "7"), (budi, Way.TELEGRAM, "9")):
                session.add(
                    ChannelAddress(
                        person_id=person, channel=way, address=address, state=state, asked_at=now, confirmed_at=now
                    )
                )

    def closed() -> dict[tuple[int, Way], str]:
        db.session().rollback()
        rows = db.session().scalars(sa.select(ChannelAddress).where(ChannelAddress.state == AddressState.WITHDRAWN))
        return {(row.person_id, row.channel): row.withdrawn_why for row in rows}

    def stop(at: datetime, address: str = "7") -> bool:
        with db.transaction():
            return addresses.stop(Way.TELEGRAM, address, said_at=at, now=now)

    agreed()
    for _ in range(2):
        act(addresses.withdraw, ani, Way.TELEGRAM)
    assert closed() == {(ani, Way.TELEGRAM): "asked"}
    agreed()
    assert (stop(now - SECOND), stop(now, "8"), stop(now), stop(now)) == (False, False, True, False)
    assert closed() == {(ani, Way.TELEGRAM): "stop"}
    agreed(AddressState.ASKED)
    assert (stop(now), closed()) == (False, {})
    with db.transaction():
        addresses.gone(ani, Way.TELEGRAM, "7", now=now)
    assert closed() == {}
    agreed()
    device(ani, "HP 1")
    device(budi, "HP 2")
    with db.transaction():
        for person, way, address in ((ani, Way.TELEGRAM, "8"), (budi, Way.TELEGRAM, "7"), (budi, Way.PUSH, "HP 1")):
            addresses.gone(person, way, address, now=now)
    assert (closed(), len(queries.devices(two))) == ({}, 2)
    with db.transaction():
        addresses.gone(ani, Way.TELEGRAM, "7", now=now)
        addresses.gone(ani, Way.PUSH, "HP 1", now=now)
    assert (closed(), list(queries.devices(two))) == ({(ani, Way.TELEGRAM): "gone"}, [budi])
    assert acts() == ["notifications.withdraw_channel"] * 3


def browser(name: str, **values: str) -> Device:
    given = {"endpoint": f"https://fcm.googleapis.com/{name}", "public": packed(b"p" * 65), "auth": packed(b"a" * 16)}
    return Device(**{**given, **values})


@pytest.mark.parametrize(
    "values",
    [
        {"endpoint": "http://fcm.googleapis.com/1"}, {"endpoint": "https://evil.example/1"},
        {"endpoint": "https://a@fcm.googleapis.com/1"}, {"endpoint": "https://fcm.googleapis.com:1/1"},
        {"endpoint": "https://fcm.googleapis.com/é"}, {"endpoint": "https://fcm.googleapis.com/" + "x" * 980},
        {"public": packed(b"p" * 64)}, {"auth": packed(b"a" * 17)}, {"endpoint": "https://[x/1"},
    ],
)  # fmt: skip
def test_only_push_services_that_are_known_are_believed(two: tuple[int, int], values: dict[str, str]) -> None:
    refused(DeviceInvalid, devices.add, two[0], browser("1", **values), browser="Chrome")


def test_a_browser_belongs_to_who_used_it_last_and_ten_are_enough(two: tuple[int, int]) -> None:
    ani, budi = two
    now = clock.now()
    longest = browser("1", endpoint="https://fcm.googleapis.com/" + "x" * 973)
    for person in (ani, ani, budi, budi):
        act(devices.add, person, longest, browser="Firefox Linux")
    assert [len(queries.devices_of(person)) for person in two] == [0, 1]
    for n in range(11):
        act(devices.add, ani, browser(str(n)), browser="x", now=now + n * SECOND)
    found = [row.endpoint.rpartition("/")[2] for row in queries.devices_of(ani)]
    assert found == [str(n) for n in range(10, 0, -1)]
    mine = queries.devices_of(ani)[0].address
    refused(NotFound, devices.remove, budi, mine)
    act(devices.remove, ani, mine)
    refused(NotFound, devices.remove, ani, mine)
    assert len(queries.devices_of(budi)) == 1
    assert acts() == ["notifications.add_device"] * 15 + ["notifications.remove_device"]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Mozilla/5.0 (Linux; Android 9) Chrome/1 Safari/1", "Chrome di Android"), ("Edg Chrome Windows", "Edge di Windows"),
        ("Firefox", "Firefox"), ("Safari Mac OS", "Safari di Mac"), ("", "Browser"), ("iPhone", "Browser di iPhone"),
    ],
)  # fmt: skip
def test_what_people_call_a_browser(line: str, name: str) -> None:
    assert devices.name_of(line) == name


def test_a_mark_is_ours_alone() -> None:
    mark = marks.mark(12)
    assert [marks.find(text) for text in (f"<{mark}@x>", f"a {mark} b", mark[:-1], f"3{mark}", f"{mark}0")] == [
        12, 12, None, None, None,
    ]  # fmt: skip
    assert marks.find(f"13.{mark.partition('.')[2]} {mark}") == 12


def test_which_addresses_refuse_letters(two: tuple[int, int]) -> None:
    ani, budi = two
    now = clock.now()
    ids = [message(ani) for _ in range(5)]
    with db.transaction() as session:
        for id, address, kind, trusted in (
            (ids[0], "a@b.id", BounceKind.HARD, None), (ids[1], "a@b.id", BounceKind.HARD, None),
            (ids[2], "c@d.id", BounceKind.SOFT, None), (ids[3], "e@f.id", BounceKind.HARD, now),
            (ids[4], "g@h.id", BounceKind.HARD, None),
        ):  # fmt: skip
            given = {"status": "5.1.1", "detail": "x", "at": now, "trusted_at": trusted}
            session.add(Bounce(message_id=id, person_id=budi, address=address, kind=kind, **given))
    everything = ["a@b.id", "c@d.id", "e@f.id", "g@h.id"]
    assert (bounces.refusing(everything), bounces.refusing(["a@b.id"])) == ({"a@b.id", "g@h.id"}, {"a@b.id"})
    newest, number = bounces.some_refusals()
    assert ([row.message_id for row in newest], number) == ([ids[4], ids[1]], 2)
    assert bounces.refusal("a@b.id").message_id == ids[1]
    assert (bounces.refusal("c@d.id"), bounces.refusal("e@f.id")) == (None, None)
    assert [bounces.soft_bounces(address) for address in ("a@b.id", "c@d.id")] == [0, 1]
    assert [act(trust_address, "a@b.id") for _ in range(2)] == [True, False]
    assert bounces.refusing(everything) == {"g@h.id"}
    assert acts() == ["notifications.trust_address"]
