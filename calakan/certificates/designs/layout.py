"""What a design says, as it is stored and as a paper is made from it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from calakan.certificates.designs.kinds import KINDS
from calakan.paper import Design, Piece, Place


class Ground(StrEnum):
    """What lies below the texts: the shipped artwork, plain paper, or a file of the office."""

    ARTWORK = "artwork"
    PLAIN = "plain"
    OWN = "own"


@dataclass(frozen=True)
class Layout:
    """`places` has every kind in the order of `KINDS`; those in `off` are not shown."""

    places: tuple[Place, ...]
    off: frozenset[str] = frozenset()
    ground: Ground = Ground.ARTWORK
    titles: bool = True
    appendix: bool = True
    appendix_artwork: bool = True

    def shown(self) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.key not in self.off)


def fresh() -> Layout:
    """The layout of a new design."""
    return Layout(
        places=tuple(kind.place for kind in KINDS.values()),
        off=frozenset(key for key, kind in KINDS.items() if not kind.on),
    )


def stored(layout: Layout) -> dict[str, Any]:
    return {
        "places": [asdict(place) for place in layout.places],
        "off": sorted(layout.off),
        "ground": layout.ground.value,
        "titles": layout.titles,
        "appendix": layout.appendix,
        "appendix_artwork": layout.appendix_artwork,
    }


def loaded(facts: dict[str, Any]) -> Layout:
    """A kind that came after the design was made is off in it."""
    held = {place["key"]: Place(**place) for place in facts["places"]}
    return Layout(
        places=tuple(held.get(key, kind.place) for key, kind in KINDS.items()),
        off=frozenset(facts["off"]) | (set(KINDS) - set(held)),
        ground=Ground(facts["ground"]),
        titles=facts["titles"],
        appendix=facts["appendix"],
        appendix_artwork=facts["appendix_artwork"],
    )


def on_own_ground(layout: Layout) -> Layout:
    return replace(layout, ground=Ground.OWN)


def on_plain_ground(layout: Layout) -> Layout:
    return replace(layout, ground=Ground.PLAIN)


def design_of(layout: Layout, background: Piece | None) -> Design:
    """What the paper is told."""
    return Design(
        places=layout.shown(),
        artwork=layout.ground is Ground.ARTWORK,
        background=background if layout.ground is Ground.OWN else None,
        appendix=layout.appendix,
        appendix_artwork=layout.appendix_artwork,
    )
