"""News that travels to rooms further right. Handlers run at once, in the announcing transaction; a domain error vetoes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Handler = Callable[[Any], object]
_reactions: dict[type, Sequence[Handler]] = {}


def connect(reactions: Mapping[type, Sequence[Handler]]) -> None:
    """Replace the table of handlers; called once, from `calakan.app`, with `wiring.REACTIONS`."""
    _reactions.clear()
    _reactions.update(reactions)


def announce(event: object) -> None:
    for handler in _reactions.get(type(event), ()):
        handler(event)
