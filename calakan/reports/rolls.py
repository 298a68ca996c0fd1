"""Who came how far in each diklat, kept as lists of ids: counting reads these instead of a million rows.

A roll is made from the tables alone. Triggers of the database note each diklat that a change touches, in the same
transaction; its rolls do not count from then on, and its people are read from the tables until the sweep has made the
rolls anew.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from calakan.diklat.models import Diklat
from calakan.kernel import db
from calakan.reports import stages
from calakan.reports.models import Roll, RollChange
from calakan.reports.terms import Filters, Stage

# Ids in ascending order, each once.
People = Sequence[int]
# Unsigned, four bytes each: ids of people.
_CODE = "I"


def taking_part(filters: Filters) -> Mapping[int, People]:
    """diklat -> the people who came as far as the stage, each once. Kecamatan and actor are left to the caller."""
    untouched = ~sa.exists().where(RollChange.diklat_id == Roll.diklat_id)
    wanted = (
        sa.select(Diklat.id, Roll.people)
        .outerjoin(Roll, sa.and_(Roll.diklat_id == Diklat.id, Roll.stage == filters.stage, untouched))
        .where(stages.of_diklat(filters))
    )
    found = {id: _unpacked(kept) if kept is not None else None for id, kept in db.session().execute(wanted)}
    read = _from_tables([id for id, people in found.items() if people is None], filters.stage)
    return {id: read[id] if people is None else people for id, people in found.items()}


def _from_tables(diklat_ids: Sequence[int], stage: Stage) -> dict[int, array[int]]:
    found: dict[int, array[int]] = {id: array(_CODE) for id in diklat_ids}
    if found:
        wanted = stages.shares([Diklat.id], Filters(stage=stage), within=diklat_ids)
        for person_id, diklat_id in db.session().execute(wanted):
            found[diklat_id].append(person_id)
    return {id: array(_CODE, sorted(people)) for id, people in found.items()}


def _unpacked(kept: bytes) -> People:
    people: array[int] = array(_CODE)
    people.frombytes(kept)
    return people


def stale() -> Sequence[int]:
    """Diklat whose rolls are to be made, or made anew."""
    noted = sa.exists().where(RollChange.diklat_id == Diklat.id)
    kept = sa.select(sa.func.count()).where(Roll.diklat_id == Diklat.id).scalar_subquery()
    missing = sa.and_(stages.counted(), kept < len(Stage))
    return db.session().scalars(sa.select(Diklat.id).where(sa.or_(noted, missing)).order_by(Diklat.id)).all()


def keep(diklat_id: int) -> None:
    """Make the rolls of a diklat anew, if it counts. What is noted meanwhile stays noted. Raises NotFound."""
    # One at a time, so that nobody overwrites newer rolls with older ones.
    counts = db.lock(Diklat, diklat_id).state in stages.COUNTED
    session = db.session()
    noted = session.scalars(sa.select(RollChange.id).where(RollChange.diklat_id == diklat_id)).all()
    session.execute(sa.delete(Roll).where(Roll.diklat_id == diklat_id))
    for stage in Stage if counts else ():
        people = _from_tables([diklat_id], stage)[diklat_id]
        session.add(Roll(diklat_id=diklat_id, stage=stage, people=people.tobytes()))
    session.flush()
    session.execute(sa.delete(RollChange).where(RollChange.id.in_(noted)))


def wrong() -> list[tuple[str, Stage, int, int]]:
    """(slug, stage, people on the roll, people in the tables) of each roll that counts and is not true."""
    found: list[tuple[str, Stage, int, int]] = []
    for stage in Stage:
        kept = taking_part(Filters(stage=stage))
        read = _from_tables(list(kept), stage)
        differing = [id for id in kept if kept[id] != read[id]]
        slugs = db.session().execute(sa.select(Diklat.id, Diklat.slug).where(Diklat.id.in_(differing)))
        found += [(slug, stage, len(kept[id]), len(read[id])) for id, slug in slugs]
    return found
