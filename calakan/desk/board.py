"""A diklat from the idea to the report as a list of what to do: what is done, what lacks, and the one next step. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from calakan.assessment.models import SubmissionState
from calakan.assessment.programme import unproven
from calakan.assessment.queries import exams, exercises
from calakan.attendance import appeals
from calakan.attendance import queries as attendance
from calakan.attendance.batches import batches
from calakan.attendance.models import BatchState
from calakan.certificates import queries as certificates
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, DiklatState, LiveSession, Mode
from calakan.enrolment import queries as enrolment
from calakan.enrolment import sharing
from calakan.kernel.askable import Askable
from calakan.kernel.claims import WorkState
from calakan.narasumber import queries as narasumber
from calakan.narasumber.models import Assignment, AssignmentState, Duty, Staffing


class Part(Askable):
    """The steps in their order."""

    DETAILS = "isi"
    SESSIONS = "sesi"
    SPEAKERS = "narasumber"
    PUBLISH = "terbit"
    INVITE = "undang"
    RUN = "jalankan"
    PRESENCE = "hadir"
    WORK = "tugas"
    CLOSE = "tutup"
    PAPERS = "sertifikat"
    REPORT = "laporan"


class Status(Askable):
    """TODO waits for somebody here; LATER for its time or for others; NONE: this diklat has nothing of the kind."""

    DONE = "selesai"
    TODO = "kerjakan"
    LATER = "nanti"
    NONE = "tidak ada"


class Fact(Askable):
    """What a step has to say; the first that holds is said."""

    NO_DESCRIPTION = "no_description"
    NO_TOPIC = "no_topic"
    NO_SESSION = "no_session"
    UNPROVEN = "unproven"
    NO_ROOM = "no_room"
    NO_SPEAKER = "no_speaker"
    ASKED_SPEAKER = "asked_speaker"
    PUBLISHABLE = "publishable"
    PROPOSED = "proposed"
    NO_INVITATION = "no_invitation"
    RUNNING = "running"
    NEXT_SESSION = "next_session"
    DOUBTS = "doubts"
    LISTS = "lists"
    NOBODY = "nobody"
    UNMARKED = "unmarked"
    NO_QUESTIONS = "no_questions"
    OVER = "over"
    FAILED = "failed"
    SIGNING = "signing"
    MAKING = "making"
    LATER = "later"
    NOTHING = "nothing"
    FINE = "fine"


@dataclass(frozen=True)
class Step:
    """`count` of `whole` as the fact has them; `session` is the one to go to."""

    part: Part
    status: Status
    fact: Fact
    count: int = 0
    whole: int | None = None
    session: LiveSession | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Board:
    """`next` is the one step to take now, if any waits for somebody here."""

    steps: tuple[Step, ...]

    @property
    def next(self) -> Step | None:
        """What runs now goes before everything; otherwise the first that is to do."""
        waiting = [step for step in self.steps if step.status is Status.TODO]
        return min(waiting, key=lambda step: step.fact is not Fact.RUNNING, default=None)

    @property
    def done(self) -> int:
        return sum(step.status is Status.DONE for step in self.steps)

    @property
    def counted(self) -> int:
        return sum(step.status is not Status.NONE for step in self.steps)


def board(diklat: Diklat, *, now: datetime) -> Board:
    """Of a diklat that was not called off."""
    sessions = diklat_queries.sessions_of(diklat.id)
    steps = [_details(diklat), _sessions(diklat, sessions, now), _speakers(diklat, sessions, now)]
    steps += [_publish(diklat, steps), _invite(diklat, sessions, now), _run(diklat, sessions, now)]
    steps += [_presence(diklat, sessions, now), _work(diklat, now), _close(diklat, sessions, now)]
    papers = _papers(diklat)
    report = _done(Part.REPORT) if diklat.state is DiklatState.CLOSED else _later(Part.REPORT)
    return Board((*steps, papers, report))


def _todo(part: Part, fact: Fact, count: int = 0, session: LiveSession | None = None) -> Step:
    return Step(part, Status.TODO, fact, count, session=session)


def _later(part: Part, fact: Fact = Fact.LATER, at: datetime | None = None) -> Step:
    return Step(part, Status.LATER, fact, at=at)


def _done(part: Part, count: int = 0, whole: int | None = None, at: datetime | None = None) -> Step:
    return Step(part, Status.DONE, Fact.FINE, count, whole, at=at)


def _details(diklat: Diklat) -> Step:
    if diklat.ended:
        return _done(Part.DETAILS)
    if not diklat.description.strip():
        return _todo(Part.DETAILS, Fact.NO_DESCRIPTION)
    return _done(Part.DETAILS) if diklat.topics else _todo(Part.DETAILS, Fact.NO_TOPIC)


def _sessions(diklat: Diklat, sessions: Sequence[LiveSession], now: datetime) -> Step:
    if not sessions:
        return _todo(Part.SESSIONS, Fact.NO_SESSION)
    if diklat.ended:
        return _done(Part.SESSIONS, len(sessions), diklat.jp)
    if lacking := unproven(diklat.id):
        return _todo(Part.SESSIONS, Fact.UNPROVEN, len(lacking))
    roomless = [session for session in sessions if session.ends_at > now and not _has_room(diklat, session)]
    if roomless:
        return _todo(Part.SESSIONS, Fact.NO_ROOM, len(roomless), roomless[0])
    return _done(Part.SESSIONS, len(sessions), diklat.jp)


def _has_room(diklat: Diklat, session: LiveSession) -> bool:
    if diklat.mode is Mode.ON_SITE:
        return bool(session.place or diklat.place)
    return bool(session.room_url)


def _speakers(diklat: Diklat, sessions: Sequence[LiveSession], now: datetime) -> Step:
    """Where somebody was asked, or offered himself, the next word is his or the panitia's on another page."""
    ahead = [session for session in sessions if session.ends_at > now] if not diklat.ended else []
    if not sessions:
        return _later(Part.SPEAKERS)
    ids = [session.id for session in ahead]
    assigned, needs = narasumber.assignments_of(ids), narasumber.staffings(ids)
    short = [s for s in ahead if _standing(assigned.get(s.id, ()), AssignmentState.CONFIRMED) < needs[s.id].speakers]
    idle = [session for session in short if _nobody_asked(assigned, needs, session)]
    if idle:
        return _todo(Part.SPEAKERS, Fact.NO_SPEAKER, len(idle), idle[0])
    if short:
        return Step(Part.SPEAKERS, Status.LATER, Fact.ASKED_SPEAKER, len(short), session=short[0])
    return _done(Part.SPEAKERS)


