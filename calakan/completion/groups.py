"""Those without a certificate, under every reason that is theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from calakan.completion.standing import Lack, Standing
from calakan.kernel import db
from calakan.people.models import Person


@dataclass(frozen=True)
class Group:
    """`people` holds the first names by the alphabet, `count` is of all; `alone` is of those who lack nothing else."""

    lack: Lack
    count: int
    people: Sequence[Person]
    alone: int = 0


def by_lack(found: Iterable[Standing], *, shown: int = 100) -> list[Group]:
    """In the order of the conditions; who lacks three things stands in three groups."""
    open_ = [row for row in found if not row.met]
    groups = {lack: [row.person_id for row in open_ if lack in row.lacks] for lack in Lack}
    alone = Counter(row.lacks[0] for row in open_ if len(row.lacks) == 1)
    return [Group(lack, len(ids), _by_name(ids, shown), alone[lack]) for lack, ids in groups.items() if ids]


def _by_name(person_ids: Sequence[int], shown: int) -> Sequence[Person]:
    return db.session().scalars(people_of(person_ids).limit(shown)).all() if shown else []


def people_of(person_ids: Sequence[int]) -> sa.Select[Person]:
    """These people by the alphabet."""
    return sa.select(Person).where(Person.id.in_(person_ids)).order_by(Person.name_key, Person.id)
