"""A certificate waits for the compulsory tasks, and comes by itself once the last one is accepted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment.services import reviewing
from calakan.attendance.models import Method, Presence
from calakan.certificates import eligibility, tasks
from calakan.certificates.models import Certificate
from calakan.completion.standing import Lack
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat
from calakan.diklat.services import states
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from tests import factories
from tests.assessment.courses import course, hand_in, task

Opener = Callable[[int | None], FlaskClient]


def there(diklat_id: int, people: list[int]) -> None:
    """They were present in all sessions."""
    with db.transaction() as session:
        for live in diklat_queries.sessions_of(diklat_id):
            for person in people:
                session.add(
                    Presence(
                        live_session_id=live.id,
                        person_id=person,
                        present=True,
                        method=Method.CODE,
                        marked_at=clock.now(),
                    )
                )


def accept(task_id: int, person_id: int) -> None:
    with db.transaction():
        reviewing.accept(task_id, {person_id: 1}, actor=factories.SYSTEM, now=clock.now())


def papers() -> list[int]:
    return list(db.session().scalars(sa.select(Certificate.person_id).order_by(Certificate.id)))


def test_who_was_there_but_owes_a_task_gets_no_certificate_and_may_get_a_statement(app: Flask) -> None:
    diklat_id, _, (ani, budi, candra) = course(3)
    there(diklat_id, [ani, budi])
    id = task(diklat_id)
    for person in (ani, candra):
        hand_in(id, person)
        accept(id, person)
    plan = eligibility.dry_run(db.session().get_one(Diklat, diklat_id), now=clock.now() + timedelta(days=60))
    assert [person for person, _ in plan.eligible] == [ani]
    assert {id: row.lacks for id, row in plan.lacking.items()} == {budi: (Lack.TASK,), candra: (Lack.PRESENCE,)}
    assert plan.partly == {budi: 4}


def test_without_tasks_presence_alone_decides(app: Flask) -> None:
    diklat_id, _, (ani,) = course()
    there(diklat_id, [ani])
    task(diklat_id, compulsory=False)
    plan = eligibility.dry_run(db.session().get_one(Diklat, diklat_id), now=clock.now())
    assert [person for person, _ in plan.eligible] == [ani]


def test_accepting_after_the_closing_asks_for_the_paper(app: Flask) -> None:
    diklat_id, _, (ani, budi) = course(2, days=1)
    there(diklat_id, [ani, budi])
    id = task(diklat_id)
    for person in (ani, budi):
        hand_in(id, person)
    accept(id, ani)
    assert papers() == []
    with time_machine.travel(clock.now() + timedelta(days=3)):
        with db.transaction():
            states.close(diklat_id, actor=factories.SYSTEM, now=clock.now())
        assert papers() == [ani]
        accept(id, budi)
        assert papers() == [ani, budi]


def test_where_the_rule_is_to_issue_at_once_the_acceptance_is_enough(app: Flask) -> None:
    diklat_id, _, (ani,) = course(days=1, issue_at_once=True)
    there(diklat_id, [ani])
    id = task(diklat_id, due_at=clock.now() + timedelta(days=4))
    hand_in(id, ani)
    with time_machine.travel(clock.now() + timedelta(days=3)):
        tasks.sweep(app.extensions["calakan.settings"])
        assert papers() == []
        accept(id, ani)
        assert papers() == [ani]


def test_the_pages_of_the_panitia_say_what_is_lacking(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani,) = course()
    there(diklat_id, [ani])
    task(diklat_id)
    desk = client_of(factories.person("Rina", Role.PANITIA).id)
    board = desk.get(f"/kelola/diklat/{slug}/sertifikat").get_data(as_text=True)
    assert 'Tugas belum diterima <b class="num">1 orang</b>' in board
    assert "1 tugas diterima" in board
    assert "Tugas belum" in desk.get(f"/kelola/diklat/{slug}/peserta").get_data(as_text=True)
    own = client_of(ani).get(f"/belajar/{slug}").get_data(as_text=True)
    assert "Sertifikat terbit sesudah" not in own
    assert "Kumpulkan tugas" in own
