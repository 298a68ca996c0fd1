"""What a diklat taught, and what each person has to show for it: whatever prints or sums JP of a diklat asks here.

A row taught in sessions is shown by presence; a row done at home by its tasks and tests, all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from calakan.assessment.models import Attempt, Exam, Exercise, RowProof, Submission, SubmissionState
from calakan.assessment.queries import exams
from calakan.assessment.standing import Demands, Standing, demands, standing
from calakan.attendance.models import Presence
from calakan.attendance.queries import presences
from calakan.diklat import jp as hours
from calakan.diklat import kept
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, JpRule, LiveSession, ProgrammeRow, SessionState
from calakan.kernel import db

_Sessions = dict[int, list[LiveSession]]


class Mark(StrEnum):
    """How one person stands with one row."""

    PRESENT = "present"
    PARTLY = "partly"
    DONE = "done"
    MISSED = "missed"


@dataclass(frozen=True)
class Row:
    """A row with the sessions that taught it, or the tasks and tests that show it was done; `jp` is what it carried."""

    row: ProgrammeRow
    jp: int
    sessions: tuple[LiveSession, ...] = ()
    tasks: tuple[Exercise, ...] = ()
    exams: tuple[Exam, ...] = ()

    @property
    def proven(self) -> bool:
        return bool(self.sessions or self.tasks or self.exams)

    @property
    def shown_by(self) -> list[str]:
        """The titles of its tasks and tests."""
        return [*(task.title for task in self.tasks), *(exam.title for exam in self.exams)]


@dataclass(frozen=True)
class Part:
    """One person's part in one row; `attended` counts sessions."""

    mark: Mark
    jp: int
    attended: int = 0


@dataclass(frozen=True)
class Programme:
    """The rows that were held, in their order, and each person's part in them, row by row."""

    rule: JpRule
    rows: tuple[Row, ...]
    parts: Mapping[int, tuple[Part, ...]] = field(default_factory=dict)

    @property
    def jp(self) -> int:
        return sum(row.jp for row in self.rows)

    def own_jp(self, person_id: int) -> int:
        """JP of which this person has evidence."""
        return sum(part.jp for part in self.parts[person_id])

    def certified_jp(self, person_id: int) -> int:
        """JP on the certificate of this person, who meets the passing rule."""
        return self.jp if self.rule is JpRule.HELD else self.own_jp(person_id)


def planned(diklat: Diklat, sessions: Sequence[LiveSession] | None = None) -> tuple[Row, ...]:
    """The rows as announced: those whose sessions were all called off are left out, the unproven ones are not.

    Whoever has read the sessions hands them in.
    """
    read = diklat_queries.sessions_of(diklat.id) if sessions is None else sessions
    taught = _by_row(session for session in read if session.state is SessionState.PLANNED)
    proofs = _Proofs(diklat.id)
    return tuple(
        Row(row, row.jp, tuple(taught[row.id]), *(proofs.of(row) if not row.live else ()))
        for row in diklat_queries.standing_programme(diklat.id)
    )


def announced(diklat: Diklat, rows: Sequence[Row]) -> Programme:
    """What the certificate states once these planned rows were held, and by which rule."""
    return Programme(diklat.jp_rule, tuple(row for row in rows if row.proven))


def taught(diklat: Diklat, *, now: datetime) -> Programme:
    """What stands on the papers of those who taught: sessions that are over, whoever came."""
    plan = diklat_queries.sessions_of(diklat.id)
    over = [s for s in plan if s.ends_at <= now]
    return Programme(diklat.jp_rule, _held_rows(diklat, over, plan, _Proofs(diklat.id), now=now))


def held(diklat: Diklat, person_ids: Sequence[int], *, now: datetime) -> Programme:
    """What took place: sessions that are over and somebody attended, work that somebody has done.

    Few statements whatever the number of people.
    """
    plan = diklat_queries.sessions_of(diklat.id)
    over = [s for s in plan if s.ends_at <= now]
    met = _attended(over)
    proofs = _Proofs(diklat.id)
    rows = _held_rows(diklat, [s for s in over if s.id in met], plan, proofs, now=now)
    marks = presences([s.id for row in rows for s in row.sessions], person_ids)
    done = standing(diklat.id, person_ids, now=now)
    parts = {}
    for person_id in person_ids:
        mine = {id for id, mark in marks.get(person_id, {}).items() if mark.present}
        parts[person_id] = tuple(_part(row, mine, done[person_id], diklat.minutes_per_jp) for row in rows)
    return Programme(diklat.jp_rule, rows, parts)


def unproven(diklat_id: int) -> list[str]:
    """Titles of rows that neither a session nor a task or test shows."""
    diklat = db.session().get_one(Diklat, diklat_id)
    return [row.row.title for row in planned(diklat) if not row.proven]


def shown() -> sa.ColumnElement[bool]:
    """A programme row is `Row.proven`: a session that stands, or work at home that is asked of everybody."""
    taught = sa.exists().where(LiveSession.row_id == ProgrammeRow.id, LiveSession.state == SessionState.PLANNED)
    task = sa.exists().where(Exercise.id == RowProof.exercise_id, Exercise.compulsory, Exercise.withdrawn_at.is_(None))
    test = sa.exists().where(Exam.id == RowProof.exam_id, Exam.pass_score.is_not(None), Exam.withdrawn_at.is_(None))
    proven = sa.exists().where(RowProof.row_id == ProgrammeRow.id, sa.or_(task, test))
    return sa.or_(taught, sa.and_(~ProgrammeRow.live, proven))


