"""The questionnaire: once, by those who were there, without a name; digests by fives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance.models import Method, Presence
from calakan.audit.models import AuditEntry
from calakan.diklat.models import LiveSession
from calakan.enrolment import services as enrolment
from calakan.enrolment.models import Enrolment, EnrolmentState
from calakan.feedback import letters, queries, services
from calakan.feedback.errors import AlreadyAnswered, AnswerNotOpen, MarksInvalid, NotPresent
from calakan.feedback.models import ITEMS, Answered, SessionAnswer
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.narasumber import services as narasumber
from calakan.narasumber.models import Duty
from calakan.notifications.models import Message
from tests import factories

Opener = Callable[[int | None], FlaskClient]
GOOD = dict.fromkeys(ITEMS, 4)


def course(people: int = 1, *, hours_ago: float = 3, present: bool = True) -> tuple[str, int, list[int]]:
    """A diklat with a session that has ended, and people who were there: slug, session, people."""
    made = factories.diklat()
    slug, diklat_id = made.slug, made.id
    ids = [factories.person(f"Guru {n}").id for n in range(people)]
    for id in ids:  # before the session, with which enrolment closes
        with db.transaction():
            enrolment.join(diklat_id, id, actor=factories.SYSTEM, now=clock.now())
    begins = clock.now() - timedelta(hours=hours_ago)
    session_id = factories.live_session(diklat_id, begins, hours=2, title="Yang lalu").id
    for id in ids:
        with db.transaction() as session:
            session.add(
                Presence(
                    live_session_id=session_id, person_id=id, present=present, method=Method.CODE, marked_at=begins
                )
            )
    return slug, session_id, ids


def answer(session_id: int, person_id: int, marks: dict[str, int] = GOOD, text: str = "") -> None:
    with db.transaction():
        services.answer(session_id, person_id, marks, text=text, actor=factories.SYSTEM, now=clock.now())


def counts() -> tuple[int, int]:
    rows = [db.session().scalar(sa.select(sa.func.count()).select_from(m)) or 0 for m in (SessionAnswer, Answered)]
    return rows[0], rows[1]


def test_one_answer_a_person_and_session_without_a_name(app: Flask) -> None:
    _, session_id, (one, two) = course(2)
    answer(session_id, one, text="Mantap")
    with pytest.raises(AlreadyAnswered):
        answer(session_id, one)
    answer(session_id, two)
    assert counts() == (2, 2)
    assert set(SessionAnswer.__table__.c.keys()).isdisjoint({"person_id", "enrolment_id"})
    trail = (
        db.session()
        .scalars(sa.select(AuditEntry).where(AuditEntry.act == "feedback.answer").order_by(AuditEntry.id))
        .all()
    )
    assert {row.actor_id for row in trail} == {None}


def test_refusals_change_nothing(app: Flask) -> None:
    _, ended, (teacher,) = course()
    _, running, (early,) = course(hours_ago=1)
    _, old, (late,) = course(hours_ago=24 * 31)
    _, missed, (absent,) = course(present=False)
    stranger = factories.person("Orang lain").id
    for session_id, person_id, marks, error in (
        (running, early, GOOD, AnswerNotOpen),
        (old, late, GOOD, AnswerNotOpen),
        (missed, absent, GOOD, NotPresent),
        (ended, stranger, GOOD, NotPresent),
        (ended, teacher, {**GOOD, "timing": 5}, MarksInvalid),
        (ended, teacher, {**GOOD, "timing": 0}, MarksInvalid),
        (ended, teacher, {"timing": 1}, MarksInvalid),
    ):
        with pytest.raises(error):
            answer(session_id, person_id, marks)
    assert counts() == (0, 0)


@pytest.mark.parametrize("hours_ago", [1, 1.76, 3, 24 * 31])
def test_what_a_page_that_knows_the_sessions_offers_is_what_is_open(app: Flask, hours_ago: float) -> None:
    _, session_id, (one, two) = course(2, hours_ago=hours_ago)
    if hours_ago == 3:
        answer(session_id, two)
    now = clock.now()
    session = db.session().get_one(LiveSession, session_id)
    for person_id in (one, two):
        there = queries.open_for(person_id, session.diklat_id, now=now)
        assert queries.open_of([session], person_id, now=now) == there
        assert bool(there) == (hours_ago in (1.76, 3) and not (person_id == two and hours_ago == 3))


def test_digests_count_whole_fives(app: Flask) -> None:
    _, session_id, people = course(11)
    texts = ["e", "d", "c", "b", "a", "zz"]
    for n, person_id in enumerate(people[:4]):
        answer(session_id, person_id, text=texts[n])
    assert queries.digests([session_id]) == {}
    answer(session_id, people[4], dict.fromkeys(ITEMS, 2), text="a")
    first = queries.digests([session_id])[session_id]
    assert (first.answers, first.means["mastery"], first.texts) == (5, 3.6, ("a", "b", "c", "d", "e"))
    assert first.shares["timing"] == {4: 4, 3: 0, 2: 1, 1: 0}
    answer(session_id, people[5], dict.fromkeys(ITEMS, 1), text="zz")
    assert queries.digests([session_id])[session_id] == first
    for person_id in people[6:]:
        answer(session_id, person_id)
    assert queries.digests([session_id])[session_id].answers == 10


def test_what_all_sessions_of_a_narasumber_say_together(app: Flask, client_of: Opener) -> None:
    speaker = factories.person("Tri", Role.NARASUMBER).id
    marks = ((80, 5, 2), (60, 10, 3), (40, 4, 1), (20, 5, 4))  # hours ago, answers, each mark; four are no digest
    ids = []
    for hours, answers, mark in marks:
        _, session_id, people = course(answers, hours_ago=hours)
        ids.append(session_id)
        with db.transaction():
            live = db.session().get_one(LiveSession, session_id)
            narasumber.confirm(live, speaker, Duty.SPEAKER, actor=factories.SYSTEM, now=clock.now())
        for person_id in people:
            answer(session_id, person_id, dict.fromkeys(ITEMS, mark))
    found = queries.digests(ids)
    latest_first = [found[id] for id in reversed(ids) if id in found]
    assert queries.course(latest_first) == queries.Course(sessions=3, answers=20, mean=3, latest=4, before=2.67)
    assert queries.course(latest_first[:1]) == queries.Course(sessions=1, answers=5, mean=4, latest=4, before=None)
    assert queries.course([]) is None
    page = client_of(speaker).get("/relawan/umpan-balik").get_data(as_text=True)
    assert "naik 1,33 dari rata-rata sebelumnya" in page
    assert page.count('<details class="panel guide"') == 4


def test_the_narasumber_is_told_once_and_only_of_five(app: Flask) -> None:
    speaker = factories.person("Tri", Role.NARASUMBER).id
    few, many = course(4, hours_ago=80), course(5, hours_ago=72)
    for _, session_id, people in (few, many):
        with db.transaction():
            live = db.session().get_one(LiveSession, session_id)
            narasumber.confirm(live, speaker, Duty.SPEAKER, actor=factories.SYSTEM, now=clock.now())
        for person_id in people:
            answer(session_id, person_id, text="Terima kasih")
    for new in (1, 0):
        with db.transaction():
            assert services.queue_digests(now=clock.now()) == new
    message = db.session().scalars(sa.select(Message).where(Message.kind == "feedback.digest")).one()
    assert (message.person_id, message.subject_id) == (speaker, many[1])
    letter = letters.digest(message, clock.now())
    assert letter is not None
    assert "Penguasaan materi: 4" in letter.text
    assert "Guru" not in letter.text


def test_answering_on_a_phone(app: Flask, client_of: Opener) -> None:
    slug, session_id, (teacher, left) = course(2)
    browser, address = client_of(teacher), f"/belajar/{slug}/angket"
    assert address in browser.get(f"/belajar/{slug}").get_data(as_text=True)
    assert "Yang lalu" in browser.get(address).get_data(as_text=True)
    number = db.session().get_one(LiveSession, session_id).number
    typed = {"session": str(number), **dict.fromkeys(ITEMS, "3"), "text": "Bagus <b>sekali</b>"}
    bad = browser.post(address, data={**typed, "timing": "7"})
    assert (bad.status_code, "Pilih satu." in bad.get_data(as_text=True)) == (422, True)
    assert "Bagus &lt;b&gt;sekali&lt;/b&gt;" in bad.get_data(as_text=True)
    assert browser.post(address, data={**typed, "session": "99"}).status_code == 303
    assert counts() == (0, 0)
    answer = browser.post(address, data=typed)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/belajar/{slug}")
    assert browser.post(address, data=typed).status_code == 303
    assert counts() == (1, 1)
    assert address not in browser.get(f"/belajar/{slug}").get_data(as_text=True)
    assert "Tidak ada angket yang menunggu" in client_of(factories.person("Orang lain").id).get(address).text
    # Whoever was there tells how it was, as on the questionnaire of the diklat, even after leaving the diklat.
    with db.transaction() as session:
        mine = session.scalars(sa.select(Enrolment).where(Enrolment.person_id == left)).one()
        mine.state = EnrolmentState.CANCELLED
    assert "Yang lalu" in client_of(left).get(address).text


def test_who_reads_digests(app: Flask, client_of: Opener) -> None:
    slug, session_id, people = course(5)
    speaker, staff = factories.person("Tri", Role.NARASUMBER).id, factories.person("Panitia", Role.PANITIA).id
    with db.transaction():
        live = db.session().get_one(LiveSession, session_id)
        narasumber.confirm(live, speaker, Duty.SPEAKER, actor=factories.SYSTEM, now=clock.now())
    for person_id in people:
        answer(session_id, person_id, text="Runtut sekali")
    assert "Runtut sekali" in client_of(speaker).get("/relawan/umpan-balik").get_data(as_text=True)
    assert "Runtut sekali" in client_of(staff).get(f"/kelola/diklat/{slug}/angket").get_data(as_text=True)
    other = factories.person("Lain", Role.NARASUMBER).id
    assert "Runtut sekali" not in client_of(other).get("/relawan/umpan-balik").get_data(as_text=True)
    for who in (other, people[0]):
        assert client_of(who).get(f"/kelola/diklat/{slug}/angket").status_code == 404
