"""One thing on the page of today, and the way to do it. `<room>/cards.py` tells what a room has for whoever looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from calakan.kernel.actor import Actor
from calakan.kernel.askable import Askable


class When(Askable):
    """The groups of the page, in their order."""

    NOW = "now"
    WAITING = "waiting"
    WEEK = "week"


@dataclass(frozen=True)
class Way:
    """A button: an endpoint of ours with the parts of its address, or an address elsewhere."""

    text: str
    endpoint: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    elsewhere: str = ""


@dataclass(frozen=True, kw_only=True)
class Card:
    """`at` orders the cards of a group, those without one last; `large` is a code to be read from afar."""

    when: When
    title: str
    note: str = ""
    icon: str = "info"
    at: datetime | None = None
    large: str = ""
    ways: tuple[Way, ...] = ()


Provider = Callable[[Actor, datetime], Iterable[Card]]
