"""Tasks and tests of the small demo: scores before and after in past diklat, a task and a test in the running one."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from calakan.assessment.models import ExamKind, Submission, SubmissionState
from calakan.assessment.queries.exercises import exercises as tasks_of
from calakan.assessment.services import exams, exercises, handing_in, questions, reviewing, scores
from calakan.diklat.models import Diklat
from calakan.enrolment import queries as enrolment
from calakan.kernel import db
from calakan.kernel.actor import Actor, system
from calakan.people.models import Person
from calakan.people.queries import by_email

ACTOR = system("demo")
QUESTIONS = (
    questions.Item(
        "Tanda awal perundungan yang **paling sering** terlihat di kelas?",
        (
            "Murid menghindari teman tertentu",
            "Murid sering bertanya",
            "Murid datang lebih pagi",
            "Nilai naik tiba-tiba",
        ),
        0,
    ),
    questions.Item(
        "Langkah pertama guru saat melihat perundungan?",
        ("Menghentikan dan memastikan semua aman", "Menunggu laporan tertulis", "Menghukum di depan kelas"),
        0,
    ),
    questions.Item(
        "Siapa yang mendampingi korban sesudah kejadian?",
        ("Guru, wali kelas, dan orang tua bersama", "Korban sendiri", "Teman sebangku saja"),
        0,
    ),
    questions.Item("Kesepakatan kelas paling kuat bila dibuat oleh …", ("murid bersama guru", "kepala sekolah"), 0),
)
ANSWERS = (
    "Kami menyusun kesepakatan kelas bersama murid pada Senin pagi.",
    "Kotak cerita dipasang di pojok baca; saya membacanya tiap Jumat.",
    "Setiap kelompok memilih satu sahabat penjaga selama sepekan.",
)


def set_practice(diklat_id: int, *, due_at: datetime, now: datetime) -> None:
    """The task that shows the row done at home; inside the caller's transaction."""
    brief = exercises.Brief(
        title="Praktik mandiri", instruction="Ceritakan satu kegiatan yang Bapak/Ibu coba di kelas.", due_at=due_at,
        compulsory=True, late_allowed=True, takes_text=True, takes_link=True, takes_file=True,
    )  # fmt: skip
    exercises.set_task(diklat_id, brief, actor=ACTOR, now=now)


def accept_practice(diklat_id: int, people: Sequence[int]) -> None:
    """Everybody's was accepted; inside the caller's transaction."""
    for task in tasks_of(diklat_id):
        db.session().add_all(
            Submission(
                exercise_id=task.id, person_id=person_id, text=ANSWERS[n % len(ANSWERS)], rounds=1,
                state=SubmissionState.ACCEPTED, handed_in_at=task.due_at - timedelta(hours=3),
                reviewed_at=task.due_at, remark="Matur nuwun.",
            )
            for n, person_id in enumerate(people)
        )  # fmt: skip


def add_scores(diklat_id: int, people: Sequence[int], *, asked: datetime, begin: datetime, end: datetime) -> None:
    """Both tests of a past diklat were sat elsewhere; a paper did not depend on them."""
    chance = random.Random(diklat_id)  # noqa: S311  # the same from the same seed
    before = {id: float(chance.randrange(30, 75, 5)) for id in people}
    after = {id: min(score + chance.randrange(5, 45, 5), 100.0) for id, score in before.items()}
    for kind, title, at, result in (
        (ExamKind.PRE, "Tes awal", begin, before),
        (ExamKind.POST, "Tes akhir", end, after),
    ):
        plan = exams.ExamPlan(
            title=title, opens_at=at, closes_at=at + timedelta(hours=12), attempts_allowed=1, minutes=None,
            pass_score=None,
        )  # fmt: skip
        with db.transaction():
            exam_id = exams.set_exam(diklat_id, kind, plan, actor=ACTOR, now=asked).id
        with db.transaction():
            scores.import_scores(exam_id, result, source="Google Forms", actor=ACTOR, now=at + timedelta(hours=12))


def enrich_running(slug: str, *, now: datetime) -> None:
    """A task that some have handed in, one of them accepted; a test before and one after, with the same questions."""
    diklat = db.session().scalars(sa.select(Diklat).where(Diklat.slug == slug)).one()
    diklat_id, ends_at = diklat.id, diklat.ends_at or now
    brief = exercises.Brief(
        title="Rencana kelas aman",
        instruction="Tulis **satu langkah** yang Bapak/Ibu terapkan pekan ini, lalu ceritakan hasilnya.\n\n"
        "- Apa yang dilakukan?\n- Bagaimana murid menanggapi?",
        due_at=ends_at, compulsory=True, late_allowed=True, takes_text=True, takes_link=True, takes_file=True,
    )  # fmt: skip
    with db.transaction():
        task_id = exercises.set_task(diklat_id, brief, actor=ACTOR, now=now).id
    first = _exam(diklat_id, ExamKind.PRE, now - timedelta(days=1), ends_at - timedelta(hours=3), now)
    with db.transaction():
        questions.add_questions(first, QUESTIONS, actor=ACTOR, now=now)
    _exam(diklat_id, ExamKind.POST, ends_at, ends_at + timedelta(days=7), now)
    teacher = by_email("guru@example.org")
    people = [id for id in enrolment.confirmed_people(diklat_id) if teacher is None or id != teacher.id]
    for person_id, text in zip(people, ANSWERS, strict=False):
        person = db.session().get_one(Person, person_id)
        who = Actor(person_id=person_id, name=person.name)
        with db.transaction():
            handing_in.hand_in(task_id, person_id, handing_in.Answer(text=text), actor=who, now=now)
    with db.transaction():
        reviewing.accept(task_id, {people[0]: 1}, remark="Matur nuwun, runtut dan jelas.", actor=ACTOR, now=now)


def _exam(diklat_id: int, kind: ExamKind, opens_at: datetime, closes_at: datetime, now: datetime) -> int:
    plan = exams.ExamPlan(
        title="Tes awal" if kind is ExamKind.PRE else "Tes akhir",
        opens_at=opens_at, closes_at=closes_at, attempts_allowed=exams.USUAL_ATTEMPTS[kind], minutes=None,
        pass_score=exams.USUAL_PASS_SCORE,
    )  # fmt: skip
    with db.transaction():
        return exams.set_exam(diklat_id, kind, plan, actor=ACTOR, now=now).id
