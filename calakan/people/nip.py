"""NIP, NUPTK and NPSN: their shapes and what can be checked (Perka BKN 22/2007; domain guide 1.2)."""

from __future__ import annotations

import re
from datetime import date

from calakan.people.errors import NipInvalid, NuptkInvalid

_BLANKS = re.compile(r"[\s.\-]")


def digits(typed: str) -> str:
    """Without the blanks, dots and hyphens that people write between the digits."""
    return _BLANKS.sub("", typed)


def check_nip(typed: str, *, today: date) -> str:
    """The 18 digits of a NIP or NI PPPK. Raises NipInvalid with the reason: shape, excel, birth_date, age or sex.

    Digits 13-14 are a month for PNS and a contract code for PPPK, so they are not checked.
    """
    nip = digits(typed)
    if re.search(r"[eE]\+", typed):
        raise NipInvalid(why="excel")
    if not re.fullmatch(r"[0-9]{18}", nip):
        raise NipInvalid(why="shape", length=len(nip))
    if nip.endswith("000"):
        raise NipInvalid(why="excel")
    try:
        born = date(int(nip[:4]), int(nip[4:6]), int(nip[6:8]))
    except ValueError:
        raise NipInvalid(why="birth_date") from None
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if not 17 <= age <= 75:
        raise NipInvalid(why="age", age=age)
    if nip[14] not in "12":
        raise NipInvalid(why="sex")
    return nip


def check_nuptk(typed: str) -> str:
    """The 16 digits of an NUPTK, which is opaque. Raises NuptkInvalid."""
    if re.search(r"[eE]\+", typed):
        raise NuptkInvalid(why="excel")
    nuptk = digits(typed)
    if not re.fullmatch(r"[0-9]{16}", nuptk):
        raise NuptkInvalid(why="shape", length=len(nuptk))
    return nuptk


def npsn(typed: str) -> str:
    """As it is looked up: `20301234.0` of a spreadsheet, `p 9900001` and `NPSN: 20301234` too."""
    return re.sub(r"^NPSN:?|\.0$|\s", "", re.sub(r"\s", "", typed).upper())


def spaced_nip(nip: str) -> str:
    """As it is printed: `19850101 201001 2 001`."""
    return f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"


def masked(number: str | None) -> str:
    """The last four digits only, for lists: a NIP reveals the birth date."""
    return f"•••• {number[-4:]}" if number else ""
