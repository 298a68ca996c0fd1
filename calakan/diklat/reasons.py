"""How a diklat shares out its seats, in words."""

from __future__ import annotations

from datetime import datetime

from calakan.diklat import seat_shares as shares
from calakan.diklat.models import Diklat, SeatBy
from calakan.kernel import formats
from calakan.people.models import Jenjang
from calakan.people.queries import all_kecamatan
from calakan.web.chrome import lists
from calakan.web.messages import word


def groups(by: SeatBy) -> dict[str, str]:
    """key -> what people call it; schools are too many to be named."""
    if by is SeatBy.JENJANG:
        return {level.value: word(level) for level in Jenjang}
    if by is SeatBy.POST:
        return {choice.code: choice.label for choice in lists().rows("jabatan")}
    return {row.code: row.name for row in all_kecamatan()} if by is SeatBy.KECAMATAN else {}


def limit(diklat: Diklat) -> str:
    """As the panitia typed it; nothing where seats are not shared out."""
    if diklat.seat_by is None:
        return ""
    named = shares.EACH not in diklat.seat_limits
    return shares.written(diklat.seat_limits, groups(diklat.seat_by) if named else {})


def released(diklat: Diklat, at: datetime | None) -> str:
    """`H-3 (Jumat, 27 November 2026)`; nothing where what is left over stays with its groups."""
    if at is None or diklat.seat_release_days is None:
        return ""
    return f"H-{diklat.seat_release_days} ({formats.day(at, weekday=True)})"


def seat_rule(diklat: Diklat, at: datetime | None) -> list[str]:
    """What holds for seats besides their number, a sentence each; `at` is when the shares end."""
    found = []
    if diklat.seat_by is not None:
        each = diklat.seat_limits.get(shares.EACH)
        name = word(diklat.seat_by).lower()
        found.append(
            f"Paling banyak {each} kursi untuk tiap {name}."
            if each is not None
            else f"Bagian kursi tiap {name}: {limit(diklat)}."
        )
        if when := released(diklat, at):
            found.append(f"Kursi yang tersisa dilepas untuk semua {when}.")
    if diklat.newcomers_first:
        found.append("Dalam antrean, yang belum pernah ikut diklat didahulukan.")
    return found
