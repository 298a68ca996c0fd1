"""Reads of the questionnaire: what a participant may still answer, digests from five answers up, and quotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, lazyload

from calakan.attendance.models import Presence
from calakan.diklat.models import LiveSession, SessionState
from calakan.feedback.models import ITEMS, Answered, Quote, SessionAnswer
from calakan.kernel import db
from calakan.narasumber.models import Assignment, AssignmentState, Duty
from calakan.people.models import Person

FEWEST = 5
OPEN_FOR = timedelta(days=30)
# The last minutes are close enough: nobody who closes the room waits for the clock.
BEFORE_END = timedelta(minutes=15)


def open_for(person_id: int, diklat_id: int, *, now: datetime) -> Sequence[LiveSession]:
    """Sessions the person was present in and has not told about yet, the oldest first."""
    return [session for session in open_everywhere(person_id, now=now) if session.diklat_id == diklat_id]


def open_of(attended: Iterable[LiveSession], person_id: int, *, now: datetime) -> Sequence[LiveSession]:
    """The same of these planned sessions, in which the person was present."""
    due = [session for session in attended if now - OPEN_FOR < session.ends_at <= now + BEFORE_END]
    told = answered([session.id for session in due], [person_id]) if due else set()
    return [session for session in due if (session.id, person_id) not in told]


def open_everywhere(person_id: int, *, now: datetime) -> Sequence[LiveSession]:
    """The same in all diklat, each session with its diklat."""
    return _over(person_id, since=now - OPEN_FOR, until=now + BEFORE_END)


def closing(person_id: int, *, now: datetime, within: timedelta) -> Sequence[LiveSession]:
    """Sessions, with their diklat, whose questionnaire closes soon without this person's answer; by their end."""
    found = _over(person_id, since=now - OPEN_FOR, until=now - OPEN_FOR + within)
    return sorted(found, key=lambda session: (session.ends_at, session.id))


def _over(person_id: int, *, since: datetime, until: datetime) -> Sequence[LiveSession]:
    """Attended, ended within this time, not told about."""
    return db.session().scalars(_OVER, {"person": person_id, "since": since, "until": until}).all()


_OVER = (
    sa.select(LiveSession)
    .join(Presence, Presence.live_session_id == LiveSession.id)
    .where(
        LiveSession.state == SessionState.PLANNED,
        LiveSession.ends_at > sa.bindparam("since"),
        LiveSession.ends_at <= sa.bindparam("until"),
        Presence.person_id == sa.bindparam("person"),
        Presence.present,
        ~sa.exists().where(Answered.live_session_id == LiveSession.id, Answered.person_id == sa.bindparam("person")),
    )
    .options(joinedload(LiveSession.diklat).options(lazyload("*")))
    .order_by(LiveSession.starts_at, LiveSession.id)
)


def answered(session_ids: Iterable[int], person_ids: Iterable[int]) -> set[tuple[int, int]]:
    """(session, person) of those who have told; not what."""
    wanted = sa.select(Answered.live_session_id, Answered.person_id).where(
        Answered.live_session_id.in_(list(session_ids)), Answered.person_id.in_(list(person_ids))
    )
    return {(session_id, person_id) for session_id, person_id in db.session().execute(wanted)}


@dataclass(frozen=True)
class Digest:
    """Of whole fives only: a single later answer can not be found by comparing two digests."""

    session_id: int
    answers: int
    means: dict[str, float]
    shares: dict[str, dict[int, int]]
    texts: tuple[str, ...]

    @property
    def mean(self) -> float:
        return round(sum(self.means.values()) / len(self.means), 2)


def digests(session_ids: Iterable[int]) -> dict[int, Digest]:
    """session -> digest, of those with at least five answers; two statements."""
    ids = list(session_ids)
    rows: dict[int, list[SessionAnswer]] = {}
    wanted = sa.select(SessionAnswer).where(SessionAnswer.live_session_id.in_(ids), SessionAnswer.counted)
    for row in db.session().scalars(wanted):
        rows.setdefault(row.live_session_id, []).append(row)
    quotes: dict[int, list[str]] = {}
    given = sa.select(Quote.live_session_id, Quote.text).where(Quote.live_session_id.in_(ids))
    for session_id, text in db.session().execute(given):
        quotes.setdefault(session_id, []).append(text)
    return {id: _digest(id, found, quotes.get(id, [])) for id, found in rows.items()}


