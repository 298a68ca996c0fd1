"""A test after the diklat that everybody sits on the same evening."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

import sqlalchemy as sa

from bench import courses, load
from bench.runner import Bench, Row, Wrong
from bench.site import ACTOR, Site, Visitor
from calakan.assessment.models import Attempt, Exam, ExamKind
from calakan.assessment.queries import exams as queries
from calakan.assessment.services import exams, questions
from calakan.kernel import clock, db

NAME = "exams"
TITLE = (
    "everybody begins a test of 20 questions, saves half of it and sends it; kept: within two minutes, no answer lost"
)
PEOPLE, SECONDS, QUESTIONS = 1000, 110, 20
LATEST = 120.0  # seconds until the last one has been answered


def run(bench: Bench) -> Iterator[Row]:
    people, seconds = bench.size(PEOPLE, 20), bench.size(SECONDS, 3)
    for kind in bench.kinds:
        with Site(bench.databases, kind) as site:
            exam_id, path = _open()
            ids = site.people(people)
            courses.enrol(db.session().get_one(Exam, exam_id).diklat_id, ids)
            visitors = site.visitors(ids)
            db.session().rollback()
            site.start_web()
            asked = [request for step in _steps(site.host, path, visitors) for request in step]
            answers = load.spread(site.port, asked, seconds=seconds)
            _check(exam_id, answers, path, people)
            last = max(seconds * n / len(asked) + answer.seconds for n, answer in enumerate(answers))
        yield {
            "database": kind,
            "people": people,
            "answers": people * QUESTIONS,
            "in_s": round(last, 1),
            "p50_ms": load.quantile([answer.seconds for answer in answers], 0.5),
            "p99_ms": load.quantile([answer.seconds for answer in answers], 0.99),
            "kept": "yes" if last < LATEST else "no",
        }


def _open() -> tuple[int, str]:
    """The id of a test that is open, and its address."""
    now = clock.now()
    course = courses.published("Tes besar", starts_at=now - timedelta(days=1), days=1)
    plan = exams.ExamPlan(
        title="Tes akhir", opens_at=now - timedelta(minutes=1), closes_at=now + timedelta(days=1),
        attempts_allowed=1, minutes=None, pass_score=70,
    )  # fmt: skip
    with db.transaction():
        exam = exams.set_exam(course, ExamKind.POST, plan, actor=ACTOR, now=now)
        items = [questions.Item(f"Soal {n}", (f"benar {n}", f"salah {n}", f"lain {n}"), 0) for n in range(QUESTIONS)]
        questions.add_questions(exam.id, items, actor=ACTOR, now=now)
        return exam.id, f"/belajar/{courses.slug(course)}/tes/{exam.number}"


def _steps(host: str, path: str, visitors: Sequence[Visitor]) -> Iterator[list[bytes]]:
    """Begin, save the first half, send all: each by everybody before the next. The first option shown is chosen."""
    for step, answered in (("mulai", 0), ("simpan", QUESTIONS // 2), ("kirim", QUESTIONS)):
        chosen = "".join(f"&soal-{n}=1" for n in range(1, answered + 1))
        yield [
            load.post(f"{path}/{step}", f"csrf_token={one.csrf_token}{chosen}", host=host, cookie=one.cookie)
            for one in visitors
        ]


def _check(exam_id: int, answers: Sequence[load.Answer], path: str, people: int) -> None:
    """Everybody was answered with the page of the test, has sent it, and each answer is the one that was given."""
    told = Counter((answer.status, answer.headers.get("location")) for answer in answers)
    if told != {(303, path): len(answers)}:
        raise Wrong(f"answers were {dict(told)}")
    db.session().rollback()
    exam = db.session().get_one(Exam, exam_id)
    attempts = db.session().scalars(sa.select(Attempt).where(Attempt.exam_id == exam_id)).all()
    if len(attempts) != people or not all(attempt.finished_at for attempt in attempts):
        raise Wrong(f"{len(attempts)} of {people} began, {sum(bool(a.finished_at) for a in attempts)} sent")
    for attempt in attempts:
        chosen = {row.question.id: row.options[0][0] for row in queries.asked(exam, attempt.person_id, attempt)}
        if {row.question_id: row.choice for row in queries.given(attempt.id)} != chosen:
            raise Wrong(f"attempt {attempt.id} holds other answers than were given")
