"""Official numbers from a token pattern (Permendagri 83/2022 for the classification code; domain guide 4.3)."""

from __future__ import annotations

import re
from datetime import date

from calakan.office.errors import NumberPatternInvalid

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_TOKEN = re.compile(r"\{(\w+)(?::0(\d))?\}")
_KNOWN = {"klas", "urut", "bulan_romawi", "bulan", "tahun"}


def check_pattern(pattern: str) -> str:
    """The pattern itself, or NumberPatternInvalid: it must hold {urut} and {tahun} and nothing unknown."""
    tokens = {match[1] for match in _TOKEN.finditer(pattern)}
    rest = _TOKEN.sub("", pattern)
    if "urut" not in tokens or "tahun" not in tokens or tokens - _KNOWN or "{" in rest or "}" in rest:
        raise NumberPatternInvalid(pattern=pattern)
    if len(pattern) > 80:
        raise NumberPatternInvalid(pattern=pattern)
    return pattern


def alike(one: str, other: str) -> bool:
    """Whether two patterns differ in nothing but the zeros before the serial."""
    return _TOKEN.sub(r"{\1}", one) == _TOKEN.sub(r"{\1}", other)


def official_number(pattern: str, *, serial: int, on: date, classification: str) -> str:
    values: dict[str, str | int] = {
        "klas": classification,
        "urut": serial,
        "bulan_romawi": ROMAN[on.month - 1],
        "bulan": f"{on.month:02}",
        "tahun": on.year,
    }

    def fill(match: re.Match[str]) -> str:
        value = str(values[match[1]])
        return value.zfill(int(match[2])) if match[2] else value

    return _TOKEN.sub(fill, pattern)
