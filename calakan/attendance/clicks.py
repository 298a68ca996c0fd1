"""Own clicks on "Gabung ruang": at the very minute of a line they say whose it is, where its name alone does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.attendance.lists import Entry
from calakan.attendance.models import Evidence, Kind
from calakan.kernel import db

# Between the click and the room lie an app that starts, and a waiting room.
WITHIN = timedelta(minutes=5)


def of_session(session_id: int) -> dict[int, datetime]:
    """person -> when he went in first."""
    rows = db.session().execute(
        sa.select(Evidence.person_id, sa.func.min(Evidence.at))
        .where(
            Evidence.live_session_id == session_id, Evidence.kind == Kind.JOIN, Evidence.withdrawn_at.is_(None)
        )
        .group_by(Evidence.person_id)
    )  # fmt: skip
    return dict(rows.all())


def of_person(session_id: int, person_id: int) -> datetime | None:
    """When he went in first."""
    wanted = sa.select(sa.func.min(Evidence.at)).where(
        Evidence.live_session_id == session_id,
        Evidence.person_id == person_id,
        Evidence.kind == Kind.JOIN,
        Evidence.withdrawn_at.is_(None),
    )
    return db.session().scalar(wanted)


def owners(
    groups: Sequence[tuple[Sequence[Entry], Sequence[int]]], clicks: Mapping[int, datetime], *, settled: set[int]
) -> list[int | None]:
    """Of each group of lines, with its candidates: whose click it is, if it is one's alone, and the click this group's."""
    near = [
        {person for person in candidates if person not in settled and _near(entries, clicks.get(person))}
        for entries, candidates in groups
    ]
    claimed = Counter(person for people in near for person in people)
    return [
        next(iter(people)) if len(people) == 1 and claimed[next(iter(people))] == 1 else None for people in near
    ]  # fmt: skip


def _near(entries: Sequence[Entry], click: datetime | None) -> bool:
    return click is not None and any(
        entry.span is not None and abs(entry.span.start - click) <= WITHIN for entry in entries
    )
