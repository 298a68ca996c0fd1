"""The things that a certificate may show, each as it stands on a new design."""

from __future__ import annotations

from dataclasses import dataclass

from calakan.kernel.wording import phrase
from calakan.paper import Place, texts

INK, DEEP, GREEN, QUIET, BROWN = "#12231f", "#06413c", "#0b5d56", "#465751", "#8a5a22"


@dataclass(frozen=True, slots=True)
class Kind:
    """`needed` cannot be switched off: without these a paper cannot be checked. `drawn` has no letters of its own."""

    place: Place
    on: bool = True
    needed: bool = False
    drawn: bool = False
    written: bool = False  # its text is typed in the design

    @property
    def label(self) -> str:
        """What the office calls it."""
        return phrase(f"certificates.place.{self.place.key}")


def _free(number: int) -> Kind:
    place = Place(f"text{number}", 58.5, 20 + 6 * number, 180, size=3.5, least=2.5, lines=2, colour=INK)
    return Kind(place, on=False, written=True)


_KINDS = (
    Kind(
        Place("organisation", 58.5, 47.2, 180, voice="extra", size=4.1, least=2.8, colour=DEEP, spacing=1.1),
    ),
    Kind(Place("tagline", 58.5, 52, 180, voice="medium", size=3, least=2.4, colour=QUIET)),
    Kind(Place("heading", 43.5, 68.6, 210, voice="serif", size=14, least=8, colour=DEEP, spacing=4)),
    Kind(Place("number", 50.5, 80.6, 196, size=3.4, least=2.6, colour=QUIET), needed=True),
    Kind(
        Place("given", 58.5, 90, 180, size=3.9, least=2.8, text=texts.GIVEN_TO),
        written=True,
    ),
    Kind(Place("name", 59.5, 103.4, 178, voice="serif", size=12.5, least=7.4, lines=2), needed=True),
    Kind(Place("line", 84, 107.4, 129, size=0.3, colour=BROWN), drawn=True),
    Kind(Place("unit", 50.5, 113, 196, voice="medium", size=3.9, least=2.8, colour=QUIET)),
    Kind(Place("role", 50.5, 121.5, 196, size=3.9, least=3)),
    Kind(Place("title", 48.5, 130.4, 200, voice="extra", size=6.4, least=4.4, lines=2, colour=GREEN)),
    Kind(Place("held", 45.5, 143, 206, size=3.9, least=3)),
    Kind(Place("dates", 50.5, 143, 196, size=3.9, least=2.8), on=False),
    Kind(Place("jp", 118.5, 148, 60, voice="bold", size=4.5, least=3), on=False),
    Kind(Place("seal", 133.7, 150.2, 29.6), drawn=True),
    Kind(Place("organiser", 58.5, 57, 180, size=3.2, least=2.4, colour=QUIET), on=False),
    Kind(Place("issued", 204, 151.6, 56, size=3.5, least=2.6)),
    Kind(Place("signer1", 204, 156.4, 56), drawn=True),
    Kind(Place("signer2", 164.5, 156.4, 38), drawn=True),
    Kind(Place("signer3", 93, 156.4, 38), drawn=True),
    Kind(Place("qr", 35.2, 147.5, 33), needed=True, drawn=True),
    Kind(Place("foot", 38.5, 195.2, 220, size=2.7, least=2.2), needed=True),
    *(_free(number) for number in range(1, 5)),
)
KINDS = {kind.place.key: kind for kind in _KINDS}
