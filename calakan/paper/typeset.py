"""Measure texts with the real advance widths and kerning, and turn them into PDF text operators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from calakan.paper import fonts
from calakan.paper.shapes import num, rgb

WORD_SPACE = 0.25
"""Millimetres added to each blank, as in the artwork."""

START, MIDDLE, END = 0.0, 0.5, 1.0


class UndrawableError(ValueError):
    """A text holds characters that no shipped font can draw."""

    def __init__(self, characters: Sequence[str]) -> None:
        super().__init__(", ".join(f"U+{ord(char):04X}" for char in characters))
        self.characters = list(characters)


class Voice:
    """A preferred font and the ones that step in, character by character, where it lacks one."""

    def __init__(self, *keys: str) -> None:
        self.keys = keys
        self._places: dict[str, str] = {}
        self._steps: dict[str, int] = {}

    def place(self, char: str) -> str:
        """Key of the font that draws the character."""
        found = self._places.get(char)
        if found is None:
            found = next((key for key in self.keys if fonts.face(key).has(char)), None)
            if found is None:
                raise UndrawableError([char])
            self._places[char] = found
        return found

    def step(self, pair: str) -> int:
        """Way from the start of the first character to the start of the next, in 1/1000 em."""
        found = self._steps.get(pair)
        if found is None:
            key = self.place(pair[0])
            face = fonts.face(key)
            found = face.advance(pair[0])
            if len(pair) == 2 and " " not in pair and self.place(pair[1]) == key:
                found += face.kern(*pair)
            self._steps[pair] = found
        return found

    def width(self, text: str, size: float, spacing: float = 0.0) -> float:
        """Width in mm."""
        get, pairs = self._steps.get, [text[at : at + 2] for at in range(len(text))]
        units = sum([get(pair) or self.step(pair) for pair in pairs])
        return units * size / 1000 + text.count(" ") * WORD_SPACE + len(text) * spacing


RESERVES = (fonts.SERIF, fonts.RESERVE, fonts.REGULAR)
REGULAR = Voice(fonts.REGULAR, *RESERVES)
MEDIUM = Voice(fonts.MEDIUM, *RESERVES)
BOLD = Voice(fonts.BOLD, *RESERVES)
EXTRA = Voice(fonts.EXTRA, *RESERVES)
SERIF = Voice(fonts.SERIF, fonts.RESERVE, fonts.REGULAR)
RESERVE = Voice(fonts.RESERVE, fonts.SERIF, fonts.REGULAR)


def name_voice(name: str) -> Voice:
    """BC Serif, or BC Reserve for the whole name when only that one has all its letters."""
    if all(fonts.face(fonts.SERIF).has(char) for char in name):
        return SERIF
    return RESERVE if all(fonts.face(fonts.RESERVE).has(char) for char in name) else SERIF


def name_width(name: str) -> float:
    """How wide a printed name is at a size of 1 mm."""
    return name_voice(name).width(name, 1)


@lru_cache(maxsize=4096)
def drawable(char: str) -> bool:
    """True when at least one of the shipped fonts has the character."""
    return any(fonts.face(key).has(char) for key in RESERVES)


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks: voice, size and letter spacing in mm, colour."""

    voice: Voice
    size: float
    colour: str
    spacing: float = 0.0

    def width(self, text: str) -> float:
        """Width of a text in mm."""
        return self.voice.width(text, self.size, self.spacing)


Piece = tuple[str, Style]


