"""Questions with several right answers, in words, and to be put in order: what they are, what counts, and how they look."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.assessment import gains, items, kinds
from calakan.assessment.errors import QuestionInvalid
from calakan.assessment.kinds import Given
from calakan.assessment.models import Attempt, Exam, ExamKind, GivenAnswer, Question, QuestionKind
from calakan.assessment.queries import exams as queries
from calakan.assessment.services import attempts, questions
from calakan.assessment.services.questions import Item, Key, multiple, order, short
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.privacy import erasure
from tests import factories
from tests.assessment.courses import course
from tests.assessment.test_exams import add, begin, exam

Opener = Callable[[int | None], FlaskClient]
SEVERAL = multiple("Mana buah?", ("Apel", "Batu", "Ceri"), (0, 2))
WORDS = short("Ibu kota Banyumas?", ("Purwokerto", "Kota Purwokerto"))
STEPS = order("Urutkan.", ("Siap", "Kerja", "Periksa"))
TRUE = Item("Bumi bulat.", kinds.TRUE_FALSE, 0)


def of(exam_id: int) -> list[Question]:
    return list(queries.questions(db.session().get_one(Exam, exam_id)))


def give(attempt_id: int, given: dict[int, Given], *, send: bool = False) -> float:
    with db.transaction():
        return attempts.save(attempt_id, given, send=send, actor=factories.SYSTEM, now=clock.now()).score


def correct(exam_id: int, position: int, key: Key) -> int:
    with db.transaction():
        return questions.correct_key(exam_id, position, key, actor=factories.SYSTEM, now=clock.now())


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (multiple("?", ("a", "b"), ()), "answer"),
        (replace(SEVERAL, answers=(0, 3)), "answer"),
        (replace(SEVERAL, answers=(2, 0)), "answer"),
        (multiple("?", tuple("abcdef"), (0,)), "options"),
        (multiple("?", ("a", "A"), (0,)), "options"),
        (short("?", ()), "spellings"),
        (short("?", ("a", " A. ")), "spellings"),
        (short("?", ("?!",)), "spellings"),
        (short("?", tuple("abcdefghi")), "spellings"),
        (short("?", ("x" * 201,)), "spellings"),
        (order("?", ("a",)), "steps"),
        (order("?", ("a", "b", " a ")), "steps"),
        (order("?", tuple("abcdefghi")), "steps"),
        (replace(STEPS, answers=(0, 1)), "answer"),
        (replace(STEPS, answers=(0, 1, 1)), "answer"),
        (short(" ", ("a",)), "text"),
        (order("?", ("x" * 2400, "y")), "long"),
    ],
)
def test_what_a_question_of_each_kind_must_be(item: Item, why: str) -> None:
    with pytest.raises(QuestionInvalid) as refused:
        questions.check(item)
    assert refused.value.facts["why"] == why


@pytest.mark.parametrize(
    ("item", "given", "right"),
    [
        (SEVERAL, (0, 2), True),
        (SEVERAL, (0,), False),
        (SEVERAL, (0, 1, 2), False),
        (SEVERAL, (), False),
        (WORDS, " PURWOKERTO. ", True),
        (WORDS, "kota  purwokerto", True),
        (WORDS, "“Purwokerto”", True),
        (WORDS, "Purwokerto atau Cilacap", False),
        (WORDS, "Purwo", False),
        (WORDS, "", False),
        (STEPS, (0, 1, 2), True),
        (STEPS, (1, 0, 2), False),
        (STEPS, (0, 1, -1), False),
        (STEPS, (0, 1, 1), False),
        (TRUE, 0, True),
        (TRUE, 1, False),
    ],
)
def test_all_or_nothing(app: Flask, item: Item, given: Given, right: bool) -> None:
    diklat_id, _, (ani,) = course()
    id = exam(diklat_id, count=0)
    add(id, item)
    (question,), attempt = of(id), begin(id, ani)
    assert (kinds.is_right(question, given), kinds.is_right(question, None)) == (right, False)
    assert give(attempt, {question.id: given}, send=True) == (100 if right else 0)


def test_what_is_no_answer_to_this_kind_is_left_out_and_what_was_kept_stays(app: Flask) -> None:
    diklat_id, _, (ani,) = course()
    id = exam(diklat_id, count=0)
    add(id, SEVERAL, WORDS, STEPS, TRUE)
    several, words, steps, true = (row.id for row in of(id))
    attempt = begin(id, ani)
    assert give(attempt, {several: (0, 2), words: "purwokerto", steps: (0, 1, 2), true: 0}) == 100
    wrongs: list[dict[int, Given]] = [
        {several: 0}, {several: (0, 3)}, {several: "0"}, {words: 0}, {words: (0,)}, {words: "x" * 201}, {steps: (0, 1)},
        {steps: (0, 1, 3)}, {steps: 1}, {true: (0,)}, {true: "0"}, {true: 2}, {true: -1},
    ]  # fmt: skip
    for wrong in wrongs:
        assert give(attempt, wrong) == 100
    assert give(attempt, {several: (), words: ""}) == 50  # taken back
    rows = db.session().scalars(sa.select(GivenAnswer).order_by(GivenAnswer.question_id)).all()
    assert [(row.choice, row.said) for row in rows] == [(-1, ""), (-1, ""), (-1, "0,1,2"), (0, "")]


def test_what_is_whole() -> None:
    question = Question(kind=QuestionKind.ORDER, options=["a", "b"], answers=[0, 1])
    assert [kinds.is_whole(question, given) for given in (None, (0, -1), (1, 1), (1, 0))] == [False, False, False, True]
    question = Question(kind=QuestionKind.MULTIPLE, options=["a", "b"], answers=[0])
    assert [kinds.is_whole(question, given) for given in (None, (), (1,))] == [False, False, True]
    question = Question(kind=QuestionKind.SHORT, options=["a"])
    assert [kinds.is_whole(question, given) for given in (None, "", "b")] == [False, False, True]
    question = Question(kind=QuestionKind.SINGLE, options=["a", "b"], answer=1)
    assert [kinds.is_whole(question, given) for given in (None, 0)] == [False, True]


def test_words_of_a_running_attempt_wait_for_its_end_too(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani,) = course()
    id = exam(diklat_id, count=0)
    add(id, WORDS)
    (asked,) = (row.id for row in of(id))
    attempt = begin(id, ani)
    give(attempt, {asked: "Kota Mendoan"})
    desk = client_of(factories.person("Rina", Role.PANITIA).id)
    page = f"/kelola/diklat/{slug}/tes/1/soal/1/kunci"
    assert "Kota Mendoan" not in desk.get(page).get_data(as_text=True)
    give(attempt, {}, send=True)
    assert "Kota Mendoan" in desk.get(page).get_data(as_text=True)


def test_a_key_corrected_later_counts_for_everybody(app: Flask) -> None:
    diklat_id, _, people = course(2)
    id = exam(diklat_id, count=0)
    add(id, SEVERAL, WORDS, STEPS)
    several, words, steps = (row.id for row in of(id))
    held = [begin(id, person) for person in people]
    for attempt in held:
        give(attempt, {several: (1,), words: "Kota Mendoan", steps: (2, 1, 0)}, send=True)
    assert queries.unknown(db.session().get_one(Exam, id), now=clock.now()) == {words: [("Kota Mendoan", 2)]}
    keys: list[tuple[int, Key, float]] = [
        (1, (1,), 33.33), (2, ("Purwokerto", "kota mendoan"), 66.67), (3, (2, 1, 0), 100),
    ]  # fmt: skip
    for position, key, score in keys:
        assert correct(id, position, key) == 2
        assert [db.session().get_one(Attempt, attempt).score for attempt in held] == [score, score]
    assert queries.unknown(db.session().get_one(Exam, id), now=clock.now()) == {}
    assert questions.item_of(of(id)[2]).options == ("Periksa", "Kerja", "Siap")
    wrongs: list[tuple[int, Key]] = [(1, 0), (1, ()), (1, (7,)), (2, 0), (2, ()), (3, (0, 1)), (3, 1)]
    for position, wrong in wrongs:
        with pytest.raises(QuestionInvalid):
            correct(id, position, wrong)
    assert [db.session().get_one(Attempt, attempt).score for attempt in held] == [100, 100]


def test_words_go_with_their_account_and_the_score_stays(app: Flask) -> None:
    diklat_id, _, (ani, budi) = course(2)
    in_words, chosen = exam(diklat_id, ExamKind.QUIZ, 0), exam(diklat_id, ExamKind.QUIZ, 0)
    add(in_words, WORDS, SEVERAL)
    add(chosen, SEVERAL)
    words, several = (row.id for row in of(in_words))
    held = [begin(in_words, person) for person in (ani, budi)]
    for attempt in held:
        give(attempt, {words: "Ani dari SDN 1", several: (0, 2)}, send=True)
    give(begin(chosen, ani), {of(chosen)[0].id: (0, 2)}, send=True)
    with db.transaction():
        erasure.erase(ani, reason="diminta", actor=factories.SYSTEM, now=clock.now())
    rows = db.session().execute(sa.select(GivenAnswer.attempt_id, GivenAnswer.question_id)).all()
    assert {tuple(row) for row in rows} == {(held[1], words), (held[1], several), (held[1] + 1, of(chosen)[0].id)}
    assert correct(in_words, 1, ("Ani dari SDN 1",)) == 1
    assert [db.session().get_one(Attempt, attempt).score for attempt in held] == [50, 100]


def test_of_two_keys_to_one_question_none_is_believed(app: Flask) -> None:
    diklat_id, _, _ = course(0)
    id = exam(diklat_id, count=0)
    add(id, SEVERAL, WORDS, STEPS)
    other = [
        multiple("mana BUAH?", ("Ceri", "Apel", "Batu"), (0, 2)),
        short("Ibu kota Banyumas?", ("Cilacap",)),
        order("Urutkan.", ("Kerja", "Siap", "Periksa")),
    ]
    with db.transaction():
        added = questions.add_questions(
            id, [*other, multiple("Mana buah?", ("Batu", "Ceri", "Apel"), (1, 2)), STEPS], actor=factories.SYSTEM,
            now=clock.now(),
        )  # fmt: skip
    assert (added.new, [row.kind for row in added.doubtful]) == (
        0,
        [QuestionKind.MULTIPLE, QuestionKind.SHORT, QuestionKind.ORDER, QuestionKind.MULTIPLE, QuestionKind.ORDER],
    )
    with db.transaction():
        same = [multiple("Mana buah?", ("Ceri", "Apel", "Batu"), (0, 1)), short("Ibu kota banyumas?", WORDS.options)]
        added = questions.add_questions(id, same, actor=factories.SYSTEM, now=clock.now())
    assert (added.new, added.known, added.doubtful) == (0, 2, ())


def test_figures_of_each_kind(app: Flask) -> None:
    diklat_id, _, people = course(items.FEWEST)
    id = exam(diklat_id, ExamKind.QUIZ, 0)
    add(id, SEVERAL, WORDS, STEPS)
    several, words, steps = (row.id for row in of(id))
    for n, person in enumerate(people):
        right: dict[int, Given] = {several: (0, 2), words: ("Purwokerto", "PURWOKERTO")[n % 2], steps: (0, 1, 2)}
        wrong: dict[int, Given] = {several: (0,), words: "Tegal", steps: (0, 2, 1)}
        give(begin(id, person), right if n < 5 else wrong, send=True)
    with time_machine.travel(clock.now() + timedelta(days=2)):
        held = db.session().get_one(Exam, id)
        shares = [row.shares[id] for row in gains.solved(of(id), [held], now=clock.now())]
        assert shares == [50.0, 50.0, 50.0]
        assert [(row.share, row.index) for row in items.measured(held, now=clock.now())] == [(0.5, 1.0)] * 3


def typed(exam_id: int, person_id: int) -> dict[str, object]:
    """The form with every answer right, as this person sees it."""
    found: dict[str, object] = {}
    for n, row in enumerate(queries.asked(db.session().get_one(Exam, exam_id), person_id), start=1):
        places = [place for place, _ in row.options]
        match row.question.kind:
            case QuestionKind.SINGLE:
                found[f"soal-{n}"] = str(places.index(row.question.answer) + 1)
            case QuestionKind.MULTIPLE:
                found[f"soal-{n}"] = ["0", *(str(places.index(place) + 1) for place in row.question.answers or ())]
            case QuestionKind.SHORT:
                found[f"soal-{n}"] = " purwokerto\u202e "
            case QuestionKind.ORDER:
                found |= {f"soal-{n}-{at}": str(place + 1) for at, place in enumerate(places, start=1)}
    return found


def test_sitting_a_test_of_all_kinds(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani,) = course()
    id = exam(diklat_id, ExamKind.QUIZ, 0, attempts_allowed=1)
    add(id, SEVERAL, WORDS, STEPS, TRUE)
    phone, address = client_of(ani), f"/belajar/{slug}/tes/1"
    phone.post(f"{address}/mulai")
    page = phone.get(address).get_data(as_text=True)
    assert "Purwokerto" not in page  # the key is no option
    assert re.search(r"Benar</span>.*Salah</span>", page, re.DOTALL)  # never the other way round
    answers = typed(id, ani)
    asked = queries.asked(db.session().get_one(Exam, id), ani)
    step = next(n for n, row in enumerate(asked, start=1) if row.question.kind is QuestionKind.ORDER)
    phone.post(f"{address}/kirim", data=answers | {f"soal-{step}-1": ""})
    again = phone.get(f"{address}?kirim=1").get_data(as_text=True)
    assert re.findall(r'href="#(soal-\d)"', again) == [f"soal-{step}"]  # one step has no place yet
    assert 'value="purwokerto"' in again
    assert again.count(" checked") + again.count("checked>") >= 3
    assert again.count(" selected") == 2
    phone.post(f"{address}/simpan", data={f"soal-{step}-1": "9", "soal-9": "1"})
    assert db.session().scalars(sa.select(Attempt.score)).one() == 75
    phone.post(f"{address}/kirim", data=answers)
    db.session().rollback()
    row = db.session().scalars(sa.select(Attempt)).one()
    assert (row.score, row.finished_at is not None) == (100, True)
    with time_machine.travel(clock.now() + timedelta(days=2)):
        shown = client_of(ani).get(address).get_data(as_text=True)
    assert shown.count(">Benar</span>") >= 4
    assert "1. Siap; 2. Kerja; 3. Periksa" in shown


def test_nothing_answered_says_so_with_the_key(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani,) = course()
    id = exam(diklat_id, ExamKind.QUIZ, 0, attempts_allowed=1)
    add(id, SEVERAL, WORDS, STEPS)
    phone, address = client_of(ani), f"/belajar/{slug}/tes/1"
    phone.post(f"{address}/mulai")
    phone.post(f"{address}/kirim", data={"yakin": "1"})
    with time_machine.travel(clock.now() + timedelta(days=2)):
        shown = client_of(ani).get(address).get_data(as_text=True)
    assert shown.count("Tidak dijawab") == 3
    assert ("Purwokerto / Kota Purwokerto" in shown, "Apel; Ceri" in shown) == (True, True)


def test_writing_each_kind_and_correcting_its_key(app: Flask, client_of: Opener) -> None:
    diklat_id, slug, (ani,) = course()
    id = exam(diklat_id, ExamKind.QUIZ, 0)
    desk, path = client_of(factories.person("Rina", Role.PANITIA).id), f"/kelola/diklat/{slug}/tes/1/soal"
    for kind, options in (
        ("multiple", "Apel\nBatu"), ("true_false", "Mungkin"), ("true_false", "*Benar\n*Salah"),
        ("true_false", "*Benar\nEntah"), ("order", "Satu"), ("short", "?"), ("essay", "x"),
    ):  # fmt: skip
        assert desk.post(path, data={"text": "Apa?", "kind": kind, "options": options}).status_code == 422
    for text, kind, options in (
        ("Mana?", "multiple", "* Apel\nBatu\n* Ceri"),
        ("Bulat.", "true_false", "salah"),
        ("Kota?", "short", "Purwokerto\n*bintang"),
        ("Urut?", "order", "Siap\nKerja"),
    ):
        assert desk.post(path, data={"text": text, "kind": kind, "options": options}).status_code == 303
    assert [questions.item_of(row) for row in of(id)] == [
        multiple("Mana?", ("Apel", "Batu", "Ceri"), (0, 2)),
        Item("Bulat.", kinds.TRUE_FALSE, 1),
        short("Kota?", ("Purwokerto", "*bintang")),
        order("Urut?", ("Siap", "Kerja")),
    ]
    for position in (1, 2, 3, 4):  # as it is shown it is taken
        page = desk.get(f"{path}/{position}").get_data(as_text=True)
        options = re.search(r'<textarea[^>]*name="options"[^>]*>\s?(.*?)</textarea>', page, re.DOTALL)
        kind = re.search(r'<option value="(\w+)" selected>', page)
        assert options is not None
        assert kind is not None
        was = questions.item_of(of(id)[position - 1])
        data = {"text": was.text, "kind": kind[1], "options": options[1]}
        assert desk.post(f"{path}/{position}", data=data).status_code == 303
        db.session().rollback()
        assert questions.item_of(of(id)[position - 1]) == was
    several, true, words, steps = (row.id for row in of(id))
    give(begin(id, ani), {several: (0,), true: 1, words: "Kota Mendoan", steps: (1, 0)}, send=True)
    listing = desk.get(path).get_data(as_text=True)
    assert ("1 jawaban lain" in listing, listing.count("Perbaiki kunci<")) == (True, 4)
    assert "Kota Mendoan (1 kali)" in desk.get(f"{path}/3/kunci").get_data(as_text=True)
    for position, refused in ((1, {}), (1, {"answers": ["7"]}), (3, {"spellings": ""}), (4, {"steps": "Siap\nLain"})):
        assert desk.post(f"{path}/{position}/kunci", data=refused).status_code == 422
    for position, data in (
        (1, {"answers": ["0"]}),
        (3, {"spellings": "Purwokerto", "also": ["Kota Mendoan", "purwokerto."]}),
        (4, {"steps": "Kerja\nSiap"}),
    ):
        assert desk.post(f"{path}/{position}/kunci", data=data).status_code == 303
    db.session().rollback()
    assert db.session().scalars(sa.select(Attempt.score)).one() == 100
    assert of(id)[2].options == ["Purwokerto", "Kota Mendoan"]
