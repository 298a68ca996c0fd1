"""Papers over a year of many people at once. What is valid now is read, drawn and stored for a chunk of them; whoever was killed
leaves whole chunks, and whoever comes next finds them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from calakan import paper
from calakan.audit import services as audit
from calakan.certificates.errors import YearFileGone, YearUndrawable
from calakan.certificates.seals import Seals
from calakan.certificates.yearly import drawing, facts
from calakan.certificates.yearly.facts import Facts
from calakan.certificates.yearly.models import YearPaper
from calakan.certificates.yearly.services import CODE_LENGTH
from calakan.kernel import codes, db
from calakan.kernel.actor import Actor
from calakan.kernel.errors import DomainError
from calakan.kernel.files import Store
from calakan.people.models import Person


class UnsignedError(OSError):
    """A key or a service that signs is away."""


@dataclass(frozen=True)
class Made:
    """What became of one person's paper: found or made, or left with its reason. No row of the session."""

    facts: Facts
    row: YearPaper | None = None
    content: bytes = b""
    left: DomainError | None = None


@dataclass(frozen=True)
class Press:
    """What all papers of a run are made with."""

    year: int
    store: Store
    seals: Seals
    base_url: str
    actor: Actor
    now: datetime


@dataclass
class _Drawn:
    rows: list[YearPaper] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    left: dict[int, DomainError] = field(default_factory=dict)


def make(person_ids: Sequence[int], press: Press) -> Iterator[Made]:
    """The papers of what is valid now, in the order given; who has nothing that year, or no account any more, has none.

    Not within a transaction: nothing is held while it draws. Two runs at once make one paper. Raises UnsignedError, and OSError
    while the storage is away or full.
    """
    told, held = facts.of(person_ids, press.year), _held(person_ids, press.year)
    db.session().rollback()
    wanted = [id for id in person_ids if id in told and (id not in held or held[id].facts != told[id])]
    drawn = _draw([_fresh(id, told[id], held.get(id), press) for id in wanted], press)
    for row, sha256 in zip(drawn.rows, press.store.put_many(drawn.contents), strict=True):
        row.sha256 = sha256
    held |= _register(drawn.rows, press)
    for id in person_ids:
        if id in drawn.left:
            yield Made(told[id], left=drawn.left[id])
        elif id in told and id in held:
            yield _with_file(told[id], held[id], press.store)


def _fresh(id: int, told: Facts, before: YearPaper | None, press: Press) -> YearPaper:
    return YearPaper(
        code=codes.code(CODE_LENGTH), person_id=id, year=press.year, revision=before.revision + 1 if before else 0,
        facts=told, made_at=press.now,
    )  # fmt: skip


def _draw(rows: Iterable[YearPaper], press: Press) -> _Drawn:
    drawn = _Drawn()
    for row in rows:
        try:
            drawn.contents.append(drawing.draw(row, press.store, press.seals, base_url=press.base_url))
            drawn.rows.append(row)
        except paper.UndrawableError as error:
            drawn.left[row.person_id] = YearUndrawable(letters=" ".join(error.characters))
        except OSError as error:
            raise UnsignedError(str(error)) from error
    return drawn


def _register(rows: Sequence[YearPaper], press: Press) -> dict[int, YearPaper]:
    """Their rows, once their files are on the disk; of whom somebody else made one meanwhile, that one. Nobody's whose account
    was closed meanwhile.
    """
    if not rows:
        return {}
    columns = [column.key for column in sa.inspect(YearPaper).column_attrs if column.key != "id"]
    with db.transaction() as session:
        ids = [row.person_id for row in rows]
        open_ids = set(session.scalars(sa.select(Person.id).where(Person.id.in_(ids), Person.active)))
        kept = [row for row in rows if row.person_id in open_ids]
        db.insert_new(YearPaper, [{name: getattr(row, name) for name in columns} for row in kept])
        ours = session.scalars(sa.select(YearPaper).where(YearPaper.code.in_([row.code for row in kept])))
        for row in sorted(ours, key=lambda row: row.id):
            audit.record(
                "certificates.sum_up_year",
                row,
                actor=press.actor,
                now=press.now,
                name=row.number,
                year=row.year,
                jp=row.jp,
            )
    found = _held(list(open_ids), press.year)
    db.session().rollback()
    return found


def _held(person_ids: Sequence[int], year: int) -> dict[int, YearPaper]:
    """person -> the newest revision, apart from the session."""
    wanted = sa.select(YearPaper).where(YearPaper.person_id.in_(person_ids), YearPaper.year == year)
    found = {}
    for row in db.session().scalars(wanted.order_by(YearPaper.revision, YearPaper.id)).all():
        db.session().expunge(row)
        found[row.person_id] = row
    return found


def _with_file(told: Facts, row: YearPaper, store: Store) -> Made:
    try:
        return Made(told, row, store.get(row.sha256))
    except FileNotFoundError:
        return Made(told, left=YearFileGone())
