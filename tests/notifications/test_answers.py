"""What answers of servers and news of providers come to, one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from calakan.notifications.channels import gateway, mail
from calakan.notifications.channels.gateway import Gateway
from calakan.notifications.channels.interface import BREATH, TROUBLE, Outcome, Result
from calakan.notifications.channels.relay import Relay
from calakan.notifications.webhooks import news
from calakan.notifications.webhooks.news import Fate, Receipt

NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)
THEN = int(NOW.timestamp()) - 60


@pytest.mark.parametrize(
    ("status", "outcome", "wait"),
    [
        (200, Outcome.UNCERTAIN, BREATH), (399, Outcome.UNCERTAIN, BREATH), (400, Outcome.LATER, BREATH),
        (401, Outcome.LATER, TROUBLE), (403, Outcome.LATER, TROUBLE), (404, Outcome.LATER, BREATH),
        (429, Outcome.LATER, BREATH), (500, Outcome.LATER, BREATH), (502, Outcome.UNCERTAIN, BREATH),
        (503, Outcome.LATER, BREATH), (504, Outcome.UNCERTAIN, BREATH),
    ],
)  # fmt: skip
def test_an_answer_without_words(status: int, outcome: Outcome, wait: timedelta) -> None:
    found = gateway._without_words(status)
    assert (found.outcome, found.retry_after, found.rests) == (outcome, wait, True)


@pytest.mark.parametrize(
    ("value", "seconds"), [(5, 5), (0, 7), (-1, 7), (True, 7), ("5", 7), (None, 7), (86_400, 86_400), (90_000, 86_400)]
)
def test_a_wait_within_reason(value: object, seconds: int) -> None:
    assert gateway.seconds(value, otherwise=timedelta(seconds=7)) == timedelta(seconds=seconds)


def test_what_a_provider_says_holds_no_secret_and_fits_its_column() -> None:
    place = Gateway("https://x.example", ["rahasia", ""])
    found = place._masked(Result(Outcome.LATER, f"rahasia {'x' * 400}", "p" * 300, timedelta(1), True))
    assert (found.detail[:9], len(found.detail), len(found.provider_id)) == ("•••••••• ", 300, 200)
    assert (found.outcome, found.retry_after, found.rests) == (Outcome.LATER, timedelta(1), True)
    assert [gateway._object(text) for text in (b'{"a": 1}', b"[1]", b"x", b"")] == [{"a": 1}, {}, {}, {}]


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("smtp://mail.example", ("mail.example", 25, False, False, "", "")),
        ("smtps://a%40b:c%2Fd@mail.example", ("mail.example", 465, True, False, "a@b", "c/d")),
        ("smtp://mail.example?starttls=1", ("mail.example", 587, False, True, "", "")),
        ("smtp://mail.example:99?starttls=true", ("mail.example", 99, False, True, "", "")),
        ("smtp://?starttls=0", ("localhost", 25, False, False, "", "")),
    ],
)  # fmt: skip
def test_where_a_relay_is(url: str, where: tuple[object, ...]) -> None:
    made = Relay(url)
    assert (made._host, made._port, made._tls, made._starttls, made._user, made._password) == where


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (399, Outcome.REFUSED),
        (400, Outcome.LATER),
        (499, Outcome.LATER),
        (500, Outcome.REFUSED),
        (550, Outcome.REFUSED),
    ],
)
def test_which_code_of_a_relay_is_for_ever(code: int, outcome: Outcome) -> None:
    found = mail._result(code, b"x" * 400)
    assert (found.outcome, len(found.detail), found.rests) == (outcome, 300, False)


def receipt(**body: object) -> Receipt:
    [found] = news.of_wablas(body, NOW).receipts
    return found


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        ("read", Fate.READ), (" Delivered ", Fate.DELIVERED), ("received", Fate.DELIVERED), ("url unreachable", Fate.FAILED),
        ("reject", Fate.FAILED), ("sent", None), (None, None), (["read"], None),
    ],
)  # fmt: skip
def test_fates(status: object, fate: Fate | None) -> None:
    found = receipt(id="1", status=status, note="catatan")
    assert (found.fate, found.detail) == (fate, "catatan" if fate is Fate.FAILED else "")


@pytest.mark.parametrize(
    ("value", "moment"),
    [(THEN, THEN), (str(THEN), THEN), (THEN + 999, None), ("x", None), (None, None), (10**30, None), ([1], None)],
)
def test_moments_are_believed_when_they_lie_behind(value: object, moment: int | None) -> None:
    expected = NOW if moment is None else datetime.fromtimestamp(moment, UTC)
    assert receipt(id="1", status="read", timestamp=value).at == expected


@pytest.mark.parametrize(
    ("value", "id"),
    [("wamid.1=", "wamid.1="), (12, "12"), (True, ""), ("a b", ""), ("x" * 201, ""), (None, ""), ("é", "")],
)
def test_ids_are_plain(value: object, id: str) -> None:
    assert receipt(id=value, status="read").provider_id == id


@pytest.mark.parametrize(
    ("sender", "words", "stops"),
    [
        ("0812-1", " STOP ", ["628121"]), ("62812", "berhenti", ["62812"]), (62812, "/stop", ["62812"]), ("62812", "stop dulu", []),
        ("", "stop", []), (None, "stop", []), (["62812"], "stop", []), ("62812", ["stop"], []),
    ],
)  # fmt: skip
def test_who_says_stop(sender: object, words: object, stops: list[str]) -> None:
    body = {"phone": sender, "sender": sender, "message": words, "timestamp": THEN}
    for read in (news.of_wablas, news.of_fonnte):
        assert [number for number, _ in read(body, NOW).stops] == stops


def test_a_tracking_of_wablas_may_hold_its_message() -> None:
    assert len(news.of_wablas({"message": "stop", "status": "read", "id": "1", "phone": "62812"}, NOW).receipts) == 1


@pytest.mark.parametrize(
    ("body", "receipt"),
    [
        ({"id": "1", "stateid": "2", "state": "read"}, ("1", Fate.READ, "2")), ({"id": "1", "stateid": "1"}, ("1", None, "")),
        ({"stateid": "2", "status": "failed"}, ("2", Fate.FAILED, "")), ({"id": "1", "status": "delivered"}, ("1", Fate.DELIVERED, "")),
    ],
)  # fmt: skip
def test_names_of_fonnte(body: dict[str, object], receipt: tuple[str, Fate | None, str]) -> None:
    [found] = news.of_fonnte(body, NOW).receipts
    assert (found.provider_id, found.fate, found.renamed) == receipt


def update(text: str = "", kind: str = "private", **more: object) -> dict[str, object]:
    return {"message": {"chat": {"id": 7, "type": kind}, "text": text, "date": THEN}, **more}


def test_what_telegram_tells() -> None:
    assert news.of_telegram(update("/start abc-1_"), NOW).starts == [("abc-1_", "7")]
    for text, kind in (
        ("/start a b", "private"),
        ("/start", "private"),
        ("/start abc", "group"),
        ("/start " + "x" * 65, "private"),
    ):
        assert news.of_telegram(update(text, kind), NOW).starts == []
    assert [chat for chat, _ in news.of_telegram(update("Berhenti"), NOW).stops] == ["7"]
    assert news.of_telegram(update("berhenti", "group"), NOW).stops == []
    member = {"chat": {"id": 8, "type": "private"}, "new_chat_member": {"status": "kicked"}, "date": THEN}
    told = news.of_telegram({"my_chat_member": member}, NOW)
    assert told.blocked == [("8", datetime.fromtimestamp(THEN, UTC))]
    back = {**member, "new_chat_member": {"status": "member"}}
    assert news.of_telegram({"my_chat_member": back}, NOW).blocked == []
    assert news.of_telegram([1], NOW) == news.News()


def test_what_the_cloud_tells() -> None:
    status = {"id": "w1", "status": "failed", "timestamp": str(THEN), "errors": [{"code": 131, "title": "Tak sampai"}]}
    heard = {"from": "62812", "text": {"body": "stop"}, "timestamp": str(THEN)}
    body = {"entry": [{"changes": [{"value": {"statuses": [status, "x"], "messages": [heard]}}, 5]}, None]}
    found = news.of_cloud(body, NOW)
    assert [(row.provider_id, row.fate, row.detail) for row in found.receipts] == [
        ("w1", Fate.FAILED, "131 Tak sampai")
    ]
    assert [number for number, _ in found.stops] == ["62812"]
    assert news.of_cloud({"entry": {}}, NOW) == news.News()
    many = {"entry": [{"changes": [{"value": {"statuses": [status] * 600}}]}]}
    assert len(news.of_cloud(many, NOW).receipts) == 500