def _standing(rows: Iterable[Assignment], state: AssignmentState) -> int:
    return sum(row.state is state and row.duty is Duty.SPEAKER for row in rows)


def _nobody_asked(
    assigned: Mapping[int, Sequence[Assignment]], needs: Mapping[int, Staffing], session: LiveSession
) -> bool:
    rows = assigned.get(session.id, ())
    sure, asked = _standing(rows, AssignmentState.CONFIRMED), _standing(rows, AssignmentState.INVITED)
    return sure + asked < needs[session.id].speakers


def _publish(diklat: Diklat, before: Sequence[Step]) -> Step:
    if diklat.public:
        return _done(Part.PUBLISH, at=diklat.published_at)
    if any(step.fact in (Fact.NO_SESSION, Fact.UNPROVEN) for step in before):
        return _later(Part.PUBLISH)
    return _todo(Part.PUBLISH, Fact.PROPOSED if diklat.state is DiklatState.PROPOSED else Fact.PUBLISHABLE)


def _invite(diklat: Diklat, sessions: Sequence[LiveSession], now: datetime) -> Step:
    if not diklat.public:
        return _later(Part.INVITE)
    seats = enrolment.seats(diklat)[diklat.id]
    begun = bool(sessions) and sessions[0].starts_at <= now
    if not (begun or seats.full or any(row.sent_at for row in sharing.links(diklat.id))):
        return Step(Part.INVITE, Status.TODO, Fact.NO_INVITATION, seats.taken, diklat.quota)
    return _done(Part.INVITE, seats.taken, diklat.quota)


