"""The panitia's page of a diklat's messages, and the reminders after a session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from calakan.app import connect
from calakan.attendance import reminders as codes
from calakan.attendance import services as attendance
from calakan.diklat import queries as diklat_queries
from calakan.diklat.models import Diklat, LiveSession
from calakan.enrolment import plans, queries, services
from calakan.enrolment.models import Enrolment
from calakan.enrolment.plans import Plan
from calakan.feedback import queries as queries_of_feedback
from calakan.feedback import reminders as surveys
from calakan.feedback import services as feedback
from calakan.feedback.models import ITEMS
from calakan.kernel import clock, db
from calakan.kernel.actor import Role
from calakan.notifications import letters, ways
from calakan.notifications.models import ChannelAddress, Message
from calakan.notifications.ways import Way
from calakan.office import services as office
from tests import factories

Opener = Callable[[int | None], FlaskClient]


def joined(diklat_id: int, name: str) -> int:
    id = factories.person(name).id
    with db.transaction():
        services.join(diklat_id, id, actor=factories.SYSTEM, now=clock.now())
    return id


def test_the_panitia_sets_the_plan_and_a_preset_keeps_hour_and_note(app: Flask, client_of: Opener) -> None:
    course = factories.diklat(days=20)
    id, slug = course.id, course.slug
    joined(id, "Ani")
    browser = client_of(factories.person("Panitia", Role.PANITIA).id)
    page = f"/kelola/diklat/{slug}/pesan"
    assert "0</b> terkirim" in browser.get(page).text
    typed = {"remind": "y", "moments": ["d14", "survey"], "morning": "06:30", "note": "Bawa   laptop"}
    assert browser.post(page, data=typed).status_code == 303
    db.db.session.remove()
    plan = queries.plan_of(id)
    assert (plan.moments, f"{plan.morning:%H.%M}", plan.note) == (("d14", "survey"), "06.30", "Bawa laptop")
    shown = browser.get(page).text
    assert "14 hari sebelum, pagi" in shown
    assert "06.30 WIB" in shown
    assert browser.post(f"{page}/paket", data={"paket": "lengkap"}).status_code == 303
    db.db.session.remove()
    plan = queries.plan_of(id)
    assert (plan.moments, plan.note) == (plans.PRESETS["lengkap"], "Bawa laptop")
    bad = browser.post(page, data={**typed, "morning": "22:00", "moments": ["d99"]})
    assert bad.status_code == 422
    assert bad.text.count("Pilih dari daftar.") >= 2
    assert browser.post(page, data={"moments": ["d1"], "morning": "07:00"}).status_code == 303
    db.db.session.remove()
    assert db.session().get_one(Diklat, id).remind is False
    assert "Pengingat diklat ini dimatikan" in browser.get(page).text


def after_session() -> tuple[int, int, int, int]:
    """A session that ended two hours ago, of a diklat with the long plan: present, absent."""
    course = factories.diklat(days=1).id
    session_id = diklat_queries.sessions_of(course)[0].id
    present, absent = joined(course, "Hadir"), joined(course, "Lupa")
    now = clock.now()
    with db.transaction() as session:
        services.set_plan(course, Plan(plans.PRESETS["lengkap"]), remind=True, actor=factories.SYSTEM, now=now)
        session.execute(sa.update(Enrolment).values(decided_at=now - timedelta(days=30)))
        session.execute(sa.delete(Message))
        session.execute(
            sa.update(LiveSession).values(starts_at=now - timedelta(hours=4), ends_at=now - timedelta(hours=2))
        )
    return course, session_id, present, absent


def told(kind: str) -> list[Message]:
    db.session().rollback()
    return list(db.session().scalars(sa.select(Message).where(Message.kind == kind).order_by(Message.person_id)))


def test_a_forgotten_code_is_asked_for_before_it_closes(app: Flask) -> None:
    _, session_id, present, absent = after_session()
    noon = clock.instant(clock.today(), plans.MORNING) + timedelta(days=1, hours=5)
    with db.transaction() as session:
        start = noon - timedelta(minutes=30)
        session.execute(sa.update(LiveSession).values(starts_at=start, ends_at=noon + timedelta(hours=1)))
        window = attendance.open_check_in(session_id, minutes=30, actor=factories.SYSTEM, now=start)
        closes_at = window.closes_at
        attendance.mark_by_hand(session_id, [present], present=True, reason="ada", actor=factories.SYSTEM, now=noon)
    for moment, new in ((start + timedelta(minutes=2), 0), (closes_at - timedelta(minutes=5), 1), (closes_at, 0)):
        with db.transaction():
            assert codes.queue_due(now=moment) == new
    [message] = told("attendance.code_reminder")
    assert message.person_id == absent
    assert letters.compose(message, closes_at) is None
    letter = letters.compose(message, closes_at - timedelta(minutes=4))
    assert letter is not None
    assert f"{clock.local(closes_at):%H.%M} WIB" in letter.text


def test_the_questionnaire_is_asked_for_once_and_not_after_the_answer(app: Flask) -> None:
    _, session_id, present, _ = after_session()
    noon = clock.instant(clock.today(), plans.MORNING) + timedelta(days=1, hours=5)
    with db.transaction() as session:
        session.execute(
            sa.update(LiveSession).values(starts_at=noon - timedelta(hours=4), ends_at=noon - timedelta(hours=2))
        )
        attendance.mark_by_hand(session_id, [present], present=True, reason="ada", actor=factories.SYSTEM, now=noon)
    for moment, new in ((noon - timedelta(minutes=70), 0), (noon, 1), (noon + timedelta(hours=1), 0)):
        with db.transaction():
            assert surveys.queue_due(now=moment) == new
    [message] = told("feedback.reminder")
    assert (message.person_id, letters.compose(message, noon) is None) == (present, False)
    with db.transaction():
        feedback.answer(session_id, present, dict.fromkeys(ITEMS, 4), actor=factories.SYSTEM, now=noon)
    [message] = told("feedback.reminder")
    assert letters.compose(message, noon) is None


def test_the_last_call_comes_the_morning_before_the_questionnaire_closes(app: Flask) -> None:
    _, session_id, present, _ = after_session()
    ended = clock.instant(clock.today(), plans.MORNING) + timedelta(hours=3)
    closes_at = ended + queries_of_feedback.OPEN_FOR
    with db.transaction() as session:
        session.execute(sa.update(LiveSession).values(starts_at=ended - timedelta(hours=2), ends_at=ended))
        attendance.mark_by_hand(session_id, [present], present=True, reason="ada", actor=factories.SYSTEM, now=ended)
    morning = closes_at - timedelta(days=1, hours=3)  # at seven, the day before
    asked = []
    for hours in (-0.1, 0, 1, 13.9):
        with db.transaction():
            asked.append(surveys.queue_due(now=morning + timedelta(hours=hours)))
    assert asked == [0, 1, 0, 0]
    [message] = told("feedback.last_call")
    assert (message.person_id, message.expires_at) == (present, morning + timedelta(hours=14))
    letter = letters.compose(message, morning)
    assert letter is not None
    assert letter.text.count("/angket") == 1
    assert letters.compose(message, closes_at) is None
    with db.transaction():
        feedback.answer(session_id, present, dict.fromkeys(ITEMS, 4), actor=factories.SYSTEM, now=morning)
    [message] = told("feedback.last_call")
    assert letters.compose(message, morning) is None


def test_a_plan_without_deadlines_and_a_silent_diklat_make_no_last_call(app: Flask) -> None:
    course, session_id, present, _ = after_session()
    ended = clock.instant(clock.today(), plans.MORNING) + timedelta(hours=3)
    noon = ended + queries_of_feedback.OPEN_FOR - timedelta(days=1)
    with db.transaction() as session:
        session.execute(sa.update(LiveSession).values(starts_at=ended - timedelta(hours=2), ends_at=ended))
        attendance.mark_by_hand(session_id, [present], present=True, reason="ada", actor=factories.SYSTEM, now=ended)
    for moments, remind, new in ((("survey",), True, 0), (("deadline",), False, 0), (("deadline",), True, 1)):
        with db.transaction():
            services.set_plan(course, Plan(moments), remind=remind, actor=factories.SYSTEM, now=ended)
        with db.transaction():
            assert surveys.queue_due(now=noon) == new


def test_a_plan_that_misses_people_is_saved_only_when_that_is_said(app: Flask, client_of: Opener) -> None:
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), mail_per_day=1)
    course = factories.diklat(days=20)
    id, page = course.id, f"/kelola/diklat/{course.slug}/pesan"
    for name in ("Ani", "Budi", "Citra", "Dewi"):
        joined(id, name)
    browser = client_of(factories.person("Panitia", Role.PANITIA).id)
    with db.transaction() as session:
        services.set_plan(id, Plan(()), remind=True, actor=factories.SYSTEM, now=clock.now())
        six = clock.instant(clock.today(), time(18)) + timedelta(days=20)
        session.execute(
            sa.update(LiveSession).values(
                starts_at=six, ends_at=six + timedelta(hours=2), local_date=clock.local(six).date()
            )
        )
    typed = {"remind": "y", "moments": ["h1"], "morning": "07:00", "note": "Bawa laptop"}
    # One a day: three of four miss the hour before. The morning has the evening before it, so two of four.
    refused = browser.post(page, data=typed)
    assert refused.status_code == 422
    assert "Rencana ini belum disimpan." in refused.text
    assert "<b>3 orang tidak akan terjangkau</b>" in refused.text
    assert "Bawa laptop" in refused.text
    assert queries.plan_of(id).moments == ()
    assert browser.post(page, data={**typed, "anyway": "y"}).status_code == 303
    shown = browser.get(page).text
    assert "<b>3 orang tidak akan terjangkau</b>" in shown
    assert "Gabung menjadi satu surat pagi" in shown
    assert browser.post(f"{page}/paket", data={"paket": "gabung"}).status_code == 303
    db.db.session.remove()
    assert queries.plan_of(id) == Plan(("d0",), note="Bawa laptop")
    shown = browser.get(page).text
    assert "<b>2 orang tidak akan terjangkau</b>" in shown
    assert "dimulai lebih awal" in shown
    assert browser.post(f"{page}/paket", data={"paket": "lengkap"}).status_code == 422
    db.db.session.remove()
    assert queries.plan_of(id).moments == ("d0",)


def test_a_plan_within_the_caps_is_saved_without_a_question(app: Flask, client_of: Opener) -> None:
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), mail_per_hour=1)
    course = factories.diklat(days=20)
    joined(course.id, "Ani")
    browser = client_of(factories.person("Panitia", Role.PANITIA).id)
    page = f"/kelola/diklat/{course.slug}/pesan"
    assert browser.post(f"{page}/paket", data={"paket": "lengkap"}).status_code == 303
    assert "tidak akan terjangkau" not in browser.get(page).text


def test_one_tap_spares_the_mailbox_of_who_has_another_channel(app: Flask, client_of: Opener) -> None:
    ways.connect({Way.MAIL: {}, Way.TELEGRAM: {}})
    with db.transaction():
        office.change_settings(actor=factories.SYSTEM, now=clock.now(), mail_per_day=1)
    course = factories.diklat(days=20)
    id, page = course.id, f"/kelola/diklat/{course.slug}/pesan"
    people = [joined(id, name) for name in ("Ani", "Budi", "Citra", "Dewi")]
    with db.transaction() as session:
        services.set_plan(id, Plan(("h1",)), remind=True, actor=factories.SYSTEM, now=clock.now())
        session.add_all(
            ChannelAddress(
                person_id=person, channel=Way.TELEGRAM, address=str(person), state="confirmed", asked_at=clock.now()
            )
            for person in people[:3]
        )
    browser = client_of(factories.person("Panitia", Role.PANITIA).id)
    shown = browser.get(page).text
    assert "<b>3 orang tidak akan terjangkau</b>" in shown
    assert "Tanpa email bagi 3 orang yang punya kanal lain" in shown
    assert browser.post(f"{page}/paket", data={"paket": "kanal-lain"}).status_code == 303
    db.db.session.remove()
    assert queries.plan_of(id) == Plan(("h1",), spare_mail=True)
    assert "tidak akan terjangkau" not in browser.get(page).text
    connect(app.extensions["calakan.settings"])
