"""The first tab of a diklat: each step says what stands or lacks, one of them is next, and each way opens."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from calakan.attendance.models import Batch, MissedCode
from calakan.certificates import tasks as papers
from calakan.certificates.models import Certificate
from calakan.desk import words
from calakan.desk.board import Board, Fact, Part, Status, Step, board
from calakan.diklat.models import Diklat, DiklatTopic, LiveSession, Mode
from calakan.diklat.services import states
from calakan.enrolment import sharing
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.kernel.claims import WorkState
from calakan.narasumber import services as speaking
from calakan.narasumber.models import Duty
from tests import factories
from tests.assessment import courses as assessment
from tests.completion.courses import Course, nine

Opener = Callable[[int | None], FlaskClient]


def look(diklat_id: int, now: datetime | None = None) -> Board:
    return board(db.session().get_one(Diklat, diklat_id), now=now or clock.now())


def step(diklat_id: int, part: Part, now: datetime | None = None) -> Step:
    return next(step for step in look(diklat_id, now).steps if step.part is part)


def told(diklat_id: int, part: Part, now: datetime | None = None) -> tuple[Status, Fact, int]:
    found = step(diklat_id, part, now)
    assert words.said(found).endswith(".")
    return found.status, found.fact, found.count


def change(model: type[db.Base], **values: object) -> None:
    with db.transaction() as session:
        session.execute(sa.update(model).values(**values))


@pytest.fixture
def draft(app: Flask) -> int:
    id = factories.diklat(publish=False).id
    change(Diklat, description="")
    return id


def complete(diklat_id: int) -> None:
    """Content, room and narasumber, so that nothing before publishing lacks."""
    with db.transaction() as session:
        session.add(DiklatTopic(diklat_id=diklat_id, topic="asesmen"))
        session.execute(sa.update(Diklat).values(description="Uraian."))
        session.execute(sa.update(LiveSession).values(room_url="https://ruang.example.org/1"))
    speaker = factories.person("Retno", Role.NARASUMBER).id
    for session_id in db.session().scalars(sa.select(LiveSession.id)).all():
        with db.transaction():
            session = db.session().get_one(LiveSession, session_id)
            speaking.confirm(session, speaker, Duty.SPEAKER, actor=factories.SYSTEM, now=clock.now())


def test_content_lacks_until_it_is_described_and_can_be_found(draft: int) -> None:
    assert told(draft, Part.DETAILS) == (Status.TODO, Fact.NO_DESCRIPTION, 0)
    change(Diklat, description="Uraian.")
    assert told(draft, Part.DETAILS) == (Status.TODO, Fact.NO_TOPIC, 0)
    complete(draft)
    assert told(draft, Part.DETAILS) == (Status.DONE, Fact.FINE, 0)


def test_sessions_lack_while_there_is_none_or_one_has_no_room(draft: int) -> None:
    assert told(draft, Part.SESSIONS) == (Status.TODO, Fact.NO_ROOM, 1)
    change(LiveSession, room_url="https://ruang.example.org/1")
    assert told(draft, Part.SESSIONS) == (Status.DONE, Fact.FINE, 1)
    change(LiveSession, room_url="", place="")
    change(Diklat, mode=Mode.ON_SITE)
    assert told(draft, Part.SESSIONS) == (Status.TODO, Fact.NO_ROOM, 1)
    change(Diklat, place="Aula")
    assert told(draft, Part.SESSIONS) == (Status.DONE, Fact.FINE, 1)
    # A session that is over needs no room any more.
    change(Diklat, place="")
    assert told(draft, Part.SESSIONS, nine(9)) == (Status.DONE, Fact.FINE, 1)


def test_without_sessions_everything_after_waits(app: Flask) -> None:
    made = factories.diklat(publish=False)
    with db.transaction() as session:
        session.execute(sa.delete(LiveSession))
    assert told(made.id, Part.SESSIONS) == (Status.TODO, Fact.NO_SESSION, 0)
    for part in (
        Part.SPEAKERS,
        Part.PUBLISH,
        Part.INVITE,
        Part.RUN,
        Part.PRESENCE,
        Part.CLOSE,
        Part.PAPERS,
        Part.REPORT,
    ):
        assert told(made.id, part)[0] is Status.LATER, part


def test_a_row_that_nothing_shows_holds_publishing_up(draft: int) -> None:
    from calakan.diklat.models import Group
    from calakan.diklat.services import programme

    with db.transaction():
        programme.add_row(
            draft, title="Mandiri", group=Group.CORE, jp=1, live=False, actor=factories.SYSTEM, now=clock.now()
        )
    assert told(draft, Part.SESSIONS) == (Status.TODO, Fact.UNPROVEN, 1)
    assert told(draft, Part.PUBLISH)[0] is Status.LATER


def test_a_narasumber_lacks_until_somebody_is_asked_and_waits_until_he_stands(app: Flask) -> None:
    made = factories.diklat().id
    assert told(made, Part.SPEAKERS) == (Status.TODO, Fact.NO_SPEAKER, 1)
    id = factories.volunteer("Tri").id
    with db.transaction():
        [session] = db.session().scalars(sa.select(LiveSession.id)).all()
        asked = speaking.invite(session, id, actor=factories.SYSTEM, now=clock.now())
        asked_id, round = asked.id, asked.round
    assert told(made, Part.SPEAKERS) == (Status.LATER, Fact.ASKED_SPEAKER, 1)
    with db.transaction():
        speaking.answer(asked_id, round, can=True, now=clock.now())
    assert told(made, Part.SPEAKERS) == (Status.DONE, Fact.FINE, 0)


def test_publishing_is_next_once_nothing_before_it_lacks(draft: int) -> None:
    complete(draft)
    found = look(draft).next
    assert found is not None
    assert (found.part, found.fact) == (Part.PUBLISH, Fact.PUBLISHABLE)
    with db.transaction():
        states.propose(draft, actor=factories.SYSTEM, now=clock.now())
    assert told(draft, Part.PUBLISH) == (Status.TODO, Fact.PROPOSED, 0)
    with db.transaction():
        states.publish(draft, actor=factories.SYSTEM, now=clock.now())
    assert told(draft, Part.PUBLISH) == (Status.DONE, Fact.FINE, 0)


def test_inviting_is_next_until_a_text_was_sent_or_it_is_full_or_has_begun(app: Flask) -> None:
    made = factories.diklat(quota=1).id
    complete(made)
    assert told(made, Part.INVITE) == (Status.TODO, Fact.NO_INVITATION, 0)
    found = look(made).next
    assert found is not None
    assert found.part is Part.INVITE
    assert told(made, Part.INVITE, nine(3) + timedelta(hours=1))[0] is Status.DONE
    factories.enrol(made, [factories.person("Satu").id])
    assert told(made, Part.INVITE) == (Status.DONE, Fact.FINE, 1)
    other = factories.diklat("Lain").id
    with db.transaction():
        made_text = sharing.add(other, sharing.Group.KKG, "KKG Kembaran", actor=factories.SYSTEM, now=clock.now())
        code = made_text.code
    assert told(other, Part.INVITE)[0] is Status.TODO
    with db.transaction():
        sharing.tick(other, code, sent=True, actor=factories.SYSTEM, now=clock.now())
    assert told(other, Part.INVITE)[0] is Status.DONE


def test_what_runs_now_goes_before_everything(app: Flask) -> None:
    course = Course("Ani")
    change(Diklat, description="")
    assert told(course.id, Part.RUN) == (Status.LATER, Fact.NEXT_SESSION, 0)
    now = nine(1) + timedelta(minutes=30)
    assert told(course.id, Part.RUN, now) == (Status.TODO, Fact.RUNNING, 1)
    found = look(course.id, now).next
    assert found is not None
    assert found.fact is Fact.RUNNING
    assert told(course.id, Part.RUN, nine(1) + timedelta(hours=4)) == (Status.LATER, Fact.NEXT_SESSION, 1)
    assert told(course.id, Part.RUN, nine(3)) == (Status.DONE, Fact.FINE, 2)


def test_presence_waits_with_doubts_lists_and_empty_sessions(app: Flask) -> None:
    course, after, end = Course("Ani"), nine(1) + timedelta(hours=4), nine(3)
    assert told(course.id, Part.PRESENCE) == (Status.LATER, Fact.LATER, 0)
    assert told(course.id, Part.PRESENCE, after) == (Status.TODO, Fact.NOBODY, 1)
    with time_machine.travel(end, tick=False):
        course.mark(course.people[0])
    assert told(course.id, Part.PRESENCE, after) == (Status.LATER, Fact.NOTHING, 0)
    assert told(course.id, Part.PRESENCE, end) == (Status.DONE, Fact.FINE, 0)
    with db.transaction() as session:
        session.add(
            Batch(
                live_session_id=course.sessions[0], file_name="zoom.csv", file_hash="0" * 64, zone="auto",
                least_minutes=0, made_at=clock.now(),
            )
        )  # fmt: skip
    assert told(course.id, Part.PRESENCE, end) == (Status.TODO, Fact.LISTS, 1)
    late = factories.person("Budi").id
    with db.transaction() as session:
        session.add(
            MissedCode(live_session_id=course.sessions[0], person_id=late, typed="123456", why="late", at=after)
        )
    assert told(course.id, Part.PRESENCE, end) == (Status.TODO, Fact.DOUBTS, 1)


def test_work_waits_with_answers_and_tests_without_questions(app: Flask) -> None:
    assert told(Course("Ani").id, Part.WORK) == (Status.NONE, Fact.NOTHING, 0)
    course = Course("Budi", task=True, test=True)
    assert told(course.id, Part.WORK) == (Status.TODO, Fact.NO_QUESTIONS, 1)
    # A test on paper needs none here once its time is over, or somebody has a score.
    assert told(course.id, Part.WORK, nine(5))[0] is Status.DONE
    assessment.hand_in(course.task, course.people[0])
    assert told(course.id, Part.WORK) == (Status.TODO, Fact.UNMARKED, 1)
    course.score(course.people[0], 80)
    with db.transaction():
        from calakan.assessment.services import reviewing

        reviewing.accept(course.task, {course.people[0]: 1}, actor=factories.SYSTEM, now=clock.now())
    assert told(course.id, Part.WORK) == (Status.DONE, Fact.FINE, 0)


def test_closing_papers_and_report_follow_each_other(app: Flask) -> None:
    course, end = Course("Ani"), nine(3)
    with time_machine.travel(end, tick=False):
        course.mark(course.people[0])
    assert told(course.id, Part.CLOSE)[0] is Status.LATER
    assert told(course.id, Part.CLOSE, end) == (Status.TODO, Fact.OVER, 0)
    assert told(course.id, Part.REPORT, end)[0] is Status.LATER
    with db.transaction():
        states.close(course.id, actor=factories.SYSTEM, now=end)
    assert told(course.id, Part.CLOSE, end) == (Status.DONE, Fact.FINE, 0)
    assert told(course.id, Part.REPORT, end) == (Status.DONE, Fact.FINE, 0)
    assert told(course.id, Part.PAPERS, end) == (Status.LATER, Fact.MAKING, 0)
    with time_machine.travel(end, tick=False):
        papers.issue_due(app.extensions["calakan.settings"])
    assert told(course.id, Part.PAPERS, end) == (Status.DONE, Fact.FINE, 1)
    assert look(course.id, end).next is None
    for state, fact in ((WorkState.FAILED, Fact.FAILED), (WorkState.SIGNING, Fact.SIGNING)):
        change(Certificate, state=state)
        assert told(course.id, Part.PAPERS, end) == (Status.TODO, fact, 1)


def test_the_page_leads_to_each_step_and_publishing_to_the_text_to_share(app: Flask, client_of: Opener) -> None:
    made = factories.diklat(publish=False)
    slug, staff = made.slug, client_of(factories.person("Panitia", Role.PANITIA).id)
    complete(made.id)
    page = staff.get(f"/kelola/diklat/{slug}").get_data(as_text=True)
    main = page.partition('id="isi"')[2].partition("</main>")[0]
    for path in set(re.findall(r'href="(/[^"#]+)"', main)):
        assert staff.get(path).status_code == 200, path
    for part in Part:
        assert words.WORDS.members[Part][part].replace("&", "&amp;") in main
    assert main.index("Langkah berikutnya") < main.index("Terbitkan") < main.index("Dari awal sampai laporan")
    answer = staff.post(f"/kelola/diklat/{slug}/terbitkan")
    assert answer.location.endswith(f"/kelola/diklat/{slug}/bagikan")


def test_whoever_leads_proposes_and_is_not_led_where_he_may_not_go(app: Flask, client_of: Opener) -> None:
    lead = factories.person("Retno", Role.NARASUMBER).id
    made = factories.diklat(publish=False)
    slug = made.slug
    change(Diklat, lead_id=lead)
    complete(made.id)
    browser = client_of(lead)
    page = browser.get(f"/kelola/diklat/{slug}").get_data(as_text=True)
    assert "Ajukan kepada panitia" in page
    assert "Terbitkan</button>" not in page
    assert f"/kelola/diklat/{slug}/sertifikat" not in page
    browser.post(f"/kelola/diklat/{slug}/ajukan")
    assert "menunggu keputusan panitia" in browser.get(f"/kelola/diklat/{slug}").get_data(as_text=True)


def test_a_cancelled_diklat_says_why_and_asks_nothing(app: Flask, client_of: Opener) -> None:
    made = factories.diklat()
    slug = made.slug
    with db.transaction():
        states.cancel(made.id, reason="Narasumber sakit", actor=factories.SYSTEM, now=clock.now())
    page = client_of(factories.person("Panitia", Role.PANITIA).id).get(f"/kelola/diklat/{slug}").get_data(as_text=True)
    assert "Narasumber sakit" in page
    assert "Langkah berikutnya" not in page


def test_every_fact_of_a_step_has_its_sentence() -> None:
    said = {fact for _, fact in words._SENTENCES}
    assert said == set(Fact)
    assert set(words.DEEDS) <= said
