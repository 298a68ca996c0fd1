"""JP on paper: what took place, and what this person took part in; nothing that was called off or that nobody shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from calakan.assessment import programme
from calakan.assessment.errors import RowsUnproven
from calakan.assessment.models import ExamKind, Exercise
from calakan.assessment.programme import Mark
from calakan.assessment.services import exams, exercises, handing_in, proving, reviewing
from calakan.attendance import services as attendance
from calakan.attendance.queries import progress
from calakan.certificates import snapshot
from calakan.certificates.models import Certificate, CertificateRole
from calakan.diklat import queries
from calakan.diklat.models import Diklat, Group, JpRule
from calakan.diklat.services import details, sessions, states
from calakan.diklat.services import programme as rows
from calakan.enrolment import services as enrolment
from calakan.kernel import clock, db
from calakan.office.services import change_settings
from calakan.people.models import Person
from calakan.people.queries import actor_of
from calakan.planning import services as planning
from calakan.promises.invariants import broken
from tests import factories
from tests.diklat.test_jp import nine, plan


def course(*minutes: int, home: int = 0, rule: JpRule = JpRule.HELD, least: int = 50) -> int:
    """A draft whose sessions follow each other by the day, at nine; with a row of so many JP done at home."""
    with db.transaction():
        now = clock.now()
        given = details.Details(title="Asesmen", summary="Ringkas.", jp_rule=rule, min_attendance_percent=least)
        made = details.create(given, lead_id=None, actor=factories.SYSTEM, now=now)
        for n, length in enumerate(minutes, start=1):
            sessions.add(made.id, plan(length, days=n + 1, title=f"Sesi {n}"), actor=factories.SYSTEM, now=now)
        if home:
            rows.add_row(
                made.id, title="Di rumah", group=Group.SUPPORT, jp=home, live=False, actor=factories.SYSTEM, now=now
            )
        return made.id


def brief(title: str, *, compulsory: bool) -> exercises.Brief:
    return exercises.Brief(
        title=title, instruction="Coba.", due_at=nine(20), compulsory=compulsory, late_allowed=True,
        takes_text=True, takes_link=False, takes_file=False,
    )  # fmt: skip


def task(diklat_id: int, *, compulsory: bool = True, title: str = "Praktik") -> int:
    asked = brief(title, compulsory=compulsory)
    with db.transaction():
        return exercises.set_task(diklat_id, asked, actor=factories.SYSTEM, now=clock.now()).id


def change_task(task_id: int, *, compulsory: bool) -> None:
    asked = brief("Praktik", compulsory=compulsory)
    with db.transaction():
        exercises.change_task(task_id, asked, actor=factories.SYSTEM, now=clock.now())


def exam_plan(pass_score: int | None) -> exams.ExamPlan:
    return exams.ExamPlan(
        title="Tes", opens_at=nine(1), closes_at=nine(20), attempts_allowed=1, minutes=None, pass_score=pass_score
    )


def publish(diklat_id: int) -> None:
    with db.transaction():
        states.publish(diklat_id, actor=factories.SYSTEM, now=clock.now())


def join(diklat_id: int, name: str) -> int:
    person_id = factories.person(name).id
    with db.transaction():
        enrolment.join(diklat_id, person_id, actor=factories.SYSTEM, now=clock.now())
    return person_id


def came(session_id: int, *people: int) -> None:
    with db.transaction():
        attendance.mark_by_hand(session_id, people, present=True, reason="uji", actor=factories.SYSTEM, now=clock.now())


def cancel(session_id: int) -> None:
    with db.transaction():
        sessions.cancel(session_id, reason="sakit", actor=factories.SYSTEM, now=clock.now())


def held(diklat_id: int, *people: int) -> programme.Programme:
    return programme.held(db.session().get_one(Diklat, diklat_id), people, now=clock.now())


def marks(found: programme.Programme, person_id: int) -> list[tuple[Mark, int]]:
    return [(part.mark, part.jp) for part in found.parts[person_id]]


def sessions_of(diklat_id: int) -> Sequence[int]:
    return [session.id for session in queries.sessions_of(diklat_id)]


def test_called_off_and_unheld_sessions_are_on_no_paper(app: Flask) -> None:
    id = course(45, 225, 90, 90)
    publish(id)
    person = join(id, "Sri")
    first, off, nobody, ahead = sessions_of(id)
    cancel(off)
    with time_machine.travel(nine(5) - timedelta(hours=1)):
        came(first, person)
        found = held(id, person)
        assert [(row.row.title, row.jp) for row in found.rows] == [("Sesi 1", 1)]
        assert marks(found, person) == [(Mark.PRESENT, 1)]
        whole = programme.taught(db.session().get_one(Diklat, id), now=clock.now())
        assert [row.row.title for row in whole.rows] == ["Sesi 1", "Sesi 3"]
    assert nobody
    assert ahead
    assert db.session().get_one(Diklat, id).jp == 5


@pytest.mark.parametrize(("rule", "printed"), [(JpRule.HELD, [6, 6]), (JpRule.OWN, [6, 2])])
def test_whoever_missed_a_row_has_it_named_and_the_rule_says_what_is_printed(
    app: Flask, rule: JpRule, printed: list[int]
) -> None:
    id = course(90, 90, home=2, rule=rule)
    done = task(id)
    publish(id)
    all_of_it, some_of_it = join(id, "Ani"), join(id, "Budi")
    first, second = sessions_of(id)
    with time_machine.travel(nine(6)):
        with db.transaction():
            who = actor_of(db.session().get_one(Person, all_of_it))
            handing_in.hand_in(done, all_of_it, handing_in.Answer(text="Sudah."), actor=who, now=clock.now())
        came(first, all_of_it, some_of_it)
        came(second, all_of_it)
        assert [row.row.title for row in held(id, all_of_it).rows] == ["Sesi 1", "Sesi 2"]
        with db.transaction():
            reviewing.accept(done, {all_of_it: 1}, remark="", actor=factories.SYSTEM, now=clock.now())
        found = held(id, all_of_it, some_of_it)
        assert marks(found, all_of_it) == [(Mark.PRESENT, 2), (Mark.PRESENT, 2), (Mark.DONE, 2)]
        assert marks(found, some_of_it) == [(Mark.PRESENT, 2), (Mark.MISSED, 0), (Mark.MISSED, 0)]
        assert [found.certified_jp(id) for id in (all_of_it, some_of_it)] == printed
        papers = [
            Certificate(diklat_id=id, person_id=person, role=role)
            for person in (all_of_it, some_of_it)
            for role in (CertificateRole.PARTICIPANT, CertificateRole.ATTENDEE, CertificateRole.SPEAKER)
        ]
        with db.transaction():
            snapshot.freeze(papers, now=clock.now())
        assert [paper.jp for paper in papers[::3]] == printed
        assert [paper.jp for paper in papers[1::3]] == [6, 2]
        assert [paper.facts["attendance"] for paper in papers[1::3]] == [
            ["present", "present", "done"],
            ["present", "missed", "missed"],
        ]
        assert papers[2].facts["attendance"] == ["", "", ""]
        assert papers[0].facts["event"]["programme"][2]["shown_by"] == ["Praktik"]


def test_one_of_two_sessions_of_a_row_is_part_of_it(app: Flask) -> None:
    id = course(90)
    row_id = queries.programme(id)[0].id
    with db.transaction():
        sessions.add(id, plan(90, days=3, row_id=row_id), actor=factories.SYSTEM, now=clock.now())
    publish(id)
    both, one = join(id, "Ani"), join(id, "Budi")
    first, second = sessions_of(id)
    with time_machine.travel(nine(5)):
        came(first, both, one)
        came(second, both)
        found = held(id, both, one)
        assert (marks(found, both), marks(found, one)) == ([(Mark.PRESENT, 4)], [(Mark.PARTLY, 2)])
        paper = Certificate(diklat_id=id, person_id=one, role=CertificateRole.ATTENDEE)
        with db.transaction():
            snapshot.freeze([paper], now=clock.now())
        assert (paper.jp, paper.facts["attendance"]) == (2, ["partly:1/2"])


def test_two_sessions_of_half_an_hour_are_one_jp_on_every_page_and_paper(app: Flask) -> None:
    id = course(30, rule=JpRule.OWN)
    row_id = queries.programme(id)[0].id
    with db.transaction():
        sessions.add(id, plan(30, days=3, row_id=row_id), actor=factories.SYSTEM, now=clock.now())
    publish(id)
    both, one = join(id, "Ani"), join(id, "Budi")
    first, second = sessions_of(id)
    diklat = db.session().get_one(Diklat, id)
    assert diklat.jp == programme.announced(diklat, programme.planned(diklat)).jp == 1
    with time_machine.travel(nine(5)):
        came(first, both, one)
        assert held(id, both).jp == 0
        came(second, both)
        found = held(id, both, one)
        assert (found.jp, found.certified_jp(both), found.certified_jp(one)) == (1, 1, 0)
        assert (marks(found, both), marks(found, one)) == ([(Mark.PRESENT, 1)], [(Mark.PARTLY, 0)])
        there = progress(db.session().get_one(Diklat, id), [both, one], now=clock.now())
        assert [(row.earned_jp, row.live_jp, row.percent, row.met) for row in there.values()] == [
            (1, 1, 100, True),
            (0, 1, 50, True),
        ]
        paper = Certificate(diklat_id=id, person_id=both, role=CertificateRole.PARTICIPANT)
        with db.transaction():
            snapshot.freeze([paper], now=clock.now())
        assert (paper.jp, paper.facts["event"]["programme"][0]["jp"]) == (1, 1)


def test_rows_that_nothing_shows_are_not_published_and_named(app: Flask) -> None:
    id = course(90, home=2)
    with db.transaction():
        rows.add_row(id, title="Tanpa sesi", group=Group.CORE, jp=1, live=True, actor=factories.SYSTEM, now=clock.now())
    task(id, compulsory=False)
    with pytest.raises(RowsUnproven) as refused:
        publish(id)
    assert refused.value.facts["rows"] == ["Di rumah", "Tanpa sesi"]
    task(id)
    with db.transaction():
        sessions.add(
            id,
            plan(45, days=9, row_id=queries.row_in_need(id).id),
            actor=factories.SYSTEM,
            now=clock.now(),
        )
    publish(id)


def test_what_was_withdrawn_or_made_voluntary_shows_nothing(app: Flask) -> None:
    id = course(90, home=2)
    done = task(id)
    assert not programme.unproven(id)
    with db.transaction():
        exercises.withdraw_task(done, actor=factories.SYSTEM, now=clock.now())
    assert programme.unproven(id) == ["Di rumah"]


def test_work_can_be_given_to_another_row(app: Flask) -> None:
    id = course(90, home=2)
    with db.transaction():
        other = rows.add_row(
            id, title="Bacaan", group=Group.SUPPORT, jp=1, live=False, actor=factories.SYSTEM, now=clock.now()
        ).id
    work = task(id)
    assert programme.unproven(id) == ["Bacaan"]
    with db.transaction():
        proving.show(exercises.standing(work), other)
    assert programme.unproven(id) == ["Di rumah"]
    with db.transaction():
        proving.show(exercises.standing(work), None)
    assert programme.unproven(id) == ["Di rumah", "Bacaan"]


def test_a_clone_is_shown_by_the_same_work_and_leaves_out_what_was_called_off(app: Flask) -> None:
    id = course(90, 90, home=2)
    task(id)
    publish(id)
    cancel(sessions_of(id)[1])
    with db.transaction():
        made = planning.clone(
            id, title="Lagi", first=nine(60).date(), quota=None, actor=factories.SYSTEM, now=clock.now()
        )
        cloned = made.id
    assert [row.title for row in queries.programme(cloned)] == ["Sesi 1", "Di rumah"]
    assert db.session().get_one(Diklat, cloned).jp == 4
    publish(cloned)


def test_rows_on_paper_add_up_to_a_total_that_is_rounded_once(app: Flask) -> None:
    """75 and 60 minutes are three JP together; the hour alone is one, and whoever was there alone has that."""
    id = course(75, 60, rule=JpRule.OWN)
    publish(id)
    both, one, other = (join(id, name) for name in ("Ani", "Budi", "Citra"))
    first, second = sessions_of(id)
    with time_machine.travel(nine(6)):
        came(second, both, other)
        found = held(id, other)
        assert (found.jp, [row.jp for row in found.rows], found.own_jp(other)) == (1, [1], 1)
        came(first, both, one)
        found = held(id, both, one, other)
        assert (found.jp, [row.jp for row in found.rows]) == (3, [2, 1])
        assert [found.own_jp(person) for person in (both, one, other)] == [3, 2, 1]
        there = progress(db.session().get_one(Diklat, id), [both, one, other], now=clock.now())
        assert [there[person].earned_jp for person in (both, one, other)] == [3, 2, 1]
        paper = Certificate(diklat_id=id, person_id=both, role=CertificateRole.PARTICIPANT)
        with db.transaction():
            snapshot.freeze([paper], now=clock.now())
        assert paper.jp == sum(row["jp"] for row in paper.facts["event"]["programme"]) == 3


def test_a_later_setting_of_the_office_changes_no_paper(app: Flask) -> None:
    id = course(180)
    publish(id)
    person = join(id, "Ani")
    with time_machine.travel(nine(6)):
        came(sessions_of(id)[0], person)
        with db.transaction():
            change_settings(actor=factories.SYSTEM, now=clock.now(), minutes_per_jp=60)
        paper = Certificate(diklat_id=id, person_id=person, role=CertificateRole.PARTICIPANT)
        with db.transaction():
            snapshot.freeze([paper], now=clock.now())
        assert (paper.jp, paper.facts["event"]["minutes_per_jp"]) == (4, 45)


def announced(diklat_id: int) -> int:
    """What the catalogue says, which is what the page says that a paper will print."""
    db.session().rollback()
    diklat = db.session().get_one(Diklat, diklat_id)
    assert diklat.jp == programme.announced(diklat, programme.planned(diklat)).jp
    assert broken() == []
    db.session().rollback()
    return diklat.jp


def add_row(diklat_id: int, title: str, *, live: bool) -> int:
    with db.transaction():
        return rows.add_row(
            diklat_id, title=title, group=Group.CORE, jp=3, live=live, actor=factories.SYSTEM, now=clock.now()
        ).id


def test_a_published_diklat_announces_no_jp_that_nothing_shows(app: Flask) -> None:
    id = course(90, home=1)
    first = task(id)
    publish(id)
    assert announced(id) == 3
    row = add_row(id, "Di rumah lagi", live=False)
    assert announced(id) == 3
    second = task(id, title="Praktik lagi")
    assert announced(id) == 6
    for shown, jp in ((None, 3), (row, 6)):
        with db.transaction():
            proving.show(db.session().get_one(Exercise, second), shown)
        assert announced(id) == jp
    change_task(second, compulsory=False)
    assert announced(id) == 3
    change_task(second, compulsory=True)
    assert announced(id) == 6
    with db.transaction():
        exercises.withdraw_task(second, actor=factories.SYSTEM, now=clock.now())
    assert announced(id) == 3
    with db.transaction():
        exercises.withdraw_task(first, actor=factories.SYSTEM, now=clock.now())
    assert announced(id) == 2


def test_a_test_shows_a_row_of_a_published_diklat_for_as_long_as_it_is_asked_for(app: Flask) -> None:
    id = course(90)
    publish(id)
    add_row(id, "Di rumah", live=False)
    with db.transaction():
        exam = exams.set_exam(id, ExamKind.POST, exam_plan(60), actor=factories.SYSTEM, now=clock.now()).id
    assert announced(id) == 5
    for score, jp in ((None, 2), (70, 5)):
        with db.transaction():
            exams.change_exam(exam, exam_plan(score), actor=factories.SYSTEM, now=clock.now())
        assert announced(id) == jp
    with db.transaction():
        exams.withdraw_exam(exam, actor=factories.SYSTEM, now=clock.now())
    assert announced(id) == 2


def test_a_row_for_sessions_counts_in_a_published_diklat_once_one_teaches_it(app: Flask) -> None:
    id = course(90)
    publish(id)
    row = add_row(id, "Tatap muka", live=True)
    assert announced(id) == 2
    with db.transaction():
        sessions.add(id, plan(135, days=9, row_id=row), actor=factories.SYSTEM, now=clock.now())
    assert announced(id) == 5


def test_a_draft_counts_what_is_planned(app: Flask) -> None:
    id = course(90)
    add_row(id, "Di rumah", live=False)
    assert db.session().get_one(Diklat, id).jp == 5
