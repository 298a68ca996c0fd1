"""Each adapter against a stand-in of its provider: what it hands over, and what it makes of every way it can end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from calakan.notifications import letters
from calakan.notifications.channels.fonnte import FonnteChannel
from calakan.notifications.channels.interface import Channel, Outcome, Parcel, Result
from calakan.notifications.channels.telegram import TelegramChannel
from calakan.notifications.channels.wablas import WablasChannel
from calakan.notifications.channels.whatsapp import CloudChannel
from calakan.notifications.letters import Letter
from tests.servers import gateways
from tests.servers.gateways import TOKEN, Provider

SHORT = 0.4  # seconds of patience
AT = datetime(2027, 3, 10, 5, tzinfo=UTC)
LETTER = Letter("Sesi batal: Numerasi", "Yth. Bapak/Ibu Sri,\n\nSesi dibatalkan.\nBesok.\n\nSalam\n")


def cloud_channel(url: str) -> CloudChannel:
    return CloudChannel(TOKEN, "1099", template="kabar", code_template="kode", url=url, timeout=SHORT)


OPENERS: dict[str, tuple[gateways.Judge, Callable[[str], Channel]]] = {
    "telegram": (gateways.telegram, lambda url: TelegramChannel(url, TOKEN, timeout=SHORT)),
    "cloud": (gateways.cloud, cloud_channel),
    "fonnte": (gateways.fonnte, lambda url: FonnteChannel(TOKEN, url=url, timeout=SHORT)),
    "wablas": (gateways.wablas, lambda url: WablasChannel(TOKEN, url=url, timeout=SHORT)),
}


@pytest.fixture(params=list(OPENERS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "_base_url", "http://calakan.test")


@pytest.fixture
def service(name: str) -> Iterator[Provider]:
    with gateways.provider(OPENERS[name][0]) as made:
        yield made


def parcel(letter: Letter = LETTER, address: str = "6281200001111") -> Parcel:
    return Parcel(letter, key="k", kind="test", address=address, name="Sri", at=AT)


def sent(name: str, service: Provider, letter: Letter = LETTER) -> Result:
    channel = OPENERS[name][1](service.url)
    try:
        return channel.send(parcel(letter))
    finally:
        channel.close()


IDS = {"telegram": "6281200001111/1", "cloud": "wamid.1", "fonnte": "80367170", "wablas": "wb-1"}
TEXT = "Sesi batal: Numerasi\n\nSesi dibatalkan.\nBesok."
BODIES: dict[str, dict[str, object]] = {
    "telegram": {"chat_id": "6281200001111", "text": TEXT, "link_preview_options": {"is_disabled": True}},
    "cloud": {
        "messaging_product": "whatsapp",
        "to": "6281200001111",
        "type": "template",
        "template": {
            "name": "kabar",
            "language": {"code": "id"},
            "components": [
                {
                    "type": "body",
                    "parameters": [
                        {"type": "text", "text": "Sesi batal: Numerasi"},
                        {"type": "text", "text": "Sesi dibatalkan. Besok."},
                    ],
                }
            ],
        },
    },
    "fonnte": {"target": "6281200001111", "message": TEXT, "countryCode": "0"},
    "wablas": {"phone": "6281200001111", "message": TEXT},
}


def test_a_message_is_handed_over_with_an_id(name: str, service: Provider) -> None:
    assert sent(name, service) == Result(Outcome.SENT, provider_id=IDS[name])
    assert service.taken == [BODIES[name]]


ENDS: dict[str, dict[str, tuple[Outcome, timedelta | None, bool]]] = {
    "busy": {
        "telegram": (Outcome.LATER, timedelta(seconds=37), True),
        "cloud": (Outcome.LATER, timedelta(minutes=1), True),
        "fonnte": (Outcome.LATER, timedelta(minutes=15), True),
        "wablas": (Outcome.LATER, timedelta(minutes=15), True),
    },
    "token": dict.fromkeys(OPENERS, (Outcome.LATER, timedelta(minutes=15), True)),
    "gone": {
        "telegram": (Outcome.GONE, None, False),
        "cloud": (Outcome.GONE, None, False),
        "fonnte": (Outcome.REFUSED, None, False),
        "wablas": (Outcome.REFUSED, None, False),
    },
    "refused": dict.fromkeys(OPENERS, (Outcome.REFUSED, None, False)),
    "away": dict.fromkeys(OPENERS, (Outcome.LATER, timedelta(minutes=1), True)),
    # Whether it was taken nobody knows, so it is not said again.
    "between": dict.fromkeys(OPENERS, (Outcome.UNCERTAIN, timedelta(minutes=1), True)),
    "garbage": dict.fromkeys(OPENERS, (Outcome.UNCERTAIN, timedelta(minutes=1), True)),
    "drop": dict.fromkeys(OPENERS, (Outcome.UNCERTAIN, timedelta(minutes=1), True)),
    "hang": dict.fromkeys(OPENERS, (Outcome.UNCERTAIN, timedelta(minutes=1), True)),
}


@pytest.mark.parametrize("mode", list(ENDS))
def test_every_end_is_told_apart_and_no_token_is_told(
    name: str, service: Provider, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    service.mode, service.delay = mode, 3 * SHORT
    with caplog.at_level(logging.DEBUG):
        result = sent(name, service)
    assert (result.outcome, result.retry_after, result.rests) == ENDS[mode][name]
    assert service.taken == []
    assert result.detail
    assert TOKEN not in result.detail + caplog.text + repr(result)


def test_nobody_there_is_later(name: str) -> None:
    channel = OPENERS[name][1]("http://127.0.0.1:1")
    result = channel.send(parcel())
    assert (result.outcome, result.retry_after, result.rests) == (Outcome.LATER, timedelta(minutes=1), True)


def test_too_many_to_one_person_is_no_trouble_of_the_channel() -> None:
    with gateways.provider(gateways.cloud) as service:
        service.mode = "busy_for_one"
        result = sent("cloud", service)
    assert (result.outcome, result.retry_after, result.rests) == (Outcome.LATER, timedelta(minutes=1), False)


def test_a_code_goes_by_the_template_for_codes() -> None:
    with gateways.provider(gateways.cloud) as service:
        assert sent("cloud", service, Letter("Kode", "Kode 123456\n", code="123456")).outcome is Outcome.SENT
    template = service.taken[0]["template"]
    assert template["name"] == "kode"
    values = [[parameter["text"] for parameter in part["parameters"]] for part in template["components"]]
    assert values == [["123456"], ["123456"]]


def test_text_cannot_become_anything_else(name: str, service: Provider) -> None:
    """Line breaks, form fields and markup in a title stay text."""
    hostile = "Judul\r\nAuthorization: x&target=0812|<b>{{1}}</b>\t*tebal*"
    assert sent(name, service, Letter(hostile, "Isi.\n")).outcome is Outcome.SENT
    (body,) = service.taken
    assert set(body) == set(BODIES[name])
    if name == "cloud":
        texts = [p["text"] for p in body["template"]["components"][0]["parameters"]]
        assert texts == [" ".join(hostile.split()), "Isi."]
    else:
        assert body["text" if name == "telegram" else "message"] == f"{hostile}\n\nIsi."


def test_a_long_letter_is_cut(name: str, service: Provider) -> None:
    assert sent(name, service, Letter("J" * 300, "Kata " * 2000)).outcome is Outcome.SENT
    assert len(str(service.taken[0])) < 1300
