"""Lists of staff as tests write them, brought to the end of what was asked."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from calakan.kernel import clock, db
from calakan.people.models import School
from calakan.roster import lists, tasks
from calakan.roster.models import RosterLine, RosterList, RosterRow
from tests import factories

HEAD = "nama;nip;nuptk;surel;hp;jabatan;status;npsn"
NIPS = [f"19850131201001{sex}{serial:03}" for serial in range(1, 60) for sex in (1, 2)]


def schools(count: int = 2) -> list[str]:
    """The NPSN of some schools with a name of their own."""
    wanted = sa.select(School.npsn).order_by(School.id).limit(count)
    return list(db.session().scalars(wanted))


def text(*lines: str, head: str = HEAD) -> bytes:
    return "\n".join([head, *lines]).encode()


def read(content: bytes, *, days_ago: int = 0, whole: bool = False, school_id: int | None = None) -> int:
    """The id of a list that was stored and read."""
    id = stored(content, days_ago=days_ago, whole=whole, school_id=school_id)
    work(id)
    return id


def stored(content: bytes, *, days_ago: int = 0, whole: bool = False, school_id: int | None = None) -> int:
    """The id of a list that waits to be read."""
    with db.transaction():
        return lists.store(
            content, source="Dapodik", as_of=day(days_ago), whole=whole, school_id=school_id, file_name="guru.csv",
            actor=factories.SYSTEM, now=clock.now(),
        ).id  # fmt: skip


def day(days_ago: int) -> date:
    return clock.today() - timedelta(days=days_ago)


def work(list_id: int) -> None:
    while held(list_id).open:
        assert tasks.work_one(list_id)


def applied(content: bytes, *, days_ago: int = 0, whole: bool = False) -> int:
    id = read(content, days_ago=days_ago, whole=whole)
    with db.transaction():
        lists.apply(id, actor=factories.SYSTEM, now=clock.now())
    work(id)
    return id


def undone(list_id: int) -> None:
    with db.transaction():
        lists.undo(list_id, reason="keliru", actor=factories.SYSTEM, now=clock.now())
    work(list_id)


def held(list_id: int) -> RosterList:
    db.session().rollback()
    return db.session().get_one(RosterList, list_id, populate_existing=True)


def told(list_id: int) -> list[tuple[int | None, str, str, int | None]]:
    """(line, verdict, why, other) of each line."""
    db.session().rollback()
    return [
        (one.number, one.verdict.value, one.why, one.other) for one in db.session().scalars(lists.everything(list_id))
    ]


def lines(list_id: int) -> list[RosterLine]:
    db.session().rollback()
    return list(db.session().scalars(lists.everything(list_id)))


def rows() -> list[RosterRow]:
    db.session().rollback()
    return list(db.session().scalars(sa.select(RosterRow).order_by(RosterRow.name_key, RosterRow.id)))


def every() -> list[int]:
    """The ids of all lists."""
    db.session().rollback()
    return list(db.session().scalars(sa.select(RosterList.id).order_by(RosterList.id)))
