"""Two schools become one: what it would move, doing it, and taking it back within thirty days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.audit import services as audit
from calakan.duplicates import columns
from calakan.duplicates.errors import MergedSince, MergeOver, SameSchool, SchoolGone
from calakan.duplicates.models import SchoolMerge
from calakan.kernel import db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import NotFound
from calakan.people import other_names
from calakan.people.directory import school_key
from calakan.people.models import Person, School

MOVES = (
    "person.school_id", "person_scope.school_id", "roster_row.school_id", "roster_list.school_id", "headcount.school_id",
    "school_alias.school_id", "school.merged_into_id",
)  # fmt: skip
STAYS = ("school_merge.kept_id", "school_merge.gone_id")


def likely(limit: int = 20) -> Sequence[tuple[School, School]]:
    """Open schools of one level in one kecamatan of which one bears a name that the other has, or had."""
    one, other = sa.orm.aliased(School), sa.orm.aliased(School)
    also = sa.exists().where(
        sa.or_(
            sa.and_(other_names.SchoolAlias.school_id == one.id, other_names.SchoolAlias.key == other.search_key),
            sa.and_(other_names.SchoolAlias.school_id == other.id, other_names.SchoolAlias.key == one.search_key),
        )
    )
    wanted = (
        sa.select(one, other)
        .join(
            other,
            sa.and_(
                other.kecamatan_code == one.kecamatan_code, other.jenjang == one.jenjang, other.id > one.id, other.active
            ),
        )
        .where(one.active, sa.or_(one.search_key == other.search_key, also))
        .order_by(one.name, one.id, other.id)
        .limit(limit)
    )  # fmt: skip
    return [(first, second) for first, second in db.session().execute(wanted)]


def preview(kept: School, gone: School) -> Mapping[str, int]:
    """Table -> rows that would move. Changes nothing."""
    counted = {name.partition(".")[0]: columns.count(columns.column(name), gone.id, kept.id)[0] for name in MOVES}
    return {table: moves for table, moves in counted.items() if moves}


def check(kept: School, gone: School) -> None:
    """Raises SameSchool, SchoolGone."""
    if kept.id == gone.id:
        raise SameSchool()
    if not kept.active or kept.merged_into_id is not None or gone.merged_into_id is not None:
        raise SchoolGone()


def merge(kept_id: int, gone_id: int, *, actor: Actor, now: datetime) -> SchoolMerge:
    """People, lists and scopes of `gone` are those of `kept`; its NPSN and its names mean that school from now on.

    Raises NotFound, SameSchool, SchoolGone.
    """
    db.alone("school", "merge")
    kept, gone = _both(kept_id, gone_id)
    check(kept, gone)
    moved: dict[str, Any] = {"active": gone.active, "kecamatan": gone.kecamatan_code, "names": _names(kept_id)}
    moved["rows"] = {name: columns.move(columns.column(name), gone_id, kept_id) for name in MOVES}
    db.session().expire_all()
    other_names.keep(kept, [*_names(kept_id), gone.name], now=now)
    _place(_ids(moved), kept_id, gone.kecamatan_code, kept.kecamatan_code)
    gone.active, gone.merged_into_id = False, kept_id
    made = SchoolMerge(kept_id=kept_id, gone_id=gone_id, moved=moved, at=now)
    db.session().add(made)
    db.session().flush()
    counts = {name.partition(".")[0]: len(rows) for name, rows in moved["rows"].items() if rows}
    audit.record("duplicates.merge_school", kept, actor=actor, now=now, other=gone.npsn, moved=counts)
    audit.record("duplicates.merged_school", gone, actor=actor, now=now, other=kept.npsn)
    return made


def _both(kept_id: int, gone_id: int) -> tuple[School, School]:
    kept, gone = db.session().get(School, kept_id), db.session().get(School, gone_id)
    if kept is None or gone is None:
        raise NotFound()
    return kept, gone


def _names(school_id: int) -> list[str]:
    return [alias.name for alias in other_names.of(school_id)]


def _ids(moved: Mapping[str, Any]) -> list[int]:
    return [id for (id,) in moved["rows"]["person.school_id"]]


def _place(people: Sequence[int], school_id: int, was: str, now_there: str) -> None:
    """People work where their school is."""
    if was != now_there and people:
        theirs = sa.update(Person).where(
            Person.id.in_(people), Person.school_id == school_id, Person.kecamatan_code == was
        )
        db.session().execute(theirs.values(kecamatan_code=now_there))


def undo(gone_id: int, *, actor: Actor, now: datetime) -> SchoolMerge:
    """Take the newest merge of this school back: what moved returns, as far as it is still there.

    Raises NotFound, MergeOver, MergedSince.
    """
    db.alone("school", "merge")
    found = standing(gone_id)
    if found is None or now > found.at + SchoolMerge.UNDO_WITHIN:
        raise MergeOver()
    kept, gone = _both(found.kept_id, gone_id)
    if kept.merged_into_id is not None:
        raise MergedSince()
    moved = found.moved
    _place(_ids(moved), kept.id, kept.kecamatan_code, moved["kecamatan"])
    for name in reversed(MOVES):
        columns.give_back(columns.column(name), moved["rows"].get(name, []), gone_id, kept.id)
    db.session().expire_all()
    known, bears = moved["names"], gone.search_key
    other_names.keep(kept, [name for name in _names(kept.id) if name in known or school_key(name) != bears], now=now)
    gone.active, gone.merged_into_id, found.undone_at = moved["active"], None, now
    db.session().flush()
    audit.record("duplicates.undo_school", kept, actor=actor, now=now, other=gone.npsn)
    audit.record("duplicates.undone_school", gone, actor=actor, now=now, other=kept.npsn)
    return found


def standing(gone_id: int) -> SchoolMerge | None:
    """By which this school is part of another one."""
    wanted = sa.select(SchoolMerge).where(SchoolMerge.gone_id == gone_id, SchoolMerge.undone_at.is_(None))
    newest = wanted.options(joinedload(SchoolMerge.kept)).order_by(SchoolMerge.id.desc()).limit(1)
    return db.session().scalar(newest)
