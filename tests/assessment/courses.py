"""What these tests start from: a diklat with participants, and tasks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from calakan.assessment.services import exercises, handing_in
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from tests import factories

TEXT = handing_in.Answer(text="Modul ajar kelas 4")


def course(people: int = 1, **values: Any) -> tuple[int, str, list[int]]:
    """A published diklat and its confirmed participants: id, slug, people."""
    made = factories.diklat(**values)
    diklat_id, slug = made.id, made.slug
    ids = [factories.person(f"Guru {n}").id for n in range(people)]
    for id in ids:
        with db.transaction():
            enrolment.join(diklat_id, id, actor=factories.SYSTEM, now=clock.now())
    return diklat_id, slug, ids


def brief(**values: Any) -> exercises.Brief:
    usual = exercises.Brief(
        title="Modul ajar", instruction="Unggah satu modul.", due_at=clock.now() + timedelta(days=2), compulsory=True,
        late_allowed=False, takes_text=True, takes_link=False, takes_file=False,
    )  # fmt: skip
    return replace(usual, **values)


def task(diklat_id: int, **values: Any) -> int:
    with db.transaction():
        return exercises.set_task(diklat_id, brief(**values), actor=factories.SYSTEM, now=clock.now()).id


def hand_in(task_id: int, person_id: int, answer: handing_in.Answer = TEXT) -> int:
    """The round it is."""
    with db.transaction():
        return handing_in.hand_in(task_id, person_id, answer, actor=factories.SYSTEM, now=clock.now()).rounds
