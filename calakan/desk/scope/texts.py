"""What an official pastes into a chat; whoever receives it is chosen there, for no number is shown here."""

from __future__ import annotations

from collections.abc import Sequence

from calakan.desk.scope.standing import Year
from calakan.diklat.models import Diklat
from calakan.kernel import formats
from calakan.kernel.wording import phrase
from calakan.notifications.letters import link

MOST_NAMED = 5


def for_group(offered: Sequence[Diklat]) -> str:
    """What can be joined now, for a group of teachers; empty where there is nothing."""
    if not offered:
        return ""
    return "\n".join([phrase("desk.group_title"), *_lines(offered), "", phrase("desk.own_jp"), link("/saya/riwayat")])


def for_one(name: str, year: int, found: Year, offered: Sequence[Diklat]) -> str:
    """How far one person is, and what he can join."""
    lines = [phrase("desk.one_title", name=name, year=year, jp=found.jp, target=found.target)]
    if offered and found.lacking:
        lines += [phrase("desk.one_offered"), *_lines(offered)]
    return "\n".join(lines)


def _lines(offered: Sequence[Diklat]) -> list[str]:
    told = []
    for diklat in offered[:MOST_NAMED]:
        told += ["", phrase("desk.offered", title=diklat.title, jp=diklat.jp)]
        if diklat.starts_at is not None:
            told.append(phrase("desk.starts", at=formats.moment(diklat.starts_at)))
        told.append(link(f"/diklat/{diklat.slug}"))
    return told