def _run(diklat: Diklat, sessions: Sequence[LiveSession], now: datetime) -> Step:
    over = sum(session.ends_at <= now for session in sessions)
    if diklat.ended or (sessions and over == len(sessions)):
        return _done(Part.RUN, over)
    if not diklat.public:
        return _later(Part.RUN)
    running = next((session for session in sessions if session.starts_at <= now < session.ends_at), None)
    if running is not None:
        return _todo(Part.RUN, Fact.RUNNING, running.number, running)
    following = next((session for session in sessions if session.starts_at > now), None)
    at = following.starts_at if following else None
    return Step(Part.RUN, Status.LATER, Fact.NEXT_SESSION, over, len(sessions), following, at)


def _presence(diklat: Diklat, sessions: Sequence[LiveSession], now: datetime) -> Step:
    over = [session for session in sessions if session.ends_at <= now]
    if diklat.ended:
        return _done(Part.PRESENCE)
    if not over or not diklat.public:
        return _later(Part.PRESENCE)
    doubts = len(attendance.missed_codes(diklat.id)) + len(appeals.waiting(diklat.id))
    if doubts:
        return _todo(Part.PRESENCE, Fact.DOUBTS, doubts)
    if unread := sum(batch.state is BatchState.PREVIEW for batch in batches(diklat.id)):
        return _todo(Part.PRESENCE, Fact.LISTS, unread)
    here = attendance.present_counts(session.id for session in over)
    empty = [session for session in over if session.id not in here]
    if empty:
        return _todo(Part.PRESENCE, Fact.NOBODY, empty[0].number, empty[0])
    return _done(Part.PRESENCE) if len(over) == len(sessions) else _later(Part.PRESENCE, Fact.NOTHING)


def _work(diklat: Diklat, now: datetime) -> Step:
    tasks, tests = exercises.exercises(diklat.id), exams.exams(diklat.id)
    if not tasks and not tests:
        return Step(Part.WORK, Status.NONE, Fact.NOTHING)
    tallies = exercises.tally([task.id for task in tasks])
    if unmarked := sum(tally[SubmissionState.HANDED_IN] for tally in tallies.values()):
        return _todo(Part.WORK, Fact.UNMARKED, unmarked)
    ahead = [test for test in tests if test.closes_at > now]
    counts, taken = exams.question_counts(ahead), exams.with_scores(ahead)
    bare = [test for test in ahead if not counts.get(test.id) and test.id not in taken]
    if bare and not diklat.ended:
        return _todo(Part.WORK, Fact.NO_QUESTIONS, bare[0].number)
    return _done(Part.WORK)


def _close(diklat: Diklat, sessions: Sequence[LiveSession], now: datetime) -> Step:
    if diklat.state is DiklatState.CLOSED:
        return _done(Part.CLOSE, at=diklat.closed_at)
    last = diklat.ends_at
    if diklat.state is not DiklatState.PUBLISHED or not sessions or last is None or last > now:
        return _later(Part.CLOSE, at=last)
    return _todo(Part.CLOSE, Fact.OVER)


def _papers(diklat: Diklat) -> Step:
    work = certificates.work(diklat.id)
    made, wanted = work[WorkState.DONE], sum(work.values())
    if work[WorkState.FAILED]:
        return _todo(Part.PAPERS, Fact.FAILED, work[WorkState.FAILED])
    if work[WorkState.SIGNING]:
        return _todo(Part.PAPERS, Fact.SIGNING, work[WorkState.SIGNING])
    if made < wanted:
        return Step(Part.PAPERS, Status.LATER, Fact.MAKING, made, wanted)
    if diklat.state is DiklatState.CLOSED:
        return _done(Part.PAPERS, made)
    return _later(Part.PAPERS)