@dataclass(frozen=True)
class Course:
    """Digests of one narasumber together: the mean over all answers, and of the latest session beside those before it."""

    sessions: int
    answers: int
    mean: float
    latest: float
    before: float | None


def course(latest_first: Sequence[Digest]) -> Course | None:
    """None where there is no digest."""
    if not latest_first:
        return None
    before = latest_first[1:]
    return Course(
        sessions=len(latest_first),
        answers=sum(digest.answers for digest in latest_first),
        mean=_mean(latest_first),
        latest=latest_first[0].mean,
        before=_mean(before) if before else None,
    )


def _mean(found: Sequence[Digest]) -> float:
    return round(sum(digest.mean * digest.answers for digest in found) / sum(digest.answers for digest in found), 2)


def _digest(session_id: int, counted: Sequence[SessionAnswer], quotes: Sequence[str]) -> Digest:
    marks = {item: [getattr(row, item) for row in counted] for item in ITEMS}
    shares = {item: {mark: Counter(values)[mark] for mark in (4, 3, 2, 1)} for item, values in marks.items()}
    return Digest(
        session_id=session_id,
        answers=len(counted),
        means={item: round(sum(values) / len(values), 2) for item, values in marks.items()},
        shares=shares,
        # In order of the words: the order of arrival would tell who wrote what. A quote belongs to no answer, so it waits
        # for no five; whoever gave it lets it be read by everybody.
        texts=tuple(sorted([*(row.text for row in counted if row.text), *quotes])),
    )


def answers(session_ids: Iterable[int]) -> dict[int, int]:
    """session -> how many have answered."""
    rows = db.session().execute(
        sa.select(SessionAnswer.live_session_id, sa.func.count())
        .where(SessionAnswer.live_session_id.in_(list(session_ids)))
        .group_by(SessionAnswer.live_session_id)
    )
    return dict(rows.all())


def taught(person_id: int, *, now: datetime) -> Sequence[LiveSession]:
    """Sessions a narasumber has held, with the diklat, the latest first."""
    return (
        db.session()
        .scalars(
            sa.select(LiveSession)
            .join(Assignment, Assignment.live_session_id == LiveSession.id)
            .where(
                Assignment.person_id == person_id,
                Assignment.duty == Duty.SPEAKER,
                Assignment.state == AssignmentState.CONFIRMED,
                LiveSession.state == SessionState.PLANNED,
                LiveSession.ends_at <= now,
            )
            .options(joinedload(LiveSession.diklat))
            .order_by(LiveSession.starts_at.desc(), LiveSession.id.desc())
        )
        .all()
    )


def quote_by_code(code: str) -> Quote | None:
    return db.session().scalar(sa.select(Quote).where(Quote.code == code))


def quotes_of(person_id: int) -> Sequence[Quote]:
    """With session and diklat, the newest first."""
    return db.session().scalars(_quotes().where(Quote.person_id == person_id)).all()


def quotes_offered() -> sa.Select[Quote]:
    """All that may be printed: the chosen ones first, then the newest."""
    return _quotes().order_by(None).order_by(Quote.place.is_(None), LiveSession.starts_at.desc(), Quote.id)


def quotes_chosen(since: date | None, until: date | None) -> Sequence[Quote]:
    """Those in the report, of sessions held in this period."""
    wanted = _quotes().where(Quote.place.is_not(None))
    if since is not None:
        wanted = wanted.where(LiveSession.local_date >= since)
    if until is not None:
        wanted = wanted.where(LiveSession.local_date <= until)
    return db.session().scalars(wanted.order_by(None).order_by(Quote.year, Quote.place)).all()


def _quotes() -> sa.Select[Quote]:
    speaker = joinedload(Quote.person)
    return (
        sa.select(Quote)
        .join(LiveSession, LiveSession.id == Quote.live_session_id)
        .options(
            joinedload(Quote.live_session).joinedload(LiveSession.diklat),
            speaker.joinedload(Person.school),
            speaker.joinedload(Person.kecamatan),
        )
        .order_by(LiveSession.starts_at.desc(), Quote.id)
    )
