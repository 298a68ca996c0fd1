"""Reads of the roster."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from calakan.kernel import db
from calakan.kernel.text import like, search_key
from calakan.people.models import School
from calakan.roster.models import RosterRow


def rows(*, words: str = "", school_id: int | None = None, left: bool | None = None) -> sa.Select[RosterRow]:
    """By name; `words` are of the name or a whole NIP or NUPTK, `left` asks for those who left or are there."""
    wanted = sa.select(RosterRow).options(joinedload(RosterRow.school), joinedload(RosterRow.person))
    if key := search_key(words):
        number = key.replace(" ", "")
        wanted = wanted.where(
            sa.or_(
                RosterRow.name_key.like(like(key), escape="\\"),
                RosterRow.nip == number,
                RosterRow.nuptk == number,
            )
        )
    if school_id is not None:
        wanted = wanted.where(RosterRow.school_id == school_id)
    if left is not None:
        wanted = wanted.where(RosterRow.left_on.is_not(None) if left else RosterRow.left_on.is_(None))
    return wanted.order_by(RosterRow.name_key, RosterRow.id)


def by_code(code: str) -> RosterRow | None:
    return db.session().scalar(sa.select(RosterRow).where(RosterRow.code == code))


def of_person(person_id: int) -> RosterRow | None:
    """The row that was confirmed as this person's own."""
    wanted = sa.select(RosterRow).where(RosterRow.person_id == person_id).options(joinedload(RosterRow.school))
    return db.session().scalar(wanted)


def school_names(ids: Iterable[int]) -> dict[int, str]:
    wanted = sa.select(School.id, School.name).where(School.id.in_(list(ids)))
    return dict(db.session().execute(wanted).all())
