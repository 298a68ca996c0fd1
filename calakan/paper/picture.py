"""A page of the paper as an SVG picture: the same operators, letters as outlines, so that any phone shows it exactly.

Understands the operators that this package writes, no others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from calakan.paper import fonts
from calakan.paper.shapes import num
from calakan.paper.typeset import FontBank

TOKEN = re.compile(r"<<.*?>>(?=\s)|\[[^\]]*\]|/[^\s<>\[\]/]+|-?\d*\.?\d+|[A-Za-z]+\*?", re.DOTALL)
SPAN = re.compile(
    r"/Span <</ActualText (?:\((?:[^()\\]|\\.)*\)|<[0-9A-F]*>)>> BDC|/\w+ <<[^>]*>> BDC|/\w+ BMC|EMC|/Artifact <<[^>]*>> BDC"
)
SHOWN = re.compile(r"<([0-9A-Fa-f]*)>|(-?\d*\.?\d+)")
CAPS = {"0": "butt", "1": "round", "2": "square"}


@dataclass
class State:
    """What q saves and Q restores."""

    fill: str = "#000"
    line: str = "#000"
    width: str = "1"
    cap: str = "butt"
    join: str = "miter"
    dash: str = ""
    alpha: str = "1"
    groups: int = 0


@dataclass
class Text:
    x: float = 0.0
    y: float = 0.0
    font: str = ""
    size: float = 1.0
    spacing: float = 0.0


@dataclass
class Canvas:
    """Turns operators into SVG elements."""

    bank: FontBank
    base: FontBank
    pictures: Mapping[str, str]
    out: list[str] = field(default_factory=list)
    glyphs: dict[str, str] = field(default_factory=dict)
    stack: list[State] = field(default_factory=list)
    state: State = field(default_factory=State)
    text: Text = field(default_factory=Text)
    path: list[str] = field(default_factory=list)
    clip: bool = False
    clips: int = 0

    def run(self, content: str) -> None:
        operands: list[str] = []
        for token in TOKEN.findall(SPAN.sub(" ", content)):
            if token[0].isalpha():
                self.step(token, operands)
                operands = []
            else:
                operands.append(token)

    def step(self, operator: str, args: list[str]) -> None:
        if operator in ("m", "l", "c", "h", "re"):
            self._build(operator, args)
        elif operator in ("f", "S", "b", "n"):
            self._paint(operator)
        elif operator == "Do":
            # A unit square whose y grows upwards.
            self.out.append(
                f'<image href="{self.pictures[args[0][1:]]}" width="1" height="1" preserveAspectRatio="none" '
                'transform="matrix(1 0 0 -1 0 1)"/>'
            )
        elif operator in ("BT", "ET", "Tm", "Tf", "Tc", "TJ"):
            self._text(operator, args)
        else:
            self._set(operator, args)

    def _build(self, operator: str, args: list[str]) -> None:
        if operator == "re":
            x, y, width, height = args
            self.path.append(f"M{x} {y}h{width}v{height}h-{width}z".replace("--", ""))
        else:
            self.path.append(("Z" if operator == "h" else operator.upper()) + " ".join(args))

    def _paint(self, operator: str) -> None:
        data, self.path = "".join(self.path), []
        if self.clip:
            self.clips += 1
            self.out.append(
                f'<clipPath id="k{self.clips}"><path d="{data}"/></clipPath><g clip-path="url(#k{self.clips})">'
            )
            self.state.groups += 1
            self.clip = False
            return
        state = self.state
        style = f' fill="{state.fill}"' if operator in ("f", "b") else ' fill="none"'
        if operator in ("S", "b"):
            style += f' stroke="{state.line}" stroke-width="{state.width}"'
            style += f' stroke-linecap="{state.cap}"' if state.cap != "butt" else ""
            style += f' stroke-linejoin="{state.join}"' if state.join != "miter" else ""
            style += f' stroke-dasharray="{state.dash}"' if state.dash else ""
        style += f' opacity="{state.alpha}"' if state.alpha != "1" else ""
        if data and operator != "n":
            self.out.append(f'<path d="{data}{"Z" if operator == "b" else ""}"{style}/>')

    def _set(self, operator: str, args: list[str]) -> None:
        state = self.state
        if operator == "q":
            self.stack.append(replace(state))
            self.state = replace(state, groups=0)
        elif operator == "Q":
            self.out.append("</g>" * state.groups)
            self.state = self.stack.pop()
        elif operator == "cm":
            self.out.append(f'<g transform="matrix({" ".join(args)})">')
            state.groups += 1
        elif operator in ("rg", "RG"):
            setattr(state, "fill" if operator == "rg" else "line", _colour(args))
        elif operator == "gs":
            state.alpha = num(int(args[0].removeprefix("/A")) / 100)
        elif operator == "W":
            self.clip = True
        else:
            self._stroke(operator, args)

    def _stroke(self, operator: str, args: list[str]) -> None:
        if operator == "w":
            self.state.width = args[0]
        elif operator == "J":
            self.state.cap = CAPS[args[0]]
        elif operator == "j":
            self.state.join = "round" if args[0] == "1" else "miter"
        elif operator == "d":
            self.state.dash = args[0].strip("[]")

    def _text(self, operator: str, args: list[str]) -> None:
        if operator == "Tm":
            self.text.x, self.text.y = float(args[4]), float(args[5])
        elif operator == "Tf":
            self.text.font, self.text.size = args[0][1:], float(args[1])
        elif operator == "Tc":
            self.text.spacing = float(args[0])
        elif operator == "TJ":
            self._show(args[0])

    def _show(self, array: str) -> None:
        text, at, used = self.text, 0.0, []
        spacing = text.spacing * 1000 / text.size
        for codes, shift in SHOWN.findall(array):
            if shift:
                at -= float(shift)
            for place in range(0, len(codes), 4):
                char = self._char(codes[place : place + 4])
                name = self._glyph(char)
                used.append(f'<use href="#{name}" x="{num(at, 1)}"/>' if name else "")
                at += fonts.face(text.font[1:]).advance(char) + spacing
        scale = num(text.size / 1000, 6)
        alpha = f' opacity="{self.state.alpha}"' if self.state.alpha != "1" else ""
        place_ = f"translate({num(text.x, 3)} {num(text.y, 3)}) scale({scale} -{scale})"
        self.out.append(f'<g transform="{place_}" fill="{self.state.fill}"{alpha}>{"".join(used)}</g>')
        text.x += at * text.size / 1000

    def _char(self, code: str) -> str:
        bank = self.base if self.text.font[0] == "F" else self.bank
        return bank.characters[self.text.font[1:]][int(code, 16) - 1]

    def _glyph(self, char: str) -> str:
        """The name of a letter's outline; empty for blanks."""
        name = f"{self.text.font[1:]}{ord(char):x}"
        if name not in self.glyphs:
            self.glyphs[name] = _outline(self.text.font[1:], char)
        return name if self.glyphs[name] else ""


@cache
def _outline(key: str, char: str) -> str:
    return fonts.face(key).path(char)


def _colour(parts: list[str]) -> str:
    return "#" + "".join(f"{round(float(part) * 255):02x}" for part in parts)


def svg(
    contents: list[str], bank: FontBank, base: FontBank, pictures: Mapping[str, str], *, width: float, height: float
) -> str:
    """One page made of these content streams, in millimetres; `pictures` are data addresses of what comes from outside."""
    canvas = Canvas(bank, base, pictures)
    for content in contents:
        canvas.run(content)
    defs = "".join(f'<path id="{name}" d="{data}"/>' for name, data in canvas.glyphs.items() if data)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {num(width)} {num(height)}">'
        f'<rect width="100%" height="100%" fill="#fff"/><defs>{defs}</defs>{"".join(canvas.out)}</svg>'
    )
