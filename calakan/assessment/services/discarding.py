"""Files that were handed in and are wanted no more: named in the act, removed from the disk a day later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.assessment.models import DiscardedFile, Submission, SubmissionFile
from calakan.kernel import clock, db
from calakan.kernel.errors import DomainError
from calakan.kernel.files import Store

# Longer than any upload takes between storing its file and naming it in a row.
AFTER = timedelta(days=1)


def discard(hashes: Iterable[str], *, now: datetime) -> None:
    """Written in the transaction of the act that lets go of them."""
    db.insert_new(DiscardedFile, [{"sha256": sha256, "discarded_at": now} for sha256 in sorted(set(hashes))])


@contextmanager
def unless_taken(*hashes: str | None) -> Iterator[None]:
    """Around the transaction of an act that takes files which were stored before it: those of a refused act are let go of."""
    try:
        yield
    except DomainError:
        with db.transaction():
            discard(filter(None, hashes), now=clock.now())
        raise


def discard_of(person_id: int, *, now: datetime) -> None:
    """Every file that this person has handed in."""
    drop_files(db.session().scalars(sa.select(Submission.id).where(Submission.person_id == person_id)).all(), now=now)


def drop_files(submission_ids: Sequence[int], *, now: datetime) -> None:
    """Of these answers all files."""
    of_them = SubmissionFile.submission_id.in_(submission_ids)
    discard(db.session().scalars(sa.select(SubmissionFile.sha256).where(of_them)), now=now)
    db.session().execute(sa.delete(SubmissionFile).where(of_them))


def remove_due(store: Store, *, now: datetime) -> list[int]:
    """Take the files off the disk that no row of any room names; returns the ids of what is settled. Writes no row."""
    due = sa.select(DiscardedFile).where(DiscardedFile.discarded_at <= now - AFTER).order_by(DiscardedFile.id)
    return [
        row.id
        for row in db.session().scalars(due)
        if _named(row.sha256) or store.remove(row.sha256, unused_since=now - AFTER)
    ]


def settle(ids: Iterable[int]) -> int:
    """Forget the names of what was removed, or is in use again."""
    gone = db.session().execute(sa.delete(DiscardedFile).where(DiscardedFile.id.in_(list(ids))))
    return db.touched(gone)


def _named(sha256: str) -> bool:
    """The store keeps each content once, so a handout may be the same file."""
    return any(
        db.session().scalar(sa.select(sa.exists().where(column == sha256)))
        for table in db.Base.metadata.sorted_tables
        if table.name != DiscardedFile.__tablename__
        for column in table.columns
        if column.name.endswith("sha256")
    )
