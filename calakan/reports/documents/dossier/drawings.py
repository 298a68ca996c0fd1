"""The charts and the map: vectors, each told in words as well."""

from __future__ import annotations

from collections.abc import Sequence

from calakan.kernel import formats
from calakan.paper.shapes import filled, path, placed, rounded, stroked
from calakan.reports.documents.charts import cuts
from calakan.reports.documents.dossier import styles
from calakan.reports.documents.dossier.sheet import END, MARGIN, MIDDLE, WIDE, Sheets
from calakan.reports.documents.evidence import Section, Value
from calakan.reports.documents.outlines import drawing

COLUMNS_TALL, GAIN_TALL = 190.0, 120.0


def told(section: Section) -> str:
    """The section in one sentence, for who hears it."""
    return f"{section.title}: " + "; ".join(
        f"{row[0]} "
        + ", ".join(f"{shown(cell)} {name.lower()}" for cell, name in zip(row[1:], section.columns[1:], strict=True))
        for row in section.rows
    )


def shown(value: Value) -> str:
    return value if isinstance(value, str) else formats.number(value)


def columns(sheets: Sheets, y: float, section: Section) -> float:
    """Upright columns of the second cell of each row, with a scale of round numbers."""
    values = [_amount(row) for row in section.rows]
    limits = cuts(int(max(values, default=0)))
    top = limits[1] * len(limits)
    foot, span = y + COLUMNS_TALL - 22, COLUMNS_TALL - 46
    step = (WIDE - 40) / len(values)
    broad = min(step * 0.6, 64)
    with sheets.figure(told(section)):
        for mark in (*limits, top):
            at = foot - span * mark / top
            sheets.draw(stroked(path(f"M{MARGIN + 40} {at:.1f}H{MARGIN + WIDE}"), styles.LINE, 0.5))
            sheets.write(MARGIN + 32, at + 3, formats.number(mark), styles.AXIS, END)
        for place, (row, value) in enumerate(zip(section.rows, values, strict=True)):
            middle = MARGIN + 40 + step * (place + 0.5)
            tall = max(span * value / top, 1)
            sheets.draw(filled(rounded(middle - broad / 2, foot - tall, broad, tall, min(3, tall / 2)), styles.GREEN))
            sheets.write(middle, foot - tall - 6, shown(row[1]), styles.AXIS_VALUE, MIDDLE)
            sheets.write(middle, foot + 14, str(row[0]), styles.AXIS, MIDDLE)
    return y + COLUMNS_TALL + 8


def gain(sheets: Sheets, y: float, section: Section) -> float:
    """The two means of a gain as bars of a scale of 100."""
    means = [row for row in section.rows if is_mean(row)]
    with sheets.figure(told(section)):
        for place, row in enumerate(means):
            at = y + 12 + place * 46
            wide = (WIDE - 130) * min(_amount(row), 100) / 100
            sheets.write(MARGIN, at + 20, str(row[0]), styles.CELL)
            sheets.draw(filled(rounded(MARGIN + 130, at, WIDE - 130, 30, 4), styles.PALE))
            sheets.draw(
                filled(rounded(MARGIN + 130, at, max(wide, 2), 30, min(4, wide / 2)), styles.STEPS[2 + 2 * place])
            )
            sheets.write(MARGIN + 142 + wide, at + 20, shown(row[1]), styles.AXIS_VALUE)
    return y + GAIN_TALL


def is_mean(row: Sequence[Value]) -> bool:
    return str(row[0]).startswith("Rata-rata")


def kecamatan(sheets: Sheets, y: float, section: Section) -> float:
    """The kecamatan, darker with more people."""
    values = {code: int(_amount(row)) for code, row in zip(section.codes, section.rows, strict=True) if code}
    limits = cuts(max(values.values(), default=0))
    wide, tall, outlines = drawing()
    scale = WIDE / wide
    with sheets.figure(told(section)):
        for code, outline in outlines.items():
            level = sum(1 for limit in limits[1:] if values.get(code, 0) >= limit)
            shape = f"{filled(path(outline), styles.STEPS[level])} {stroked(path(outline), styles.WHITE, 1)}"
            sheets.draw(placed(MARGIN, y, scale, shape))
        _legend(sheets, y + tall * scale + 10, limits)
    return y + tall * scale + 40


def _legend(sheets: Sheets, y: float, limits: Sequence[int]) -> None:
    step = WIDE / len(limits)
    for place, low in enumerate(limits):
        high = limits[place + 1] - 1 if place + 1 < len(limits) else None
        text = f"{formats.number(low)} ke atas" if high is None else f"{formats.number(low)}–{formats.number(high)}"
        sheets.draw(filled(rounded(MARGIN + place * step, y, 14, 10, 2), styles.STEPS[place]))
        sheets.write(MARGIN + place * step + 19, y + 8.5, text, styles.AXIS)


def _amount(row: Sequence[Value]) -> float:
    value = row[1]
    return float(value) if not isinstance(value, str) else 0.0
