"""How a spreadsheet shows a number: by the number format of its cell (ECMA-376 part 1, 18.8.30)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

from calakan.tables.cells import DateText, RoundedText

BUILT_IN = {
    **dict.fromkeys((9,), "0%"), 10: "0.00%", 12: "# ?/?", 13: "# ??/??", 1: "0", 2: "0.00",
    **dict.fromkeys((14, 15, 16, 17, *range(27, 32), *range(50, 55), 36, 57, 58), "yyyy-mm-dd"),
    **dict.fromkeys((18, 19, 20, 21, *range(32, 36), 55, 56), "hh:mm:ss"),
    22: "yyyy-mm-dd hh:mm", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss",
}  # fmt: skip
MOST_DIGITS = 15
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|_.|\*.')
_BRACKETS = re.compile(r"\[(?!h+\]|m+\]|s+\])[^\[\]]*\]", re.IGNORECASE)
_EPOCHS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001  # a sheet knows no zone
_LAST_DAY = 2_958_466  # of the year 9999


def shown(raw: str, pattern: str, *, from_1904: bool = False) -> str:
    """What the cell shows, with a dot for decimals and without powers of ten; dates as DateText."""
    try:
        value = Decimal(raw)
    except InvalidOperation:
        return raw
    if not value.is_finite() or abs(value) >= Decimal(10) ** 40:
        return raw
    pattern = _BRACKETS.sub("", pattern.split(";")[0])
    bare = _LITERAL.sub("", pattern)
    if re.search(r"[ymdhs]", bare, re.IGNORECASE) and "general" not in bare.casefold():
        return _moment(value, bare.casefold(), from_1904=from_1904)
    if abs(value) >= Decimal(10) ** MOST_DIGITS:
        return RoundedText(f"{value:.0f}")
    if "%" in bare:
        return f"{_plain(value * 100, _decimals(bare))}%"
    if "/" in bare:
        return _fraction(value, 10 ** bare.split("/")[-1].count("?") - 1)
    return _worded(value, pattern, bare)


def _worded(value: Decimal, pattern: str, bare: str) -> str:
    """With the words that the format writes around the digits: `"Rp"#,##0` shows Rp25.000."""
    number = _plain(value, _decimals(bare))
    words = [
        literal[1] or literal[2] for literal in _LITERAL.finditer(pattern) if (literal[1] or literal[2] or "").strip()
    ]
    if not words or not re.search(r"[#0]", bare):
        return number
    grouped = re.sub(r"(?<=\d)(?=(\d{3})+$)", ".", number.split(".")[0]) if "," in bare else number
    decimals = number.partition(".")[2]
    grouped += f",{decimals}" if "," in bare and decimals else ""
    in_front = pattern.find(words[0]) < re.search(r"[#0]", pattern).start()  # type: ignore[union-attr]  # asked above
    return f"{words[0]}{grouped}" if in_front else f"{grouped}{words[0]}"


def _decimals(bare: str) -> int | None:
    """How many the format asks for; None: as many as there are."""
    if not re.search(r"[0#]", bare) or "e+" in bare.casefold() or "e-" in bare.casefold():
        return None
    found = re.search(r"\.([0#?]*)", bare)
    return len(found[1]) if found else 0


def _plain(value: Decimal, decimals: int | None) -> str:
    if decimals is not None:
        return f"{value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):f}"
    # A spreadsheet keeps 15 digits; those behind them are the noise of binary fractions.
    text = f"{Decimal(f'{value:.{MOST_DIGITS - 1}e}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _fraction(value: Decimal, most: int) -> str:
    part = Fraction(value).limit_denominator(max(most, 9))
    whole, rest = divmod(abs(part), 1)
    sign = "-" if part < 0 else ""
    if not rest:
        return f"{sign}{whole}"
    return f"{sign}{whole} {rest}" if whole else f"{sign}{rest}"


def _moment(value: Decimal, bare: str, *, from_1904: bool) -> str:
    if not 0 <= value < _LAST_DAY:
        return _plain(value, None)
    seconds = round(value * 86_400)
    if "[" in bare or (bare.startswith("mm:ss") and value < 1):
        return DateText(f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}")
    at = _EPOCHS[from_1904] + timedelta(seconds=seconds)
    dated = bool(re.search(r"[yd]", bare)) or not re.search(r"[hs]", bare)
    clock = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
    if not dated or value < 1:
        return DateText(clock)
    return DateText(f"{at:%Y-%m-%d} {clock}" if seconds % 86_400 else f"{at:%Y-%m-%d}")
