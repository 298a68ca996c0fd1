"""What every channel takes and answers. A channel says how a hand-over ended, not what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from calakan.notifications.letters import Letter

TIMEOUT_SECONDS = 20
BREATH = timedelta(minutes=1)  # of a provider who is away or too slow: no worker waits for him message by message
TROUBLE = timedelta(minutes=15)  # until somebody has mended a token, a template, a quota


class Outcome(StrEnum):
    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"
    GONE = "gone"  # refused, and so will be everything else for this address: it is withdrawn
    UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class Device:
    """A browser that takes push messages: where, and the keys that only it can answer to."""

    endpoint: str
    public: str
    auth: str


@dataclass(frozen=True)
class Parcel:
    """One letter for one address; `key` is the unique key of its row, `unsubscribe` an address that ends its topic.

    `mark` names the row to whoever saw the mail (`notifications.marks`), and to nobody else.
    `request_id` is that of the request that asked for it. After `until` nobody needs it any more. `device` stands for the address where that is a browser.
    """

    letter: Letter
    key: str
    kind: str
    address: str
    name: str
    at: datetime
    unsubscribe: str = ""
    mark: str = ""
    until: datetime | None = None
    device: Device | None = None
    request_id: str = ""


@dataclass(frozen=True)
class Result:
    """`provider_id` is what the provider calls the message, `retry_after` how long it asks to wait.

    With `rests` nothing of the whole channel can leave for that long; if it is to leave later, this is no fault of its own.
    """

    outcome: Outcome
    detail: str = ""
    provider_id: str = ""
    retry_after: timedelta | None = None
    rests: bool = False


class Channel(Protocol):
    def send(self, parcel: Parcel) -> Result: ...

    def close(self) -> None: ...
