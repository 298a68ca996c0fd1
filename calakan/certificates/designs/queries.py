"""Reads of designs, and which one the papers of a diklat are made from."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from calakan.certificates.models import Certificate, Design, DesignVersion, DiklatDesign
from calakan.kernel import db
from calakan.kernel.claims import WorkState
from calakan.people.models import Person

LONG_NAMES = 20


def design(id: int) -> Design | None:
    return db.session().get(Design, id)


def all_designs() -> Sequence[Design]:
    """Those in use first, then by name."""
    return (
        db.session().scalars(sa.select(Design).order_by(Design.archived_at.is_not(None), Design.name, Design.id)).all()
    )


def same_name(name: str, *, but: int = 0) -> bool:
    """Does another design that is not archived have this name?"""
    wanted = sa.select(Design.id).where(
        sa.func.lower(Design.name) == name.lower(), Design.archived_at.is_(None), Design.id != but
    )
    return db.session().scalar(wanted.limit(1)) is not None


def newest_versions() -> dict[int, DesignVersion]:
    """By design, of those that were published."""
    newest = sa.select(sa.func.max(DesignVersion.id)).group_by(DesignVersion.design_id)
    rows = db.session().scalars(sa.select(DesignVersion).where(DesignVersion.id.in_(newest)))
    return {row.design_id: row for row in rows}


def versions_of(design_id: int) -> Sequence[DesignVersion]:
    """The newest first."""
    wanted = sa.select(DesignVersion).where(DesignVersion.design_id == design_id)
    return db.session().scalars(wanted.order_by(DesignVersion.number.desc())).all()


def newest_version(design_id: int) -> DesignVersion | None:
    wanted = sa.select(DesignVersion).where(DesignVersion.design_id == design_id)
    return db.session().scalar(wanted.order_by(DesignVersion.number.desc()).limit(1))


def papers_by_version(design_id: int) -> dict[int, int]:
    """How many papers were issued with each version."""
    found = db.session().execute(
        sa.select(Certificate.design_version_id, sa.func.count())
        .join(DesignVersion, DesignVersion.id == Certificate.design_version_id)
        .where(DesignVersion.design_id == design_id, Certificate.state == WorkState.DONE)
        .group_by(Certificate.design_version_id)
    )
    return {id: count for id, count in found if id is not None}


def diklat_using(design_id: int) -> int:
    """How many diklat chose this design."""
    wanted = sa.select(sa.func.count()).select_from(DiklatDesign).where(DiklatDesign.design_id == design_id)
    return db.session().scalar(wanted) or 0


def choosable() -> Sequence[Design]:
    """Published and not archived."""
    published = sa.select(DesignVersion.design_id)
    wanted = sa.select(Design).where(Design.archived_at.is_(None), Design.id.in_(published))
    return db.session().scalars(wanted.order_by(Design.name, Design.id)).all()


def default_design() -> Design | None:
    """What a diklat without a choice of its own uses; none is the shipped design."""
    wanted = sa.select(Design).where(Design.default_at.is_not(None), Design.archived_at.is_(None))
    return db.session().scalar(wanted.order_by(Design.default_at.desc(), Design.id).limit(1))


def choice_of(diklat_id: int) -> DiklatDesign | None:
    return db.session().get(DiklatDesign, diklat_id)


def current_version(diklat_id: int) -> int | None:
    """The version that a paper asked for now is made from; none is the shipped design.

    A design that was archived since makes way for the office's default.
    """
    chosen = choice_of(diklat_id)
    if chosen is not None and chosen.design_id is None:
        return None
    found = design(chosen.design_id) if chosen is not None and chosen.design_id is not None else None
    if found is None or found.archived_at is not None:
        found = default_design()
    version = newest_version(found.id) if found is not None else None
    return version.id if version is not None else None


def long_names() -> list[str]:
    """The printed names on record with the most letters."""
    parts = (Person.title_before, Person.name, Person.title_after)
    length = sum((sa.func.length(part) for part in parts), start=sa.literal(0))
    rows = db.session().scalars(sa.select(Person).order_by(sa.desc(length), Person.id).limit(LONG_NAMES))
    return [person.printed_name for person in rows]
