"""Fit a text into a width: shrink it, break it at sensible blanks, never cut it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

from calakan.paper.typeset import Voice

MANY_BREAKS = 24


@dataclass(frozen=True, slots=True)
class Fit:
    """Sizes to try for one line, two lines and so on: (largest size, smallest size) each.

    The last entry shrinks below its smallest size rather than cutting the text.
    """

    width: float
    sizes: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The lines and their common size in mm."""

    lines: tuple[str, ...]
    size: float


@lru_cache(maxsize=1024)
def fit(text: str, voice: Voice, rule: Fit, *, person: bool = False) -> Fitted:
    """The largest size at which the text fits the rule."""
    best: Fitted | None = None
    for count, (largest, smallest) in enumerate(rule.sizes, start=1):
        lines = balanced(text, voice, count, person=person)
        size = min(_largest(line, voice, largest, rule.width) for line in lines)
        if best is None or len(lines) > len(best.lines):
            best = Fitted(lines, size)
        if size >= smallest:
            break
    assert best is not None
    return best


def _largest(line: str, voice: Voice, size: float, width: float) -> float:
    """The size, or the smaller one at which the line is exactly as wide as allowed."""
    full = voice.width(line, size)
    if full <= width:
        return size
    fixed = voice.width(line, 0)
    return max(0.4, int(size * (width - fixed) / (full - fixed) * 100) / 100)


def balanced(text: str, voice: Voice, count: int, *, person: bool = False) -> tuple[str, ...]:
    """At most `count` lines, the longest as short as possible."""
    words = text.split(" ")
    allowed = [at for at in range(1, len(words)) if not (person and _joined(words[at - 1]))]
    if len(allowed) < count - 1:
        allowed = list(range(1, len(words)))
    if count == 1 or not allowed or len(allowed) < count - 1:
        return (text,)
    widths = [voice.width(word, 1) for word in words]
    if len(allowed) > MANY_BREAKS:
        allowed = _thinned(allowed, widths, count)
    cuts = min(combinations(allowed, count - 1), key=lambda cuts: _longest(widths, cuts))
    edges = (0, *cuts, len(words))
    return tuple(" ".join(words[a:b]) for a, b in pairwise(edges))


def _joined(word: str) -> bool:
    """A title or an initial in front stays with the next word; titles behind may part after their comma."""
    return word.endswith(".")


def _longest(widths: Sequence[float], cuts: tuple[int, ...]) -> float:
    edges = (0, *cuts, len(widths))
    lines = [sum(widths[a:b]) + 0.25 * (b - a) for a, b in pairwise(edges)]
    return max(lines) + 0.01 * (lines[-1] > lines[0])


def _thinned(allowed: list[int], widths: Sequence[float], count: int) -> list[int]:
    """Only the breaks near the even shares of a very long text."""
    total, sums = sum(widths), [0.0]
    for width in widths:
        sums.append(sums[-1] + width)
    wanted = [total * share / count for share in range(1, count)]
    return sorted({at for goal in wanted for at in sorted(allowed, key=lambda cut: abs(sums[cut] - goal))[:4]})


def wrapped(text: str, voice: Voice, size: float, width: float) -> list[str]:
    """Wrapping at a fixed size into lines of about the same length; a word wider than the line is broken."""
    lines: list[str] = []
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and voice.width(joined, size) <= width:
            lines[-1] = joined
        else:
            lines += _chopped(word, voice, size, width)
    even = list(balanced(text, voice, len(lines)))
    return even if all(voice.width(line, size) <= width for line in even) else lines


def _chopped(word: str, voice: Voice, size: float, width: float) -> list[str]:
    parts = [""]
    for char in word:
        if parts[-1] and voice.width(parts[-1] + char, size) > width:
            parts.append("")
        parts[-1] += char
    return parts