class FontBank:
    """Which characters of which fonts are embedded, and under which code; a bank may stand on another one."""

    def __init__(self, base: FontBank | None = None) -> None:
        self.base = base
        self.characters: dict[str, list[str]] = {}
        self._codes: dict[tuple[str, str], tuple[str, str]] = dict(base._codes) if base else {}
        self._letter = "G" if base else "F"
        self._pairs: dict[str, dict[str, str]] = base._pairs if base else {}
        self._first: FontBank | None = None

    def another(self) -> FontBank:
        """One that begins as this one; what pairs of its characters come to, all that began so tell each other."""
        made = FontBank()
        made.characters = {key: list(listed) for key, listed in self.characters.items()}
        made._codes, made._first = dict(self._codes), self
        # Copied at once: another thread may be telling of a pair.
        made._pairs = {key: dict(known) for key, known in dict(self._pairs).items()}
        return made

    def preload(self, key: str, characters: str) -> None:
        """Embed those of the characters that the font has, whether or not a fixed text uses them."""
        for char in filter(fonts.face(key).has, characters):
            self.code(key, char)

    def code(self, key: str, char: str) -> tuple[str, str]:
        """Font resource name and hexadecimal code of a character."""
        found = self._codes.get((key, char))
        if found is None:
            listed = self.characters.setdefault(key, [])
            listed.append(char)
            found = self._codes[key, char] = (f"{self._letter}{key}", f"{len(listed):04X}")
        return found

    def learn(self, key: str, pair: str, part: str) -> None:
        """What a pair comes to in the first font of a voice: by its first character's code, and how far the second one is."""
        self._pairs.setdefault(key, {})[pair] = part
        first = self._first if self.base is None else self.base._first
        if first is not None and (key, pair[0]) in first._codes:
            first._pairs.setdefault(key, {})[pair] = part

    def pairs(self, voice: Voice) -> dict[str, str]:
        """Codes and kerning of character pairs in the first font of a voice, shared by all banks of one base."""
        return self._pairs.setdefault(voice.keys[0], {})

    def resource(self, key: str) -> str:
        """Resource name of a font of this bank."""
        return f"{self._letter}{key}"


def show(bank: FontBank, pieces: Sequence[Piece], x: float, y: float, anchor: float = START) -> str:
    """Pieces of text on one baseline."""
    if anchor:
        x -= anchor * sum(style.width(text) for text, style in pieces)
    out = [f"BT 1 0 0 -1 {num(x)} {num(y)} Tm"]
    colour, spacing = "", 0.0
    for text, style in pieces:
        if style.colour != colour:
            colour = style.colour
            out.append(f"{rgb(colour)} rg")
        if style.spacing != spacing:
            spacing = style.spacing
            out.append(f"{num(spacing)} Tc")
        out.append(_runs(bank, text, style))
    if spacing:
        out.append("0 Tc")
    out.append("ET")
    return " ".join(out)


def _runs(bank: FontBank, text: str, style: Style) -> str:
    """TJ arrays of a text; pairs that were set before are looked up."""
    known = bank.pairs(style.voice)
    parts = [known.get(text[at : at + 2]) for at in range(len(text))]
    blank = num(-WORD_SPACE * 1000 / style.size, 1)
    if None in parts or not parts:
        return _mixed(bank, text, style.voice, num(style.size)).replace("~", blank)
    codes = "".join(cast(list[str], parts)).replace("~", blank)
    return f"/F{style.voice.keys[0]} {num(style.size)} Tf [<{codes}>] TJ".replace("<>", "")


def _mixed(bank: FontBank, text: str, voice: Voice, size: str) -> str:
    """One TJ array for each stretch of text that stays in one font; ~ stands for the extra space of a blank."""
    out, current, codes = [], "", ""
    for at, char in enumerate(text):
        key, pair = voice.place(char), text[at : at + 2]
        resource, code = bank.code(key, char)
        if resource != current:
            if current:
                out.append(f"[<{codes}>] TJ")
            out.append(f"/{resource} {size} Tf")
            current, codes = resource, ""
        kern = voice.step(pair) - fonts.face(key).advance(char)
        part = f"{code}>~<" if char == " " else f"{code}>{-kern}<" if kern else code
        if resource == f"F{voice.keys[0]}":
            bank.learn(key, pair, part)
        codes += part
    out.append(f"[<{codes}>] TJ")
    return " ".join(out).replace("<>", "")
