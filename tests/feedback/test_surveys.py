"""The questionnaire of a whole diklat: set up in time, answered once without a name, told of in fives, an index and its letter."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.audit.models import AuditEntry
from calakan.completion import reasons
from calakan.diklat.models import Diklat, DiklatState
from calakan.diklat.services import sessions
from calakan.feedback import survey_queries as queries
from calakan.feedback import surveys
from calakan.feedback.errors import (
    MarksInvalid,
    NotInDiklat,
    OwnQuestionsInvalid,
    SurveyAnswered,
    SurveyFixed,
    SurveyNotOpen,
)
from calakan.feedback.index import Index, together
from calakan.feedback.mixing import mix
from calakan.feedback.models import ELEMENTS, Survey, SurveyAnswer
from calakan.feedback.models import SurveyAnswered as Answered
from calakan.feedback.surveys import Said
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.planning import services as planning
from tests import factories
from tests.completion.courses import Course, nine
from tests.feedback.test_feedback import course

Opener = Callable[[int | None], FlaskClient]
GOOD = dict.fromkeys(ELEMENTS, 4)


def asking(people: int, *, rated: list[str] | None = None, worded: list[str] | None = None, **when: Any) -> Any:
    """A diklat that is over and asks; the row is written as it was set up before."""
    slug, _, ids = course(people, **when)
    with db.transaction() as session:
        made = session.scalars(sa.select(Diklat).where(Diklat.slug == slug)).one()
        made.ends_at = clock.now() - timedelta(hours=when.get("hours_ago", 3) - 2)
        session.add(Survey(diklat_id=made.id, rated=rated or [], worded=worded or []))
        diklat_id = made.id
    return slug, diklat_id, ids


def answer(diklat_id: int, person_id: int, said: Said = Said(marks=GOOD)) -> None:
    with db.transaction():
        surveys.answer(diklat_id, person_id, said, actor=factories.SYSTEM, now=clock.now())


def counts() -> tuple[int, int]:
    rows = [db.session().scalar(sa.select(sa.func.count()).select_from(m)) or 0 for m in (SurveyAnswer, Answered)]
    return rows[0], rows[1]


def set_up(diklat_id: int, *rated: str, worded: tuple[str, ...] = ()) -> None:
    with db.transaction():
        surveys.set_up(diklat_id, rated, worded, actor=factories.SYSTEM, now=clock.now())


@pytest.mark.parametrize(
    ("sums", "value", "letter"),
    [
        ((4,) * 9, "100.00", "A"),
        ((1,) * 9, "25.00", "D"),
        # 34 of 36 is 94.44; the edges of the table lie between marks of many people.
        ((4, 4, 4, 4, 4, 4, 4, 3, 3), "94.44", "A"),
    ],
)
def test_the_index_of_one_answer(sums: tuple[int, ...], value: str, letter: str) -> None:
    found = Index(1, sums)
    assert (found.value, found.letter) == (Decimal(value), letter)


@pytest.mark.parametrize(
    ("value", "letter"),
    [("88.31", "A"), ("88.30", "B"), ("76.61", "B"), ("76.60", "C"), ("65.00", "C"), ("64.99", "D")],
)
def test_the_letters_are_those_of_the_table(value: str, letter: str) -> None:
    # The index times the answers times nine by 25 is the sum of all marks: 9,000 answers give each hundredth.
    total = int(Decimal(value) * 9_000 * 9 / 25)
    found = Index(9_000, (total, *(0,) * 8))
    assert (found.value, found.letter) == (Decimal(value), letter)


def test_the_index_of_several_counts_each_answer_once() -> None:
    assert together([]) is None
    assert together([Index(5, (20,) * 9), Index(15, (15,) * 9)]) == Index(20, (35,) * 9)
    assert Index(3, (8, *(9,) * 8)).means[0] == Decimal("2.67")


def test_it_is_set_up_until_it_opens(app: Flask) -> None:
    made = factories.diklat()
    id = made.id
    set_up(id, " Aulanya nyaman ", worded=("Apa lagi?",))
    found = db.session().get_one(Survey, id)
    assert (found.rated, found.worded) == (["Aulanya nyaman"], ["Apa lagi?"])
    for own in (["x"] * 6, [""], ["  "], ["x" * 201]):
        with pytest.raises(OwnQuestionsInvalid):
            set_up(id, *own)
    set_up(id)
    assert db.session().get_one(Survey, id, populate_existing=True).rated == []
    with db.transaction():
        surveys.take_back(id, actor=factories.SYSTEM, now=clock.now())
    assert queries.survey_of(id) is None
    acts = db.session().scalars(sa.select(AuditEntry.act).where(AuditEntry.act.contains("survey")))
    assert sorted(acts) == ["feedback.drop_survey", *["feedback.set_survey"] * 2]
    with db.transaction():
        surveys.take_back(id, actor=factories.SYSTEM, now=clock.now())  # there was none


@pytest.mark.parametrize("why", ["over", "closed", "answered"])
def test_what_it_asks_stands_once_it_is_open(app: Flask, why: str) -> None:
    _, id, [one] = asking(1)
    if why == "answered":
        answer(id, one)
    with db.transaction() as session:
        made = session.get_one(Diklat, id)
        made.ends_at = clock.now() + timedelta(days=0 if why == "over" else 1)
        made.state = DiklatState.CLOSED if why == "closed" else made.state
    with pytest.raises(SurveyFixed):
        set_up(id, "Lain")
    if why != "over":
        with pytest.raises(SurveyFixed), db.transaction():
            surveys.take_back(id, actor=factories.SYSTEM, now=clock.now())


def test_one_that_was_over_before_it_was_open_binds_nobody(app: Flask, client_of: Opener) -> None:
    made = Course("Ani", questionnaire=True)
    later = factories.live_session(made.id, nine(46), title="Sesi 3").id
    set_up(made.id)
    [ani] = made.people
    board = f"/kelola/diklat/{made.slug}/angket"
    staff_id = factories.person("Panitia", Role.PANITIA).id
    with time_machine.travel(nine(2) + timedelta(hours=4), tick=False):
        made.mark(ani)
        made.answer(ani)
    with time_machine.travel(nine(40), tick=False):
        with db.transaction():
            sessions.cancel(later, reason="Narasumber sakit", actor=factories.SYSTEM, now=clock.now())
        assert not made.standing(ani).met
        staff = client_of(staff_id)
        shown = staff.get(board).text
        assert "lewat tanpa satu jawaban pun" in shown
        assert "Tarik angket diklat" in shown
        staff.post(board)
        assert "Tarik angket diklat" not in staff.get(board).text
        assert made.standing(ani).met


def test_one_answer_a_person_without_a_name(app: Flask) -> None:
    _, id, (one, two) = asking(2)
    answer(id, one, Said(marks=GOOD, text=" Mantap "))
    with pytest.raises(SurveyAnswered):
        answer(id, one)
    answer(id, two)
    assert counts() == (2, 2)
    assert set(SurveyAnswer.__table__.c.keys()).isdisjoint({"person_id", "enrolment_id"})
    trail = db.session().scalars(sa.select(AuditEntry.actor_id).where(AuditEntry.act == "feedback.answer_survey"))
    assert set(trail) == {None}
    before = set(db.session().scalars(sa.select(SurveyAnswer.id)))
    db.session().rollback()
    assert mix() == 1
    assert counts() == (2, 2)
    assert before.isdisjoint(db.session().scalars(sa.select(SurveyAnswer.id)))
    db.session().rollback()
    assert mix() == 0


def test_refusals_change_nothing(app: Flask) -> None:
    _, id, [one] = asking(1, rated=["Nyaman"], worded=["Apa lagi?"])
    _, old, [late] = asking(1, hours_ago=24 * 31 + 2)
    _, missed, [absent] = asking(1, present=False)
    stranger = factories.person("Orang lain").id
    own = {"rated": [4], "worded": ["Praktik"]}
    for diklat_id, person_id, said, error in (
        (old, late, Said(marks=GOOD), SurveyNotOpen),
        (factories.diklat().id, one, Said(marks=GOOD), SurveyNotOpen),
        (missed, absent, Said(marks=GOOD), NotInDiklat),
        (id, stranger, Said(marks=GOOD, **own), NotInDiklat),
        (id, one, Said(marks={**GOOD, "u9": 5}, **own), MarksInvalid),
        (id, one, Said(marks={"u1": 4}, **own), MarksInvalid),
        (id, one, Said(marks=GOOD), MarksInvalid),
        (id, one, Said(marks=GOOD, rated=[0], worded=["Praktik"]), MarksInvalid),
        (id, one, Said(marks=GOOD, rated=[4], worded=[]), MarksInvalid),
    ):
        with pytest.raises(error):
            answer(diklat_id, person_id, said)
    with db.transaction() as session:
        session.get_one(Diklat, id).ends_at = clock.now() + timedelta(hours=1)
    with pytest.raises(SurveyNotOpen):
        answer(id, one, Said(marks=GOOD, **own))
    assert counts() == (0, 0)


def test_pages_tell_of_whole_fives_in_the_diklat_and_in_the_year(app: Flask, client_of: Opener) -> None:
    slug, id, people = asking(6, rated=["Aulanya nyaman"], worded=["Apa lagi?"])
    staff = client_of(factories.person("Panitia", Role.PANITIA).id)
    board, yearly = f"/kelola/diklat/{slug}/angket", "/kelola/laporan/kepuasan"
    for number, person_id in enumerate(people[:4]):
        answer(id, person_id, Said(marks=GOOD, rated=[3], worded=[f"Kata {number}"]))
    assert queries.indexes([id]) == {}
    assert "Baru 4 jawaban" in staff.get(board).text
    assert "Belum ada lima jawaban" in staff.get(yearly).text
    page = client_of(people[4]).post(
        f"/belajar/{slug}/angket/diklat", data={**dict.fromkeys(ELEMENTS, "2"), "r1": "4", "w1": "", "text": "Saya"}
    )
    assert page.status_code == 303
    five = queries.indexes([id])[id]
    assert (five.answers, five.value, five.letter) == (5, Decimal("90.00"), "A")
    answer(id, people[5], Said(marks=dict.fromkeys(ELEMENTS, 1), rated=[1], worded=["Rahasia"]))
    assert queries.indexes([id])[id] == five
    shown = staff.get(board).text
    assert "Indeks kepuasan <b>90</b>" in shown
    assert "Aulanya nyaman: <b>3,2</b>" in shown
    assert "Kata 3" in shown
    assert "Rahasia" not in shown
    year = db.session().get_one(Diklat, id).ends_at
    assert year is not None
    asked = {"tahun": clock.local(year).year}
    assert "Indeks kepuasan <b>90</b>" in staff.get(yearly, query_string=asked).text
    book = openpyxl.load_workbook(io.BytesIO(staff.get(f"{yearly}.xlsx", query_string=asked).data))
    assert [row[1] for row in book["IKM"].values][3:13] == [*[3.6] * 9, 90]
    assert list(book["Per diklat"].values)[3][:4] == ("Asesmen Formatif", 5, 90, "A")
    book = openpyxl.load_workbook(io.BytesIO(staff.get(f"{board}.xlsx").data))
    assert list(book["IKM"].values)[13][1] == "A (Sangat baik)"
    assert "Belum ada angket diklat" in staff.get(yearly, query_string={"tahun": "2017"}).text
    assert staff.get(yearly, query_string={"tahun": "x"}).status_code == 200


def test_a_teacher_meets_it_after_the_sessions_and_the_panitia_set_it_up(app: Flask, client_of: Opener) -> None:
    slug, id, [one] = asking(1, worded=["Apa lagi?"])
    me = client_of(one)
    assert "Angket diklat" in me.get("/hari-ini").text
    form = dict.fromkeys(("mastery", "delivery", "interaction", "timing"), "4")
    assert me.post(f"/belajar/{slug}/angket", data={**form, "session": "2"}).location.endswith("/angket")
    assert me.get(f"/belajar/{slug}/angket").location.endswith("/angket/diklat")
    assert me.post(f"/belajar/{slug}/angket/diklat", data={"u1": "4"}).status_code == 422
    assert counts() == (0, 0)
    assert "Apa lagi?" in me.get(f"/belajar/{slug}/angket/diklat").text
    answer(id, one, Said(marks=GOOD, worded=[""]))
    assert me.get(f"/belajar/{slug}/angket/diklat").status_code == 303
    ahead = factories.diklat()
    slug, id = ahead.slug, ahead.id
    staff, where = client_of(factories.person("Panitia", Role.PANITIA).id), f"/kelola/diklat/{ahead.slug}/angket"
    staff.post(where, data={"ask": "y", "rated": "Satu\n\nDua", "worded": "Tiga"})
    found = db.session().get_one(Survey, id)
    assert (found.rated, found.worded) == (["Satu", "Dua"], ["Tiga"])
    page = staff.post(where, data={"ask": "y", "rated": "a\nb\nc\nd\ne", "worded": "f"}, follow_redirects=True)
    assert "Paling banyak 5 pertanyaan sendiri" in page.text
    with db.transaction():
        copy = planning.clone(
            id, title="Angkatan 2", first=nine(30).date(), quota=None, actor=factories.SYSTEM, now=clock.now()
        ).id
    assert db.session().get_one(Survey, copy).worded == ["Tiga"]
    staff.post(where, data={})
    assert db.session().scalar(sa.select(Survey.diklat_id).where(Survey.diklat_id == id)) is None


def test_it_is_a_condition_where_the_questionnaire_is(app: Flask) -> None:
    made = Course("Ani", questionnaire=True)
    free = Course("Budi")
    for one in (made, free):
        set_up(one.id)
    [ani], [budi] = made.people, free.people
    with time_machine.travel(nine(2) + timedelta(hours=4), tick=False):
        for one in (made, free):
            one.mark(*one.people)
        made.answer(ani)
        assert free.standing(budi).met
        lines = reasons.lines(made.standing(ani), contact="Sri", now=clock.now())
        assert [line.text for line in lines] == ["Isi angket diklat."]
        assert "angket diklat" in reasons.conditions(made.standing(ani).conditions)[-1]
        answer(made.id, ani)
        assert made.standing(ani).met
    with time_machine.travel(nine(40), tick=False):
        made.mark(ani)
        db.session().rollback()
        with db.transaction() as session:
            session.execute(sa.delete(Answered))
        lines = reasons.lines(made.standing(ani), contact="Sri", now=clock.now())
        assert lines[-1].text.startswith("Angket diklat sudah ditutup")
        assert lines[-1].lost
