"""A list that becomes accounts, applied at once, as tests ask for it."""

from __future__ import annotations

from dataclasses import dataclass

from calakan.kernel import clock, db
from calakan.roster import lists
from calakan.roster.models import Makes, RosterList
from calakan.tables.errors import TableUnreadable
from tests import factories
from tests.roster import listing


@dataclass(frozen=True)
class Came:
    """`problems`: line, column, why; `doubtful`: line, what was probably meant."""

    id: int
    added: int
    known: int
    problems: list[tuple[int | None, str, str]]
    doubtful: list[tuple[int | None, str]]


def import_people(content: bytes) -> Came:
    """Raises TableUnreadable."""
    id = read(content)
    with db.transaction():
        lists.apply(id, actor=factories.SYSTEM, now=clock.now())
    listing.work(id)
    counts, lines = lists.counts(id), listing.lines(id)
    waits = [(one.number, one.column, one.why) for one in lines if one.verdict.is_waits]
    doubtful = [(one.number, one.said) for one in lines if one.why == "meant"]
    return Came(id, counts["new"], counts["changed"] + counts["same"], waits, doubtful)


def read(content: bytes) -> int:
    with db.transaction():
        id = lists.store(
            content, source="Daftar", as_of=clock.today(), makes=Makes.ACCOUNTS, file_name="guru.csv",
            actor=factories.SYSTEM, now=clock.now(),
        ).id  # fmt: skip
    listing.work(id)
    held = db.session().get_one(RosterList, id)
    if held.stage.is_refused:
        raise TableUnreadable(**held.refused)
    return id