def shown_jp(diklat_id: int) -> int:
    """JP of the rows that something shows."""
    wanted = sa.select(sa.func.sum(ProgrammeRow.jp)).where(ProgrammeRow.diklat_id == diklat_id, shown())
    return db.session().scalar(wanted) or 0


def _held_rows(
    diklat: Diklat, held: Sequence[LiveSession], plan: Sequence[LiveSession], proofs: _Proofs, *, now: datetime
) -> tuple[Row, ...]:
    by_row, every, found = _by_row(held), _by_row(plan), []
    done, standing = proofs.done_by_somebody(now=now), diklat_queries.standing_programme(diklat.id)
    carried = _carried(diklat, [row for row in standing if row.live and row.id in by_row], by_row, every)
    for row in standing:
        mine = tuple(by_row[row.id])
        if jp := carried.get(row.id):
            found.append(Row(row, jp, mine))
        tasks, tests = proofs.of(row)
        if not row.live and (tasks or tests) and {*tasks, *tests} <= done:
            found.append(Row(row, row.jp, (), tasks, tests))
    return tuple(found)


def _carried(diklat: Diklat, rows: Sequence[ProgrammeRow], held: _Sessions, every: _Sessions) -> dict[int, int]:
    """row -> JP of what was held, the minutes of all rows rounded once; the sum is what a certificate prints."""
    asked = []
    for row in rows:
        kept = hours.of_some(row.jp, held[row.id], every[row.id], diklat.minutes_per_jp) if row.jp_typed else None
        asked.append((hours.minutes_of(*held[row.id]), kept))
    return dict(zip((row.id for row in rows), hours.rounded(asked, diklat.minutes_per_jp), strict=True))


def _part(row: Row, attended: set[int], done: Standing, per_jp: int) -> Part:
    if not row.sessions:
        lacking = {*(work.task for work in done.tasks), *(work.exam for work in done.exams)}
        return Part(Mark.MISSED, 0) if lacking & {*row.tasks, *row.exams} else Part(Mark.DONE, row.jp)
    mine = [s for s in row.sessions if s.id in attended]
    if len(mine) == len(row.sessions):
        return Part(Mark.PRESENT, row.jp, len(mine))
    jp = hours.of_some(row.jp, mine, row.sessions, per_jp)
    return Part(Mark.PARTLY if mine else Mark.MISSED, jp, len(mine))


def _by_row(sessions: Iterable[LiveSession]) -> _Sessions:
    found: dict[int, list[LiveSession]] = defaultdict(list)
    for session in sessions:
        found[session.row_id].append(session)
    return found


def _attended(sessions: Sequence[LiveSession]) -> set[int]:
    """Those that somebody was present in."""
    if not sessions:
        return set()
    came = sa.exists().where(Presence.live_session_id == LiveSession.id, Presence.present)
    return set(
        db.session().scalars(sa.select(LiveSession.id).where(LiveSession.id.in_([s.id for s in sessions]), came))
    )


def _proofs(diklat_ids: Sequence[int]) -> Iterable[tuple[int, RowProof]]:
    wanted = (
        sa.select(ProgrammeRow.diklat_id, RowProof)
        .join(RowProof, RowProof.row_id == ProgrammeRow.id)
        .where(ProgrammeRow.diklat_id.in_(diklat_ids))
        .order_by(RowProof.id)
    )
    return [(id, proof) for id, proof in db.session().execute(wanted)]


_PROOFS = kept.Kept(RowProof, _proofs)


class _Proofs:
    """What a diklat asks for, by the row that it shows."""

    def __init__(self, diklat_id: int) -> None:
        self.asked: Demands = demands(diklat_id)[diklat_id]
        self._tasks: dict[int, set[int]] = defaultdict(set)
        self._exams: dict[int, set[int]] = defaultdict(set)
        if not (self.asked.tasks or self.asked.exams):
            return
        for proof in _PROOFS.of(diklat_id)[diklat_id]:
            if proof.exercise_id is not None:
                self._tasks[proof.row_id].add(proof.exercise_id)
            if proof.exam_id is not None:
                self._exams[proof.row_id].add(proof.exam_id)

    def of(self, row: ProgrammeRow) -> tuple[tuple[Exercise, ...], tuple[Exam, ...]]:
        """What is no longer asked of everybody shows nothing."""
        tasks = tuple(task for task in self.asked.tasks if task.id in self._tasks[row.id])
        return tasks, tuple(exam for exam in self.asked.exams if exam.id in self._exams[row.id])

    def done_by_somebody(self, *, now: datetime) -> set[Exercise | Exam]:
        accepted = sa.select(Submission.exercise_id).where(
            Submission.exercise_id.in_([task.id for task in self.asked.tasks]),
            Submission.state == SubmissionState.ACCEPTED,
        )
        passed = sa.select(Attempt.exam_id).where(
            Attempt.exam_id.in_([exam.id for exam in self.asked.exams]),
            Attempt.score >= sa.select(Exam.pass_score).where(Exam.id == Attempt.exam_id).scalar_subquery(),
            exams.counted(now),
        )
        tasks = set(db.session().scalars(accepted.distinct())) if self.asked.tasks else set()
        tests = set(db.session().scalars(passed.distinct())) if self.asked.exams else set()
        return {
            *(task for task in self.asked.tasks if task.id in tasks),
            *(exam for exam in self.asked.exams if exam.id in tests),
        }
