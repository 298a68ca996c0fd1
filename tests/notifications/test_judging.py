"""What each provider's answer means, code by code: sent, later, refused, gone or unclear, and whether its channel rests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from calakan.notifications.channels import fonnte, gateway, telegram, wablas, whatsapp
from calakan.notifications.channels.gateway import BREATH, MOST_WAIT, TROUBLE, Answer
from calakan.notifications.channels.interface import Outcome, Result

SENT, LATER, REFUSED, GONE, UNCERTAIN = (
    Outcome.SENT, Outcome.LATER, Outcome.REFUSED, Outcome.GONE, Outcome.UNCERTAIN,
)  # fmt: skip
MINUTE = timedelta(minutes=1)


def told(result: Result) -> tuple[Outcome, timedelta | None, bool]:
    return result.outcome, result.retry_after, result.rests


def error(code: object) -> dict[str, Any]:
    return {"error": {"code": code, "message": "x"}}


@pytest.mark.parametrize(
    ("status", "body", "end"),
    [
        (200, {"messages": [{"id": "w"}]}, (SENT, None, False)), (200, {"messages": []}, (UNCERTAIN, None, False)),
        (200, {"messages": ["w"]}, (UNCERTAIN, None, False)), (500, {"error": "x"}, (UNCERTAIN, None, False)),
        *((400, error(code), (LATER, MINUTE, True)) for code in whatsapp.TOO_FAST),
        (400, error(131048), (LATER, timedelta(hours=1), True)),
        *((400, error(code), (LATER, TROUBLE, True)) for code in (*whatsapp.BROKEN, 200, 299)),
        *((400, error(code), (REFUSED, None, False)) for code in (199, 300, "200", 5)),
        (401, error(5), (LATER, TROUBLE, True)), (402, error(5), (REFUSED, None, False)),
        (400, error(131056), (LATER, MINUTE, False)), (400, error(131050), (GONE, None, False)),
        *((400, error(code), (LATER, None, False)) for code in whatsapp.PASSING),
        (499, error(5), (REFUSED, None, False)), (500, error(5), (LATER, None, False)),
    ],
)  # fmt: skip
def test_whatsapp(status: int, body: dict[str, Any], end: tuple[Outcome, timedelta | None, bool]) -> None:
    assert told(whatsapp._judged(Answer(status, body))) == end


@pytest.mark.parametrize(
    ("status", "body", "end"),
    [
        (200, {"ok": True, "result": {"message_id": 1}}, (SENT, None, False)),
        (200, {"ok": True, "result": 1}, (REFUSED, None, False)),
        (429, {"parameters": {"retry_after": 7}}, (LATER, timedelta(seconds=7), True)),
        (429, {"parameters": {"retry_after": 10**9}}, (LATER, MOST_WAIT, True)),
        *((429, {"parameters": given}, (LATER, telegram.FLOOD, True)) for given in (None, {}, {"retry_after": "7"})),
        (401, {}, (LATER, TROUBLE, True)), (404, {}, (LATER, TROUBLE, True)), (403, {}, (GONE, None, False)),
        (400, {"description": "Bad Request: chat not found"}, (GONE, None, False)),
        (402, {}, (REFUSED, None, False)), (499, {}, (REFUSED, None, False)), (500, {}, (LATER, None, False)),
        (200, {"error_code": 403}, (GONE, None, False)),
    ],
)  # fmt: skip
def test_telegram(status: int, body: dict[str, Any], end: tuple[Outcome, timedelta | None, bool]) -> None:
    assert told(telegram._judged(Answer(status, body), "7")) == end


@pytest.mark.parametrize(
    ("judged", "status", "reason", "end"),
    [
        (fonnte._judged, 401, "x", (LATER, TROUBLE, True)), (fonnte._judged, 402, "x", (LATER, None, False)),
        (fonnte._judged, 200, "invalid Token", (LATER, TROUBLE, True)),
        (fonnte._judged, 200, "target invalid", (REFUSED, None, False)),
        (wablas._judged, 401, "x", (LATER, TROUBLE, True)), (wablas._judged, 402, "x", (LATER, None, False)),
        (wablas._judged, 403, "x", (LATER, TROUBLE, True)), (wablas._judged, 404, "x", (LATER, None, False)),
        (wablas._judged, 400, "Phone invalid", (REFUSED, None, False)),
        (wablas._judged, 499, "phone invalid", (REFUSED, None, False)),
        (wablas._judged, 500, "phone invalid", (LATER, None, False)),
        (wablas._judged, 400, "device expired", (LATER, TROUBLE, True)),
    ],
)  # fmt: skip
def test_phones_of_the_offices_own(
    judged: Callable[[Answer], Result], status: int, reason: str, end: tuple[Outcome, timedelta | None, bool]
) -> None:
    assert told(judged(Answer(status, {"reason": reason, "message": reason}))) == end


def test_the_first_id_is_kept_and_none_is_no_fault() -> None:
    def ids(judged: Callable[[Answer], Result], *bodies: dict[str, Any]) -> list[str]:
        found = [judged(Answer(200, {"status": True, **body})) for body in bodies]
        assert {result.outcome for result in found} == {SENT}
        return [result.provider_id for result in found]

    assert ids(fonnte._judged, {"id": [4, 5]}, {"id": 4}, {"id": []}, {}) == ["4", "4", "", ""]
    data: list[dict[str, Any]] = [{"messages": [{"id": "a"}, {"id": "b"}]}, {"messages": []}, {"messages": ["a"]}, {}]
    assert ids(wablas._judged, *({"data": each} for each in data)) == ["a", "", "", ""]
    assert wablas._judged(Answer(200, {"status": True})).outcome is LATER


@pytest.mark.parametrize(
    ("status", "end"),
    [
        (429, (LATER, BREATH, True)), (401, (LATER, TROUBLE, True)), (403, (LATER, TROUBLE, True)),
        (200, (UNCERTAIN, BREATH, True)), (399, (UNCERTAIN, BREATH, True)), (400, (LATER, BREATH, True)),
        (402, (LATER, BREATH, True)), (500, (LATER, BREATH, True)), (502, (UNCERTAIN, BREATH, True)),
        (503, (LATER, BREATH, True)), (504, (UNCERTAIN, BREATH, True)),
    ],
)  # fmt: skip
def test_answers_without_words(status: int, end: tuple[Outcome, timedelta | None, bool]) -> None:
    assert told(gateway._without_words(status)) == end


@pytest.mark.parametrize(
    ("named", "waits"),
    [(1, timedelta(seconds=1)), (0, BREATH), (-1, BREATH), (True, BREATH), ("7", BREATH), (None, BREATH)],
)
def test_a_wait_that_is_named(named: object, waits: timedelta) -> None:
    assert gateway.seconds(named, otherwise=BREATH) == waits
