"""Names that a school had, or that lists write for it, and what lists may call a school by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from calakan.kernel import db
from calakan.kernel.db import Base
from calakan.kernel.text import like
from calakan.people.directory import other_key, school_key
from calakan.people.models import School


class SchoolAlias(Base):
    """Another name of a school. Two schools may bear one: then it names neither, and whoever reads a list is asked."""

    __tablename__ = "school_alias"
    __table_args__ = (sa.UniqueConstraint("school_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(sa.ForeignKey("school.id"))
    name: Mapped[str] = mapped_column(sa.String(120))
    key: Mapped[str] = mapped_column(sa.String(160), index=True)
    added_at: Mapped[datetime]


_MEANT = sa.func.coalesce(School.merged_into_id, School.id)


def by_npsn() -> dict[str, int]:
    """NPSN -> the school that it means today: that of a merged school means the one it was merged into."""
    return dict(db.session().execute(sa.select(School.npsn, _MEANT)).all())


def by_name() -> dict[str, list[int]]:
    """The key of each name, present or former -> the schools that it may mean, each once; `other_key` where no school has it."""
    names = sa.select(School.search_key.label("key"), _MEANT.label("id"))
    former = sa.select(SchoolAlias.key, _MEANT).join(School, School.id == SchoolAlias.school_id)
    found: dict[str, list[int]] = {}
    for key, id in db.session().execute(names.union(former).order_by("key", "id")):
        found.setdefault(key, []).append(id)
    otherwise: dict[str, set[int]] = {}
    for key, ids in found.items():
        otherwise.setdefault(other_key(key), set()).update(ids)
    return {key: sorted(ids) for key, ids in otherwise.items()} | found


def named(words: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether every word (of a `school_key`) stands in the school's name, or every one in one of its other names."""
    also = sa.exists().where(
        SchoolAlias.school_id == School.id, *(SchoolAlias.key.like(like(word), escape="\\") for word in words)
    )
    return sa.or_(sa.and_(*(School.search_key.like(like(word), escape="\\") for word in words)), also)


def of(school_id: int) -> Sequence[SchoolAlias]:
    """By name."""
    wanted = sa.select(SchoolAlias).where(SchoolAlias.school_id == school_id)
    return db.session().scalars(wanted.order_by(SchoolAlias.name, SchoolAlias.id)).all()


def keep(school: School, names: Iterable[str], *, now: datetime) -> None:
    """These are its other names, and no more; its own name is none, and one that is written in two ways is one."""
    wanted = {key: " ".join(name.split())[:120] for name in names if (key := school_key(name)[:160])}
    wanted.pop(school.search_key, None)
    for alias in of(school.id):
        if wanted.pop(alias.key, None) is None:
            db.session().delete(alias)
    db.session().add_all(
        SchoolAlias(school_id=school.id, name=name, key=key, added_at=now) for key, name in wanted.items()
    )
    db.session().flush()


def rename(school: School, name: str, *, now: datetime) -> None:
    """The school bears this name from now on; the former one is kept, so that lists of yesterday are understood."""
    before, key = school.name, school.search_key
    school.name, school.search_key = " ".join(name.split()), school_key(name)
    if school.id is not None and before and key != school.search_key:
        keep(school, [*(alias.name for alias in of(school.id)), before], now=now)
