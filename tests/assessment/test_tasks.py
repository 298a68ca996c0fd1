"""Tasks at the services: setting, handing in and replacing, reviewing; each way out once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from calakan.assessment.errors import (
    AlreadyAccepted,
    AnswerKindMissing,
    DueInThePast,
    HandInClosed,
    NothingHandedIn,
    RemarkMissing,
    ReviewedAlready,
)
from calakan.assessment.models import Exercise, Submission, SubmissionState
from calakan.assessment.queries import exercises as queries
from calakan.assessment.services import exercises, handing_in, reviewing
from calakan.assessment.standing import standing, standing_of_person
from calakan.diklat.errors import DiklatFinal
from calakan.diklat.services import states
from calakan.enrolment import services as enrolment
from calakan.enrolment.errors import NotEnrolled
from calakan.kernel import clock, db
from calakan.kernel.errors import NotFound
from calakan.materials.errors import FileRefused, MaterialLinkInvalid
from calakan.notifications import letters
from calakan.notifications.models import Message
from tests import factories
from tests.assessment.courses import TEXT, brief, course, hand_in, task
from tests.materials.samples import PDF

DAY = timedelta(days=1)


def accept(task_id: int, seen: dict[int, int], remark: str = "") -> int:
    with db.transaction():
        return reviewing.accept(task_id, seen, remark=remark, actor=factories.SYSTEM, now=clock.now())


def give_back(task_id: int, person_id: int, seen: int, remark: str = "Tambahkan asesmen.") -> None:
    with db.transaction():
        reviewing.give_back(task_id, person_id, seen, remark=remark, actor=factories.SYSTEM, now=clock.now())


def row(task_id: int, person_id: int) -> Submission:
    db.session().rollback()
    found = queries.submission(task_id, person_id)
    assert found is not None
    return found


def mails(kind: str) -> list[Message]:
    return list(db.session().scalars(sa.select(Message).where(Message.kind == kind).order_by(Message.id)))


def test_tasks_are_numbered_within_their_diklat_and_a_withdrawn_number_is_not_given_again(app: Flask) -> None:
    one, _, _ = course(0)
    other, _, _ = course(0, title="Lain")
    task(one, title="Pertama")
    second = task(one, title="Kedua", due_at=clock.now() + DAY)
    with db.transaction():
        exercises.withdraw_task(second, actor=factories.SYSTEM, now=clock.now())
    task(one, title="Ketiga", due_at=clock.now() + timedelta(hours=1))
    task(other)
    assert [(t.number, t.title) for t in queries.exercises(one)] == [(3, "Ketiga"), (1, "Pertama")]
    assert [t.number for t in queries.exercises(other)] == [1]


def test_what_setting_a_task_refuses(app: Flask) -> None:
    diklat_id, _, _ = course(0)
    for values, error in (({"takes_text": False}, AnswerKindMissing), ({"due_at": clock.now() - DAY}, DueInThePast)):
        with pytest.raises(error):
            task(diklat_id, **values)
    done = task(diklat_id)
    with db.transaction():
        states.cancel(diklat_id, reason="Batal", actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(DiklatFinal):
        task(diklat_id)
    with pytest.raises(DiklatFinal), db.transaction():
        exercises.change_task(done, brief(), actor=factories.SYSTEM, now=clock.now())
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Exercise)) == 1


def test_a_due_time_that_has_passed_may_stay_but_is_not_given(app: Flask) -> None:
    diklat_id, _, _ = course(0, days=30)
    due = clock.now() + DAY
    id = task(diklat_id, due_at=due)
    with time_machine.travel(due + DAY):
        with db.transaction():
            exercises.change_task(id, brief(due_at=due, title="Baru"), actor=factories.SYSTEM, now=clock.now())
        earlier = brief(due_at=due + timedelta(hours=1))
        with pytest.raises(DueInThePast), db.transaction():
            exercises.change_task(id, earlier, actor=factories.SYSTEM, now=clock.now())
    assert db.session().get_one(Exercise, id).title == "Baru"


def test_an_answer_is_replaced_until_the_due_time(app: Flask) -> None:
    diklat_id, _, (ani,) = course()
    id = task(diklat_id)
    assert [hand_in(id, ani), hand_in(id, ani, handing_in.Answer(text="Lebih baik"))] == [1, 2]
    found = row(id, ani)
    assert (found.text, found.state, found.late) == ("Lebih baik", SubmissionState.HANDED_IN, False)
    with time_machine.travel(clock.now() + timedelta(days=2, minutes=1)), pytest.raises(HandInClosed) as refused:
        hand_in(id, ani)
    assert refused.value.facts["why"] == "late"
    assert row(id, ani).text == "Lebih baik"


def test_late_where_the_task_allows_it_until_the_diklat_ends(app: Flask) -> None:
    diklat_id, _, (ani, budi) = course(2, days=1)
    id = task(diklat_id, late_allowed=True)
    hand_in(id, budi)
    with time_machine.travel(clock.now() + timedelta(days=3)):
        hand_in(id, ani)
        assert (row(id, ani).late, row(id, budi).late) == (True, False)
        with db.transaction():
            states.close(diklat_id, actor=factories.SYSTEM, now=clock.now())
        with pytest.raises(HandInClosed) as refused:
            hand_in(id, ani)
    assert refused.value.facts["why"] == "over"


def test_what_was_returned_is_mended_after_the_due_time_and_does_not_become_late(app: Flask) -> None:
    diklat_id, _, (ani,) = course(days=30)
    id = task(diklat_id)
    hand_in(id, ani)
    give_back(id, ani, 1)
    with time_machine.travel(clock.now() + timedelta(days=5)):
        assert hand_in(id, ani) == 2
        assert (row(id, ani).late, row(id, ani).remark) == (False, "Tambahkan asesmen.")
        with pytest.raises(HandInClosed):
            hand_in(id, ani)


def test_who_has_no_seat_hands_nothing_in(app: Flask) -> None:
    diklat_id, _, (ani,) = course()
    id, stranger = task(diklat_id), factories.person("Orang lain").id
    with pytest.raises(NotEnrolled):
        hand_in(id, stranger)
    with db.transaction():
        enrolment.leave(diklat_id, ani, actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(NotEnrolled):
        hand_in(id, ani)
    with db.transaction():
        exercises.withdraw_task(id, actor=factories.SYSTEM, now=clock.now())
    with pytest.raises(NotFound):
        hand_in(id, ani)
    assert db.session().scalar(sa.select(sa.func.count()).select_from(Submission)) == 0


def test_only_the_kinds_that_the_task_takes(app: Flask) -> None:
    diklat_id, _, (ani,) = course()
    id, store = task(diklat_id, takes_text=False, takes_link=True, takes_file=True), app.extensions["calakan.files"]
    with pytest.raises(NothingHandedIn):
        hand_in(id, ani, TEXT)
    hand_in(id, ani, handing_in.received(store, text="x", url="https://drive.example.org/a", files=[PDF]))
    found = row(id, ani)
    assert (found.text, found.url) == ("", "https://drive.example.org/a")
    assert [(file.suffix, store.get(file.sha256)) for file in found.files] == [("pdf", PDF)]
    # A newer answer without a file keeps the one that is there, until it is to go.
    hand_in(id, ani, handing_in.received(store, text="", url="https://drive.example.org/b", files=[]))
    found = row(id, ani)
    assert (found.url, [file.suffix for file in found.files]) == ("https://drive.example.org/b", ["pdf"])
    with pytest.raises(NothingHandedIn):
        hand_in(id, ani, handing_in.Answer(drop_files=True))
    hand_in(id, ani, handing_in.Answer(url="https://drive.example.org/b", drop_files=True))
    assert row(id, ani).files == []


def test_what_is_not_safe_is_refused_before_anything_is_stored(app: Flask) -> None:
    store = app.extensions["calakan.files"]
    for url in ("http://example.org/a", "https://user@example.org/", "javascript:alert(1)", "https://ada spasi.id/"):
        with pytest.raises(MaterialLinkInvalid):
            handing_in.received(store, text="", url=url, files=[])
    with pytest.raises(FileRefused):
        handing_in.received(store, text="", url="", files=[b"MZ\x90\x00program"])


def test_accepting_many_takes_only_what_was_seen(app: Flask) -> None:
    diklat_id, _, (ani, budi, candra) = course(3)
    id = task(diklat_id)
    for person in (ani, budi, candra):
        hand_in(id, person)
    hand_in(id, budi)  # newer than the list that the reviewer looks at
    assert accept(id, {ani: 1, budi: 1, candra: 1}) == 2
    assert [row(id, p).state.value for p in (ani, budi, candra)] == ["accepted", "handed_in", "accepted"]
    with pytest.raises(ReviewedAlready):
        accept(id, {ani: 1, budi: 1})
    with pytest.raises(ReviewedAlready):
        give_back(id, ani, 1)
    with pytest.raises(AlreadyAccepted):
        hand_in(id, ani)
    assert [m.person_id for m in mails(reviewing.ACCEPTED)] == [ani, candra]


def test_returning_needs_a_word_and_brings_it(app: Flask) -> None:
    diklat_id, slug, (ani,) = course()
    id = task(diklat_id)
    hand_in(id, ani)
    with pytest.raises(RemarkMissing):
        give_back(id, ani, 1, " ")
    give_back(id, ani, 1)
    letter = letters.compose(mails(reviewing.RETURNED)[0], now=clock.now())
    assert letter is not None
    assert letter.subject == "Tugas perlu diperbaiki: Modul ajar"
    assert "Tambahkan asesmen." in letter.text
    assert f"/belajar/{slug}/tugas/1" in letter.text
    # Handed in again meanwhile: the letter is no longer true.
    hand_in(id, ani)
    db.session().rollback()
    assert letters.compose(mails(reviewing.RETURNED)[0], now=clock.now()) is None
    accept(id, {ani: 2}, "Bagus sekali.")
    told = letters.compose(mails(reviewing.ACCEPTED)[0], now=clock.now())
    assert told is not None
    assert "Bagus sekali." in told.text


def test_standing_counts_compulsory_tasks_that_are_accepted(app: Flask) -> None:
    diklat_id, _, (ani, budi) = course(2)
    first, second = task(diklat_id, title="Satu"), task(diklat_id, title="Dua", due_at=clock.now() + 3 * DAY)
    task(diklat_id, title="Suka rela", compulsory=False)
    for person in (ani, budi):
        hand_in(first, person)
    accept(first, {ani: 1})
    hand_in(second, ani)
    found = standing(diklat_id, [ani, budi], now=clock.now())
    assert [(o.task.title, o.state) for o in found[ani].tasks] == [("Dua", SubmissionState.HANDED_IN)]
    assert [(o.task.title, o.state) for o in found[budi].tasks] == [
        ("Satu", SubmissionState.HANDED_IN),
        ("Dua", None),
    ]
    accept(second, {ani: 1})
    assert standing(diklat_id, [ani], now=clock.now())[ani].met
    assert standing_of_person([diklat_id], budi, now=clock.now())[diklat_id].tasks_asked == 2
    with db.transaction():
        exercises.withdraw_task(second, actor=factories.SYSTEM, now=clock.now())
    accept(first, {budi: 1})
    assert standing(diklat_id, [budi], now=clock.now())[budi].met


def test_who_has_left_is_not_reviewed(app: Flask) -> None:
    diklat_id, _, (ani, budi) = course(2)
    id = task(diklat_id)
    for person in (ani, budi):
        hand_in(id, person)
    with db.transaction():
        enrolment.leave(diklat_id, ani, actor=factories.SYSTEM, now=clock.now())
    assert queries.tally([id])[id] == {SubmissionState.HANDED_IN: 1}
    waiting = db.session().scalars(queries.handed_in(id, SubmissionState.HANDED_IN)).all()
    assert [found.person_id for found in waiting] == [budi]
